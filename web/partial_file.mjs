// One file of a model on its way into the store: bytes are appended as they come, a small note beside them says what they are of,
// and `complete` is written only after they were checked. What a crash leaves behind is resumed from the last note.
//
// Not here: fetching (download.mjs), locks and folders (model_store.mjs: only who holds the file's lock has a PartialFile).
// In a worker it writes through a sync access handle, in place; on the page through a writable, which browsers make durable on close.
// Errors: storage_full, storage_failed.
//
//   const partial = await PartialFile.open(folder, 'onnx/model.onnx');
//   await partial.begin({ validator: '"etag"', total: 123 }); await partial.append(chunk); await partial.finish({ sha256 });

import { TrilensError, describe } from './errors.mjs';

/** How much may have to be fetched again after a crash. */
const kCheckpointBytes = 32 << 20;

/**
 * @typedef {object} Note
 * @property {string} path
 * @property {number} kept bytes that are surely there
 * @property {string} validator the host's ETag of what is kept; empty: it named none
 * @property {boolean} complete
 * @property {string} sha256 of the complete file, as computed here
 */
/** @typedef {{write: (chunk: Uint8Array, at: number) => Promise<void>, truncate: (bytes: number) => Promise<void>, flush: () => Promise<void>, close: () => Promise<void>, inPlace: boolean}} Writer */

/** As a name in one flat folder; @ never comes out of it, so our own names have one. @param {string} path */
export const storedName = (path) => encodeURIComponent(path);
/** @param {string} path */
const noteName = (path) => `${storedName(path)}@note`;

/** @param {unknown} error @param {string} what @returns {TrilensError} */
export function storageError(error, what) {
  if (error instanceof TrilensError) return error;
  const detail = describe(error);
  const name = error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError' || /quota|no space|disk (is )?full/i.test(detail)) {
    return new TrilensError('storage_full', `There is no more room in the browser's storage for ${what}; remove stored models or free some disk space, then go on where it stopped.`, detail);
  }
  return new TrilensError('storage_failed', `The browser's storage did not take or give ${what}; remove the stored model and load it again.`, `${name} ${detail}`.trim());
}

/** @param {FileSystemDirectoryHandle} folder @param {string} name @returns {Promise<FileSystemFileHandle|null>} */
export async function fileIn(folder, name) {
  try {
    return await folder.getFileHandle(name);
  } catch (error) {
    if (error instanceof DOMException && ['NotFoundError', 'TypeMismatchError'].includes(error.name)) return null;
    throw error;
  }
}

/** @param {FileSystemFileHandle} handle @returns {Promise<Writer>} */
async function openWriter(handle) {
  const file = /** @type {any} */ (handle);
  if (typeof file.createSyncAccessHandle === 'function') {
    const access = await file.createSyncAccessHandle();
    return {
      inPlace: true,
      write: async (chunk, at) => {
        for (let done = 0; done < chunk.length;) {
          const written = access.write(chunk.subarray(done), { at: at + done });
          if (written === 0) throw new DOMException('nothing more could be written', 'QuotaExceededError');
          done += written;
        }
      },
      truncate: async (bytes) => access.truncate(bytes),
      flush: async () => access.flush(),
      close: async () => access.close(),
    };
  }
  const stream = await handle.createWritable({ keepExistingData: true });
  return {
    inPlace: false,
    write: (chunk, at) => stream.write({ type: 'write', position: at, data: /** @type {BufferSource} */ (chunk) }),
    truncate: (bytes) => stream.truncate(bytes),
    flush: async () => {},
    close: () => stream.close(),
  };
}

/** @param {FileSystemDirectoryHandle} folder @param {string} name @param {object} value */
export async function writeJson(folder, name, value) {
  const writer = await openWriter(await folder.getFileHandle(name, { create: true }));
  try {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    await writer.write(bytes, 0);
    await writer.truncate(bytes.length);
    await writer.flush();
  } finally {
    await writer.close();
  }
}

