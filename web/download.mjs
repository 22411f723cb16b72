// One file from its host into the store: with progress, cancel, resuming where it was cut, and a check that it is what was listed.
//
// Not here: which files (repository.mjs), where they lie (model_store.mjs), the single request (http.mjs). Chunks go straight into
// the store and through the hash; the file is never in memory. A file is resumed with `Range: bytes=N-` and the rest taken only if
// the host's ETag and length are those of what is kept; If-Range goes along only to the page's own origin, as another origin's
// storage host would refuse the question that browsers ask first (http.mjs).
// Errors: cancelled (what came is kept), network, model_missing, model_gated, model_malformed (what came is dropped), storage_full.
//
//   await store.withFile(key, file.path, { signal }, (partial) => downloadFile(file, { partial, transport, newHasher, signal, onProgress }));

import { TrilensError } from './errors.mjs';
import { ask, cancelled, drop, hostOf, Retries, unreachable, Watchdog } from './http.mjs';
import { parsePointer } from './hub.mjs';

/** @typedef {import('./repository_files.mjs').RepositoryFile} RepositoryFile */
/** @typedef {import('./partial_file.mjs').PartialFile} PartialFile */
/**
 * @typedef {object} DownloadParts
 * @property {PartialFile} partial its place in the store
 * @property {import('./http.mjs').Transport} transport
 * @property {import('./sha256.mjs').NewHasher} newHasher
 * @property {string} [commit] that the host must answer with, where it names one
 * @property {AbortSignal} [signal]
 * @property {(progress: {loaded: number, total: number|null, fetched: number}) => void} [onProgress] fetched: bytes that travelled just now
 */
/** @typedef {{bytes: number, sha256: string, resumedFrom: number}} Downloaded */

/** A try that brought this much was no failure; with less, a host could have itself asked for ever. */
const kProgressBytes = 32 << 10;
/** Enough of a beginning to tell a web page or a pointer from a model. */
const kHeadBytes = 512;

/** @param {RepositoryFile} file @param {DownloadParts} parts @returns {Promise<Downloaded>} */
export async function downloadFile(file, parts) {
  const download = new Download(file, parts);
  return download.run();
}

class Download {
  /** @param {RepositoryFile} file @param {DownloadParts} parts */
  constructor(file, { partial, transport, newHasher, commit = '', signal, onProgress = () => {} }) {
    this.file = file;
    this.url = file.url ?? '';
    this.partial = partial;
    this.transport = transport;
    this.newHasher = newHasher;
    this.commit = commit;
    this.signal = signal;
    this.onProgress = onProgress;
    this.total = file.bytes;
    this.mixed = false; // whether what is kept came in more than one piece, perhaps of more than one version
    this.startedOver = false;
    /** @type {import('./sha256.mjs').Hasher|null} over partial.bytes bytes */
    this.hasher = null;
  }

  async run() {
    const retries = new Retries(this.transport.clock, this.transport.tries ?? 5, this.signal);
    const resumedFrom = this.partial.bytes;
    if (this.partial.complete && this.total !== null && this.partial.bytes !== this.total) await this.forget();
    this.mixed = this.partial.bytes > 0;
    for (;;) {
      this.throwIfCancelled();
      // more than there should be, or pieces that nothing could tell apart
      const { bytes, validator } = this.partial;
      if ((this.total !== null && bytes > this.total) || (bytes > 0 && validator === '' && this.file.sha256 === '')) await this.forget();
      await this.rehash();
      if (this.partial.bytes > 0 && this.partial.bytes === this.total) {
        const done = await this.check();
        if (done) return { ...done, resumedFrom };
        continue;
      }
      const before = this.partial.bytes;
      const failure = await this.fetchRest();
      if (failure === null) {
        const done = await this.check();
        if (done) return { ...done, resumedFrom };
        continue;
      }
      if (this.partial.bytes - before >= kProgressBytes) retries.reset();
      await retries.again(() => failure);
    }
  }

