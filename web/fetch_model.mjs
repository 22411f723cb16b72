// Files of the site, with progress in bytes, cancel, and a check that what came is what was asked for.

import { TrilensError, describe } from './errors.mjs';

/**
 * @typedef {object} FetchOptions
 * @property {string} path relative to the site's base
 * @property {number|null} [expectedBytes] null: as long as the server announces
 * @property {string} [expectedSha256] lower-case hexadecimal; empty: not checked, nor where the page has no crypto.subtle (http: off localhost)
 * @property {AbortSignal} [signal]
 * @property {(loaded: number, total: number|null) => void} [onProgress] bytes as they are in the file, whatever the transfer did to them
 */

export class FileSource {
  /**
   * @param {object} options
   * @param {string} options.base URL that paths are relative to
   * @param {Record<string, ArrayBuffer|Uint8Array>} [options.files] files that the page carries itself
   * @param {typeof globalThis.fetch} [options.fetch]
   */
  constructor({ base, files = {}, fetch = globalThis.fetch.bind(globalThis) }) {
    this.base = base;
    this.files = files;
    this.fetch = fetch;
  }

  /** @param {FetchOptions} options @returns {Promise<Uint8Array>} throws TrilensError */
  async get({ path, expectedBytes = null, expectedSha256 = '', signal, onProgress = () => {} }) {
    const carried = Object.hasOwn(this.files, path) ? new Uint8Array(/** @type {ArrayBuffer} */ (this.files[path])) : null;
    if (carried) {
      checkLength(path, carried.length, expectedBytes);
      onProgress(carried.length, carried.length);
      return carried;
    }
    const url = this.resolve(path);
    try {
      signal?.throwIfAborted();
      const response = await this.fetch(url, { signal });
      const announced = this.checkResponse(path, response, expectedBytes);
      const bytes = await readBody(response, announced, onProgress);
      checkLength(path, bytes.length, announced);
      await checkDigest(path, bytes, expectedSha256);
      return bytes;
    } catch (error) {
      if (error instanceof TrilensError) throw error;
      if (signal?.aborted) throw new TrilensError('cancelled', `Loading ${path} was stopped.`);
      if (error instanceof RangeError) {
        throw new TrilensError('out_of_memory', `There is not enough memory to load ${path}; close other tabs or take a smaller model.`, describe(error));
      }
      throw new TrilensError('network', `Loading ${path} failed; check the connection and try again.`, describe(error));
    }
  }

  /** @param {string} path @returns {URL} */
  resolve(path) {
    const base = new URL(this.base);
    const url = new URL(path, base);
    const folder = base.href.slice(0, base.href.lastIndexOf('/') + 1);
    // blob: and file: pages have no origin to speak of; what they need, they carry.
    if (!url.href.startsWith(folder)) throw new TrilensError('network', `${path} is not a file of this site.`);
    return url;
  }

  /**
   * @param {string} path @param {Response} response @param {number|null} expectedBytes
   * @returns {number|null} the length that the file should have
   */
  checkResponse(path, response, expectedBytes) {
    if (response.status === 404 || response.status === 410) {
      throw new TrilensError('model_missing', `The file ${path} is missing on this site.`, `HTTP ${response.status}`);
    }
    if (!response.ok) throw new TrilensError('network', `The server did not hand out ${path}; try again later.`, `HTTP ${response.status}`);
    if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '') && !/\.html?$/i.test(path)) {
      throw new TrilensError('model_malformed', `In place of ${path} the server sent a web page.`, response.url);
    }
    if (expectedBytes !== null) return expectedBytes;
    // The header counts what travels: of a compressed transfer it says nothing about the file.
    const encoding = response.headers.get('content-encoding');
    const length = response.headers.get('content-length');
    return length !== null && (encoding === null || encoding === 'identity') ? Number(length) : null;
  }
}

/**
 * @param {Response} response @param {number|null} total @param {(loaded: number, total: number|null) => void} onProgress
 * @returns {Promise<Uint8Array>}
 */
async function readBody(response, total, onProgress) {
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const reader = response.body.getReader();
  // Straight into place where the length is known: a large model is not held twice.
  let place = new Uint8Array(total ?? 1 << 16);
  let loaded = 0;
  onProgress(0, total);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (loaded + value.length > place.length) {
      const grown = new Uint8Array(Math.max(2 * place.length, loaded + value.length));
      grown.set(place.subarray(0, loaded));
      place = grown;
    }
    place.set(value, loaded);
    loaded += value.length;
    onProgress(loaded, total);
  }
  return place.subarray(0, loaded);
}

/** @param {string} path @param {Uint8Array} bytes @param {string} wanted */
async function checkDigest(path, bytes, wanted) {
  if (wanted === '' || !globalThis.crypto?.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', /** @type {BufferSource} */ (bytes)));
  const got = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (got !== wanted) throw new TrilensError('model_malformed', `The file ${path} is not the one that the catalog lists: it was changed or damaged on the way; load it again.`, `SHA-256 ${got} instead of ${wanted}`);
}

/** @param {string} path @param {number} got @param {number|null} wanted */
function checkLength(path, got, wanted) {
  if (wanted === null || got === wanted) return;
  throw new TrilensError('model_malformed', `The file ${path} has ${got} bytes where ${wanted} were announced: it was cut short or replaced; load it again.`);
}
