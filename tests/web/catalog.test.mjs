import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { filterCatalog, kTasks, parseCatalog } from '../../web/catalog.mjs';
import { kModelTypes } from '../../web/repository.mjs';

const text = await readFile(new URL('../../assets/catalog.json', import.meta.url), 'utf8');
const models = parseCatalog(text);

test('the catalog has some twenty models, and of every model type and task that can be opened at least one', () => {
  assert.ok(models.length >= 20 && models.length <= 30, `${models.length}`);
  for (const type of Object.keys(kModelTypes)) assert.ok(models.some((model) => model.model_type === type), type);
  for (const task of kTasks) assert.ok(models.some((model) => model.tasks.includes(task)), task);
});

test('lengths and parameters do not contradict each other', () => {
  const perNumber = { fp32: 4, fp16: 2, q8: 1, int8: 1, uint8: 1, q4: 0.6, q4f16: 0.6, bnb4: 0.6 };
  for (const model of models) {
    for (const [variant, bytes] of Object.entries(model.bytes)) {
      const ratio = bytes / (model.parameters * perNumber[variant]);
      assert.ok(ratio > 0.8 && ratio < 2, `${model.id} ${variant}: ${ratio}`);
    }
  }
});

test('no address stands in it', () => assert.doesNotMatch(text, /https?:|\.co\b|www\./));

test('wishes narrow it down, and together', () => {
  const ids = (wishes) => filterCatalog(models, wishes).map((model) => model.id);
  assert.equal(ids({}).length, models.length);
  assert.ok(ids({ family: 'decoder' }).includes('Xenova/gpt2') && !ids({ family: 'decoder' }).includes('Xenova/t5-small'));
  assert.deepEqual(ids({ task: 'translate', language: 'de', license: 'cc-by-4.0' }), ['Xenova/opus-mt-en-de']);
  assert.ok(ids({ language: 'nb' }).length > 0 && ids({ language: 'nb' }).every((id) => /multilingual|mt5/.test(id)));
  assert.deepEqual(ids({ text: 'distil ROBERTA' }), ['Xenova/distilroberta-base']);
  assert.ok(ids({ mostBytes: 40e6 }).includes('Xenova/all-MiniLM-L6-v2') && !ids({ mostBytes: 40e6 }).includes('Xenova/gpt2'));
  assert.deepEqual(ids({ text: 'no such thing' }), []);
});

test('what is wrong with an entry is named', () => {
  const good = models[0];
  const with_ = (change) => JSON.stringify({ models: [{ ...good, ...change }] });
  assert.equal(parseCatalog(with_({})).length, 1);
  for (const [change, message] of /** @type {[object, RegExp][]} */ ([
    [{ license: '' }, /models\[0\] \(Xenova\/bert-base-uncased\): "license" is missing/], [{ id: 'bert' }, /owner before the \//], [{ from: 'a/b@main2' }, /revision/],
    [{ family: 'decoder' }, /do not fit/], [{ model_type: 'llama' }, /llama cannot be opened/], [{ tasks: [] }, /"tasks"/], [{ tasks: ['sing'] }, /"tasks"/],
    [{ languages: ['english'] }, /"languages"/], [{ parameters: '110M' }, /"parameters"/], [{ bytes: { fp64: 8 } }, /"bytes"/], [{ bytes: {} }, /"bytes"/], [{ checked: undefined }, /"checked"/],
  ])) assert.throws(() => parseCatalog(with_(change)), (/** @type {any} */ error) => error.code === 'model_malformed' && message.test(error.message), JSON.stringify(change));
  assert.throws(() => parseCatalog(JSON.stringify({ models: [good, good] })), /twice/);
  assert.throws(() => parseCatalog('{"models": 3}'), /not a list/);
  assert.throws(() => parseCatalog('<html>'), /not JSON/);
});
