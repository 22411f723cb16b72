// Mask switches of the real engine against transformers (tests/oracles/compare_switches_oracle.py), on both providers, and what the page
// shows and says of them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kProbability = 2e-4;
const kBits = 2e-3;
const kFamilies = /** @type {const} */ ({ bert: 'encoder', gpt2: 'decoder', t5: 'encoder_decoder' });
const expected = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models/compare_switches.json'), 'utf8'));

/** @param {number} actual @param {number} wanted @param {number} tolerance @param {string} what */
const near = (actual, wanted, tolerance, what) => assert.ok(Math.abs(actual - wanted) <= tolerance, `${what}: ${actual} instead of ${wanted}`);

/** @param {any} place @param {any} wanted @param {string} what */
function samePlace(place, wanted, what) {
  assert.equal(place.position, wanted.position, what);
  near(place.entropy_before, wanted.entropy_before, kBits, `${what}, entropy before`);
  near(place.entropy_after, wanted.entropy_after, kBits, `${what}, entropy after`);
  near(place.moved, wanted.moved, kProbability * 4, `${what}, moved`);
  const words = new Map(place.words.map((/** @type {any} */ w) => [w.id, w]));
  for (const word of wanted.words) {
    // Words whose probabilities hardly differ may change places, and with it the last of the best.
    const got = words.get(word.id);
    if (!got && Math.max(word.before, word.after) < 0.02) continue;
    assert.ok(got, `${what}: word ${word.id} is missing`);
    near(got.before, word.before, kProbability, `${what}, word ${word.id} before`);
    near(got.after, word.after, kProbability, `${what}, word ${word.id} after`);
    if (word.before > 0.05) assert.equal(got.rank_before, word.rank_before, `${what}, rank of ${word.id} before`);
    if (word.after > 0.05) assert.equal(got.rank_after, word.rank_after, `${what}, rank of ${word.id} after`);
  }
  const changes = place.words.map((/** @type {any} */ w) => Math.abs(w.after - w.before));
  assert.deepEqual(changes, changes.toSorted((/** @type {number} */ a, /** @type {number} */ b) => b - a), `${what}: by falling change`);
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`mask switches on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    const families = provider === 'wasm' ? Object.entries(kFamilies) : [/** @type {const} */ (['bert', 'encoder'])];
    before(async () => {
      trilens = await openTrilens();
      for (const [, family] of families) await trilens.command({ type: 'load', family, model: '', provider });
    });
    after(() => trilens?.close());

    for (const [name, family] of families) {
      test(`what ${name} predicts switched equals the reference, and afterwards it is as it was`, async () => {
        for (const entry of provider === 'wasm' ? expected[name] : expected[name].slice(0, 1)) {
          const what = `${name}: ${entry.text} ${JSON.stringify(entry.switches)}`;
          const rest = await trilens.command({ type: 'read', family, text: entry.text });
          const got = await trilens.command({ type: 'compare_switches', family, text: entry.text, ...entry.switches });
          assert.equal(got.places.length, entry.places.length, what);
          entry.places.forEach((/** @type {any} */ place, /** @type {number} */ i) => samePlace(got.places[i], place, what));
          if (entry.answer_before !== null) {
            assert.equal(got.answer_before.trim(), entry.answer_before.trim(), what);
            assert.equal(got.answer_after.trim(), entry.answer_after.trim(), what);
          }
          const again = await trilens.command({ type: 'read', family, text: entry.text });
          assert.deepEqual(again.predictions, rest.predictions, `${what}: the seat is left as it was`);
        }
      });
    }

    if (provider === 'wasm') {
      const settled = async () => {
        let snapshot;
        do {
          await new Promise((resolve) => setTimeout(resolve, 50));
          snapshot = await trilens.snapshot();
        } while (snapshot.columns.some((/** @type {any} */ c) => c.masks.head.waiting || c.prediction.head.waiting || c.attention.some((/** @type {any} */ m) => m.head.waiting)));
        return snapshot;
      };

      test('a switched seat reads, draws and compares under its settings, says so, and undo and reset bring it back', async () => {
        const text = 'The ___ barked at the postman.';
        await trilens.command({ type: 'set_text', text });
        await trilens.command({ type: 'show', tab: 'masks' });
        const before = await settled();
        const set = await trilens.command({ type: 'set_switches', family: 'encoder', self: { mask: 'causal' } });
        assert.equal(set.switches.self.mask, 'causal');
        assert.deepEqual(set.can.map((/** @type {any} */ c) => [c.kind, c.mask_refusal, c.heads_refusal]), [['self', '', '']]);
        const during = await settled();
        const [column] = during.columns;
        assert.equal(column.head.switched, 'Switched: causal mask');
        assert.ok(column.attention[0].values.every((/** @type {number[]} */ row, /** @type {number} */ r) => row.slice(r + 1).every((v) => v === 0)), 'the map is a triangle');
        const { places } = expected.bert[0];
        const [shown] = column.masks.places;
        const strongest = places[0].words.toSorted((/** @type {any} */ a, /** @type {any} */ b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))[0];
        assert.equal(shown.words[0].id, strongest.id);
        near(column.prediction.blanks[0].bars[0].probability, Math.max(...places[0].words.map((/** @type {any} */ w) => w.after)), kProbability, 'the reading is switched too');
        await trilens.command({ type: 'undo' });
        assert.deepEqual((await settled()).columns[0].prediction.blanks, before.columns[0].prediction.blanks);
        await trilens.command({ type: 'redo' });
        await trilens.command({ type: 'reset_switches' });
        const end = await settled();
        assert.equal(end.columns[0].head.switched, '');
        assert.deepEqual(end.columns[0].prediction.blanks, before.columns[0].prediction.blanks);
      });

      test('settings that make no sense are refused by name, and nothing changes', async () => {
        await assert.rejects(trilens.command({ type: 'set_switches', family: 'encoder', self: { mask: 'sideways' } }), { code: 'invalid_argument' });
        await assert.rejects(trilens.command({ type: 'set_switches', family: 'encoder', self: { heads: [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]] } }), { code: 'invalid_argument' });
        await assert.rejects(trilens.command({ type: 'compare_switches', family: 'decoder', text: 'Once', connection: 0 }), { code: 'unsupported_task' });
        assert.equal((await settled()).columns[0].head.switched, '');
      });

      test('a model that is loaded anew is at rest', async () => {
        await trilens.command({ type: 'set_switches', family: 'encoder', self: { mask: 'causal' } });
        await trilens.command({ type: 'load', family: 'encoder', model: '', provider });
        assert.equal((await settled()).columns[0].head.switched, '');
      });
    }
  });
}
