// The worker and its client, with fake_engine.mjs in the engine's place: starting, asking, answering, dying, starting again;
// and the same from blobs, as the single file does it.

import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { launch, serve } from './runtime_support.mjs';

const site = await serve();
const browser = await launch();
const page = await browser.newPage();
after(async () => {
  await browser.close();
  await site.close();
});

// `globalThis.start(change)` starts a client; `ask` sends and waits for what the answer is known by.
beforeEach(async () => {
  await page.goto(`${site.origin}/`);
  await page.evaluate(async () => {
    const { EngineClient, siteConfig } = await import('/web/engine_client.mjs');
    globalThis.start = async (change = (config) => config) => {
      const events = [];
      const heard = [];
      /** @type {(value?: any) => void} */
      let wake = () => {};
      const note = (list, value) => {
        list.push(value);
        wake();
      };
      const config = siteConfig(`${location.origin}/`);
      config.engine.module = `${location.origin}/tests/browser/fake_engine.mjs`;
      const client = new EngineClient({
        config: await change(config),
        onMessage: (json) => note(heard, JSON.parse(json)),
        onReady: (info) => note(events, ['ready', info]),
        onRestart: (failure) => note(events, ['restart', failure]),
        onGiveUp: (failure) => note(events, ['give up', failure]),
      });
      const until = async (list, what) => {
        for (const end = performance.now() + 30000; performance.now() < end;) {
          const found = list.find(what);
          if (found) return found;
          await new Promise((resolve) => {
            wake = resolve;
            setTimeout(resolve, 200);
          });
        }
        throw new Error(`nothing came; events ${JSON.stringify(events)}, messages ${JSON.stringify(heard)}`);
      };
      let ticket = 0;
      const ask = (call, rest = {}) => {
        const mine = ++ticket;
        client.send(JSON.stringify({ call, ticket: mine, ...rest }));
        return until(heard, (message) => message.ticket === mine);
      };
      return { client, events, heard, until, ask };
    };
    globalThis.fixture = async (name) => [...new Uint8Array(await (await fetch(`/tests/fixtures/runtime/${name}.onnx`)).arrayBuffer())];
    globalThis.floats = (payload) => [...new Float32Array(Uint8Array.from(payload).buffer)];
    globalThis.bytes = (values) => [...new Uint8Array(Float32Array.from(values).buffer)];
  });
});

// A whole conversation on one provider.
const conversation = async ({ ask, client, until, heard }, provider) => {
  const { session, inputs } = await ask('createSession', { provider, remote_outputs: ['present'], model: await globalThis.fixture('cache') });
  const token = { name: 'new', type: 'float32', dims: [2, 2, 1, 3], data: globalThis.bytes(Array.from({ length: 12 }, (_, i) => i)) };
  const first = await ask('run', { session, feeds: [{ name: 'past', type: 'float32', dims: [2, 2, 0, 3], data: [] }, token], fetches: ['total', 'present'] });
  const past = first.values[1].handle;
  const gathered = (await ask('gather', { handle: past, indices: [1, 1] })).values[0].handle;
  const second = await ask('run', { session, feeds: [{ name: 'past', handle: gathered }, token], fetches: ['total'] });
  const read = await ask('read', { handle: gathered });
  const statistics = await ask('statistics', { handle: gathered, rows: [0], top: 2 });
  const refused = await ask('run', { session, feeds: [], fetches: ['total'] });
  for (const handle of [past, gathered]) client.send(JSON.stringify({ call: 'release', handle }));
  heard.length = 0;
  client.send(JSON.stringify({ call: 'about' }));
  const about = await until(heard, (message) => 'alive' in message);
  return {
    inputs, totals: [...globalThis.floats(first.payloads[0]), ...globalThis.floats(second.payloads[0])], read: globalThis.floats(read.payloads[0]),
    dims: statistics.values[0].dims, packed: statistics.packed ?? false, code: refused.error.code, alive: about.alive, dispatched: about.counters.dispatches > 0,
  };
};
const expected = (provider) => ({
  inputs: ['past', 'new'], totals: [15, 51, 66, 102], read: [6, 7, 8, 9, 10, 11, 6, 7, 8, 9, 10, 11],
  dims: [1, provider === 'webgpu' ? 8 : 3], packed: provider === 'webgpu', code: 'runtime_failed', alive: 0, dispatched: provider === 'webgpu',
});
await page.addInitScript(`globalThis.conversation = ${conversation}`);

