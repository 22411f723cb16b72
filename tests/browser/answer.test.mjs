// "Who can answer this?" of the real engine against transformers (tests/oracles/answer_oracle.py), on both providers, and the matrix on the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kTolerance = 2e-3;
const kFamilies = /** @type {const} */ ({ bert: 'encoder', gpt2: 'decoder', t5: 'encoder_decoder' });
const expected = JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models/answer.json'), 'utf8'));
const kTasks = ['fill', 'continue', 'translate', 'classify_blank', 'classify_prompt', 'classify_text', 'retrieve', 'question'];
const kCannot = { encoder: ['continue', 'translate', 'classify_prompt', 'classify_text'], decoder: ['classify_blank', 'classify_text'], encoder_decoder: ['classify_prompt'] };

/** @param {number} actual @param {number} wanted @param {string} what */
const near = (actual, wanted, what) => assert.ok(Math.abs(actual - wanted) <= kTolerance * Math.max(1, Math.abs(wanted)), `${what}: ${actual} instead of ${wanted}`);

for (const provider of ['wasm', 'webgpu']) {
  describe(`who can answer, on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    before(async () => {
      trilens = await openTrilens();
      for (const family of Object.values(kFamilies)) await trilens.command({ type: 'load', family, model: '', provider });
    });
    after(() => trilens?.close());

    /** @param {string} family @param {{task: string, text: string, question?: string}} entry */
    const ask = (family, { task, text, question = 'Who?' }) => trilens.command({ type: 'answer', family, task, text, question, ...expected.given });

    for (const [name, family] of Object.entries(kFamilies)) {
      test(`what ${name} answers equals the reference`, async () => {
        for (const entry of provider === 'wasm' ? expected[name] : expected[name].slice(0, 2)) {
          const made = await ask(family, entry);
          const what = `${name}, ${entry.task}: ${entry.text}`;
          assert.notEqual(made.verdict, 'cannot', what);
          assert.equal(made.answer, entry.answer, what);
          if (entry.pieces) assert.equal(made.pieces, entry.pieces, what);
          if (entry.probability) near(made.probability, entry.probability, what);
          (entry.scores ?? []).forEach((/** @type {number} */ score, /** @type {number} */ i) => near(made.choices[i].score, score, `${what}, choice ${i}`));
          assert.ok(made.passes > 0 && made.millis > 0, what);
        }
      });
    }

    test('what a model has no way to do is an answer with a reason', { skip: provider !== 'wasm' }, async () => {
      for (const family of Object.values(kFamilies)) {
        for (const task of kTasks) {
          const made = await ask(family, { task, text: task === 'fill' ? 'The ___ barked at the postman.' : 'The food was cold.' });
          assert.equal(made.verdict === 'cannot', kCannot[family].includes(task), `${family}, ${task}: ${made.verdict}`);
          assert.equal(made.reason === '', made.verdict === 'can', `${family}, ${task}: ${made.reason}`);
        }
      }
      const left = await ask('decoder', { task: 'fill', text: 'The ___ barked at the postman.' });
      assert.deepEqual([left.verdict, left.reason, left.detail], ['partly', 'unseen', 'barked at the postman.']);
    });

    test('the matrix fills itself, can be stopped and goes on with the next text', { skip: provider !== 'wasm' }, async () => {
      await trilens.command({ type: 'set_text', text: 'The food was cold and the waiter was rude.' });
      await trilens.command({ type: 'show', tab: 'answer' });
      const done = await settled();
      assert.equal(done.answer.rows.length, kTasks.length);
      assert.match(done.answer.note, /“rude”/);
      for (const column of done.columns) {
        assert.deepEqual(column.answers.map((/** @type {any} */ c) => c.task), kTasks);
        const no = column.answers.filter((/** @type {any} */ c) => c.verdict === 'cannot').map((/** @type {any} */ c) => c.task);
        assert.deepEqual(no, kCannot[/** @type {'encoder'} */ (column.family)]);
        for (const cell of column.answers) assert.ok(cell.verdict === 'cannot' ? cell.reason : cell.answer && cell.cost, `${column.family}, ${cell.task}`);
      }
      assert.equal(done.columns[2].answers[2].answer, 'La nourriture était froide et le serveur était gros.');

      await trilens.command({ type: 'run_answers' });
      await trilens.command({ type: 'stop_answers' });
      const stopped = await trilens.snapshot();
      assert.equal(stopped.answer.running, false);
      assert.ok(stopped.columns.some((/** @type {any} */ c) => c.answers.some((/** @type {any} */ cell) => cell.status_words === 'stopped')));
      await trilens.command({ type: 'set_text', text: 'Tom lost his key. Who lost his key?' });
      const next = await settled();
      assert.equal(next.answer.questions[0].label, 'Who lost his key?');
      assert.ok(next.columns.every((/** @type {any} */ c) => c.answers.every((/** @type {any} */ cell) => cell.status === 'answered' && !cell.stale)));
    });

    async function settled() {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const snapshot = await trilens.snapshot();
        if (!snapshot.answer.running && snapshot.columns.every((/** @type {any} */ c) => !c.head.progress && c.answers.length > 0 && !c.tokens.head.waiting)) return snapshot;
      }
    }
  });
}
