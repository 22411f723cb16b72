// The library from a name to its files, against tests/support/hub_server.mjs, and where hosts, storage and people let it down.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { listingFromFiles } from '../../web/dropped.mjs';
import { Library } from '../../web/library.mjs';
import { LocalLocks } from '../../web/local_locks.mjs';
import { MemoryFolder } from '../../web/memory_files.mjs';
import { yamlFrom } from '../../web/model_card.mjs';
import { ModelStore } from '../../web/model_store.mjs';
import { sha256From } from '../../web/sha256.mjs';
import { FakeClock } from '../support/fake_clock.mjs';
import { noise, sha256, startHub } from '../support/hub_server.mjs';

const kHub = new URL('../fixtures/hub/', import.meta.url);
const fixture = (/** @type {string} */ path) => readFileSync(new URL(path, kHub));
const kReadme = '---\nlicense: mit\nlanguage: [en, nb]\npipeline_tag: fill-mask\n---\n# Tiny\n\nA *tiny* model for tests.\n';
const kBert = {
  'config.json': fixture('bert/config.json'), 'tokenizer.json': fixture('bert/tokenizer.json'), 'tokenizer_config.json': fixture('bert/tokenizer_config.json'), 'README.md': kReadme,
  'onnx/model.onnx': noise(300_000), 'onnx/model_quantized.onnx': noise(90_000, 2),
};
const kT5 = {
  'config.json': fixture('t5/config.json'), 'generation_config.json': fixture('t5/generation_config.json'), 'tokenizer.json': '{}',
  'onnx/encoder_model.onnx': noise(5000), 'onnx/decoder_model.onnx': noise(6000), 'onnx/decoder_with_past_model.onnx': noise(7000),
};
const bytesOf = (/** @type {Record<string, string|Buffer>} */ files) => Object.values(files).reduce((sum, one) => sum + Buffer.byteLength(one), 0);
const kTotal = bytesOf(kBert) - 300_000;
const newHasher = sha256From(pathToFileURL(createRequire(import.meta.url).resolve('hash-wasm/dist/sha256.umd.min.js')).href);
const machine = { webgpu: false, shaderF16: false, memoryBytes: null };

/** @type {Awaited<ReturnType<typeof startHub>>} */
let hub;
/** @type {MemoryFolder} what stays when the page is closed */
let disk;
let quota = 1e9;
let kept = 0;
/** @type {Library} */
let library;

/** As after a reload: the same disk. */
const reload = () => (library = new Library({
  transport: { fetch, clock: new FakeClock() }, newHasher, machine, loadYaml: yamlFrom('js-yaml'), onKept: () => ++kept,
  openStore: async () => new ModelStore({ root: /** @type {any} */ (disk), locks: new LocalLocks(), persistent: true, why: '', storage: /** @type {any} */ ({ estimate: async () => ({ usage: 0, quota }) }) }),
}));
const plan = (/** @type {string} */ name, more = {}) => library.plan({ name, base: hub.base, ...more });
/** @param {Promise<unknown>} work @param {string} code @param {RegExp} message */
const fails = (work, code, message) => assert.rejects(work, (/** @type {any} */ error) => {
  assert.equal(error.code, code, `${error.message} (${error.detail})`);
  assert.match(error.message, message);
  return true;
});

before(async () => {
  hub = await startHub({ repos: {
    'owner/tiny-bert': { files: kBert, revisions: { main: '5f2a9d1c0b7e6f8a9b0c1d2e3f405162738495a6', v1: '' }, info: { config: { model_type: 'bert' } } },
    'owner/tiny-t5': { files: kT5 },
    'owner/gated': { files: kBert, gated: true },
    'owner/llama': { files: { 'config.json': '{"model_type":"llama"}', 'tokenizer.json': '{}' } },
    'owner/torch': { files: { 'config.json': kBert['config.json'], 'tokenizer.json': '{}', 'model.safetensors': 'x' } },
    'owner/beside': { files: { 'config.json': kBert['config.json'], 'tokenizer.json': '{}', 'onnx/model.onnx': noise(10), 'onnx/model.onnx_data': noise(20) } },
    'owner/bare': { files: { 'README.md': kReadme } },
  } });
});
after(() => hub.close());
beforeEach(() => {
  hub.behave();
  hub.forget();
  disk = new MemoryFolder();
  quota = 1e9;
  kept = 0;
  reload();
});

