// Downloads against tests/support/hub_server.mjs: every way in which a host lets one down, with requests and bytes counted.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { listingFromFiles } from '../../web/dropped.mjs';
import { getModel } from '../../web/get_model.mjs';
import { Hub, parseModelName } from '../../web/hub.mjs';
import { LocalLocks } from '../../web/local_locks.mjs';
import { MemoryFolder } from '../../web/memory_files.mjs';
import { ModelStore } from '../../web/model_store.mjs';
import { planModel } from '../../web/repository.mjs';
import { sha256From } from '../../web/sha256.mjs';
import { FakeClock } from '../support/fake_clock.mjs';
import { noise, sha256, startHub } from '../support/hub_server.mjs';

const kModel = noise(300_000);
const kSmall = { 'config.json': '{"model_type":"gpt2"}', 'tokenizer.json': `{"version":"1.0","text":"${'x'.repeat(2000)}"}` };
const kSmallBytes = Object.values(kSmall).reduce((sum, text) => sum + text.length, 0);
const kFile = /model\.onnx$/;
const newHasher = sha256From(pathToFileURL(createRequire(import.meta.url).resolve('hash-wasm/dist/sha256.umd.min.js')).href);
const machine = { webgpu: false, shaderF16: false, memoryBytes: null };

/** @type {Awaited<ReturnType<typeof startHub>>} */
let hub;
/** @type {ModelStore} */
let store;
/** @type {FakeClock} */
let clock;

before(async () => {
  hub = await startHub({ repos: {
    'owner/tiny': { files: { ...kSmall, 'onnx/model.onnx': kModel }, info: { config: { model_type: 'gpt2' } } },
    'owner/gated': { files: { ...kSmall, 'onnx/model.onnx': kModel }, gated: true },
  } });
});
after(() => hub.close());
beforeEach(() => {
  hub.behave();
  store = ModelStore.inMemory();
  clock = new FakeClock();
});

/** The plan, as a page makes it; requests for it are not counted. */
async function planned(repo = 'owner/tiny', change = (listing) => listing) {
  const source = new Hub({ base: hub.base, fetch, clock });
  const plan = planModel(change(await source.list(parseModelName(repo))), { machine });
  hub.forget();
  return plan;
}

/** @param {any} plan @param {object} [more] */
const get = (plan, more = {}) => getModel(plan, { store, transport: { fetch, clock }, newHasher, ...more });
const withoutHash = (listing) => ({ ...listing, files: listing.files.map((file) => ({ ...file, sha256: '' })) });
const withoutLength = (listing) => ({ ...listing, files: listing.files.map((file) => ({ ...file, sha256: '', bytes: null })) });
const key = (plan) => ({ repo: plan.repo, commit: plan.commit, variant: plan.variant });
const model = async (plan) => Buffer.from(await (await store.open(key(plan))).read('onnx/model.onnx'));
/** @param {Promise<unknown>} work @param {string} code @param {RegExp} message */
const fails = (work, code, message) => assert.rejects(work, (/** @type {any} */ error) => {
  assert.equal(error.code, code, `${error.message} (${error.detail})`);
  assert.match(error.message, message);
  return true;
});

test('a model comes whole, over a redirect, each file once, and its files are what the hub has', async () => {
  const plan = await planned();
  const stored = await get(plan);
  assert.equal(sha256(await stored.read('onnx/model.onnx')), sha256(kModel));
  assert.equal(Buffer.from(await stored.read('config.json')).toString(), kSmall['config.json']);
  assert.deepEqual(hub.count(/./), { requests: 4, bytes: kModel.length + kSmallBytes });
  assert.deepEqual(hub.log.map((one) => one.origin), ['hub', 'hub', 'hub', 'storage']);
  assert.deepEqual(clock.waits, []);
  for (const { headers } of hub.log) assert.deepEqual(['cookie', 'authorization', 'if-range', 'range', 'referer'].filter((name) => name in headers), []);
  hub.forget();
  await get(plan);
  assert.equal(hub.log.length, 0, 'what is stored is not fetched again');
});

test('progress counts up to the total, with speed and time left', async () => {
  const plan = await planned();
  const seen = [];
  await get(plan, { onProgress: (progress) => ((clock.time += 50), seen.push(progress)) });
  assert.equal(plan.totalBytes, kModel.length + kSmallBytes);
  assert.ok(seen.every((one, i) => one.total === plan.totalBytes && (i === 0 || one.loaded >= seen[i - 1].loaded)));
  assert.equal(seen.at(-1).loaded, plan.totalBytes);
  const middle = seen.find((one) => one.file === 'onnx/model.onnx' && one.loaded > 100_000);
  assert.ok(Math.abs(middle.secondsLeft - (plan.totalBytes - middle.loaded) / middle.bytesPerSecond) < 1e-9);
});

