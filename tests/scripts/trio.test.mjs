// What is published about the bundled trio: probes, scores, sizes. The numbers themselves come from scripts/models.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** @param {string} file */
const place = (file) => fileURLToPath(new URL(`../../assets/${file}`, import.meta.url));
/** @param {string} file */
const json = (file) => JSON.parse(readFileSync(place(file), 'utf8'));

const kFamilies = ['encoder', 'decoder', 'encoder_decoder'];
const kIds = { encoder: 'trilens-bert', decoder: 'trilens-gpt2', encoder_decoder: 'trilens-t5' };
const probes = readdirSync(place('probes')).map((name) => json(`probes/${name}`));

test('there are at least twelve phenomena of at least a hundred distinct items, each with one right choice', () => {
  assert.ok(probes.length >= 12);
  for (const { id, kind, items } of probes) {
    assert.ok(items.length >= 100, `${id} has ${items.length} items`);
    const seen = new Set(items.map((/** @type {object} */ item) => JSON.stringify({ ...item, answer: 0 })));
    assert.equal(seen.size, items.length, `${id} asks something twice`);
    for (const { text, choices, answer } of items) {
      assert.ok((text.length > 0 || kind === 'answer_first') && choices.length >= 2);
      assert.equal(new Set(choices).size, choices.length, `${id}: ${text}: ${choices}`);
      assert.ok(Number.isInteger(answer) && answer >= 0 && answer < choices.length);
    }
  }
});

test('always taking the same choice is no better than chance', () => {
  for (const { id, items, chance } of probes) {
    const first = items.filter((/** @type {{answer: number}} */ item) => item.answer === 0).length / items.length;
    assert.ok(Math.abs(first - chance) < 0.12, `${id}: the first choice is right in ${first} of the items, chance is ${chance}`);
  }
});

test('a blank stands once in what is asked through a blank, and never elsewhere', () => {
  for (const { kind, items } of probes) {
    for (const { text, target } of items) {
      assert.equal(text.split('___').length - 1, kind.startsWith('blank') ? 1 : 0, text);
      if (kind === 'translate_blank') assert.equal(target.split('___').length - 1, 1, target);
    }
  }
});

test('every phenomenon has a score of every family, or the reason why it cannot be asked', () => {
  const { phenomena } = json('models/scores.json');
  assert.deepEqual(phenomena.map((/** @type {{id: string}} */ p) => p.id).sort(), probes.map((p) => p.id).sort());
  for (const phenomenon of phenomena) {
    for (const family of kFamilies) {
      const { accuracy, interval, asked, cannot } = phenomenon[family];
      if (cannot !== undefined) {
        assert.ok(cannot.length > 0);
        continue;
      }
      assert.ok(asked.length > 0);
      assert.ok(interval[0] <= accuracy && accuracy <= interval[1], `${phenomenon.id} ${family}`);
    }
  }
});

test('the three have seen the same number of tokens and have the same number of parameters, within five per cent', () => {
  const { made } = json('models/scores.json');
  const spread = (/** @type {number[]} */ numbers) => Math.max(...numbers) / Math.min(...numbers);
  const budgets = kFamilies.map((family) => made.budget[family]);
  assert.ok(spread(budgets.map((b) => b.tokens)) < 1.01, JSON.stringify(budgets));
  assert.ok(spread(budgets.map((b) => b.parameters)) < 1.05, JSON.stringify(budgets));
});

test('the weights of all three take at most 24 MB', () => {
  let bytes = 0;
  for (const id of Object.values(kIds)) {
    for (const name of readdirSync(place(`models/${id}/onnx`))) bytes += statSync(place(`models/${id}/onnx/${name}`)).size;
  }
  assert.ok(bytes <= 24e6, `${bytes} bytes`);
});