  /** The hash of what is kept, after a pause or a new start. */
  async rehash() {
    if (this.hasher !== null) return;
    const hasher = await this.newHasher();
    for await (const chunk of this.partial.chunks()) {
      this.throwIfCancelled();
      hasher.update(chunk);
    }
    this.hasher = hasher;
  }

  async forget() {
    await this.partial.restart();
    this.hasher = await this.newHasher();
    this.mixed = false;
  }

  /**
   * One request and its body.
   * @returns {Promise<TrilensError|null>} null: the body came to its end. Else what cut it, to be tried again
   */
  async fetchRest() {
    const offset = this.partial.bytes;
    const stop = new AbortController();
    const signal = this.signal ? AbortSignal.any([this.signal, stop.signal]) : stop.signal;
    /** @type {Record<string, string>} */
    const headers = {};
    if (offset > 0) {
      headers.range = `bytes=${offset}-`;
      if (/^"/.test(this.partial.validator) && new URL(this.url).origin === globalThis.location?.origin) headers['if-range'] = this.partial.validator;
    }
    const response = await ask(this.transport, this.url, { what: this.file.path, headers, signal, accept: [416] });
    // what cannot be used is ended before anything else is done about it
    const verdict = await this.judge(response, offset).catch(async (error) => {
      await drop(response);
      throw error;
    });
    if (verdict === 'again') {
      await drop(response);
      await this.forget();
      return this.fetchRest();
    }
    if (verdict === 'whole') {
      await drop(response);
      return null;
    }
    await this.partial.begin({ validator: versionOf(response), total: this.total });
    return this.readBody(response, stop);
  }

  /** @param {Response} response @param {number} offset @returns {Promise<'read'|'again'|'whole'>} */
  async judge(response, offset) {
    const { headers, status } = response;
    const commit = headers.get('x-repo-commit');
    if (this.commit !== '' && commit !== null && commit !== this.commit) {
      throw new TrilensError('model_malformed', `${hostOf(this.url)} gave ${this.file.path} of another version of the model than was listed; ask for the model again.`, `commit ${commit} instead of ${this.commit}`);
    }
    if (status === 416) {
      const whole = Number(/^bytes \*\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] ?? NaN);
      // all of it was there already, and nobody had said how long it is
      if (whole === offset && this.total === null) {
        this.total = whole;
        return 'whole';
      }
      return this.onceMore(offset);
    }
    this.checkKind(headers.get('content-type') ?? '', null);
    if (status !== 206) {
      // the host does not know ranges, or has another version: all of it comes
      if (offset > 0) await this.forget();
      const encoding = headers.get('content-encoding');
      const length = headers.get('content-length');
      if (this.total === null && length !== null && [null, 'identity'].includes(encoding)) this.total = Number(length);
      return 'read';
    }
    const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
    // where the host shows no Content-Range (CORS), the length of the rest says as much
    const length = headers.get('content-length');
    const start = range ? Number(range[1]) : offset;
    const whole = range && range[3] !== '*' ? Number(range[3]) : length !== null ? offset + Number(length) : this.total;
    const version = versionOf(response);
    const other = version === '' || this.partial.validator === '' ? this.file.sha256 === '' : version !== this.partial.validator;
    if (offset === 0 || start !== offset || other || (this.total !== null && whole !== null && whole !== this.total)) return this.onceMore(offset);
    this.total ??= whole;
    this.mixed = true;
    return 'read';
  }

  /** A partial answer that does not fit: from the start, without a range, but not for ever. @param {number} offset @returns {'again'} */
  onceMore(offset) {
    if (offset > 0) return 'again';
    throw new TrilensError('network', `${hostOf(this.url)} sent a part of ${this.file.path} where all of it was asked for; try another address for models.`);
  }