describe('the engine\'s worker', () => {
  test('tells what there is, and runs models on both providers', async () => {
    const got = await page.evaluate(async () => {
      const engine = await globalThis.start();
      const [, info] = await engine.until(engine.events, ([name]) => name === 'ready');
      const out = { info, wasm: await globalThis.conversation(engine, 'wasm'), webgpu: await globalThis.conversation(engine, 'webgpu') };
      engine.client.stop();
      return out;
    });
    assert.equal(await page.evaluate(() => crossOriginIsolated), false);
    assert.deepEqual(got.info, { webgpu: true, adapter: 'google swiftshader', threads: 1 });  // without isolation there are no more
    assert.deepEqual(got.wasm, { ...expected('wasm') });
    assert.deepEqual(got.webgpu, expected('webgpu'));
  });

  test('keeps, in order, what is sent while it starts', async () => {
    const got = await page.evaluate(async () => {
      const engine = await globalThis.start();
      for (let i = 0; i < 20; i++) engine.client.send(JSON.stringify({ call: 'echo', text: `${i} æ 日本 \u{1F600}` }));
      await engine.until(engine.heard, ({ text }) => text?.startsWith('19'));
      engine.client.stop();
      return engine.heard.map(({ text }) => text);
    });
    assert.deepEqual(got, Array.from({ length: 20 }, (_, i) => `${i} æ 日本 \u{1F600}`));
  });

  test('fetches with progress, and stops when told', async () => {
    const got = await page.evaluate(async () => {
      const engine = await globalThis.start();
      const whole = await engine.ask('fetch', { path: 'tests/fixtures/runtime/cache.onnx' });
      const missing = await engine.ask('fetch', { path: 'assets/nothing.onnx' });
      const stopping = engine.ask('fetch', { path: 'tests/fixtures/runtime/cache.onnx' });
      engine.client.send(JSON.stringify({ call: 'cancel', ticket: 3 }));
      const stopped = await stopping;
      engine.client.stop();
      return { bytes: whole.bytes, payload: whole.payloads[0].length, progress: engine.heard.filter((m) => m.progress === 1).at(-1), missing: missing.error, stopped: stopped.error?.code };
    });
    assert.equal(got.bytes, got.payload);
    assert.deepEqual(got.progress, { progress: 1, loaded: got.bytes, total: got.bytes });
    assert.equal(got.missing.code, 'model_missing');
    assert.match(got.missing.message, /assets\/nothing\.onnx/);
    assert.equal(got.stopped, 'cancelled');
  });

  for (const death of ['trap', 'reject']) {
    test(`is replaced when it dies (${death}), and the next one works`, async () => {
      const got = await page.evaluate(async (death) => {
        const engine = await globalThis.start();
        await engine.until(engine.events, ([name]) => name === 'ready');
        engine.client.send(JSON.stringify({ call: death }));
        const [, failure] = await engine.until(engine.events, ([name]) => name === 'restart');
        const answer = await engine.ask('fetch', { path: 'tests/fixtures/runtime/recorded.json' });
        engine.client.stop();
        return { failure, bytes: answer.bytes };
      }, death);
      assert.equal(got.failure.code, 'internal');
      assert.ok(got.failure.message.length > 0 && got.failure.detail.length > 0);
      assert.ok(got.bytes > 0);
    });
  }

  test('that cannot start is given up after three attempts', async () => {
    const got = await page.evaluate(async () => {
      const engine = await globalThis.start((config) => ({ ...config, host: `${location.origin}/web/nothing.mjs` }));
      const [, failure] = await engine.until(engine.events, ([name]) => name === 'give up');
      engine.client.stop();
      return { failure, names: engine.events.map(([name]) => name) };
    });
    assert.deepEqual(got.names, ['restart', 'restart', 'give up']);
    assert.ok(got.failure.message.length > 0);
  });

  test('without ONNX Runtime says so to whoever needs it, and goes on', async () => {
    const got = await page.evaluate(async () => {
      const engine = await globalThis.start((config) => ({ ...config, ort: { jspi: { module: `${location.origin}/ort/nothing.mjs`, wasm: config.ort.jspi.wasm } } }));
      const refused = await engine.ask('createSession', { provider: 'wasm', remote_outputs: [], model: [1, 2, 3] });
      const answer = await engine.ask('fetch', { path: 'tests/fixtures/runtime/recorded.json' });
      engine.client.stop();
      return { code: refused.error.code, bytes: answer.bytes, events: engine.events.map(([name]) => name) };
    });
    assert.equal(got.code, 'network');
    assert.ok(got.bytes > 0);
    assert.deepEqual(got.events, ['ready']);
  });

  test('with WebGPU switched off offers none', async () => {
    const got = await page.evaluate(async () => {
      const engine = await globalThis.start((config) => ({ ...config, webgpu: 'off' }));
      const [, info] = await engine.until(engine.events, ([name]) => name === 'ready');
      const refused = await engine.ask('createSession', { provider: 'webgpu', remote_outputs: [], model: await globalThis.fixture('affine') });
      engine.client.stop();
      return { info, code: refused.error?.code };
    });
    assert.equal(got.info.webgpu, false);
    assert.equal(got.code, 'webgpu_unavailable');
  });

  test('runs from blobs alone, with the network gone', async () => {
    await page.evaluate(async () => {
      const text = async (path) => (await fetch(path)).text();
      const blob = (source, type = 'text/javascript') => URL.createObjectURL(new Blob([source], { type }));
      // As a packager does: modules become blobs from the leaves up.
      const urls = new Map();
      const module = async (name) => {
        if (!urls.has(name)) {
          let source = await text(`/web/${name}`);
          for (const [, imported] of source.matchAll(/^import .* from '\.\/(.+)';$/gm)) source = source.replace(`'./${imported}'`, `'${await module(imported)}'`);
          urls.set(name, blob(source));
        }
        return urls.get(name);
      };
      const wasm = await (await fetch('/ort/ort-wasm-simd-threaded.jspi.wasm')).arrayBuffer();
      const json = await (await fetch('/tests/fixtures/runtime/recorded.json')).arrayBuffer();
      globalThis.carried = {
        base: `${location.origin}/`,
        worker: blob(await text('/web/worker.js')),
        host: await module('engine_host.mjs'),
        engine: { module: blob(await text('/tests/browser/fake_engine.mjs')), wasm: { bytes: new ArrayBuffer(0) } },
        ort: { jspi: { module: blob(await text('/ort/ort.jspi.bundle.min.mjs')), wasm: { bytes: wasm } } },
        shaders: { row_statistics: { text: await text('/shaders/row_statistics.wgsl') } },
        files: { 'assets/carried.json': json },
      };
      const model = await globalThis.fixture('cache');
      globalThis.fixture = async () => model;
    });
    await page.context().setOffline(true);
    const got = await page.evaluate(async () => {
      const engine = await globalThis.start(() => globalThis.carried);
      await engine.until(engine.events, ([name]) => name === 'ready');
      const carried = await engine.ask('fetch', { path: 'assets/carried.json' });
      const out = { carried: carried.bytes > 0 && carried.bytes === carried.payloads[0].length, webgpu: await globalThis.conversation(engine, 'webgpu') };
      engine.client.stop();
      return out;
    });
    await page.context().setOffline(false);
    assert.equal(got.carried, true);
    assert.deepEqual(got.webgpu, expected('webgpu'));
  });
});
