// Generation that can be seen: the real engine against transformers (tests/oracles/generation_oracle.py), and the page's commands.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const expected = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models/generation.json'), 'utf8'));
const kFamilies = /** @type {const} */ ({ gpt2: 'decoder', t5: 'encoder_decoder' });
const kNew = 6, kBeams = 3;

/** @param {number} actual @param {number} wanted @param {number} tolerance @param {string} what */
function near(actual, wanted, tolerance, what) {
  assert.ok(Math.abs(actual - wanted) <= tolerance, `${what}: ${actual} instead of ${wanted}`);
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`generation on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    before(async () => {
      trilens = await openTrilens();
      for (const [name, family] of Object.entries(kFamilies)) {
        if (provider === 'wasm' || name === 't5') await trilens.command({ type: 'load', family, model: '', provider });
      }
    });
    after(() => trilens?.close());

    for (const [name, family] of Object.entries(kFamilies)) {
      const cases = provider === 'wasm' ? expected[name] : name === 't5' ? expected[name].slice(1, 2) : [];
      for (const given of cases) {
        const what = `${name}: ${given.text} + "${given.prefix}"`;
        test(`${what} is written, weighed and watched as by the reference`, async () => {
          const begin = { type: 'begin_generation', family, text: given.text, as_read: name === 't5', prefix_ids: given.prefix_ids, watch: true };
          await trilens.command({ ...begin, options: { max_new_tokens: kNew } });
          const made = await trilens.command({ type: 'advance', family, tokens: 64 });
          assert.deepEqual(made.ids, given.ids);
          assert.deepEqual(made.steps.map((/** @type {any} */ s) => s.forced), given.ids.map((/** @type {any} */ _, /** @type {number} */ i) => i < given.prefix_ids.length));
          made.steps.forEach((/** @type {any} */ step, /** @type {number} */ i) => {
            near(step.probability, given.probabilities[i], 2e-4, `${what}, step ${i}`);
            given.cross?.[i].forEach((/** @type {number} */ weight, /** @type {number} */ c) => near(step.cross[c], weight, 2e-4, `${what}, step ${i}, source ${c}`));
          });
          for (const wanted of provider === 'wasm' ? given.warped : given.warped.slice(1, 2)) {
            const shaped = await trilens.command({ type: 'reshape', family, step: given.prefix_ids.length + 1, options: wanted.options });
            const about = `${what}, ${JSON.stringify(wanted.options)}`;
            // A token at the border may fall to the other side of it by the last bit.
            near(shaped.left, wanted.left, Math.max(1, wanted.left * 0.002), about);
            near(shaped.cut_by_top_k, wanted.cut_by_top_k, 1, about);
            near(shaped.kept, wanted.kept, 1e-3, about);
            for (const token of wanted.tokens.slice(0, 5)) {
              const mine = shaped.tokens.find((/** @type {any} */ t) => t.id === token.id);
              near(mine.before, token.before, 2e-4, about);
              near(mine.after, token.after, 1e-3, about);
              if (token.after > 0) near(mine.cumulative, token.cumulative, 1e-3, about);
            }
          }
          if (name === 'gpt2' || given.prefix) {
            await trilens.command({ ...begin, options: { strategy: 'beam', num_beams: kBeams, max_new_tokens: kNew } });
            const found = await trilens.command({ type: 'advance', family, tokens: 64 });
            assert.deepEqual(found.ids, given.beams.ids, what);
            const tree = await trilens.command({ type: 'beams', family });
            const best = tree.nodes[tree.best[0]];
            near(best.final_score, given.beams.score, 5e-4, what);
            // Which beam each token went on from, as transformers counts them: the place among those that grew before it.
            const rows = [];
            for (let at = best; at; at = tree.nodes[at.parent]) {
              const growing = tree.nodes.filter((/** @type {any} */ n) => n.depth === at.depth - 1 && n.fate === 'growing');
              rows.unshift(at.parent < 0 ? 0 : growing.indexOf(tree.nodes[at.parent]));
            }
            assert.deepEqual(rows, given.beams.indices.filter((/** @type {number} */ i) => i >= 0).slice(0, rows.length), what);
          }
        });
      }
    }

    if (provider !== 'wasm') return;

    const writer = async () => (await trilens.snapshot()).columns[1].generation;
    const settled = async () => {
      let view;
      do {
        await new Promise((resolve) => setTimeout(resolve, 30));
        view = await writer();
      } while (!view.distribution.shown || view.head.waiting);
      return view;
    };

    test('the page opens its tab', async () => {
      await trilens.command({ type: 'set_text', text: 'The red dog' });
      await trilens.command({ type: 'show', tab: 'generation' });
    });

    test('the same seed writes the same text, and the clock goes back and forth through it', async () => {
      await trilens.command({ type: 'set_option', name: 'strategy', value: 'sample' });
      await trilens.command({ type: 'set_option', name: 'max_new_tokens', value: 6 });
      const run = async (/** @type {number} */ seed) => {
        await trilens.command({ type: 'set_option', name: 'seed', value: seed });
        return (await trilens.command({ type: 'to_end' })).columns.decoder.text;
      };
      const first = await run(11), other = await run(12), again = await run(11);
      assert.equal(again, first);
      assert.notEqual(other, first);
      const there = (await trilens.command({ type: 'go_to_step', step: 3 })).columns.decoder;
      await trilens.command({ type: 'step_back' });
      const back = (await trilens.command({ type: 'step' })).columns.decoder;
      assert.deepEqual(back, there);
    });

    test('sliders change what is drawn from, a press on another piece what is written', async () => {
      await trilens.command({ type: 'set_option', name: 'strategy', value: 'greedy' });
      await trilens.command({ type: 'to_end' });
      await trilens.command({ type: 'go_to_step', step: 2 });
      const before = await settled();
      await trilens.command({ type: 'set_option', name: 'top_k', value: 3 });
      let now;
      do now = await settled(); while (now.distribution.rows[5].cut !== 'top_k');
      assert.equal(now.head.stale, false, 'greedy text does not depend on it');
      assert.equal(now.distribution.rows.filter((/** @type {any} */ r) => r.cut === '').length, 3);
      assert.deepEqual(now.distribution.rows.map((/** @type {any} */ r) => r.before), before.distribution.rows.map((/** @type {any} */ r) => r.before));
      const other = now.steps[1].others[0];
      await trilens.command({ type: 'continue_from', family: 'decoder', step: 2, id: other.id });
      const forced = await settled();
      assert.deepEqual(forced.steps.slice(0, 2).map((/** @type {any} */ s) => s.forced), [true, true]);
      assert.equal(forced.steps[1].display, other.display);
      assert.ok(forced.prefix_note.length > 0);
      await trilens.command({ type: 'set_prefix', family: 'decoder', text: '' });
      const free = await settled();
      assert.equal(free.prefix_note, '');
      assert.equal(free.steps[1].display, before.steps[1].display);
    });
  });
}
