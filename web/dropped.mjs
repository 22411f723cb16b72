// A model from disk: a dropped or chosen folder, or loose files, as the same kind of list that a host gives (repository_files.mjs).
//
// Not here: choosing among the files (repository.mjs), storing them (get_model.mjs copies them in). Only names and sizes are read, and
// nothing leaves the machine. Errors: invalid_argument (nothing, too much, several models at once), model_missing (no config.json).
//
//   const listing = await listingFromDrop(event.dataTransfer);      // in the event's handler, before any await
//   const listing = await listingFromFiles(input.files);            // <input type="file" webkitdirectory> or plain files

import { TrilensError } from './errors.mjs';
import { checkedPath } from './repository_files.mjs';

/** @typedef {import('./repository_files.mjs').Listing} Listing */
/** @typedef {{path: string, file: File}} Found */

const kMostFiles = 2000;
const kDeepest = 10;
/** Folders that are never part of a model and may be huge. */
const kSkipped = new Set(['.git', '.cache', 'node_modules', '__pycache__', '.venv', '__MACOSX']);

/** @param {Pick<DataTransfer, 'items'|'files'>} transfer @returns {Promise<Listing>} */
export async function listingFromDrop(transfer) {
  // both lists are emptied as soon as the event's handler gives way
  const entries = Array.from(transfer.items ?? []).filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = Array.from(transfer.files ?? []);
  if (entries.length === 0 || entries.includes(null)) return listingFromFiles(files);
  /** @type {Found[]} */
  const found = [];
  for (const entry of entries) await walk(/** @type {FileSystemEntry} */ (entry), entry?.name ?? '', 0, found);
  return toListing(found);
}

/** @param {Iterable<File>} files @returns {Promise<Listing>} */
export async function listingFromFiles(files) {
  /** @type {Found[]} */
  const found = [];
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    if (path.split('/').some((part) => kSkipped.has(part))) continue;
    found.push({ path, file });
    checkCount(found.length);
  }
  return toListing(found);
}

/** @param {FileSystemEntry} entry @param {string} path @param {number} depth @param {Found[]} found */
async function walk(entry, path, depth, found) {
  if (kSkipped.has(entry.name)) return;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject)).catch((error) => {
      throw new TrilensError('model_missing', `${path} could not be read; check that you may read it, and drop it again.`, String(error?.message ?? error));
    });
    found.push({ path, file: /** @type {File} */ (file) });
    return checkCount(found.length);
  }
  if (depth >= kDeepest) throw new TrilensError('invalid_argument', `The folder ${path} lies too deep to be part of a model; drop the model's own folder.`);
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    // a hundred at a time, until there are none
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch((error) => {
      throw new TrilensError('model_missing', `The folder ${path} could not be read; check that you may read it, and drop it again.`, String(error?.message ?? error));
    });
    if (batch.length === 0) return;
    for (const child of /** @type {FileSystemEntry[]} */ (batch)) await walk(child, `${path}/${child.name}`, depth + 1, found);
  }
}

/** @param {number} count */
function checkCount(count) {
  if (count > kMostFiles) throw new TrilensError('invalid_argument', `These are more than ${kMostFiles} files; drop the folder of one model.`);
}

/** @param {Found[]} found @returns {Listing} */
function toListing(found) {
  if (found.length === 0) throw new TrilensError('invalid_argument', 'Nothing was dropped that could be a model; drop the folder that has its config.json.');
  const root = rootOf(found);
  /** @type {Map<string, File>} */
  const files = new Map();
  for (const { path, file } of found) {
    if (!path.startsWith(root)) continue;
    const inside = checkedPath(path.slice(root.length));
    if (inside === null || inside.split('/').some((part) => part.startsWith('.'))) continue;
    if (files.has(inside)) throw new TrilensError('invalid_argument', `There are two files named ${inside}; drop the files of one model.`);
    files.set(inside, file);
  }
  const name = nameOf(root);
  return {
    repo: name, revision: 'local', commit: fingerprint(files), host: '', how: 'dropped', gated: false,
    about: { task: '', modelType: '', license: '', languages: [] },
    files: [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, file]) => ({ path, bytes: file.size, sha256: '', file })),
  };
}

/** The folder of the config.json that lies highest: sentence encoders have more of them further down. @param {Found[]} found @returns {string} with its last slash; empty: loose files */
function rootOf(found) {
  const depth = (/** @type {string} */ path) => path.split('/').length;
  const configs = found.map(({ path }) => path).filter((path) => /(^|\/)config\.json$/.test(path)).sort((a, b) => depth(a) - depth(b));
  if (configs.length === 0) {
    const names = found.slice(0, 5).map(({ path }) => path).join(', ');
    throw new TrilensError('model_missing', `config.json is missing: it says what kind of model this is. There is ${names}${found.length > 5 ? ` and ${found.length - 5} more` : ''}; drop the whole folder of the model.`);
  }
  const highest = configs.filter((path) => depth(path) === depth(configs[0]));
  if (new Set(highest).size > 1) {
    const folders = highest.map((path) => path.slice(0, -'/config.json'.length)).slice(0, 6).join(', ');
    throw new TrilensError('invalid_argument', `There is more than one model: ${folders}; drop one of these folders.`);
  }
  return highest[0].slice(0, -'config.json'.length);
}

/** @param {string} root @returns {string} the folder's name, or in the Hub's own cache what was downloaded */
function nameOf(root) {
  const parts = root.split('/').filter(Boolean);
  const cached = parts.map((part) => /^models--(.+?)--(.+)$/.exec(part)).find(Boolean);
  if (cached) return `${cached[1]}/${cached[2]}`;
  return parts.at(-1) ?? 'dropped files';
}

/** The same files give the same place in the store; others another. FNV-1a, 2 × 32 bits: a name, not a proof. @param {Map<string, File>} files @returns {string} */
function fingerprint(files) {
  const text = [...files].map(([path, file]) => `${path}\0${file.size}\0${file.lastModified}`).sort().join('\n');
  const hash = (/** @type {number} */ seed) => {
    let value = seed;
    for (let i = 0; i < text.length; ++i) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
    return value.toString(16).padStart(8, '0');
  };
  return `local-${hash(0x811c9dc5)}${hash(0x9e3779b9)}`;
}