describe('cut connections', () => {
  test('the rest is asked for and nothing travels twice', async () => {
    const plan = await planned();
    for (const cutAfter of [100_000, 50_000]) hub.misbehave({ path: kFile, origin: 'storage', times: 1, cutAfter });
    const stored = await get(plan);
    assert.equal(sha256(await stored.read('onnx/model.onnx')), sha256(kModel));
    const asked = hub.log.filter((one) => one.origin === 'storage');
    assert.deepEqual(asked.map((one) => one.range), ['', 'bytes=100000-', 'bytes=150000-']);
    assert.equal(asked.reduce((sum, one) => sum + one.sent, 0), kModel.length);
    assert.deepEqual(clock.waits, [1000, 1000], 'what made progress is a first failure again');
  });

  test('a body that ends early in good order is a cut, too', async () => {
    const plan = await planned();
    hub.misbehave({ path: kFile, origin: 'storage', times: 1, endAfter: 70_000 });
    await get(plan);
    assert.equal(hub.count(kFile).bytes, kModel.length);
    assert.deepEqual(await model(plan), kModel);
  });

  test('a host that never finishes is given up after five tries, and what came is kept', async () => {
    const plan = await planned();
    hub.misbehave({ path: kFile, origin: 'storage', times: 1, cutAfter: 100_000 });
    hub.misbehave({ path: kFile, origin: 'storage', refuse: true });
    await fails(get(plan), 'network', /could not be reached for onnx\/model\.onnx/);
    // one by the body's count (1 s), then four between the five tries of the request
    assert.deepEqual(clock.waits, [1000, 1000, 2000, 4000, 8000]);
    assert.equal(await store.kept(key(plan), 'onnx/model.onnx'), 100_000);
    assert.equal(await store.open(key(plan)), null);
    hub.behave();
    hub.forget();
    await get(plan);
    assert.deepEqual(hub.count(/./), { requests: 2, bytes: kModel.length - 100_000 });
    assert.deepEqual(await model(plan), kModel);
  });

  test('a host that falls silent is left after a while, and the rest asked for', async () => {
    const plan = await planned();
    hub.misbehave({ path: kFile, origin: 'storage', times: 1, silentAfter: 80_000 });
    const loading = get(plan, { onProgress: ({ loaded }) => { if (loaded === kSmallBytes + 80_000) setImmediate(() => clock.stall()); } });
    await loading;
    assert.equal(hub.count(kFile).bytes, kModel.length);
    assert.deepEqual(await model(plan), kModel);
  });
});

describe('cancel', () => {
  test('stops at once, keeps what came, and goes on from there', async () => {
    const plan = await planned();
    const stop = new AbortController();
    await fails(get(plan, { signal: stop.signal, onProgress: ({ loaded }) => loaded > 150_000 && stop.abort() }), 'cancelled', /kept/);
    const kept = await store.kept(key(plan), 'onnx/model.onnx');
    assert.ok(kept > 140_000 && kept < kModel.length, `${kept} bytes kept`);
    hub.forget();
    await get(plan);
    assert.equal(hub.count(kFile).bytes, kModel.length - kept);
    assert.deepEqual(await model(plan), kModel);
  });

  test('before the first byte nothing is asked for', async () => {
    const plan = await planned();
    await fails(get(plan, { signal: AbortSignal.abort() }), 'cancelled', /stopped/);
    assert.equal(hub.log.length, 0);
  });

  test('while it waits to try again', async () => {
    const plan = await planned();
    const stop = new AbortController();
    hub.misbehave({ path: /config/, status: 503 });
    clock.onWait = () => stop.abort();
    await fails(get(plan, { signal: stop.signal }), 'cancelled', /stopped/);
    assert.equal(hub.log.length, 1);
  });
});

