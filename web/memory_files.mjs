// Folders and files in memory, as much of the browser's own file system (OPFS) as model_store.mjs uses: where there is no OPFS
// (private windows, old browsers) models live here until the page goes. A file whose length is known is held once: reserve() makes
// its place, bytes() hands that place out.

/** @param {string} name @param {string} what @returns {DOMException} as OPFS throws it */
const problem = (name, what) => new DOMException(what, name);

export class MemoryFile {
  constructor() {
    this.kind = /** @type {const} */ ('file');
    this.place = new Uint8Array(0);
    this.size = 0;
    this.writing = false;
  }

  /** @param {number} bytes the length that the file will have */
  reserve(bytes) {
    if (bytes <= this.place.length) return;
    const place = new Uint8Array(bytes);
    place.set(this.bytes());
    this.place = place;
  }

  /** What is there, not a copy. */
  bytes() {
    return this.place.subarray(0, this.size);
  }

  async getFile() {
    const bytes = this.bytes();
    return {
      size: bytes.length,
      arrayBuffer: async () => bytes.slice().buffer,
      text: async () => new TextDecoder().decode(bytes),
      stream: () => new ReadableStream({
        start(controller) {
          if (bytes.length > 0) controller.enqueue(bytes);
          controller.close();
        },
      }),
    };
  }

  /** One writer at a time, as OPFS has it. */
  async createSyncAccessHandle() {
    if (this.writing) throw problem('NoModificationAllowedError', 'the file is being written');
    this.writing = true;
    return {
      /** @param {Uint8Array} chunk @param {{at: number}} options */
      write: (chunk, { at }) => {
        const end = at + chunk.length;
        if (end > this.place.length) this.reserve(Math.max(end, 2 * this.place.length));
        this.place.set(chunk, at);
        this.size = Math.max(this.size, end);
        return chunk.length;
      },
      /** @param {number} bytes */
      truncate: (bytes) => {
        this.size = bytes;
      },
      flush: () => {},
      close: () => {
        this.writing = false;
      },
    };
  }
}

export class MemoryFolder {
  constructor() {
    this.kind = /** @type {const} */ ('directory');
    /** @type {Map<string, MemoryFolder|MemoryFile>} */
    this.children = new Map();
  }

  /** @param {string} name @param {{create?: boolean}} [options] @returns {Promise<MemoryFolder>} */
  async getDirectoryHandle(name, { create = false } = {}) {
    return /** @type {MemoryFolder} */ (this.child(name, 'directory', create ? () => new MemoryFolder() : null));
  }

  /** @param {string} name @param {{create?: boolean}} [options] @returns {Promise<MemoryFile>} */
  async getFileHandle(name, { create = false } = {}) {
    return /** @type {MemoryFile} */ (this.child(name, 'file', create ? () => new MemoryFile() : null));
  }

  /** @param {string} name @param {'file'|'directory'} kind @param {(() => MemoryFolder|MemoryFile)|null} make */
  child(name, kind, make) {
    let found = this.children.get(name);
    if (!found && make) this.children.set(name, (found = make()));
    if (!found) throw problem('NotFoundError', `there is no ${name}`);
    if (found.kind !== kind) throw problem('TypeMismatchError', `${name} is no ${kind}`);
    return found;
  }

  /** @param {string} name @param {{recursive?: boolean}} [_options] */
  async removeEntry(name, _options) {
    if (!this.children.delete(name)) throw problem('NotFoundError', `there is no ${name}`);
  }

  async *entries() {
    yield* [...this.children];
  }
}
