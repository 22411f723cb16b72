// What the runtime says, and what still works, when the device is lost or was never there, and when files are not as they
// should be.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kNoWebGpuFlags, launch, runtimePage, serve } from './runtime_support.mjs';

/* global rt */

const kBytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => i & 255));
const site = await serve({
  '/files/whole.bin': (_, res) => res.writeHead(200, { 'content-length': kBytes.length }).end(kBytes),
  '/files/unannounced.bin': (_, res) => (res.writeHead(200), res.write(kBytes.subarray(0, 3000)), res.end(kBytes.subarray(3000))),
  '/files/page.bin': (_, res) => res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html><title>Welcome</title>'),
  '/files/error.bin': (_, res) => res.writeHead(503).end(),
  '/files/cut.bin': (_, res) => {
    res.writeHead(200, { 'content-length': kBytes.length });
    res.write(kBytes.subarray(0, 1000));
    setTimeout(() => res.destroy(), 50);
  },
  '/files/slow.bin': (_, res) => {
    res.writeHead(200, { 'content-length': kBytes.length });
    res.write(kBytes.subarray(0, 1000));
  },
  '/files/empty.bin': (_, res) => res.writeHead(200, { 'content-length': 0 }).end(),
});
after(() => site.close());

describe('a device that is lost', () => {
  /** @type {import('playwright-core').Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  for (const build of /** @type {const} */ (['jspi', 'asyncify'])) {
    for (const when of ['while nothing runs', 'in the middle of a run']) {
      test(`${when}, with the ${build} build: gpu_lost everywhere, WASM goes on, and a new session gets a new device`, async () => {
        const page = await runtimePage(browser, site.origin, { build });
        const got = await page.evaluate(async (when) => {
          const { runtime, fixture, f32, floats, failure, devices } = rt;
          const none = f32([], [1, 2, 0, 3]);
          const open = async (provider) => (await runtime.createSession({ model: await fixture('cache'), provider, remoteOutputs: ['present'] })).session;
          const go = (session, past) => runtime.run(session, [{ name: 'past', ...past }, { name: 'new', ...f32(Array(6).fill(1), [1, 2, 1, 3]) }], ['present', 'total']);
          const gpu = await open('webgpu');
          const cpu = await open('wasm');
          const [kept] = await go(gpu, none);
          const code = async (work) => (await failure(work)).code ?? 'worked';
          const running = when === 'in the middle of a run' ? code(() => go(gpu, kept)) : null;
          for (let i = 0; i < 5; i++) await null;
          (await devices.get()).device.destroy();
          const out = { running: (await running) ?? 'gpu_lost' };
          out.codes = [await code(() => go(gpu, kept)), await code(() => runtime.read(kept.handle)), await code(() => runtime.gatherBatch(kept.handle, [0])),
            await code(() => runtime.rowStatistics(kept.handle, [0], 2))];
          out.wasm = floats((await go(cpu, none))[1]);
          const anew = await open('webgpu');
          const [first, one] = await go(anew, none);
          const [second, two] = await go(anew, first);
          out.anew = [...floats(one), ...floats(two)];
          for (const { handle } of [kept, first, second]) runtime.release(handle);
          for (const session of [gpu, cpu, anew]) runtime.releaseSession(session);
          const last = await open('webgpu');
          out.last = floats((await go(last, none))[1]);
          out.died = globalThis.died?.detail ?? null;
          return out;
        }, when);
        assert.deepEqual(got, { running: 'gpu_lost', codes: ['gpu_lost', 'gpu_lost', 'gpu_lost', 'gpu_lost'], wasm: [6], anew: [6, 12], last: [6], died: null });
        await page.close();
      });
    }
  }
});