describe('resuming', () => {
  /** @param {any} plan */
  const begun = async (plan) => {
    hub.misbehave({ path: kFile, origin: 'storage', times: 1, cutAfter: 100_000 });
    hub.misbehave({ path: kFile, origin: 'storage', refuse: true });
    await assert.rejects(get(plan));
    hub.behave();
    hub.forget();
  };

  test('a server that knows no ranges sends all of it, and all of it is taken', async () => {
    const plan = await planned();
    await begun(plan);
    hub.misbehave({ path: kFile, origin: 'storage', ignoreRange: true });
    await get(plan);
    assert.deepEqual(hub.count(kFile), { requests: 2, bytes: kModel.length });
    assert.deepEqual(await model(plan), kModel);
  });

  test('a file that was replaced meanwhile (another ETag) starts over', async () => {
    const plan = await planned('owner/tiny', withoutHash);
    await begun(plan);
    const other = noise(300_000, 7);
    hub.repos['owner/tiny'].files['onnx/model.onnx'] = other;
    try {
      await get(plan);
      assert.deepEqual(await model(plan), other, 'not half of each');
    } finally {
      hub.repos['owner/tiny'].files['onnx/model.onnx'] = kModel;
    }
    assert.deepEqual(hub.log.filter((one) => one.origin === 'storage').map((one) => one.range), ['bytes=100000-', '']);
  });

  test('where neither a hash nor an ETag tells versions apart it starts over', async () => {
    const plan = await planned('owner/tiny', withoutHash);
    hub.misbehave({ path: kFile, origin: 'storage', times: 1, cutAfter: 100_000, without: ['etag'] });
    await get(plan);
    assert.deepEqual(hub.log.filter((one) => one.origin === 'storage').map((one) => one.range), ['', '']);
    assert.deepEqual(await model(plan), kModel);
  });

  test('416 where all was there already: nothing more is fetched', async () => {
    const plan = await planned('owner/tiny', withoutLength);
    await get(plan);
    // as after a crash between the last byte and the check
    await store.withFile(key(plan), 'onnx/model.onnx', {}, async (partial) => partial.begin({ validator: partial.validator, total: null }));
    hub.forget();
    await get(plan);
    assert.deepEqual(hub.log.map((one) => [one.status, one.sent]), [[302, 18], [416, 0]]);
    assert.deepEqual(await model(plan), kModel);
  });

  test('416 because the file is shorter now: it starts over', async () => {
    const plan = await planned('owner/tiny', withoutLength);
    await begun(plan);
    hub.repos['owner/tiny'].files['onnx/model.onnx'] = kModel.subarray(0, 5000);
    try {
      await get(plan);
      assert.equal((await model(plan)).length, 5000);
    } finally {
      hub.repos['owner/tiny'].files['onnx/model.onnx'] = kModel;
    }
  });

  test('bytes that were damaged on disk are found by the hash, and all of it comes once more', async () => {
    const plan = await planned();
    await begun(plan);
    await store.withFile(key(plan), 'onnx/model.onnx', {}, async (partial) => (/** @type {any} */ (partial.handle).place[500] ^= 1));
    await get(plan);
    assert.deepEqual(hub.log.filter((one) => one.origin === 'storage').map((one) => [one.range, one.sent]), [['bytes=100000-', 200_000], ['', 300_000]]);
    assert.deepEqual(await model(plan), kModel);
  });

  test('a range that begins elsewhere is not taken', async () => {
    const plan = await planned('owner/tiny', withoutHash);
    await begun(plan);
    hub.misbehave({ path: kFile, origin: 'storage', times: 1, headers: { 'content-range': 'bytes 99999-299999/300000' } });
    await get(plan);
    assert.deepEqual(await model(plan), kModel);
    assert.deepEqual(hub.log.filter((one) => one.origin === 'storage').map((one) => one.range), ['bytes=100000-', '']);
  });
});

test('where the browser has no room nothing is fetched', async () => {
  const plan = await planned();
  const root = new MemoryFolder();
  store = await ModelStore.open({ storage: /** @type {any} */ ({ getDirectory: async () => root, estimate: async () => ({ usage: 0, quota: 1_200_000 }) }), locks: new LocalLocks() });
  await fails(get(plan), 'storage_full', /owner\/tiny needs 302 kB, and the browser has room for 1\.2 MB/);
  assert.equal(hub.log.length, 0);
});

test('a dropped pointer is told, and dropped files are stored with their hash', async () => {
  const listing = (/** @type {string|Buffer} */ graph) => listingFromFiles([new File(['{}'], 'config.json'), new File(['{}'], 'tokenizer.json'), new File([/** @type {any} */ (graph)], 'model.onnx')]);
  const plan = planModel(await listing(kModel), { machine, modelType: 'gpt2' });
  const stored = await get(plan);
  assert.equal(sha256(await stored.read('model.onnx', { newHasher })), sha256(kModel));
  const pointer = planModel(await listing(`version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 5\n`), { machine, modelType: 'gpt2' });
  await fails(get(pointer), 'model_malformed', /model\.onnx is a git-lfs pointer.*git lfs pull/);
});

