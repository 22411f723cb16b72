// Folders and files as browsers hand them over, made up here; the real thing is in tests/browser/models.test.mjs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listingFromDrop, listingFromFiles } from '../../web/dropped.mjs';
import { planModel } from '../../web/repository.mjs';

const file = (/** @type {string} */ path, /** @type {string} */ text = 'x', relative = true) => {
  const made = new File([text], /** @type {string} */ (path.split('/').at(-1)), { lastModified: 5 });
  if (relative) Object.defineProperty(made, 'webkitRelativePath', { value: path });
  return made;
};
/** A tree as webkitGetAsEntry gives it: readEntries hands out two at a time. @param {string} name @param {any} tree */
const entry = (name, tree) => (tree instanceof File ? { name, isFile: true, file: (ok) => ok(tree) } : {
  name, isFile: false,
  createReader: () => {
    const children = Object.entries(tree).map(([child, below]) => entry(child, below));
    return { readEntries: (ok) => ok(children.splice(0, 2)) };
  },
});
const drop = (tree) => listingFromDrop(/** @type {any} */ ({ files: [], items: Object.entries(tree).map(([name, below]) => ({ kind: 'file', webkitGetAsEntry: () => entry(name, below) })) }));
const f = (/** @type {string} */ text = 'x') => new File([text], 'f', { lastModified: 5 });
const kModel = { 'config.json': f('{}'), 'tokenizer.json': f(), onnx: { 'model.onnx': f('graph'), 'model_quantized.onnx': f() } };
const paths = (listing) => listing.files.map((one) => one.path);
const kPaths = ['config.json', 'onnx/model.onnx', 'onnx/model_quantized.onnx', 'tokenizer.json'];
/** @param {Promise<unknown>} work @param {string} code @param {RegExp} message */
const fails = (work, code, message) => assert.rejects(work, (/** @type {any} */ error) => {
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
});

test('a dropped folder is a list like a host\'s, with its name', async () => {
  const listing = await drop({ 'my-model': kModel });
  assert.deepEqual(paths(listing), kPaths);
  assert.equal(listing.repo, 'my-model');
  assert.equal(listing.host, '');
  assert.equal(listing.files[1].bytes, 5);
  assert.equal(planModel(listing, { machine: { webgpu: false, shaderF16: false, memoryBytes: null }, modelType: 'bert' }).graphs.model, 'onnx/model_quantized.onnx');
});

test('the model may lie further down, and have further config.json below it', async () => {
  const listing = await drop({ downloads: { 'notes.txt': f(), 'the-model': { ...kModel, '1_Pooling': { 'config.json': f() } } } });
  assert.equal(listing.repo, 'the-model');
  assert.deepEqual(paths(listing), ['1_Pooling/config.json', ...kPaths]);
});

test('the Hub\'s own cache is known by its names', async () => {
  assert.equal((await drop({ 'models--owner--name': { refs: { main: f() }, snapshots: { abc: kModel } } })).repo, 'owner/name');
});

test('a chosen folder and loose files will do', async () => {
  const chosen = await listingFromFiles(['m/config.json', 'm/tokenizer.json', 'm/onnx/model.onnx', 'm/onnx/model_quantized.onnx', 'm/.git/config', 'm/.DS_Store'].map((path) => file(path)));
  assert.deepEqual(paths(chosen), kPaths);
  assert.equal(chosen.repo, 'm');
  const loose = await listingFromFiles(['config.json', 'tokenizer.json', 'model.onnx'].map((path) => file(path, 'x', false)));
  assert.deepEqual(paths(loose), ['config.json', 'model.onnx', 'tokenizer.json']);
});

test('the same files have the same place in the store, others another', async () => {
  const one = await drop({ a: kModel });
  assert.equal(one.commit, (await drop({ a: kModel })).commit);
  assert.notEqual(one.commit, (await drop({ a: { ...kModel, 'config.json': f('{ }') } })).commit);
});

test('what is missing or too much is named', async () => {
  await fails(drop({}), 'invalid_argument', /Nothing was dropped/);
  await fails(drop({ m: { 'tokenizer.json': f(), 'model.onnx': f() } }), 'model_missing', /config\.json is missing.*m\/tokenizer\.json, m\/model\.onnx/);
  await fails(drop({ models: { a: kModel, b: kModel } }), 'invalid_argument', /more than one model: models\/a, models\/b/);
  await fails(listingFromFiles([file('config.json', 'x', false), file('a.onnx', 'x', false), file('a.onnx', 'y', false)]), 'invalid_argument', /two files named a\.onnx/);
  await fails(drop({ m: Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`f${i}`, f()])) }), 'invalid_argument', /more than 2000 files/);
  await fails(listingFromFiles(Array.from({ length: 2001 }, (_, i) => file(`m/f${i}`))), 'invalid_argument', /more than 2000 files/);
  let deep = { 'config.json': f() };
  for (let i = 0; i < 12; ++i) deep = /** @type {any} */ ({ d: deep });
  await fails(drop(deep), 'invalid_argument', /too deep/);
});

test('folders like .git are not walked through', async () => {
  const git = Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [`o${i}`, f()]));
  assert.deepEqual(paths(await drop({ m: { ...kModel, '.git': git } })), kPaths);
});

test('a file that cannot be read is named', async () => {
  const broken = { name: 'm', isFile: false, createReader: () => ({ readEntries: (_ok, no) => no(new Error('denied')) }) };
  await fails(listingFromDrop(/** @type {any} */ ({ files: [], items: [{ kind: 'file', webkitGetAsEntry: () => broken }] })), 'model_missing', /folder m could not be read/);
});
