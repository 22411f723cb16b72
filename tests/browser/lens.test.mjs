// The logit lens of the real engine against transformers (tests/oracles/lens_oracle.py), on both providers, and what the page says of it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kTolerance = 2e-4;  // of a probability, relative to it where it is not small; of entropy, in bits
const kClear = 2e-4;      // logits: tokens nearer than this to the answer may change places with it
const kFamilies = /** @type {const} */ ({ bert: 'encoder', gpt2: 'decoder', t5: 'encoder_decoder' });
const expected = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models/lens.json'), 'utf8'));

/** @param {number} actual @param {number} wanted @param {string} what */
const near = (actual, wanted, what) => assert.ok(Math.abs(actual - wanted) <= kTolerance * Math.max(wanted, 1e-2), `${what}: ${actual} instead of ${wanted}`);

/** @param {any} cell @param {any} wanted @param {string} what */
function sameCell(cell, wanted, what) {
  assert.equal(cell.top.length, 5, what);
  const clear = wanted.top[0][1] - wanted.top[1][1] > kTolerance;
  if (clear) assert.equal(cell.top[0].id, wanted.top[0][0], what);
  wanted.top.forEach((/** @type {any} */ [, probability], /** @type {number} */ i) => near(cell.top[i].probability, probability, `${what}, rank ${i + 1}`));
  near(cell.probability, wanted.probability, `${what}, of the answer`);
  near(cell.entropy_bits, wanted.entropy_bits, `${what}, entropy`);
  if (wanted.clear > kClear) assert.equal(cell.rank, wanted.rank, `${what}, rank of the answer`);
  else assert.ok(Math.abs(cell.rank - wanted.rank) <= Math.max(2, wanted.rank * 0.02), `${what}: rank ${cell.rank} instead of ${wanted.rank}`);
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`logit lens on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    before(async () => {
      trilens = await openTrilens();
      for (const family of Object.values(kFamilies)) await trilens.command({ type: 'load', family, model: '', provider });
    });
    after(() => trilens?.close());

    for (const [name, family] of Object.entries(kFamilies)) {
      test(`what ${name}'s head says of every state equals the reference`, async () => {
        for (const entry of provider === 'wasm' ? expected[name] : expected[name].slice(0, 1)) {
          const table = await trilens.command({ type: 'lens', family, text: entry.text });
          const what = `${name}: ${entry.text}`;
          assert.equal(table.side, name === 't5' ? 'output' : 'text');
          assert.equal(table.next, name !== 'bert');
          assert.equal(table.total, entry.ids.length, what);
          assert.deepEqual(table.positions.filter((/** @type {any} */ p) => p.marked).map((/** @type {any} */ p) => p.position), entry.marked, what);
          assert.deepEqual(table.positions.map((/** @type {any} */ p) => p.answer.id), entry.answers, what);
          assert.deepEqual(table.positions.map((/** @type {any} */ p) => p.settled), entry.settled, what);
          assert.equal(table.cells.length, entry.cells.length, what);
          entry.cells.forEach((/** @type {any[]} */ row, /** @type {number} */ s) => row.forEach((wanted, p) => sameCell(table.cells[s][p], wanted, `${what}, state ${s}, position ${p}`)));
        }
      });
    }

    test('the page says from which block on the answer is first', async () => {
      await trilens.command({ type: 'set_text', text: 'The dog ___ tired.' });
      await trilens.command({ type: 'show', tab: 'lens' });
      let columns;
      do {
        await new Promise((resolve) => setTimeout(resolve, 50));
        ({ columns } = await trilens.snapshot());
      } while (columns.some((/** @type {any} */ c) => c.lens.head.waiting));
      for (const [i, name] of Object.keys(kFamilies).entries()) {
        const { lens } = columns[i], [entry] = expected[name];
        const at = entry.marked[0], blocks = entry.cells.length - 1;
        assert.equal(lens.columns[at].marked, true);
        assert.match(lens.head.sentence, entry.settled[at] === blocks ? /only after the last block/ : new RegExp(`from block ${entry.settled[at]} of ${blocks} on`));
        assert.equal(lens.cells.length, blocks + 1);
        assert.equal(lens.cells[blocks][at].answer, true);
      }
    });
  });
}