test('a name becomes a plan with its card, and not a byte of weights', async () => {
  const told = await plan('owner/tiny-bert');
  assert.equal(told.config, kBert['config.json'].toString());
  assert.equal(told.graph_bytes, 90_000);
  assert.equal(told.refusal, undefined);
  const { card, variants, ...rest } = told.plan;
  assert.deepEqual(rest, {
    plan: 1, name: 'owner/tiny-bert@main', repo: 'owner/tiny-bert', revision: 'main', commit: hub.commit, host: new URL(hub.base).host, family: 'encoder', variant: 'q8', provider: 'wasm',
    reason: rest.reason, total_bytes: kTotal, missing_bytes: kTotal, unknown_lengths: [], memory_bytes: 0, memory_sentence: '',
  });
  assert.match(rest.reason, /q8 was taken/);
  assert.deepEqual(variants.map((/** @type {any} */ one) => [one.variant, one.usable, one.bytes]), [['q8', true, 90_000], ['fp32', true, 300_000]]);
  assert.deepEqual([card.license, card.languages, card.task, card.summary], ['mit', ['en', 'nb'], 'fill-mask', 'A tiny model for tests.']);
  assert.equal(hub.count(/\.onnx/).requests, 0);
  assert.equal((await plan('owner/tiny-bert@v1', { variant: 'fp32' })).plan.total_bytes, bytesOf(kBert) - 90_000);
});

