// Space on the real engine against transformers and numpy (tests/oracles/space_oracle.py), and retrieval with its answer on the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kTolerance = 1e-4;
const kFamilies = /** @type {const} */ ({ bert: 'encoder', gpt2: 'decoder', t5: 'encoder_decoder' });
const expected = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models/space.json'), 'utf8'));

/** @param {number[]} actual @param {number[]} wanted @param {string} what @param {number} [tolerance] */
function same(actual, wanted, what, tolerance = kTolerance) {
  assert.equal(actual.length, wanted.length, what);
  wanted.forEach((value, i) => assert.ok(Math.abs(actual[i] - value) <= tolerance, `${what}, ${i}: ${actual[i]} instead of ${value}`));
}

/** Up to the sign, unless two axes are nearly alike and may turn into each other.
 * @param {number[]} actual @param {number[]} wanted @param {string} what */
function sameAxis(actual, wanted, what) {
  const along = actual.reduce((sum, value, i) => sum + value * wanted[i], 0);
  same(actual, wanted.map((value) => (along < 0 ? -value : value)), what, 1e-3);
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`space on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    before(async () => {
      trilens = await openTrilens();
      for (const family of Object.values(kFamilies)) await trilens.command({ type: 'load', family, model: '', provider });
    });
    after(() => trilens?.close());

    for (const [name, family] of Object.entries(kFamilies)) {
      test(`${name}'s cosines, plane and question scores equal the reference`, async () => {
        for (const entry of provider === 'wasm' ? expected[name] : expected[name].slice(0, 1)) {
          const { items, question, pooling, layer } = entry;
          const map = await trilens.command({ type: 'space', family, items, question, pooling, layer });
          const what = `${name}, ${pooling}, layer ${layer}`;
          assert.equal(map.pooling, pooling);
          assert.equal(map.layer, layer);
          map.similarity.forEach((/** @type {number[]} */ row, /** @type {number} */ i) => same(row, entry.similarity[i], `${what}, similarity ${i}`));
          same(map.scores, entry.scores, `${what}, scores`);
          same(map.explained, entry.explained, `${what}, explained`, 1e-3);
          if (entry.explained[0] - entry.explained[1] > 0.02) sameAxis(map.x, entry.plane.map((/** @type {number[]} */ p) => p[0]), `${what}, x`);
        }
      });
    }

    test('a question is answered from the passage that was found', async () => {
      const passages = expected.bert[expected.bert.length - 1].items;
      await trilens.command({ type: 'set_items', items: passages });
      await trilens.command({ type: 'show', tab: 'space' });
      for (const { question, item, prompt, answer } of provider === 'wasm' ? expected.answers : expected.answers.slice(0, 1)) {
        await trilens.command({ type: 'choose_space', question });
        let steps;
        do {
          await new Promise((resolve) => setTimeout(resolve, 50));
          ({ space: { steps } } = await trilens.snapshot());
        } while (!steps[3].text);
        assert.equal(steps[1].text, passages[item]);
        assert.equal(steps[2].text, prompt);
        assert.equal(steps[3].text, answer);
      }
    });

    test('t-SNE is the same for the same seed, and stops when it is told to', { skip: provider !== 'wasm' }, async () => {
      const { items } = expected.bert[0];
      const ask = { type: 'space', family: 'encoder', items, projection: 'tsne', perplexity: 2, seed: 4 };
      const [first, second] = [await trilens.command(ask), await trilens.command(ask)];
      assert.equal(first.iterations, 1000);
      assert.deepEqual(first.x, second.x);
      assert.ok(first.divergence > 0 && first.divergence < 1);
      const stopped = trilens.command(ask).then(() => 'done', (/** @type {any} */ error) => error.code);
      await trilens.command({ type: 'cancel', family: 'encoder' });
      assert.equal(await stopped, 'cancelled');
    });
  });
}
