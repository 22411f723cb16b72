// The models that the browser keeps: by repository, commit and variant, in its own file system (OPFS), or in memory where it has none.
//
// Not here: fetching (download.mjs, get_model.mjs). A folder per model holds its files, a note beside each (partial_file.mjs), and a
// card that says what they make up; only files whose note says `complete` are ever handed out. Several tabs share one store: who
// loads holds a shared lock on the model and an exclusive one on the file; who removes wants the model to himself.
// Errors: storage_full, storage_failed, cancelled. What is damaged shows up in list() and can be removed; nothing here ends the page.
//
//   const store = await ModelStore.open();           // store.persistent, store.why
//   for (const model of await store.list()) …        // {repo, commit, bytes, complete, …}
//   const bytes = await (await store.find('Xenova/distilgpt2', 'main')).read('config.json');

import { TrilensError } from './errors.mjs';
import { LocalLocks } from './local_locks.mjs';
import { MemoryFolder } from './memory_files.mjs';
import { fileIn, PartialFile, readJson, readNote, storageError, storedName, writeJson } from './partial_file.mjs';
import { inWords } from './repository_files.mjs';

const kRootName = 'trilens-models';
const kCardName = '@model';
/** Beyond the files themselves: notes, and what the browser adds. */
const kSlackBytes = 1 << 20;

/** @typedef {{repo: string, commit: string, variant: string}} Key  commit: what the files are of; a revision where the host names no commit */
/**
 * What is stored of one model.
 * @typedef {object} Card
 * @property {string} repo
 * @property {string} commit
 * @property {string} revision as asked for
 * @property {string} host
 * @property {string} family
 * @property {string} variant
 * @property {'webgpu'|'wasm'} provider
 * @property {string} reason
 * @property {Record<string, string>} graphs role → path
 * @property {string[]} files paths that belong to the model
 * @property {number} savedAt milliseconds since 1970
 */
/** @typedef {Partial<Card> & {key: string, bytes: number, complete: boolean, damaged: boolean}} Stored  damaged: can only be removed */

/** Within this page, where the browser has no locks. */
const kPageLocks = new LocalLocks();

export class ModelStore {
  /** @param {{root: FileSystemDirectoryHandle, locks: import('./local_locks.mjs').Locks, persistent: boolean, why: string, storage?: StorageManager}} parts */
  constructor({ root, locks, persistent, why, storage }) {
    this.root = root;
    this.locks = locks;
    this.persistent = persistent;
    this.why = why;
    this.storage = storage;
  }

  /**
   * @param {{storage?: StorageManager, locks?: import('./local_locks.mjs').Locks}} [parts] absent: the browser's
   * @returns {Promise<ModelStore>} in memory where there is no storage: `why` says so
   */
  static async open({ storage = globalThis.navigator?.storage, locks = /** @type {any} */ (globalThis.navigator)?.locks ?? kPageLocks } = {}) {
    try {
      if (typeof storage?.getDirectory !== 'function') throw new Error('this page has no access to it');
      const root = await (await storage.getDirectory()).getDirectoryHandle(kRootName, { create: true });
      return new ModelStore({ root, locks, persistent: true, why: '', storage });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return ModelStore.inMemory(`The browser keeps no files for this page (${detail}): models stay until it is closed and are fetched again next time.`);
    }
  }

  /** @param {string} [why] */
  static inMemory(why = 'Models stay in memory until the page is closed.') {
    return new ModelStore({ root: /** @type {any} */ (new MemoryFolder()), locks: new LocalLocks(), persistent: false, why });
  }

  // --- Room ---

  /** @returns {Promise<{models: number, used: number|null, quota: number|null, persisted: boolean}>} bytes; used and quota are the whole site's */
  async usage() {
    const models = (await this.list()).reduce((sum, model) => sum + model.bytes, 0);
    const estimate = await this.storage?.estimate?.().catch(() => undefined);
    const persisted = await this.storage?.persisted?.().catch(() => false);
    return { models, used: estimate?.usage ?? null, quota: estimate?.quota ?? null, persisted: persisted === true };
  }

