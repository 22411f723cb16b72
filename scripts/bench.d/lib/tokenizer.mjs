// For the benchmarks of the tokenizer: Trilens's as a WebAssembly module (tests/bench/tokenizer.cpp), the families' files, a watch.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const kFolder = 'tests/fixtures/tokenizers/families';

/** @param {string} root @returns {Promise<any>} the module, as scripts/bench has built it */
export async function loadModule(root) {
  const { default: create } = await import(path.join(root, 'build/wasm/trilens_bench_tokenizer.mjs'));
  return create();
}

/** Names of all families. @param {string} root */
export function families(root) {
  return readdirSync(path.join(root, kFolder)).filter((name) => name.endsWith('.json') && name !== 'digests.json').map((name) => name.slice(0, -5)).toSorted();
}

/** @param {string} root @param {string} name the file, made whole as tests/oracles/tokenizer_families.py makes it */
export function tokenizerFile(root, name) {
  const text = readFileSync(path.join(root, kFolder, `${name}.json`), 'utf8');
  const whole = JSON.parse(readFileSync(path.join(root, 'assets/models/trilens-t5/tokenizer.json'), 'utf8'));
  return text.replace('"nmt_nfkc"', JSON.stringify(whole.normalizer.precompiled_charsmap));
}

/** @param {any} module @param {string} json @returns {(text: string) => Int32Array} */
export function ours(module, json) {
  const encoder = new TextEncoder();
  /** @param {string} text @param {(at: number, bytes: number) => number} use */
  const withText = (text, use) => {
    const at = module._malloc(text.length * 3 + 1);
    const { written } = encoder.encodeInto(text, module.HEAPU8.subarray(at, at + text.length * 3 + 1));
    const result = use(at, written);
    module._free(at);
    return result;
  };
  const tokenizer = withText(json, (at, bytes) => module._bench_load(at, bytes));
  if (tokenizer === 0) throw new Error('Trilens does not take this tokenizer');
  return (text) => {
    const count = withText(text, (at, bytes) => module._bench_encode(tokenizer, at, bytes));
    const begin = module._bench_ids(tokenizer) >> 2;
    return module.HEAP32.slice(begin, begin + count);
  };
}

/** @param {() => void} work */
export function millis(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}
