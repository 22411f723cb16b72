// The leak test of the real engine against transformers (tests/oracles/leak_oracle.py), on both providers, and its verdicts on the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kTolerance = 2e-4;
const kFamilies = /** @type {const} */ ({ bert: 'encoder', gpt2: 'decoder', t5: 'encoder_decoder' });
const expected = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models/leak.json'), 'utf8'));

/** @param {number[][]} actual @param {number[][]} wanted @param {string} what */
function sameRows(actual, wanted, what) {
  assert.equal(actual.length, wanted.length, what);
  wanted.forEach((row, s) => {
    assert.equal(actual[s].length, row.length, `${what}, state ${s}`);
    row.forEach((value, i) => assert.ok(Math.abs(actual[s][i] - value) <= kTolerance * Math.max(1, value), `${what}, state ${s}, pair ${i}: ${actual[s][i]} instead of ${value}`));
  });
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`leak test on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    before(async () => {
      trilens = await openTrilens();
      for (const family of Object.values(kFamilies)) await trilens.command({ type: 'load', family, model: '', provider });
    });
    after(() => trilens?.close());

    for (const [name, family] of Object.entries(kFamilies)) {
      test(`how far ${name}'s vectors move equals the reference`, async () => {
        for (const entry of provider === 'wasm' ? expected[name] : expected[name].slice(0, 1)) {
          const { sides } = await trilens.command({ type: 'leak', family, text: entry.text, changed: entry.changed });
          const what = `${name}: ${entry.text} → ${entry.changed}`;
          assert.equal(sides.length, name === 't5' ? 2 : 1);
          assert.deepEqual(sides[0].pairs.map((/** @type {any} */ p) => [p.before, p.after]), entry.pairs, what);
          assert.equal(sides[0].left_count, entry.prefix, what);
          sameRows(sides[0].difference, entry.difference, what);
          sameRows(sides[0].cosine, entry.cosine, what);
          if (name === 't5') sameRows(sides[1].difference, entry.output.difference, `${what}, output`);
        }
      });
    }

    test('each architecture gives itself away', async () => {
      await trilens.command({ type: 'set_text', text: 'The red dog chased the cat.' });
      await trilens.command({ type: 'show', tab: 'leak' });
      let columns;
      do {
        await new Promise((resolve) => setTimeout(resolve, 50));
        ({ columns } = await trilens.snapshot());
      } while (columns.some((/** @type {any} */ c) => c.leak.head.waiting));
      assert.deepEqual(columns.map((/** @type {any} */ c) => c.leak.sides.map((/** @type {any} */ s) => s.verdict)), [['moved'], ['still'], ['moved', 'all_moved']]);
    });
  });
}