/** What is torn or foreign is as good as absent. @param {FileSystemDirectoryHandle} folder @param {string} name @returns {Promise<any>} */
export async function readJson(folder, name) {
  const handle = await fileIn(folder, name);
  if (handle === null) return null;
  try {
    const value = JSON.parse(await (await handle.getFile()).text());
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** @param {FileSystemDirectoryHandle} folder @param {string} path @returns {Promise<Note|null>} null: nothing to speak of */
export async function readNote(folder, path) {
  const note = await readJson(folder, noteName(path));
  if (note === null || note.path !== path || !Number.isSafeInteger(note.kept) || note.kept < 0) return null;
  return { path, kept: note.kept, validator: String(note.validator ?? ''), complete: note.complete === true, sha256: String(note.sha256 ?? '') };
}

export class PartialFile {
  /** @param {FileSystemDirectoryHandle} folder @param {FileSystemFileHandle} handle @param {Note} note */
  constructor(folder, handle, note) {
    this.folder = folder;
    this.handle = handle;
    this.note = note;
    this.bytes = note.kept;
    this.noted = note.kept;
    /** @type {Writer|null} */
    this.writer = null;
  }

  /** @param {FileSystemDirectoryHandle} folder @param {string} path @returns {Promise<PartialFile>} */
  static async open(folder, path) {
    try {
      const handle = await folder.getFileHandle(storedName(path), { create: true });
      const { size } = await handle.getFile();
      const note = (await readNote(folder, path)) ?? { path, kept: 0, validator: '', complete: false, sha256: '' };
      // a complete file of another length was tampered with or torn: nothing in it can be trusted
      const broken = size < note.kept || (note.complete && size !== note.kept);
      return new PartialFile(folder, handle, broken ? { path, kept: 0, validator: '', complete: false, sha256: '' } : note);
    } catch (error) {
      throw storageError(error, path);
    }
  }

  get path() {
    return this.note.path;
  }

  get complete() {
    return this.note.complete;
  }

  get validator() {
    return this.note.validator;
  }

  /** What is kept, from the start; before the first append. @returns {AsyncGenerator<Uint8Array>} */
  async *chunks() {
    try {
      let left = this.bytes;
      const reader = (await this.handle.getFile()).stream().getReader();
      while (left > 0) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`${left} bytes are missing`);
        const chunk = value.length > left ? value.subarray(0, left) : value;
        left -= chunk.length;
        yield chunk;
      }
      await reader.cancel();
    } catch (error) {
      throw storageError(error, this.path);
    }
  }

  /** Ready for append(): what comes is of this version. @param {{validator: string, total: number|null}} version */
  async begin({ validator, total }) {
    await this.guarded(async () => {
      if (total !== null) /** @type {any} */ (this.handle).reserve?.(total);
      if (this.writer === null) {
        this.writer = await openWriter(this.handle);
        await this.writer.truncate(this.bytes);
      }
      if (this.note.validator !== validator || this.note.complete) await this.save({ validator, complete: false, sha256: '' });
    });
  }

  /** @param {Uint8Array} chunk */
  async append(chunk) {
    await this.guarded(async () => {
      const writer = /** @type {Writer} */ (this.writer);
      await writer.write(chunk, this.bytes);
      this.bytes += chunk.length;
      if (writer.inPlace && this.bytes - this.noted >= kCheckpointBytes) {
        await writer.flush();
        await this.save({});
      }
    });
  }

  /** Forgets what there is. */
  async restart() {
    await this.guarded(async () => {
      this.bytes = 0;
      await this.save({ validator: '', complete: false, sha256: '' });
      await this.writer?.truncate(0);
    });
  }

  /** It was checked and is whole. @param {{sha256: string}} checked */
  async finish({ sha256 }) {
    await this.guarded(async () => {
      await this.close();
      await this.save({ complete: true, sha256 });
    });
  }

  /** Keeps what there is for another time; never throws, as it ends what has already failed. */
  async keep() {
    try {
      const open = this.writer !== null;
      await this.close();
      if (open) await this.save({});
    } catch {}
  }

  // --- inside ---

  async close() {
    const { writer } = this;
    this.writer = null;
    await writer?.flush();
    await writer?.close();
  }

  /** @param {Partial<Note>} change */
  async save(change) {
    this.note = { ...this.note, ...change, kept: this.bytes };
    await writeJson(this.folder, noteName(this.path), this.note);
    this.noted = this.bytes;
  }

  /** @param {() => Promise<void>} work */
  async guarded(work) {
    try {
      await work();
    } catch (error) {
      throw storageError(error, this.path);
    }
  }
}
