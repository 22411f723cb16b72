// Accounts of attention weights and logits by the real engine against transformers and numpy (tests/oracles/numbers_oracle.py), on both
// providers, and what the page says of them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kTolerance = 2e-4;   // between this runtime and transformers, relative to a number's size, at least to 1
const kOwn = 2e-5;         // between what was recomputed and the same runtime's number
const kFamilies = /** @type {const} */ ({ bert: 'encoder', gpt2: 'decoder', t5: 'encoder_decoder' });
const expected = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models/numbers.json'), 'utf8'));

/** @param {number} actual @param {number} wanted @param {string} what @param {number} [tolerance] */
const near = (actual, wanted, what, tolerance = kTolerance) =>
  assert.ok(Math.abs(actual - wanted) <= tolerance * Math.max(Math.abs(wanted), 1), `${what}: ${actual} instead of ${wanted}`);
/** @param {number[]} actual @param {number[]} wanted @param {string} what @param {number} [tolerance] */
function allNear(actual, wanted, what, tolerance) {
  assert.equal(actual.length, wanted.length, what);
  wanted.forEach((x, i) => near(actual[i], x, `${what}[${i}]`, tolerance));
}

/** @param {any} a the account @param {any} wanted @param {string} what */
function sameCell(a, wanted, what) {
  for (const name of ['kind', 'layer', 'head', 'query', 'key', 'visible']) assert.equal(a[name], wanted[name], `${what}: ${name}`);
  for (const name of ['q', 'k', 'v', 'mix']) allNear(a[name], wanted[name], `${what}: ${name}`);
  allNear(a.probabilities, wanted.weights, `${what}: weights`);
  allNear(a.context, wanted.mix, `${what}: what the runtime mixed`);
  near(a.scale, wanted.scale, `${what}: scale`);
  near(a.dot, wanted.dot, `${what}: dot`);
  near(a.bias_value, wanted.bias, `${what}: bias`);
  // The account agrees with itself: what was recomputed beside what the runtime gave.
  allNear(a.recomputed, a.probabilities, `${what}: softmax row`, kOwn);
  allNear(a.mix, a.context, `${what}: mix`, kOwn);
  near(a.dot, a.products.reduce((/** @type {number} */ s, /** @type {number} */ x) => s + x, 0), `${what}: sum of products`, kOwn);
  assert.ok(a.score_gap < kOwn * 20, `${what}: scores differ by ${a.score_gap}`);
  if (wanted.visible) {
    near(a.score, wanted.score, `${what}: score`);
    near(a.score, a.runtime_score, `${what}: the runtime's score`, kOwn * 10);
  } else {
    assert.equal(a.probabilities[a.key], 0, what);
    assert.ok(a.runtime_score < -1e4, what);
  }
}

