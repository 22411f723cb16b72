// Trilens's tokenizer as WebAssembly against npm's @huggingface/tokenizers (JavaScript): the same texts, the same process, turn
// about. Both begin with a JavaScript string and end with ids; Trilens finds byte offsets as well, which the peer does not.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';

const kRounds = 7;
const kFamilies = ['bert-uncased', 'gpt2', 'llama3', 't5', 'xlm-roberta', 'llama'];
const kHard = 20_000; // characters; enough to tell a line from a square, little enough to wait for

/** @typedef {{name: string, list: string[]}} Texts */

/** @param {string} root @returns {Texts[]} */
function allTexts(root) {
  const read = (/** @type {string} */ file) => readFileSync(path.join(root, file), 'utf8');
  const prose = [read('README.md'), read('docs/ARCHITECTURE.md'), read('scripts/models/README.md')].join('\n');
  const materials = JSON.parse(read('tests/fixtures/tokenizers/materials.json'));
  const cases = JSON.parse(read('tests/fixtures/tokenizers/trilens-t5.json')).cases.map((/** @type {{text: string}} */ c) => c.text);
  const scripts = materials.scripts.map((/** @type {string[]} */ words) => words.join(' '));
  return [
    { name: 'prose, lines', list: prose.split('\n').filter((line) => line.trim() !== '') },
    { name: 'prose, whole', list: [prose] },
    { name: '30 scripts', list: [...scripts, ...scripts.map((/** @type {string} */ s) => `${s} ${s}`)] },
    { name: 'test sentences', list: cases },
    { name: '"a" × 20,000', list: ['a'.repeat(kHard)] },
    { name: '"^" × 20,000', list: ['^'.repeat(kHard)] },
  ];
}

/** @param {string} root @param {string} name the file, made whole as tests/oracles/tokenizer_families.py makes it */
function tokenizerFile(root, name) {
  const text = readFileSync(path.join(root, 'tests/fixtures/tokenizers/families', `${name}.json`), 'utf8');
  const whole = JSON.parse(readFileSync(path.join(root, 'assets/models/trilens-t5/tokenizer.json'), 'utf8'));
  return text.replace('"nmt_nfkc"', JSON.stringify(whole.normalizer.precompiled_charsmap));
}

/** @param {any} module @param {string} json @returns {(text: string) => Int32Array} */
function ours(module, json) {
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
function millis(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/**
 * @param {(text: string) => Int32Array} mine @param {(text: string) => number[]} theirs @param {string[]} list
 */
function compare(mine, theirs, list) {
  const same = list.filter((text) => {
    const a = mine(text);
    const b = theirs(text);
    return a.length === b.length && b.every((id, i) => id === a[i]);
  }).length; // this warms both up as well
  const times = { ours: /** @type {number[]} */ ([]), theirs: /** @type {number[]} */ ([]) };
  for (let round = 0; round < kRounds; ++round) {
    times.ours.push(millis(() => list.forEach((text) => mine(text))));
    times.theirs.push(millis(() => list.forEach((text) => theirs(text))));
  }
  return { trilens_ms: median(times.ours), huggingface_ms: median(times.theirs), texts: list.length, same_ids: same };
}

/** @param {string} root */
export default async function measure(root) {
  const { default: create } = await import(path.join(root, 'build/wasm/trilens_bench_tokenizer.mjs'));
  const module = await create();
  const rows = [];
  console.log(`\nEncoding, Trilens (WebAssembly, with offsets) against @huggingface/tokenizers (JavaScript), median of ${kRounds}; >1: Trilens is faster`);
  console.log('  tokenizer     text              characters   Trilens ms       HF ms   ratio   same ids');
  for (const family of kFamilies) {
    const json = tokenizerFile(root, family);
    const mine = ours(module, json);
    const peer = new Tokenizer(JSON.parse(json), {});
    const theirs = (/** @type {string} */ text) => peer.encode(text).ids;
    for (const { name, list } of allTexts(root)) {
      const result = compare(mine, theirs, list);
      const characters = list.reduce((sum, text) => sum + text.length, 0);
      const ratio = result.huggingface_ms / result.trilens_ms;
      rows.push({ family, text: name, characters, ...result, ratio });
      const numbers = [result.trilens_ms, result.huggingface_ms].map((n) => n.toFixed(2).padStart(12)).join('');
      console.log(`  ${family.padEnd(13)} ${name.padEnd(17)} ${String(characters).padStart(10)} ${numbers} ${ratio.toFixed(1).padStart(7)}   ${result.same_ids}/${result.texts}`);
    }
  }
  return rows;
}