  /** @param {Response} response @param {AbortController} stop @returns {Promise<TrilensError|null>} */
  async readBody(response, stop) {
    const reader = response.body?.getReader();
    const watch = new Watchdog(this.transport.clock, (why) => stop.abort(why));
    /** @type {Uint8Array[]} the first bytes, until there are enough to judge */
    let head = [];
    let judged = this.partial.bytes > 0;
    this.onProgress({ loaded: this.partial.bytes, total: this.total, fetched: 0 });
    try {
      while (reader) {
        const read = await reader.read().catch((error) => ({ cut: error }));
        if ('cut' in read) {
          if (this.signal?.aborted) throw cancelled(this.file.path);
          return unreachable(this.file.path, this.url, stop.signal.aborted ? stop.signal.reason : read.cut);
        }
        if (read.done) break;
        watch.moved();
        if (!judged) {
          head.push(read.value);
          if (head.reduce((sum, chunk) => sum + chunk.length, 0) < kHeadBytes) continue;
          await this.takeHead(head);
          judged = true;
          head = [];
        } else await this.take(read.value);
        this.throwIfCancelled();
      }
      if (!judged) await this.takeHead(head);
    } finally {
      watch.end();
      await reader?.cancel().catch(() => {});
    }
    if (this.total !== null && this.partial.bytes < this.total) {
      return new TrilensError('network', `${this.file.path} ended after ${this.partial.bytes} of ${this.total} bytes; what has arrived is kept, try again.`);
    }
    return null;
  }

  /** @param {Uint8Array[]} chunks */
  async takeHead(chunks) {
    const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    chunks.reduce((at, chunk) => (all.set(chunk, at), at + chunk.length), 0);
    this.checkKind('', all);
    await this.take(all);
  }

  /** @param {Uint8Array} chunk */
  async take(chunk) {
    if (this.total !== null && this.partial.bytes + chunk.length > this.total) {
      await this.partial.restart();
      throw this.malformed(`it is longer than the ${this.total} bytes that were announced`);
    }
    await this.partial.append(chunk);
    /** @type {import('./sha256.mjs').Hasher} */ (this.hasher).update(chunk);
    this.onProgress({ loaded: this.partial.bytes, total: this.total, fetched: chunk.length });
  }

  /** Things that hosts send in place of a file. @param {string} type @param {Uint8Array|null} head */
  checkKind(type, head) {
    const { path } = this.file;
    const text = head === null ? '' : new TextDecoder('latin1').decode(head.subarray(0, kHeadBytes));
    if (!/\.(html?|md)$/i.test(path) && (/^text\/html\b/i.test(type) || /^\s*<(!doctype\s+html|html[\s>])/i.test(text))) {
      throw new TrilensError('model_malformed', `In place of ${path} ${hostOf(this.url)} sent a web page; it may ask for a log-in, or the address of the server is wrong.`, type);
    }
    if (head !== null && head.length < 1024 && parsePointer(text) !== null) {
      throw new TrilensError('model_malformed', `In place of ${path} ${hostOf(this.url)} sent a git-lfs pointer: the server's copy of the model was made without its large files (git lfs pull).`);
    }
  }

  /** The whole file is there. @returns {Promise<{bytes: number, sha256: string}|null>} null: start over */
  async check() {
    const sha256 = /** @type {import('./sha256.mjs').Hasher} */ (this.hasher).digest();
    this.hasher = null;
    if (this.file.sha256 === '' || this.file.sha256 === sha256) {
      await this.partial.finish({ sha256 });
      return { bytes: this.partial.bytes, sha256 };
    }
    const { mixed } = this;
    await this.forget();
    // pieces of two versions, or a partial file that was damaged on disk: once from the start
    if (mixed && !this.startedOver) {
      this.startedOver = true;
      return null;
    }
    throw this.malformed('it was changed or damaged on the way', `SHA-256 ${sha256} instead of ${this.file.sha256}`);
  }

  /** @param {string} why @param {string} [detail] */
  malformed(why, detail) {
    return new TrilensError('model_malformed', `The file ${this.file.path} from ${hostOf(this.url)} is not the one that was listed: ${why}; load it again or from elsewhere.`, detail);
  }

  throwIfCancelled() {
    if (this.signal?.aborted) throw cancelled(this.file.path);
  }
}

/** What tells two versions of a file apart; empty: the host says nothing. @param {Response} response */
const versionOf = ({ headers }) => headers.get('etag') ?? headers.get('last-modified') ?? '';