test('planned, fetched, listed, a source, read, there offline after a reload, removed', async () => {
  const { plan: planned } = (await plan('owner/tiny-bert'));
  /** @type {any[]} */
  const seen = [];
  const stored = await library.fetch({ plan: planned.plan }, { onProgress: (one) => seen.push(one) });
  assert.deepEqual([stored.name, stored.family, stored.complete, stored.persistent, stored.variant], ['owner/tiny-bert@main', 'encoder', true, true, 'q8']);
  assert.ok(seen.length > 1);
  assert.equal(kept, 1);
  assert.deepEqual([seen.at(-1).stage, seen.at(-1).loaded_bytes, seen.at(-1).total_bytes], ['fetch', kTotal, kTotal]);

  reload();
  hub.misbehave({ path: /./, refuse: true });
  hub.forget();
  const shelf = await library.list();
  assert.deepEqual([shelf.persistent, shelf.why, shelf.models.length, shelf.quota_bytes], [true, '', 1, 1e9]);
  assert.ok(shelf.models_bytes >= kTotal);
  for (const name of ['owner/tiny-bert', 'owner/tiny-bert@main', `owner/tiny-bert@${hub.commit}`]) assert.equal((await library.source({ name })).id, 'owner/tiny-bert@main');
  const source = await library.source({ name: 'owner/tiny-bert' });
  assert.deepEqual([source.family, source.variant, source.only_on, source.graphs], ['encoder', 'q8', 'wasm', [{ role: 'model', file: 'onnx/model_quantized.onnx' }]]);
  assert.deepEqual(source.files.map(({ name, bytes }) => [name, bytes]), ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_quantized.onnx'].map((name) => [name, kBert[/** @type {keyof typeof kBert} */ (name)].length]));
  assert.equal(sha256(await library.read(`${source.path}/onnx/model_quantized.onnx`)), sha256(kBert['onnx/model_quantized.onnx']));
  const again = await plan('owner/tiny-bert');
  assert.deepEqual([again.plan.missing_bytes, again.plan.total_bytes, again.plan.card.summary, again.graph_bytes], [0, kTotal, 'A tiny model for tests.', 90_000]);
  assert.equal((await library.fetch({ plan: again.plan.plan })).name, 'owner/tiny-bert@main');
  assert.equal(hub.log.length, 0);

  assert.deepEqual((await library.remove({ key: stored.key })).models, []);
  await fails(library.source({ name: 'owner/tiny-bert' }), 'model_missing', /fetch it first/);
  await fails(library.read(`${source.path}/config.json`), 'model_missing', /fetch it again/);
  await fails(library.fetch({ plan: again.plan.plan }), 'model_missing', /removed/);
});

test('graphs of a model in several files keep their roles, and a plain fp32 runs anywhere', async () => {
  const { plan: planned, generation } = await plan('owner/tiny-t5');
  assert.equal(generation, kT5['generation_config.json'].toString());
  await library.fetch({ plan: planned.plan });
  const source = await library.source({ name: planned.name });
  assert.equal(source.only_on, undefined);
  assert.deepEqual(source.graphs, [{ role: 'encoder', file: 'onnx/encoder_model.onnx' }, { role: 'decoder', file: 'onnx/decoder_model.onnx' }, { role: 'decoder_with_past', file: 'onnx/decoder_with_past_model.onnx' }]);
});

test('another variant, or another server, is asked for although one is kept', async () => {
  await library.fetch({ plan: (await plan('owner/tiny-bert')).plan.plan });
  assert.equal((await plan('owner/tiny-bert', { variant: 'fp32' })).plan.missing_bytes, bytesOf(kBert) - 90_000);
  hub.forget();
  await fails(library.plan({ name: 'owner/tiny-bert', base: 'http://127.0.0.1:1' }), 'network', /127\.0\.0\.1:1/);
  assert.equal((await library.plan({ name: 'owner/tiny-bert' })).plan.missing_bytes, 0, 'and without a server named, what is kept will do');
  assert.equal(hub.log.length, 0);
});

test('what no model can be made of is refused with the reason, its config beside it for the engine to judge first', async () => {
  const llama = await plan('owner/llama');
  assert.match(llama.config, /llama/);
  assert.equal(/** @type {any} */ (llama.refusal).code, 'model_unsupported');
  assert.match(/** @type {any} */ ((await plan('owner/torch')).refusal).message, /another format/);
  const beside = /** @type {any} */ ((await plan('owner/beside')).refusal);
  assert.equal(beside.code, 'model_unsupported');
  assert.match(beside.message, /model\.onnx_data/);
  await fails(plan('owner/bare'), 'model_missing', /config\.json/);
  assert.equal(hub.count(/\.onnx/).requests, 0);
});

test('a gated model, one that is not there, a name that is none', async () => {
  await fails(plan('owner/gated'), 'model_gated', /./);
  await fails(plan('owner/nothing'), 'model_gated', /does not exist \(check the spelling\)/);
  await fails(plan('nothing'), 'invalid_argument', /owner/);
  await fails(plan('owner/tiny-bert', { variant: 'fp99' }).then(({ refusal }) => Promise.reject(refusal)), 'model_missing', /fp99/);
  await fails(library.fetch({ plan: 77 }), 'invalid_argument', /77/);
  await fails(library.read('library:../config.json'), 'model_missing', /./);
});

test('a README that cannot be had costs the card its words, not the plan', async () => {
  hub.misbehave({ path: /README/, status: 404 });
  assert.equal((await plan('owner/tiny-bert')).plan.card.summary, '');
});

test('cut on the way, it goes on; stopped, it goes on where it was, and is no source until then', async () => {
  const { plan: planned } = await plan('owner/tiny-bert', { variant: 'fp32' });
  hub.misbehave({ path: /model\.onnx/, origin: 'storage', times: 1, cutAfter: 100_000 });
  const stop = new AbortController();
  const last = (/** @type {any} */ progress) => progress.file === 'onnx/model.onnx' && progress.loaded_bytes > 200_000 && stop.abort();
  const clock = library.transport.clock;
  clock.now = () => (/** @type {any} */ (clock).time += 1000); // every chunk is told
  await fails(library.fetch({ plan: planned.plan }, { signal: stop.signal, onProgress: last }), 'cancelled', /kept/);
  const [half] = (await library.list()).models;
  assert.equal(half.complete, false);
  assert.ok(half.bytes > 200_000 && half.bytes < 300_000 + kTotal);
  await fails(library.source({ name: 'owner/tiny-bert' }), 'model_missing', /in part/);

  reload();
  hub.behave();
  const { plan: rest } = await plan('owner/tiny-bert', { variant: 'fp32' });
  assert.ok(rest.missing_bytes > 0 && rest.missing_bytes < 100_000, String(rest.missing_bytes));
  hub.forget();
  await library.fetch({ plan: rest.plan });
  assert.equal(hub.count(/./).bytes, rest.missing_bytes, 'not a byte twice');
  const source = await library.source({ name: 'owner/tiny-bert' });
  assert.equal(sha256(await library.read(`${source.path}/onnx/model.onnx`)), sha256(kBert['onnx/model.onnx']));
});

test('a newer one that was cut does not hide an older one that is whole', async () => {
  await library.fetch({ plan: (await plan('owner/tiny-bert')).plan.plan });
  const { plan: planned } = await plan('owner/tiny-bert', { variant: 'fp32' });
  hub.misbehave({ path: /model\.onnx/, refuse: true });
  /** @type {any} */ (library.transport.clock).time += 60_000; // it is the newer one
  await fails(library.fetch({ plan: planned.plan }), 'network', /./);
  assert.deepEqual((await library.list()).models.map((one) => [one.variant, one.complete]), [['fp32', false], ['q8', true]]);
  assert.equal((await library.source({ name: 'owner/tiny-bert' })).variant, 'q8');
});

test('where the browser has no room, models stay in memory and the shelf says so', async () => {
  quota = 100_000;
  const stored = await library.fetch({ plan: (await plan('owner/tiny-bert')).plan.plan });
  assert.deepEqual([stored.complete, stored.persistent, kept], [true, false, 0]);
  const shelf = await library.list();
  assert.equal(shelf.persistent, true);
  assert.match(shelf.why, /owner\/tiny-bert.*until the page is closed/);
  assert.equal(shelf.models.length, 1);
  const source = await library.source({ name: 'owner/tiny-bert' });
  assert.equal(sha256(await library.read(`${source.path}/onnx/model_quantized.onnx`)), sha256(kBert['onnx/model_quantized.onnx']));
  assert.deepEqual((await library.remove({ key: stored.key })).models, []);
  reload();
  assert.deepEqual((await library.list()).models, []);
});

test('a disk that fills up in the middle is the same', async () => {
  const { plan: planned } = await plan('owner/tiny-bert');
  const folder = MemoryFolder.prototype.getFileHandle;
  disk.getDirectoryHandle = async function getDirectoryHandle(name, options) {
    const found = await MemoryFolder.prototype.getDirectoryHandle.call(this, name, options);
    found.getFileHandle = async function getFileHandle(file, how) {
      const handle = await folder.call(this, file, how);
      if (/quantized/.test(file) && !/@/.test(file)) handle.createSyncAccessHandle = async () => { throw new DOMException('full', 'QuotaExceededError'); };
      return handle;
    };
    return found;
  };
  const stored = await library.fetch({ plan: planned.plan });
  assert.deepEqual([stored.complete, stored.persistent], [true, false]);
  assert.equal((await library.list()).models.length, 1);
  assert.equal(disk.children.size, 0, 'and what could not be completed takes no room');
});

test('what was dropped is planned without a host, kept, and found again by its fingerprint', async () => {
  const files = Object.entries(kBert).map(([path, bytes]) => Object.defineProperty(new File([bytes], path, { lastModified: 5 }), 'webkitRelativePath', { value: `my-model/${path}` }));
  library.takeDropped('1', await listingFromFiles(files));
  const told = await plan('disk:1');
  assert.equal(told.plan.host, '');
  assert.equal(told.plan.missing_bytes, kTotal);
  assert.match(told.plan.name, /^my-model@local-[0-9a-f]{16}$/);
  await library.fetch({ plan: told.plan.plan });
  reload();
  assert.equal((await library.source({ name: told.plan.name })).id, told.plan.name);
  assert.equal((await library.plan({ name: told.plan.name })).plan.missing_bytes, 0);
  await fails(plan('disk:1'), 'invalid_argument', /drop or choose/);
  assert.equal(hub.log.length, 0);
});

test('plans and dropped folders are not kept for ever', async () => {
  const first = (await plan('owner/tiny-t5')).plan.plan;
  for (let i = 0; i < 32; ++i) await plan('owner/tiny-t5');
  await fails(library.fetch({ plan: first }), 'invalid_argument', /ask for the model again/);
  const listing = await listingFromFiles([new File(['{}'], 'config.json')]);
  for (let i = 0; i < 9; ++i) library.takeDropped(String(i), listing);
  await fails(plan('disk:0'), 'invalid_argument', /drop or choose/);
});
