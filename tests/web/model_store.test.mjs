// The store, over folders in memory (the browser's own file system: tests/browser/models.test.mjs), and two tabs on one store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpeedMeter } from '../../web/clock.mjs';
import { LocalLocks } from '../../web/local_locks.mjs';
import { MemoryFolder } from '../../web/memory_files.mjs';
import { folderName, ModelStore } from '../../web/model_store.mjs';
import { noise } from '../support/hub_server.mjs';

const kKey = { repo: 'o/n', commit: 'c1', variant: 'q8' };
const card = (more = {}) => /** @type {any} */ ({ ...kKey, revision: 'main', host: 'h', family: 'encoder', provider: 'wasm', reason: '', graphs: { model: 'onnx/a.onnx' }, files: ['config.json', 'onnx/a.onnx'], savedAt: 1, ...more });
/** A browser's storage, as far as it is used. @param {{usage?: number, quota?: number}} [estimate] */
const browser = (estimate = { usage: 0, quota: 1e12 }) => {
  const root = new MemoryFolder();
  return { root, storage: /** @type {any} */ ({ getDirectory: async () => root, estimate: async () => estimate, persisted: async () => false, persist: async () => true }), locks: new LocalLocks() };
};
/** @param {ModelStore} store @param {string} path @param {Uint8Array} bytes */
const fill = (store, path, bytes, key = kKey) => store.withFile(key, path, {}, async (partial) => {
  await partial.begin({ validator: '"e"', total: bytes.length });
  await partial.append(bytes);
  await partial.finish({ sha256: 'h' });
});
/** @param {ModelStore} store */
const whole = async (store, more = {}) => {
  await store.describe(card(more));
  for (const path of ['config.json', 'onnx/a.onnx']) await fill(store, path, noise(100), { ...kKey, ...more });
};
/** @param {Promise<unknown>} work @param {string} code @param {RegExp} message */
const fails = (work, code, message) => assert.rejects(work, (/** @type {any} */ error) => {
  assert.equal(error.code, code, `${error.message} ${error.detail}`);
  assert.match(error.message, message);
  return true;
});
const inside = (/** @type {MemoryFolder} */ root) => /** @type {MemoryFolder} */ (/** @type {MemoryFolder} */ (root.children.get('trilens-models')).children.get(folderName(kKey)));

test('a model is handed out only when each of its files is complete, also to the next page', async () => {
  const parts = browser();
  const store = await ModelStore.open(parts);
  await store.describe(card());
  await fill(store, 'config.json', noise(100));
  await store.withFile(kKey, 'onnx/a.onnx', {}, async (partial) => {
    await partial.begin({ validator: '"e"', total: 100 });
    await partial.append(noise(60));
  });
  assert.equal(await store.find('o/n', 'main'), null);
  assert.deepEqual((await store.list()).map(({ complete, damaged, repo }) => ({ complete, damaged, repo })), [{ complete: false, damaged: false, repo: 'o/n' }]);
  const next = await ModelStore.open(parts);
  assert.equal(await next.kept(kKey, 'onnx/a.onnx'), 60);
  await next.withFile(kKey, 'onnx/a.onnx', {}, async (partial) => {
    assert.equal(partial.validator, '"e"');
    await partial.begin({ validator: '"e"', total: 100 });
    await partial.append(noise(100).subarray(60));
    await partial.finish({ sha256: 'h' });
  });
  for (const revision of ['main', 'c1']) assert.deepEqual(Buffer.from(await (await next.find('o/n', revision)).read('onnx/a.onnx')), noise(100));
  assert.equal(await next.find('o/n', 'v2'), null);
  assert.equal(await next.find('o/n', 'main', 'fp32'), null);
  await fails((await next.find('o/n', 'main')).read('../x'), 'model_missing', /without \.\.\/x/);
});

test('the newest of several commits is the one that a name means', async () => {
  const store = await ModelStore.open(browser());
  await whole(store, { savedAt: 5 });
  await whole(store, { commit: 'c2', savedAt: 9 });
  await whole(store, { commit: 'c0', savedAt: 2 });
  assert.equal((await store.find('o/n', 'main')).card.commit, 'c2');
  assert.equal((await store.list()).length, 3);
});

test('what is damaged is listed, not handed out, and can be removed', async () => {
  const parts = browser();
  const store = await ModelStore.open(parts);
  const folder = () => inside(parts.root);
  const damage = [
    () => (/** @type {any} */ (folder().children.get('onnx%2Fa.onnx')).size = 50),
    () => folder().children.delete('onnx%2Fa.onnx'),
    () => folder().children.delete('config.json@note'),
    () => /** @type {any} */ (folder().children.get('config.json@note')).place.fill(0x7b),
    () => /** @type {any} */ (folder().children.get('@model')).place.fill(0x7b),
    () => folder().children.delete('@model'),
  ];
  for (const [index, harm] of damage.entries()) {
    await whole(store);
    assert.ok(await store.find('o/n', 'main'));
    harm();
    assert.equal(await store.find('o/n', 'main'), null, `damage ${index}`);
    const [listed] = await store.list();
    assert.equal(listed.complete, false);
    assert.equal(listed.damaged, index >= 4);
    await store.remove(listed.key);
    assert.deepEqual(await store.list(), []);
  }
});

