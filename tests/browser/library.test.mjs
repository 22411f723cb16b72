// Getting models in the whole page: window.trilens.command → engine → web/library.mjs → a hub on another origin → the browser's own
// file system, with the tiny models of tests/fixtures/hub as repositories. On WASM, which every machine has.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, beforeEach, test } from 'node:test';
import { startHub } from '../support/hub_server.mjs';
import { openBrowser, openPage } from './page_support.mjs';

const kFixtures = fileURLToPath(new URL('../fixtures/hub', import.meta.url));
const kReadme = '---\nlicense: mit\nlanguage: en\n---\n# Tiny\n\nA tiny model with random weights, for tests.\n';

/** @param {string} name @returns {Record<string, Buffer|string>} a fixture's files as a repository has them */
function repository(name) {
  const folder = path.join(kFixtures, name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !/oracle/.test(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
  return { 'README.md': kReadme, ...Object.fromEntries(files.map((file) => [file, readFileSync(path.join(folder, file))])) };
}
const kBert = repository('bert');
const kGraph = kBert['onnx/model.onnx'];

/** @type {Awaited<ReturnType<typeof startHub>>} */
let hub;
/** @type {Awaited<ReturnType<typeof openBrowser>>} */
let session;
/** @type {import('playwright-core').BrowserContext} */
let context;
/** @type {import('playwright-core').Page} */
let page;
/** @type {string[]} */
let problems;

/** The same browser profile, another visit. */
async function visit() {
  await page?.close();
  page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`${session.url}/?webgpu=off`);
  await page.waitForFunction(() => 'trilens' in window, undefined, { timeout: 60_000 });
  await page.evaluate(() => /** @type {any} */ (window).trilens.ready);
}

/** What a command comes to: its result, or {code, message}. @param {object} given @returns {Promise<any>} */
const command = (given) => page.evaluate((wanted) => /** @type {any} */ (window).trilens.command(wanted).catch((/** @type {any} */ { code, message }) => ({ code, message })), given);
const plan = (/** @type {string} */ name, more = {}) => command({ type: 'plan_model', name, base: hub.base, ...more });

before(async () => {
  hub = await startHub({ repos: {
    'owner/tiny-bert': { files: kBert }, 'owner/tiny-t5': { files: repository('t5') }, 'owner/gated': { files: kBert, gated: true },
    'owner/llama': { files: { 'config.json': '{"model_type":"llama"}', 'tokenizer.json': '{}', 'onnx/model.onnx': 'x' } },
    'owner/crossed': { files: { ...repository('gpt2'), 'config.json': JSON.stringify({ ...JSON.parse(String(repository('gpt2')['config.json'])), add_cross_attention: true }) } },
  } });
  session = await openBrowser([], { webgpu: false });
  const opened = await openPage(session, { engine: 'real', query: '?webgpu=off', wait: false });
  ({ context, page, problems } = opened);
  await visit();
}, { timeout: 300_000 });
after(async () => {
  await context?.close();
  await session?.close();
  await hub?.close();
});
beforeEach(() => {
  hub.behave();
  hub.forget();
});

test('a plan names bytes, host, variant, card and memory, and no weights have come', async () => {
  const got = await plan('owner/tiny-bert');
  assert.equal(got.code, undefined, got.message);
  assert.equal(got.host, new URL(hub.base).host);
  assert.equal(got.commit, hub.commit);
  assert.deepEqual([got.name, got.family, got.provider], ['owner/tiny-bert@main', 'encoder', 'wasm']);
  assert.ok(got.total_bytes > 0 && got.missing_bytes === got.total_bytes);
  const config = JSON.parse(String(kBert['config.json']));
  assert.deepEqual([got.card.model_type, got.card.layers, got.card.heads, got.card.hidden, got.card.vocabulary], ['bert', config.num_hidden_layers, config.num_attention_heads, config.hidden_size, config.vocab_size]);
  assert.deepEqual([got.card.license, got.card.languages, got.card.summary], ['mit', ['en'], 'A tiny model with random weights, for tests.']);
  assert.ok(got.memory_bytes > 2 * got.variants.find((/** @type {any} */ one) => one.variant === got.variant).bytes);
  assert.match(got.memory_sentence, /tokens/);
  assert.match(got.reason, /was taken/);
  assert.equal(hub.count(/\.onnx/).requests, 0);
});

test('what cannot be opened is refused with the sentence of the engine, before a byte of weights', async () => {
  const llama = await plan('owner/llama');
  assert.deepEqual([llama.code, /"llama"/.test(llama.message)], ['model_unsupported', true], llama.message);
  const crossed = await plan('owner/crossed');
  assert.deepEqual([crossed.code, /add_cross_attention/.test(crossed.message)], ['model_unsupported', true], crossed.message);
  assert.equal((await plan('owner/gated')).code, 'model_gated');
  assert.equal((await plan('owner/nothing')).code, 'model_gated');
  assert.equal((await plan('no name')).code, 'invalid_argument');
  assert.equal((await command({ type: 'fetch_model', plan: 9999 })).code, 'invalid_argument');
  assert.equal(hub.count(/\.onnx/).requests, 0);
});

test('a load or a list never fetches', async () => {
  const load = await command({ type: 'load', family: 'encoder', model: 'owner/tiny-bert' });
  assert.equal(load.code, 'model_missing');
  assert.match(load.message, /fetch it first/);
  assert.deepEqual((await command({ type: 'stored_models' })).models, []);
  assert.equal(hub.log.length, 0);
});

test('fetched while the columns go on, stopped, resumed, there after a reload without a network, removed', { timeout: 120_000 }, async () => {
  hub.misbehave({ path: /model\.onnx/, origin: 'storage', silentAfter: Math.floor(kGraph.length / 2) });
  const { plan: number } = await plan('owner/tiny-bert', { variant: 'fp32' });
  /** @type {any} */
  let ended = null;
  const [fetched] = await Promise.all([
    command({ type: 'fetch_model', plan: number }).then((answer) => (ended = answer)),
    (async () => {
      while (hub.silent === 0 && ended === null) await page.waitForTimeout(50);
      assert.equal(ended, null, `it ended before it was stopped: ${JSON.stringify(ended)}`);
      const read = await command({ type: 'tokenize', family: 'encoder', text: 'The dog barked.' });
      assert.ok(read.ids.length > 0, 'a column answers while a model comes');
      await command({ type: 'cancel' });
    })(),
  ]);
  assert.equal(fetched.code, 'cancelled', JSON.stringify(fetched));
  const half = (await command({ type: 'stored_models' })).models;
  assert.deepEqual(half.map((/** @type {any} */ one) => [one.name, one.complete]), [['owner/tiny-bert@main', false]]);

  hub.behave();
  await visit();
  const rest = await plan('owner/tiny-bert', { variant: 'fp32' });
  assert.ok(rest.missing_bytes < rest.total_bytes);
  hub.forget();
  const stored = await command({ type: 'fetch_model', plan: rest.plan });
  assert.deepEqual([stored.complete, stored.persistent, stored.family], [true, true, 'encoder'], JSON.stringify(stored));
  assert.equal(hub.count(/./).bytes, rest.missing_bytes);

  hub.misbehave({ path: /./, refuse: true });
  hub.forget();
  await visit();
  const shelf = await command({ type: 'stored_models' });
  assert.equal(shelf.persistent, true);
  assert.ok(shelf.models_bytes >= rest.total_bytes && shelf.quota_bytes > 0);
  const again = await command({ type: 'plan_model', name: 'owner/tiny-bert' });
  assert.equal(again.missing_bytes, 0, again.message);
  assert.equal(hub.log.length, 0);

  // what the engine's Files::fetch comes to, byte for byte
  const same = await page.evaluate(async ({ graph }) => {
    const at = (/** @type {string} */ name) => new URL(`web/${name}`, document.baseURI).href;
    const [{ EngineHost }, { Library }] = await Promise.all([import(at('engine_host.mjs')), import(at('library.mjs'))]);
    const library = new Library(/** @type {any} */ ({ transport: {}, machine: {} }));
    const source = await library.source({ name: 'owner/tiny-bert' });
    const heap = new Uint8Array(graph.length);
    /** @type {any} */
    let head;
    await new Promise((resolve) => {
      const host = new EngineHost(/** @type {any} */ ({ library }));
      host.attach(/** @type {any} */ ({ heap: () => heap, text: (/** @type {string} */ json) => (head = JSON.parse(json)), open: () => {}, place: () => 0, close: resolve, progress: () => {} }));
      host.fetch(1, `${source.path}/${source.graphs[0].file}`, -1, '');
    });
    return head.bytes === graph.length && heap.every((byte, i) => byte === graph[i]);
  }, { graph: [...Buffer.from(kGraph)] });
  assert.equal(same, true);

  const left = await command({ type: 'remove_model', key: stored.key });
  assert.deepEqual(left.models, []);
});

test('files dropped on the page are framed, taken, planned, kept; and no host is asked', { timeout: 120_000 }, async () => {
  const files = Object.entries(kBert).filter(([name]) => !/quantized|fp16|int8|q4|dynamo/.test(name)).map(([name, bytes]) => ({ name: path.basename(name), text: Buffer.from(bytes).toString('base64') }));
  const seen = await page.evaluate(async (given) => {
    const transfer = new DataTransfer();
    for (const { name, text } of given) transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
    const send = (/** @type {string} */ type) => window.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    const frame = /** @type {HTMLElement} */ (document.getElementById('drop-frame'));
    const shown = [frame.checkVisibility()];
    const taken = !send('dragenter');
    shown.push(frame.checkVisibility());
    const dropped = new Promise((resolve) => window.addEventListener('trilens-dropped', (event) => resolve(/** @type {CustomEvent} */ (event).detail), { once: true }));
    send('drop');
    shown.push(frame.checkVisibility());
    return { shown, taken, detail: await dropped };
  }, files);
  assert.deepEqual([seen.shown, seen.taken], [[false, true, false], true]);
  assert.match(seen.detail.name ?? seen.detail.message, /^disk:\d+$/);
  const got = await command({ type: 'plan_model', name: seen.detail.name });
  assert.deepEqual([got.host, got.family], ['', 'encoder'], got.message);
  const stored = await command({ type: 'fetch_model', plan: got.plan });
  assert.deepEqual([stored.complete, stored.name], [true, got.name], JSON.stringify(stored));
  assert.equal((await command({ type: 'plan_model', name: got.name })).missing_bytes, 0);
  await command({ type: 'remove_model', key: stored.key });
  assert.equal(hub.log.length, 0);
});

test('a folder that is no model says so, and text that is dragged stays the browser\'s', async () => {
  const seen = await page.evaluate(async () => {
    const text = new DataTransfer();
    text.setData('text/plain', 'a sentence');
    const left = window.dispatchEvent(new DragEvent('dragover', { dataTransfer: text, cancelable: true }));
    const refused = await /** @type {any} */ (window).trilens.open([new File(['x'], 'notes.txt')]).catch((/** @type {any} */ { code, message }) => ({ code, message }));
    return { left, refused, shown: /** @type {HTMLElement} */ (document.getElementById('drop-frame')).checkVisibility() };
  });
  assert.deepEqual([seen.left, seen.shown, seen.refused.code], [true, false, 'model_missing']);
  assert.match(seen.refused.message, /config\.json/);
  assert.deepEqual(problems, []);
});