/** @param {any} p the account @param {any} wanted @param {any} word @param {string} what */
function samePrediction(p, wanted, word, what) {
  assert.equal(p.position, wanted.position, what);
  assert.equal(p.word.id, word.id, what);
  allNear(p.hidden, wanted.hidden, `${what}: hidden`);
  allNear(p.products.slice(0, word.product.length), word.product, `${what}: products`);
  near(p.bias, word.bias, `${what}: bias`);
  near(p.dot, word.dot, `${what}: dot`);
  near(p.logit, word.logit, `${what}: logit`);
  near(p.word.logit, word.logit, `${what}: the runtime's logit`);
  near(p.log_sum_exp, wanted.log_sum_exp, `${what}: log-sum-exp`);
  near(p.probability, word.probability, `${what}: probability`);
  near(p.logit, p.word.logit, `${what}: recomputed and runtime's`, kOwn);
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`accounts of numbers on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    const families = Object.entries(kFamilies).slice(provider === 'wasm' ? 0 : 2);  // one case on webgpu: the one with all kinds
    before(async () => {
      trilens = await openTrilens();
      for (const [, family] of families) await trilens.command({ type: 'load', family, model: '', provider });
    });
    after(() => trilens?.close());

    for (const [name, family] of families) {
      test(`attention of ${name}, step by step, equals the reference`, async () => {
        for (const cell of provider === 'wasm' ? expected[`${name}_cells`] : expected[`${name}_cells`].slice(0, 1)) {
          const { kind, layer, head, query, key, text } = cell;
          const account = await trilens.command({ type: 'explain_attention', family, kind, layer, head, query, key, text });
          sameCell(account, cell, `${name} ${kind} ${layer}.${head} [${query}, ${key}]`);
          assert.equal(account.bias, name === 't5' && kind !== 'cross' ? 'relative' : 'none');
        }
      });
      test(`the logits of ${name}, step by step, equal the reference`, async () => {
        for (const wanted of provider === 'wasm' ? expected[`${name}_predictions`] : expected[`${name}_predictions`].slice(0, 1)) {
          for (const [rank, word] of wanted.words.entries()) {
            const account = await trilens.command({ type: 'explain_prediction', family, text: wanted.text, ...(rank > 0 && { candidate: word.id }) });
            samePrediction(account, wanted, word, `${name}: ${wanted.text}, ${rank}`);
            assert.equal(account.rank, rank + 1);
            assert.equal(account.transformed, name === 'bert');
          }
        }
      });
    }

    if (provider !== 'wasm') return;
    test('a switched mask and head are part of the account, and what is not there is refused', async () => {
      await trilens.command({ type: 'set_switches', family: 'encoder', self: { mask: 'causal', heads: [[0.5]] } });
      const ask = { type: 'explain_attention', family: 'encoder', text: 'The dog ___ tired.', query: 1, key: 3 };
      const refused = (/** @type {any} */ error) => ['invalid_argument', 'unsupported_task'].includes(error.code);
      const hidden = await trilens.command(ask);
      assert.deepEqual([hidden.mask, hidden.visible, hidden.visible_keys, hidden.head_factor, hidden.probabilities[3]], ['switched_causal', false, 2, 0.5, 0]);
      allNear(hidden.mix, hidden.context, 'before the factor', kOwn);
      await trilens.command({ type: 'reset_switches' });
      const free = await trilens.command(ask);
      assert.deepEqual([free.mask, free.visible, free.head_factor], ['padding', true, 1]);
      for (const wrong of [{ query: 99 }, { key: 99 }, { layer: 99 }, { head: 99 }, { kind: 'cross' }]) {
        await assert.rejects(trilens.command({ ...ask, ...wrong }), refused);
      }
      await assert.rejects(trilens.command({ type: 'explain_prediction', family: 'decoder', text: 'The dog', candidate: 10_000_000 }), refused);
      await assert.rejects(trilens.command({ type: 'explain_prediction', family: 'decoder', text: 'The dog', place: 5 }), refused);
    });

    test('the page accounts for the cell and the word that were chosen', async () => {
      await trilens.command({ type: 'set_text', text: expected.t5_cells[0].text });
      const { kind, layer, head, query, key } = expected.t5_cells[0];
      await trilens.command({ type: 'choose_numbers', family: 'encoder_decoder', kind, layer, head, query, key });
      await trilens.command({ type: 'show', tab: 'numbers' });
      let columns;
      do {
        await new Promise((resolve) => setTimeout(resolve, 50));
        ({ columns } = await trilens.snapshot());
      } while (columns.some((/** @type {any} */ c) => c.weight_account.head.waiting || c.word_account.head.waiting));
      const t5 = columns[2].weight_account;
      assert.deepEqual(t5.steps.map((/** @type {any} */ s) => s.id), ['query_key', 'dot', 'scale', 'bias', 'mask', 'softmax', 'mix']);
      assert.match(t5.steps[3].plain, /2 before the query: bucket 3 of 32/);
      for (const column of columns) {
        const checks = [...column.weight_account.steps, ...column.word_account.steps].flatMap((/** @type {any} */ s) => s.checks);
        assert.equal(checks.length, 7, JSON.stringify(checks));
        assert.deepEqual(checks.filter((/** @type {any} */ c) => !c.agrees), []);
      }
    });
  });
}
