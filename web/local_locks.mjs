// Locks by name as navigator.locks has them, within one page: for where the browser has none (http: off localhost), and for tests.

/** @typedef {{mode?: 'exclusive'|'shared', ifAvailable?: boolean, signal?: AbortSignal}} LockOptions */
/** @typedef {{request: (name: string, options: LockOptions, work: (lock: object|null) => Promise<any>) => Promise<any>}} Locks */
/** @typedef {{mode: 'exclusive'|'shared', go: () => void}} Waiting */

export class LocalLocks {
  constructor() {
    /** @type {Map<string, {held: ('exclusive'|'shared')[], queue: Waiting[]}>} */
    this.names = new Map();
  }

  /** @param {string} name @param {LockOptions} options @param {(lock: object|null) => Promise<any>} work */
  async request(name, { mode = 'exclusive', ifAvailable = false, signal }, work) {
    signal?.throwIfAborted();
    const state = this.names.get(name) ?? { held: [], queue: [] };
    this.names.set(name, state);
    const free = () => state.held.length === 0 || (mode === 'shared' && !state.held.includes('exclusive'));
    if (ifAvailable && (!free() || state.queue.length > 0)) return work(null);
    if (!free() || state.queue.length > 0) {
      await new Promise((resolve, reject) => {
        const entry = { mode, go: () => (signal?.removeEventListener('abort', stop), resolve(null)) };
        const stop = () => {
          state.queue.splice(state.queue.indexOf(entry), 1);
          this.wake(state);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', stop, { once: true });
        state.queue.push(entry);
      });
    } else state.held.push(mode);
    try {
      return await work({ name, mode });
    } finally {
      state.held.splice(state.held.indexOf(mode), 1);
      this.wake(state);
      if (state.held.length === 0 && state.queue.length === 0) this.names.delete(name);
    }
  }

  /** In order: one writer, or all the readers that stand first. @param {{held: ('exclusive'|'shared')[], queue: Waiting[]}} state */
  wake(state) {
    while (state.queue.length > 0) {
      const [first] = state.queue;
      if (state.held.length > 0 && (first.mode === 'exclusive' || state.held.includes('exclusive'))) return;
      state.queue.shift();
      state.held.push(first.mode);
      first.go();
    }
  }
}
