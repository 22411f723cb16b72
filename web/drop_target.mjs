// Models from disk: a folder or files dropped anywhere on the page, or chosen in the browser's own dialog, become a listing for the
// worker, which plan_model then knows as "disk:<id>". While something is dragged over the page a frame says where it may be let go.
//
// Not here: reading the folder (dropped.mjs), planning and storing (library.mjs). Text that is dragged is the browser's own business:
// only files are taken. Nothing leaves the machine.
//
//   const target = installDropTarget({ post: (id, listing) => engine.drop(id, listing), onDropped: (name, title) => …, onError: (error) => … });
//   target.chooseFolder();                       // from a click or a key, else the browser refuses
//   const { name } = await target.take(files);   // for scripts

import { listingFromDrop, listingFromFiles } from './dropped.mjs';
import { describe, TrilensError } from './errors.mjs';

/** @typedef {import('./repository_files.mjs').Listing} Listing */
/** @typedef {{name: string, title: string}} Dropped name: plan_model's; title: the folder's */
/**
 * @typedef {object} DropOptions
 * @property {(id: string, listing: Listing) => void} post to the worker
 * @property {(name: string, title: string) => void} onDropped after post
 * @property {(error: TrilensError) => void} onError what was dropped is no model
 * @property {string} [words] in the frame
 */

/** Files or folders, not a selection of text. @param {DragEvent} event */
const hasFiles = (event) => Array.from(event.dataTransfer?.types ?? []).includes('Files');

/** @param {DropOptions} options */
export function installDropTarget({ post, onDropped, onError, words = 'Let go to open this model. It stays on this device.' }) {
  let last = 0;
  /** @param {Promise<Listing>} reading @returns {Promise<Dropped>} */
  const accept = async (reading) => {
    const listing = await reading;
    const id = String(++last);
    post(id, listing);
    const dropped = { name: `disk:${id}`, title: listing.repo };
    onDropped(dropped.name, dropped.title);
    return dropped;
  };
  /** @param {Promise<Listing>} reading */
  const acceptOrTell = (reading) => accept(reading).catch((error) => {
    onError(error instanceof TrilensError ? error : new TrilensError('internal', 'What was dropped could not be read; please report this.', describe(error)));
  });

  const frame = frameIn(document.body, words);
  const showFrame = shower(frame);
  const listen = (/** @type {string} */ type, /** @type {(event: DragEvent) => void} */ act) => window.addEventListener(type, (event) => {
    if (!hasFiles(/** @type {DragEvent} */ (event))) return;
    event.preventDefault(); // or else the browser opens the file in the page's place
    act(/** @type {DragEvent} */ (event));
  });
  listen('dragenter', () => showFrame(true));
  listen('dragover', (event) => {
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    showFrame(true);
  });
  // left for the outside: within the page it goes from element to element
  listen('dragleave', (event) => event.relatedTarget === null && showFrame(false));
  listen('drop', (event) => {
    showFrame(false);
    if (event.dataTransfer) acceptOrTell(listingFromDrop(event.dataTransfer));
  });

  const choose = (/** @type {boolean} */ folder) => {
    const input = chooser(folder);
    input.addEventListener('change', () => {
      if (input.files && input.files.length > 0) acceptOrTell(listingFromFiles(input.files));
      input.remove();
    });
    input.addEventListener('cancel', () => input.remove());
    document.body.append(input);
    input.click();
  };
  return {
    /** In the page's language. @param {string} text */
    label: (text) => (frame.textContent = text),
    chooseFolder: () => choose(true),
    chooseFiles: () => choose(false),
    /** @param {Iterable<File>} files @returns {Promise<Dropped>} throws TrilensError */
    take: (files) => accept(listingFromFiles(files)),
  };
}

/** @param {HTMLElement} place @param {string} words @returns {HTMLElement} */
function frameIn(place, words) {
  const frame = document.createElement('div');
  frame.id = 'drop-frame';
  frame.hidden = true;
  frame.textContent = words;
  place.append(frame);
  return frame;
}

/** Shows or hides; where an end of the drag is never told (Escape, in some browsers), silence hides it. @param {HTMLElement} frame */
function shower(frame) {
  let timer = 0;
  return (/** @type {boolean} */ shown) => {
    frame.hidden = !shown;
    clearTimeout(timer);
    if (shown) timer = window.setTimeout(() => (frame.hidden = true), 1000);
  };
}

/** @param {boolean} folder */
function chooser(folder) {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = folder;
  input.hidden = true;
  input.className = 'model-files';
  input.setAttribute('aria-hidden', 'true');
  return input;
}
