// Cost against length, and the machine's norms, of the real engine: what is counted is counted right, norms are those of transformers
// (tests/oracles/norms_oracle.py). No time is asserted.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kTolerance = 2e-4;
const kFamilies = /** @type {const} */ ({ bert: 'encoder', gpt2: 'decoder', t5: 'encoder_decoder' });
const norms = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models/norms.json'), 'utf8'));

/** @param {number[][]} actual @param {number[][]} wanted @param {string} what */
function sameRows(actual, wanted, what) {
  assert.equal(actual.length, wanted.length, what);
  wanted.forEach((row, s) => {
    assert.equal(actual[s].length, row.length, `${what}, row ${s}`);
    row.forEach((value, i) => assert.ok(Math.abs(actual[s][i] - value) <= kTolerance * Math.max(1, value), `${what}, row ${s}, position ${i}: ${actual[s][i]} instead of ${value}`));
  });
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`cost and norms on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    const families = Object.entries(kFamilies).filter(([name]) => provider === 'wasm' || name === 't5');
    before(async () => {
      trilens = await openTrilens();
      for (const [, family] of families) await trilens.command({ type: 'load', family, model: '', provider });
    });
    after(() => trilens?.close());

    for (const [name, family] of families) {
      test(`${name}: norms and cosines equal the reference`, async () => {
        for (const entry of provider === 'wasm' ? norms[name] : norms[name].slice(0, 1)) {
          const { stacks } = await trilens.command({ type: 'norms', family, text: entry.text, written: entry.written });
          assert.deepEqual(stacks.map((/** @type {any} */ s) => s.id), entry.stacks.map((/** @type {any} */ s) => s.id));
          entry.stacks.forEach((/** @type {any} */ wanted, /** @type {number} */ i) => {
            sameRows(stacks[i].norms, wanted.norms, `${name}, ${wanted.id}: norms`);
            sameRows(stacks[i].cosine, wanted.cosine, `${name}, ${wanted.id}: cosines`);
          });
        }
      });

      test(`${name}: passes and cache are counted as the formula has them`, async () => {
        const table = await trilens.command({ type: 'cost', family, text: 'The red dog chased the cat.', lengths: provider === 'wasm' ? [8, 30, 400] : [8], repetitions: 2 });
        const [run] = table.runs;
        assert.equal(run.provider, provider);
        // BERT and GPT-2 have 192 positions; a T5's are relative.
        const ends = provider === 'wasm' ? (name === 't5' ? [8, 30, 400] : [8, 30, 192]) : [8];
        assert.deepEqual(run.points.map((/** @type {any} */ p) => p.tokens), ends);
        assert.equal(table.limit_tokens, ends.at(-1) === 192 ? 192 : 0);
        for (const p of run.points) {
          assert.equal(p.passes, name === 't5' ? 2 : 1);
          assert.equal(p.read.count, 2);
          assert.equal(p.step.count, name === 'bert' ? 0 : 16);
          assert.equal(p.cache_bytes, p.self_bytes + p.cross_bytes);
          assert.equal(p.cache_bytes > 0, name !== 'bert');
          assert.ok(p.read_flops > 0 && p.read.low_ms <= p.read.median_ms && p.read.median_ms <= p.read.high_ms);
        }
      });
    }
  });
}

test('a press measures one column after the other, and a stop keeps what there is', async () => {
  const trilens = await openTrilens();
  try {
    for (const family of Object.values(kFamilies)) await trilens.command({ type: 'load', family, model: '', provider: 'wasm' });
    await trilens.command({ type: 'show', tab: 'cost' });
    await trilens.command({ type: 'measure_cost' });
    let page;
    do {
      await new Promise((resolve) => setTimeout(resolve, 100));
      page = await trilens.snapshot();
    } while (page.columns[0].measured.runs.length === 0);
    await trilens.command({ type: 'stop_cost' });
    do {
      await new Promise((resolve) => setTimeout(resolve, 50));
      page = await trilens.snapshot();
    } while (page.curves.measuring);
    assert.equal(page.curves.curves[0].points.length, page.columns[0].measured.runs[0].lines.length);
    assert.ok(page.columns[2].measured.runs.length === 0, 'the last column was not asked');
  } finally {
    await trilens.close();
  }
});