test('a complete file that was cut on disk is fetched anew, and a hash finds what a length does not', async () => {
  const parts = browser();
  const store = await ModelStore.open(parts);
  await whole(store);
  const model = await store.open(kKey);
  const newHasher = async () => ({ update: () => {}, digest: () => 'another' });
  await fails(model.read('config.json', { newHasher }), 'storage_failed', /stored file config\.json of o\/n is damaged; remove the model/);
  /** @type {any} */ (inside(parts.root).children.get('onnx%2Fa.onnx')).size = 50;
  await fails(model.read('onnx/a.onnx'), 'storage_failed', /damaged/);
  await store.withFile(kKey, 'onnx/a.onnx', {}, async (partial) => assert.deepEqual([partial.bytes, partial.complete], [0, false]));
  const longer = /** @type {any} */ (inside(parts.root).children.get('config.json'));
  longer.reserve(150);
  longer.size = 150;
  await store.withFile(kKey, 'config.json', {}, async (partial) => assert.deepEqual([partial.bytes, partial.complete], [0, false]));
});

test('room is checked beforehand, in words', async () => {
  const store = await ModelStore.open(browser({ usage: 90e6, quota: 100e6 }));
  await store.checkRoom(5e6, 'o/n');
  await fails(store.checkRoom(50e6, 'o/n'), 'storage_full', /o\/n needs 50\.0 MB, and the browser has room for 10\.0 MB; free some disk space/);
  await whole(store);
  await fails(store.checkRoom(50e6, 'o/n'), 'storage_full', /remove stored models/);
  const { models, used, quota } = await store.usage();
  assert.ok(models > 200 && models < 2000);
  assert.deepEqual([used, quota, await store.askToPersist()], [90e6, 100e6, true]);
});

test('a disk that runs full on the way is told, and what is there is kept', async () => {
  const parts = browser();
  const store = await ModelStore.open(parts);
  await store.describe(card());
  await fails(store.withFile(kKey, 'onnx/a.onnx', {}, async (partial) => {
    await partial.begin({ validator: '"e"', total: 100 });
    await partial.append(noise(40));
    /** @type {any} */ (partial).writer.write = async () => { throw new DOMException('no', 'QuotaExceededError'); };
    await partial.append(noise(40));
  }), 'storage_full', /no more room in the browser's storage for onnx\/a\.onnx; remove stored models/);
  assert.equal(await store.kept(kKey, 'onnx/a.onnx'), 40);
});

test('where there is no storage models live in memory, and the store says so', async () => {
  for (const storage of [undefined, {}, { getDirectory: async () => { throw new DOMException('denied', 'SecurityError'); } }]) {
    const store = await ModelStore.open({ storage: /** @type {any} */ (storage ?? null), locks: new LocalLocks() });
    assert.equal(store.persistent, false);
    assert.match(store.why, /keeps no files for this page.*until it is closed/);
    await whole(store);
    const model = await store.find('o/n', 'main');
    assert.equal((await model.read('config.json')).buffer, (await model.read('config.json')).buffer, 'held once');
    await store.checkRoom(1e15, 'o/n');
  }
});

test('two tabs that want one file: the second waits and finds it complete', async () => {
  const parts = browser();
  const [one, two] = await Promise.all([ModelStore.open(parts), ModelStore.open(parts)]);
  /** @type {() => void} */
  let go = () => {};
  const gate = new Promise((resolve) => (go = () => resolve(null)));
  const order = [];
  const first = one.withFile(kKey, 'config.json', {}, async (partial) => {
    order.push('first begins');
    await gate;
    await partial.begin({ validator: '', total: 3 });
    await partial.append(noise(3));
    await partial.finish({ sha256: 'h' });
    order.push('first ends');
  });
  const second = two.withFile(kKey, 'config.json', {}, async (partial) => order.push(`second sees ${partial.complete}`));
  const stop = new AbortController();
  const third = two.withFile(kKey, 'config.json', { signal: stop.signal }, async () => order.push('third'));
  const other = two.withFile(kKey, 'tokenizer.json', {}, async () => order.push('other file'));
  await other;
  await fails(two.remove(folderName(kKey)), 'storage_failed', /just being loaded/);
  stop.abort();
  await fails(third, 'cancelled', /stopped/);
  go();
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first begins', 'other file', 'first ends', 'second sees true']);
  await two.remove(folderName(kKey));
  assert.deepEqual(await one.list(), []);
});

test('names of any kind stay in their folder', async () => {
  const parts = browser();
  const store = await ModelStore.open(parts);
  await fill(store, '../@model', noise(5), { repo: '../x', commit: '..', variant: '' });
  assert.deepEqual([.../** @type {MemoryFolder} */ (parts.root.children.get('trilens-models')).children.keys()], ['..%2Fx@..@']);
});

test('speed is that of the last five seconds', () => {
  let now = 0;
  const meter = new SpeedMeter(() => now);
  assert.deepEqual([meter.bytesPerSecond(), meter.secondsLeft(5)], [0, null]);
  for (; now < 10_000; now += 200) meter.add(2000);
  assert.ok(Math.abs(meter.bytesPerSecond() - 10_000) < 500, `${meter.bytesPerSecond()}`);
  for (const end = now + 10_000; now < end; now += 200) meter.add(200);
  assert.ok(Math.abs(meter.bytesPerSecond() - 1000) < 50, `${meter.bytesPerSecond()}`);
  assert.ok(Math.abs(meter.secondsLeft(5000) - 5) < 0.3);
  assert.equal(meter.secondsLeft(null), null);
  now += 60_000;
  assert.deepEqual([meter.bytesPerSecond(), meter.secondsLeft(5)], [0, null]);
});
