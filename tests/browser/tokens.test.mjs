// How a word came to its tokens, by the real engine, against algorithms replayed in plain Python (tests/oracles/explain_oracle.py); and
// the ruler of the page: characters, bytes and tokens on one scale.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kFamilies = /** @type {const} */ ({ 'trilens-bert': 'encoder', 'trilens-gpt2': 'decoder', 'trilens-t5': 'encoder_decoder' });
const expected = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/tokenizers/explained.json'), 'utf8'));
const utf8 = (/** @type {string} */ text) => new TextEncoder().encode(text).length;
const spelled = (/** @type {any[]} */ tokens) => tokens.map((t) => t.text);

for (const provider of ['wasm', 'webgpu']) {
  describe(`tokens on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    before(async () => {
      trilens = await openTrilens();
      for (const family of Object.values(kFamilies)) await trilens.command({ type: 'load', family, model: '', provider });
    });
    after(() => trilens?.close());

    for (const [name, family] of Object.entries(kFamilies)) {
      test(`${name} tells how each piece came to its tokens as the replay does`, async () => {
        const rows = expected[name].filter((/** @type {any} */ row) => !row.text.includes('___'));
        for (const row of provider === 'wasm' ? rows : rows.slice(0, 1)) {
          const told = await trilens.command({ type: 'explain_tokens', family, text: row.text, begin: 0, end: utf8(row.text) });
          assert.deepEqual(told.pieces.map((/** @type {any} */ p) => p.text), row.pieces.map((/** @type {any} */ p) => p.text), row.text);
          row.pieces.forEach((/** @type {any} */ wanted, /** @type {number} */ i) => {
            const made = told.pieces[i];
            const what = `${row.text}: ${wanted.text}`;
            assert.deepEqual(spelled(made.tokens), wanted.tokens, what);
            if (wanted.merges) assert.deepEqual(made.merges.map((/** @type {any} */ m) => [m.rank, m.left.text, m.right.text, m.at, spelled(m.word)]), wanted.merges, what);
            if (wanted.attempts) assert.deepEqual(made.attempts.map((/** @type {any} */ a) => [a.tried, a.found?.text ?? null, spelled(a.shorter)]), wanted.attempts, what);
            if (!wanted.lattice) return;
            assert.deepEqual(made.lattice.map((/** @type {any} */ t) => [t.begin, t.end, t.token.text, t.best, t.second]), wanted.lattice.map((/** @type {any} */ e) => [e[0], e[1], e[2], e[4], e[5]]), what);
            assert.ok(Math.abs(made.best_score - wanted.best) < 1e-6, what);
            if (wanted.second !== null) assert.ok(Math.abs(made.second_score - wanted.second) < 1e-6, what);
          });
        }
      });
    }

    test('the ruler lays characters, bytes and tokens on one scale', { skip: provider !== 'wasm' }, async () => {
      await trilens.command({ type: 'set_text', text: 'A dog 😀 barked.' });
      await trilens.command({ type: 'show', tab: 'tokens' });
      await trilens.command({ type: 'choose_tokens', word: 2 });
      let page;
      do {
        await new Promise((resolve) => setTimeout(resolve, 50));
        page = await trilens.snapshot();
      } while (page.columns.some((/** @type {any} */ c) => c.account.head.waiting || c.account.pieces.length === 0));
      const { ruler } = page;
      assert.equal(ruler.chars.map((/** @type {any} */ c) => c.text).join(''), 'A␣dog␣😀␣barked.');
      assert.deepEqual(ruler.chars[6].bytes, ['F0', '9F', '98', '80']);
      const parts = ruler.rows[1].tokens.filter((/** @type {any} */ t) => t.part);
      assert.equal(parts.map((/** @type {any} */ t) => t.display).join(' '), 'F0 9F 98 80');
      assert.ok(ruler.rows[0].tokens.some((/** @type {any} */ t) => t.unknown));
      assert.equal(ruler.rows[0].before, '[CLS]');
      assert.match(page.columns[1].account.title, /dog/);
      assert.ok(page.columns[1].account.pieces[0].steps.length > 1);
      assert.ok(page.columns[2].account.pieces[0].edges.some((/** @type {any} */ e) => e.best));
    });

    test('what is not there cannot be told', { skip: provider !== 'wasm' }, async () => {
      await assert.rejects(trilens.command({ type: 'explain_tokens', family: 'encoder', text: 'dog', begin: 2, end: 2 }), { code: 'invalid_argument' });
      await assert.rejects(trilens.command({ type: 'explain_tokens', family: 'encoder', text: 'dog', begin: 0, end: 4 }), { code: 'invalid_argument' });
      const told = await trilens.command({ type: 'explain_tokens', family: 'decoder', text: 'The dog ___ tired.', begin: 12, end: 18 });
      assert.deepEqual(told.pieces, []);
    });
  });
}

describe('phenomena in bulk on the page', () => {
  test('a run fills the table, with the numbers that are published', async () => {
    const trilens = await openTrilens();
    try {
      for (const family of Object.values(kFamilies)) await trilens.command({ type: 'load', family, model: '', provider: 'wasm' });
      await trilens.command({ type: 'show', tab: 'answer' });
      await trilens.command({ type: 'choose_probes', phenomena: ['right_context'], items: 200 });
      await trilens.command({ type: 'run_probes' });
      let probes;
      do {
        await new Promise((resolve) => setTimeout(resolve, 100));
        ({ probes } = await trilens.snapshot());
      } while (probes.running);
      const published = JSON.parse(readFileSync(path.join(kRoot, 'assets/models/scores.json'), 'utf8')).phenomena.find((/** @type {any} */ p) => p.id === 'right_context');
      const row = probes.rows.find((/** @type {any} */ r) => r.id === 'right_context');
      Object.values(kFamilies).forEach((family, i) => assert.ok(Math.abs(100 * row.cells[i].share - published[family].accuracy) < 0.06, `${family}: ${row.cells[i].percent}`));
      assert.match(row.cells[0].better, /GPT-2/);
    } finally {
      await trilens.close();
    }
  });
});