  /** Asks the browser not to clear the models away when the disk runs full. @returns {Promise<boolean>} whether it agreed */
  async askToPersist() {
    return (await this.storage?.persist?.().catch(() => false)) === true;
  }

  /** @param {number} bytes still to be written @param {string} what */
  async checkRoom(bytes, what) {
    const { models, used, quota } = await this.usage();
    if (used === null || quota === null) return;
    const free = Math.max(0, quota - used);
    if (bytes + kSlackBytes <= free) return;
    const remedy = models > 0 ? `remove stored models (${inWords(models)}) or free some disk space` : 'free some disk space or leave the private window';
    throw new TrilensError('storage_full', `${what} needs ${inWords(bytes)}, and the browser has room for ${inWords(free)}; ${remedy}.`, `used ${used} of ${quota} bytes`);
  }

  /** Bytes of the file that need not come again. @param {Key} key @param {string} path @returns {Promise<number>} */
  async kept(key, path) {
    try {
      return (await readNote(await this.root.getDirectoryHandle(folderName(key)), path))?.kept ?? 0;
    } catch {
      return 0;
    }
  }

  // --- Writing ---

  /**
   * Holds the file while `work` fills it; another tab that wants it waits, and then finds it complete.
   * @template T
   * @param {Key} key @param {string} path @param {{signal?: AbortSignal}} options @param {(partial: PartialFile) => Promise<T>} work @returns {Promise<T>}
   */
  async withFile(key, path, { signal }, work) {
    const name = folderName(key);
    const wait = { ...(signal ? { signal } : {}) };
    try {
      return await this.locks.request(`trilens model ${name}`, { mode: 'shared', ...wait }, () => this.locks.request(`trilens file ${name}/${storedName(path)}`, { mode: 'exclusive', ...wait }, async () => {
        const folder = await this.root.getDirectoryHandle(name, { create: true });
        const partial = await PartialFile.open(folder, path);
        try {
          return await work(partial);
        } finally {
          await partial.keep();
        }
      }));
    } catch (error) {
      if (error instanceof TrilensError) throw error;
      if (signal?.aborted) throw new TrilensError('cancelled', `Loading ${path} was stopped; what has arrived is kept.`);
      throw storageError(error, path);
    }
  }

  /** Says what the files of a model are, before the first is fetched. @param {Card} card */
  async describe(card) {
    const name = folderName(card);
    try {
      await this.locks.request(`trilens model ${name}`, { mode: 'shared' }, () => this.locks.request(`trilens card ${name}`, { mode: 'exclusive' }, async () => {
        await writeJson(await this.root.getDirectoryHandle(name, { create: true }), kCardName, card);
      }));
    } catch (error) {
      throw storageError(error, card.repo);
    }
  }

  // --- Reading ---

  /** @returns {Promise<Stored[]>} newest first; damaged ones last */
  async list() {
    /** @type {Stored[]} */
    const found = [];
    try {
      for await (const [key, handle] of this.root.entries()) {
        if (handle.kind === 'directory') found.push(await this.look(key, /** @type {FileSystemDirectoryHandle} */ (handle)));
      }
    } catch (error) {
      throw storageError(error, 'the list of models');
    }
    return found.sort((a, b) => (b.savedAt ?? 0) - (a.savedAt ?? 0));
  }

  /** @param {string} key @param {FileSystemDirectoryHandle} folder @returns {Promise<Stored>} */
  async look(key, folder) {
    let bytes = 0;
    for await (const [, handle] of folder.entries()) {
      if (handle.kind === 'file') bytes += (await /** @type {FileSystemFileHandle} */ (handle).getFile().catch(() => ({ size: 0 }))).size;
    }
    const card = asCard(await readJson(folder, kCardName), key);
    if (card === null) return { key, bytes, complete: false, damaged: true };
    const states = await Promise.all(card.files.map((path) => isComplete(folder, path)));
    return { ...card, key, bytes, complete: states.every(Boolean), damaged: false };
  }