describe('hosts in trouble', () => {
  test('5xx is tried again after 1, 2, 4, 8 seconds, then told', async () => {
    const plan = await planned();
    hub.misbehave({ path: /config/, status: 503 });
    await fails(get(plan), 'network', /trouble of its own.*config\.json.*try again later/);
    assert.equal(hub.log.length, 5);
    assert.deepEqual(clock.waits, [1000, 2000, 4000, 8000]);
  });

  test('429 waits as long as the host asks, in seconds or until a date', async () => {
    const plan = await planned();
    hub.misbehave({ path: /config/, status: 429, times: 1, headers: { 'retry-after': '17' } });
    hub.misbehave({ path: /config/, status: 429, times: 1, headers: { 'retry-after': new Date(clock.now() + 17_000 + 42_000).toUTCString() } });
    await get(plan);
    assert.deepEqual(clock.waits, [17_000, 42_000]);
  });

  test('who asks for an hour is not waited for', async () => {
    const plan = await planned();
    hub.misbehave({ path: /config/, status: 429, headers: { 'retry-after': '3600' } });
    await assert.rejects(get(plan), (/** @type {any} */ error) => error.code === 'network' && /asks to wait 60 minutes/.test(error.detail) && /too often/.test(error.message));
    assert.equal(hub.log.length, 1);
    assert.deepEqual(clock.waits, []);
  });

  test('a gated model says where to log in, and is not asked again', async () => {
    const plan = await planned('owner/gated');
    await fails(get(plan), 'model_gated', /asks for a log-in at its host.*127\.0\.0\.1.*drop its folder/);
    assert.equal(hub.log.length, 1);
  });

  test('a file that is gone is named', async () => {
    const plan = await planned();
    hub.misbehave({ path: kFile, origin: 'hub', status: 404 });
    await fails(get(plan), 'model_missing', /no onnx\/model\.onnx on 127/);
    assert.deepEqual(clock.waits, []);
  });
});

describe('something else in place of the file', () => {
  const nothingKept = async (/** @type {any} */ plan) => {
    assert.equal(await store.kept(key(plan), 'onnx/model.onnx'), 0);
    assert.equal(await store.open(key(plan)), null);
  };
  for (const [what, headers] of /** @type {const} */ ([['by its type', { 'content-type': 'text/html; charset=utf-8' }], ['by its first bytes', {}]])) {
    test(`a web page is known ${what}`, async () => {
      const plan = await planned('owner/tiny', withoutLength);
      hub.misbehave({ path: kFile, origin: 'storage', body: '\n<!DOCTYPE html><html><p>Please log in</p></html>', headers });
      await fails(get(plan), 'model_malformed', /sent a web page/);
      await nothingKept(plan);
    });
  }

  test('a git-lfs pointer', async () => {
    const plan = await planned('owner/tiny', withoutLength);
    hub.misbehave({ path: kFile, origin: 'storage', body: `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(kModel)}\nsize 300000\n` });
    await fails(get(plan), 'model_malformed', /git-lfs pointer.*git lfs pull/);
    await nothingKept(plan);
  });

  test('a longer file', async () => {
    const plan = await planned();
    hub.misbehave({ path: kFile, origin: 'storage', body: noise(300_001) });
    await fails(get(plan), 'model_malformed', /longer than the 300000 bytes/);
    await nothingKept(plan);
  });

  test('a shorter file is asked for its rest, which is not there', async () => {
    const plan = await planned();
    hub.repos['owner/tiny'].files['onnx/model.onnx'] = kModel.subarray(0, 1000);
    try {
      await fails(get(plan), 'network', /ended after 1000 of 300000 bytes/);
    } finally {
      hub.repos['owner/tiny'].files['onnx/model.onnx'] = kModel;
    }
    assert.equal(await store.open(key(plan)), null);
    assert.ok(hub.log.length < 25, `${hub.log.length} requests`);
  });

  test('a host that gives a few bytes at a time is not asked for ever', async () => {
    const plan = await planned();
    hub.misbehave({ path: kFile, origin: 'storage', endAfter: 1000 });
    await fails(get(plan), 'network', /ended after 5000 of 300000 bytes/);
    assert.deepEqual(clock.waits, [1000, 2000, 4000, 8000]);
  });

  test('a file of the right length with another hash', async () => {
    const plan = await planned();
    hub.misbehave({ path: kFile, origin: 'storage', body: noise(300_000, 3) });
    await fails(get(plan), 'model_malformed', /not the one that was listed/);
    assert.equal(hub.count(kFile).bytes, 300_000, 'once is enough');
    await nothingKept(plan);
  });

  test('a file of another commit', async () => {
    const plan = await planned();
    hub.misbehave({ path: /tokenizer/, headers: { 'x-repo-commit': 'f'.repeat(40) } });
    await fails(get(plan), 'model_malformed', /another version of the model/);
  });

  test('a part where all was asked for', async () => {
    const plan = await planned('owner/tiny', withoutHash);
    hub.misbehave({ path: kFile, origin: 'storage', status: 206, headers: { 'content-range': 'bytes 10-299999/300000' }, body: kModel.subarray(10) });
    await fails(get(plan), 'network', /a part of onnx\/model\.onnx/);
  });
});
