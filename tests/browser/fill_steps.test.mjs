// Blanks filled one at a time by the real engine against transformers (tests/oracles/fill_steps_oracle.py), on both providers, and on the clock.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kTolerance = 2e-4;
const { texts } = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models/fill_steps.json'), 'utf8'));

/** @param {number} actual @param {number} wanted @param {string} what */
function near(actual, wanted, what) {
  assert.ok(Math.abs(actual - wanted) <= kTolerance * Math.max(1, wanted), `${what}: ${actual} instead of ${wanted}`);
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`blanks one at a time on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    before(async () => {
      trilens = await openTrilens();
      await trilens.command({ type: 'load', family: 'encoder', model: '', provider });
    });
    after(() => trilens?.close());

    test('order, words, probabilities and entropies equal the reference', async () => {
      for (const { text, steps } of provider === 'wasm' ? texts : texts.slice(0, 1)) {
        await trilens.command({ type: 'begin_generation', family: 'encoder', text, as_read: true });
        const first = await trilens.command({ type: 'advance', family: 'encoder', tokens: 1 });
        assert.equal(first.finished, steps.length === 1, text);
        const all = await trilens.command({ type: 'advance', family: 'encoder', tokens: 64 });
        assert.equal(all.stop_reason, 'filled');
        assert.ok(!all.text.includes('___'), all.text);
        assert.deepEqual(all.steps.map((/** @type {any} */ s) => [s.position, s.id]), steps.map((/** @type {any} */ s) => [s.position, s.id]), text);
        all.steps.forEach((/** @type {any} */ step, /** @type {number} */ n) => {
          assert.deepEqual(step.blanks.map((/** @type {any} */ b) => [b.position, b.top[0].id]), steps[n].blanks.map((/** @type {any} */ b) => [b.position, b.id]));
          step.blanks.forEach((/** @type {any} */ blank, /** @type {number} */ b) => {
            near(blank.top[0].probability, steps[n].blanks[b].probability, `${text}, step ${n}, blank ${b}`);
            near(blank.entropy_bits, steps[n].blanks[b].entropy_bits, `${text}, step ${n}, blank ${b}, entropy`);
          });
        });
      }
    });

    test('a text without a blank is refused by name', async () => {
      await assert.rejects(trilens.command({ type: 'begin_generation', family: 'encoder', text: 'No gap.', as_read: true }), /no blank to fill/);
    });

    test('the clock takes the encoder on blank by blank, forwards and back', async () => {
      const { text, steps } = texts[0];
      await trilens.command({ type: 'set_text', text });
      assert.equal((await trilens.command({ type: 'step' })).columns.encoder.steps, 1, 'one pass for all');
      await trilens.command({ type: 'fill_one_by_one', on: true });
      await trilens.command({ type: 'to_start' });
      const one = await trilens.command({ type: 'step' });
      assert.equal(one.columns.encoder.finished, false);
      assert.equal(one.columns.encoder.text.split('___').length, 2, one.columns.encoder.text);
      const two = await trilens.command({ type: 'step' });
      assert.equal(two.columns.encoder.finished, true);
      assert.equal(two.columns.encoder.token.id, steps[1].id);
      assert.equal((await trilens.command({ type: 'step_back' })).columns.encoder.text, one.columns.encoder.text);
      await trilens.command({ type: 'undo' });
      assert.equal((await trilens.command({ type: 'step' })).columns.encoder.steps, 1);
    });
  });
}