describe('a browser without WebGPU', () => {
  test('says so for a webgpu session and runs the model on WASM', async () => {
    const browser = await launch({ flags: kNoWebGpuFlags });
    const page = await runtimePage(browser, site.origin);
    const got = await page.evaluate(async () => {
      const { runtime, fixture, f32, floats, failure } = rt;
      const refused = await failure(async () => runtime.createSession({ model: await fixture('affine'), provider: 'webgpu', remoteOutputs: [] }));
      const { session } = await runtime.createSession({ model: await fixture('affine'), provider: 'wasm', remoteOutputs: [] });
      const [sum] = await runtime.run(session, [{ name: 'x', ...f32([1, 1, 1, 1], [1, 4]) }], ['sum']);
      return { code: refused.code, sum: floats(sum), probe: await rt.GpuDevices.probe() };
    });
    assert.equal(got.code, 'webgpu_unavailable');
    assert.deepEqual(got.sum, [14]);
    assert.equal(got.probe.available, false);
    assert.ok(got.probe.name.length > 0);
    await browser.close();
  });
});

describe('files of the site', () => {
  /** @type {import('playwright-core').Browser} */
  let browser;
  /** @type {import('playwright-core').Page} */
  let page;
  before(async () => {
    browser = await launch();
    page = await browser.newPage();
    await page.goto(`${site.origin}/`);
    await page.evaluate(async () => {
      const { FileSource } = await import('/web/fetch_model.mjs');
      const source = new FileSource({ base: `${location.origin}/files/`, files: { 'carried.bin': Uint8Array.of(1, 2, 3).buffer } });
      globalThis.get = async (path, options = {}) => {
        const seen = [];
        const stop = new AbortController();
        try {
          const bytes = await source.get({ path, signal: stop.signal, ...options, onProgress: (loaded, total) => {
            seen.push([loaded, total]);
            if (options.stopAt !== undefined && loaded >= options.stopAt) stop.abort();
          } });
          return { length: bytes.length, sum: bytes.reduce((a, b) => a + b, 0), last: seen.at(-1), rising: seen.every(([n], i) => i === 0 || n >= seen[i - 1][0]) };
        } catch (error) {
          return { code: error.code, message: error.message };
        }
      };
    });
  });
  after(() => browser?.close());
  const get = (path, options) => page.evaluate(([path, options]) => globalThis.get(path, options), [path, options]);
  const sum = kBytes.reduce((a, b) => a + b, 0);

  test('come whole, with progress in bytes to the last one', async () => {
    assert.deepEqual(await get('whole.bin'), { length: 5000, sum, last: [5000, 5000], rising: true });
    assert.deepEqual(await get('unannounced.bin'), { length: 5000, sum, last: [5000, null], rising: true });
    assert.deepEqual(await get('unannounced.bin', { expectedBytes: 5000 }), { length: 5000, sum, last: [5000, 5000], rising: true });
    assert.deepEqual(await get('empty.bin'), { length: 0, sum: 0, last: [0, 0], rising: true });
    assert.deepEqual(await get('carried.bin'), { length: 3, sum: 6, last: [3, 3], rising: true });
  });

  test('that are missing, not files, too short or too long are named in the sentence', async () => {
    for (const [path, options, code] of /** @type {[string, object, string][]} */ ([
      ['nothing.bin', {}, 'model_missing'], ['page.bin', {}, 'model_malformed'], ['whole.bin', { expectedBytes: 5001 }, 'model_malformed'],
      ['whole.bin', { expectedBytes: 10 }, 'model_malformed'], ['carried.bin', { expectedBytes: 4 }, 'model_malformed'],
      ['error.bin', {}, 'network'], ['cut.bin', {}, 'network'], ['http://example.invalid/x.bin', {}, 'network'], ['../secret.bin', {}, 'network'],
    ])) {
      const got = await get(path, options);
      assert.equal(got.code, code, path);
      assert.ok(got.message.includes(path), got.message);
    }
  });

  test('can be stopped before they start and in the middle', async () => {
    assert.equal((await get('slow.bin', { stopAt: 1000 })).code, 'cancelled');
    assert.equal((await get('slow.bin', { stopAt: 0 })).code, 'cancelled');
  });
});
