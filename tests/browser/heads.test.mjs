// Attention heads of the real engine against transformers and numpy (tests/oracles/heads_oracle.py): scores, rollout, hidden special
// tokens; and the tab of attention on the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kTolerance = 2e-4;
const kFamilies = /** @type {const} */ ({ bert: 'encoder', gpt2: 'decoder', t5: 'encoder_decoder' });
const kScores = ['previous', 'next', 'first', 'itself', 'same', 'special', 'broad'];
const expected = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models/heads.json'), 'utf8'));

/** @param {number} actual @param {number} wanted @param {string} what @param {number} [slack] */
function close(actual, wanted, what, slack = 0) {
  assert.ok(Math.abs(actual - wanted) <= kTolerance + slack, `${what}: ${actual} instead of ${wanted}`);
}

/** @param {Record<string, number>} actual @param {Record<string, number>} wanted @param {string} what */
function sameScores(actual, wanted, what) {
  for (const name of kScores) {
    assert.equal(name in actual, name in wanted, `${what}: ${name} is there or not`);
    if (name in wanted) close(actual[name], wanted[name], `${what}, ${name}`);
  }
}

/** @param {any} result @param {any} entry @param {'shown' | 'hidden'} how @param {string} what */
function sameHeads(result, entry, how, what) {
  const wanted = entry[how];
  assert.deepEqual([result.layers, result.heads, result.causal], [entry.layers, entry.heads, entry.causal], what);
  assert.deepEqual([result.rows, result.columns], [wanted.rows, wanted.columns], what);
  const maps = result.maps;
  assert.equal(maps.length, entry.layers * (entry.heads + 2), what);
  const last = maps.find((/** @type {any} */ m) => m.layer === 0 && m.head === entry.heads - 1);
  last.cells.forEach((/** @type {number} */ v, /** @type {number} */ i) => close(v, wanted.head[i], `${what}, a head's picture`, 5e-5));
  for (const map of maps) {
    const where = `${what}, layer ${map.layer}, ${map.head ?? map.what}`;
    if (map.what === 'head') sameScores(map.scores, wanted.scores[map.layer][map.head], where);
    if (map.what === 'mean') sameScores(map.scores, wanted.mean_scores[map.layer], where);
    if (map.what !== 'rollout') continue;
    assert.equal(map.cells.length, wanted.rollout[map.layer].length, where);
    map.cells.forEach((/** @type {number} */ v, /** @type {number} */ i) => close(v, wanted.rollout[map.layer][i], where, 5e-5));
  }
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`attention heads on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    before(async () => {
      trilens = await openTrilens();
      for (const family of Object.values(kFamilies)) await trilens.command({ type: 'load', family, model: '', provider });
    });
    after(() => trilens?.close());

    for (const [name, family] of Object.entries(kFamilies)) {
      test(`what ${name}'s heads do equals the reference`, async () => {
        const kinds = name === 't5' ? 3 : 1;
        for (const entry of provider === 'wasm' ? expected[name] : expected[name].slice(0, kinds)) {
          const asked = { type: 'heads', family, kind: entry.kind, text: entry.text };
          sameHeads(await trilens.command(asked), entry, 'shown', `${name} ${entry.kind}: ${entry.text}`);
          if (provider === 'wasm') sameHeads(await trilens.command({ ...asked, hide_special: true }), entry, 'hidden', `${name} ${entry.kind} hidden: ${entry.text}`);
          const { values } = await trilens.command({ ...asked, type: 'attention', layer: 1, rollout: true, as_read: true });
          values.flat().forEach((/** @type {number} */ v, /** @type {number} */ i) => close(v, entry.shown.rollout[1][i], `${name} ${entry.kind}, rollout as a map`));
        }
      });
    }

    if (provider !== 'wasm') return;

    test('a kind that the family has not is refused', async () => {
      await assert.rejects(trilens.command({ type: 'heads', family: 'decoder', kind: 'cross', text: 'A dog.' }), { code: 'unsupported_task' });
    });

    test('the tab lays all heads out, sorts them, and opens what is pressed', async () => {
      await trilens.command({ type: 'set_text', text: expected.bert[0].text });
      await trilens.command({ type: 'show', tab: 'attention' });
      const settled = async () => {
        let columns;
        do {
          await new Promise((resolve) => setTimeout(resolve, 50));
          ({ columns } = await trilens.snapshot());
        } while (columns.some((/** @type {any} */ c) => c.heads.head.waiting || c.attention.some((/** @type {any} */ a) => a.head.waiting)));
        return columns;
      };
      let columns = await settled();
      assert.deepEqual(columns.map((/** @type {any} */ c) => c.heads.rows.map((/** @type {any} */ r) => r.tiles.length)), [[6, 6, 6, 6], [6, 6, 6, 6], [6, 6, 6]]);
      assert.equal(columns[2].heads.kind, 'cross');
      await trilens.command({ type: 'choose_heads', order: 'previous' });
      ({ columns } = await trilens.snapshot());
      const scores = expected.gpt2[0].shown.scores;
      const best = scores.flatMap((/** @type {any} */ layer, /** @type {number} */ l) => layer.map((/** @type {any} */ s, /** @type {number} */ h) => [s.previous, `${l}.${h}`])).sort((/** @type {any} */ a, /** @type {any} */ b) => b[0] - a[0]);
      assert.deepEqual(columns[1].heads.rows[0].tiles.map((/** @type {any} */ t) => t.id), best.slice(0, 4).map((/** @type {any} */ b) => b[1]));
      const [layer, head] = best[0][1].split('.').map(Number);
      await trilens.command({ type: 'select', family: 'decoder', kind: 'self', layer, head });
      await trilens.command({ type: 'choose_heads', hide_special: true, threshold: 0.1 });
      columns = await settled();
      assert.ok(columns[1].heads.rows[0].tiles[0].selected);
      for (const column of columns) {
        for (const map of column.attention) {
          assert.ok(map.row_labels.every((/** @type {any} */ l) => !l.special), map.kind);
          map.values.forEach((/** @type {number[]} */ row) => {
            const sum = row.reduce((a, b) => a + b, 0);
            assert.ok(sum === 0 || Math.abs(sum - 1) < 1e-5, `a row of ${map.kind} sums to ${sum}`);
          });
        }
        assert.ok(column.links.links.every((/** @type {any} */ l) => l.strongest || l.weight >= 0.1));
      }
    });
  });
}
