// SHA-256 of bytes as they stream by (crypto.subtle wants them all at once): hash-wasm's build of this one algorithm, 18 KB.
//
// Nothing in the worker knows an address of its own, so the module's URL comes in: `vendor/sha256.umd.min.js` of a served site, a
// blob: in the single file. The build is UMD: imported as a module it leaves `globalThis.hashwasm`; Node's import has exports.
//
//   const newHasher = sha256From(new URL('vendor/sha256.umd.min.js', base).href);
//   const hasher = await newHasher(); hasher.update(chunk); hasher.digest() → lower-case hexadecimal

import { TrilensError, describe } from './errors.mjs';

/** @typedef {{update: (chunk: Uint8Array) => unknown, digest: () => string}} Hasher  digest() ends it */
/** @typedef {() => Promise<Hasher>} NewHasher */

/** @param {string} module @returns {NewHasher} throws TrilensError where the module cannot be had; the next call tries again */
export function sha256From(module) {
  /** @type {Promise<{createSHA256: () => Promise<any>}>|null} */
  let loading = null;
  return async () => {
    loading ??= import(module).then((exported) => {
      const found = [exported, exported.default, /** @type {any} */ (globalThis).hashwasm].find((one) => typeof one?.createSHA256 === 'function');
      if (!found) throw new Error(`${module} has no createSHA256`);
      return found;
    });
    try {
      const hasher = await (await loading).createSHA256();
      hasher.init();
      return { update: (chunk) => hasher.update(chunk), digest: () => hasher.digest('hex') };
    } catch (error) {
      loading = null;
      throw new TrilensError('network', 'The part of Trilens that checks downloaded files could not be loaded; reload the page.', describe(error));
    }
  };
}