  /**
   * A model that is there whole: of this commit, or the newest that was asked for by this revision. Works offline.
   * @param {string} repo @param {string} revision @param {string} [variant] absent: any @returns {Promise<StoredModel|null>}
   */
  async find(repo, revision, variant) {
    const model = (await this.list()).find((one) => one.complete && one.repo === repo && (one.commit === revision || one.revision === revision)
      && (variant === undefined || one.variant === variant));
    return model ? this.open(/** @type {Key} */ (model)) : null;
  }

  /** @param {Key} key @returns {Promise<StoredModel|null>} null where it is not there whole */
  async open(key) {
    try {
      const name = folderName(key);
      const folder = await this.root.getDirectoryHandle(name);
      const card = asCard(await readJson(folder, kCardName), name);
      if (card === null || !(await Promise.all(card.files.map((path) => isComplete(folder, path)))).every(Boolean)) return null;
      return new StoredModel(folder, card);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return null;
      throw storageError(error, key.repo);
    }
  }

  /** @param {string} key of list() */
  async remove(key) {
    await this.locks.request(`trilens model ${key}`, { mode: 'exclusive', ifAvailable: true }, async (lock) => {
      if (lock === null) throw new TrilensError('storage_failed', 'This model is just being loaded, here or in another tab; stop that first.');
      try {
        await this.root.removeEntry(key, { recursive: true });
      } catch (error) {
        if (error instanceof DOMException && error.name === 'NotFoundError') return;
        throw storageError(error, key);
      }
    });
  }
}

/** A model that is there whole. */
export class StoredModel {
  /** @param {FileSystemDirectoryHandle} folder @param {Card} card */
  constructor(folder, card) {
    this.folder = folder;
    this.card = card;
  }

  /** Of list(), and for remove(). @returns {string} */
  get key() {
    return folderName(this.card);
  }

  /**
   * The file's bytes; in memory they are the store's own and not to be changed.
   * @param {string} path @param {{newHasher?: import('./sha256.mjs').NewHasher}} [options] with it the bytes are hashed again and compared
   * @returns {Promise<Uint8Array>}
   */
  async read(path, { newHasher } = {}) {
    if (!this.card.files.includes(path)) throw new TrilensError('model_missing', `${this.card.repo} was stored without ${path}; load it again.`);
    /** @type {Uint8Array} */
    let bytes;
    const note = await readNote(this.folder, path);
    try {
      const handle = /** @type {any} */ (await this.folder.getFileHandle(storedName(path)));
      bytes = typeof handle.bytes === 'function' ? handle.bytes() : new Uint8Array(await (await handle.getFile()).arrayBuffer());
    } catch (error) {
      if (error instanceof RangeError) throw new TrilensError('out_of_memory', `There is not enough memory to load ${path}; close other tabs or take a smaller model.`, error.message);
      throw storageError(error, path);
    }
    let why = note === null || !note.complete ? 'its note is gone' : bytes.length !== note.kept ? `${bytes.length} bytes instead of ${note.kept}` : '';
    if (why === '' && newHasher) {
      const hasher = await newHasher();
      hasher.update(bytes);
      if (hasher.digest() !== note?.sha256) why = 'its SHA-256 is another';
    }
    if (why !== '') throw new TrilensError('storage_failed', `The stored file ${path} of ${this.card.repo} is damaged; remove the model and load it again.`, why);
    return bytes;
  }
}

/** @param {Key} key */
export const folderName = ({ repo, commit, variant }) => [repo, commit, variant].map(encodeURIComponent).join('@');

/** @param {FileSystemDirectoryHandle} folder @param {string} path */
async function isComplete(folder, path) {
  const note = await readNote(folder, path);
  if (note === null || !note.complete) return false;
  const handle = await fileIn(folder, storedName(path));
  return handle !== null && (await handle.getFile()).size === note.kept;
}

/** @param {any} value @param {string} key @returns {Card|null} null: torn, or of another folder */
function asCard(value, key) {
  if (value === null || typeof value.repo !== 'string' || typeof value.commit !== 'string' || typeof value.variant !== 'string' || folderName(value) !== key) return null;
  if (!Array.isArray(value.files) || !value.files.every((/** @type {unknown} */ path) => typeof path === 'string')) return null;
  return value;
}
