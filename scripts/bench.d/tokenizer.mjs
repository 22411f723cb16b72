// Trilens's tokenizer as WebAssembly against npm's @huggingface/tokenizers (JavaScript): the same texts, the same process, turn
// about. Both begin with a JavaScript string and end with ids; Trilens finds byte offsets as well, which the peer does not.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { loadModule, millis, ours, tokenizerFile } from './lib/tokenizer.mjs';

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

// Of several rounds the fastest: what else the machine does can only add to it.
/** @param {number[]} values */
const best = (values) => Math.min(...values);

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
  return { trilens_ms: best(times.ours), huggingface_ms: best(times.theirs), texts: list.length, same_ids: same };
}

/** @param {string} root */
export default async function measure(root) {
  const module = await loadModule(root);
  const rows = [];
  console.log(`\nEncoding, Trilens (WebAssembly, with offsets) against @huggingface/tokenizers (JavaScript), best of ${kRounds}; >1: Trilens is faster`);
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
