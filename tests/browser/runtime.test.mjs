// The JavaScript half of the runtime in a real browser: sessions, queue, remote tensors, on both providers and both builds.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, runtimePage, serve } from './runtime_support.mjs';

/* global rt */

const site = await serve();
const browser = await launch();
after(async () => {
  await browser?.close();
  await site?.close();
});

for (const build of /** @type {const} */ (['jspi', 'asyncify'])) {
  describe(`ONNX Runtime's ${build} build`, () => {
    /** @type {import('playwright-core').Page} */
    let page;
    before(async () => {
      page = await runtimePage(browser, site.origin, { build });
    });
    after(() => page?.close());

    test('the build that was asked for is the one that runs', async () => {
      assert.equal(await page.evaluate(() => rt.build), build);
      await page.evaluate(() => rt.runtime.warm());
    });

    for (const provider of /** @type {const} */ (['wasm', 'webgpu'])) {
      describe(`on ${provider}`, () => {
        test('a model names its inputs and outputs and computes the right numbers, in the order asked for', async () => {
          const got = await page.evaluate(async (provider) => {
            const { runtime, fixture, f32, floats } = rt;
            const s = await runtime.createSession({ model: await fixture('affine'), provider, remoteOutputs: [] });
            const [sum, y] = await runtime.run(s.session, [{ name: 'x', ...f32([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]) }], ['sum', 'y']);
            const [alone] = await runtime.run(s.session, [{ name: 'x', ...f32([1, 1, 1, 1], [1, 4]) }], ['sum']);
            await runtime.releaseSession(s.session);
            return { inputs: s.inputs, outputs: s.outputs, sum: floats(sum), y: floats(y), dims: y.dims, alone: floats(alone) };
          }, provider);
          assert.deepEqual(got, { inputs: ['x'], outputs: ['y', 'sum'], sum: [26, 58], y: [2, 5, 8, 11, 10, 13, 16, 19], dims: [2, 4], alone: [14] });
        });

        test('a cache starts empty, stays with the runtime, and feeds back', async () => {
          const got = await page.evaluate(async (provider) => {
            const { runtime, fixture, f32, floats } = rt;
            const { session } = await runtime.createSession({ model: await fixture('cache'), provider, remoteOutputs: ['present'] });
            const token = (start) => ({ name: 'new', ...f32(Array.from({ length: 6 }, (_, i) => start + i), [1, 2, 1, 3]) });
            let [past] = await runtime.run(session, [{ name: 'past', ...f32([], [1, 2, 0, 3]) }, token(0)], ['present']);
            const totals = [];
            for (let step = 1; step < 4; step++) {
              const [present, total] = await runtime.run(session, [{ name: 'past', handle: past.handle }, token(10 * step)], ['present', 'total']);
              runtime.release(past.handle);
              past = present;
              totals.push(floats(total)[0]);
            }
            const read = await runtime.read(past.handle);
            runtime.release(past.handle);
            await runtime.releaseSession(session);
            return { type: past.type, dims: past.dims, totals, values: floats(read), alive: runtime.tensors.alive.size };
          }, provider);
          assert.deepEqual(got, {
            type: 'float32', dims: [1, 2, 4, 3], totals: [90, 225, 420],
            values: [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32, 3, 4, 5, 13, 14, 15, 23, 24, 25, 33, 34, 35], alive: 0,
          });
        });

        test('an empty remote output is a handle like any other', async () => {
          const got = await page.evaluate(async (provider) => {
            const { runtime, fixture, f32, floats } = rt;
            const { session } = await runtime.createSession({ model: await fixture('cache'), provider, remoteOutputs: ['present'] });
            const [empty] = await runtime.run(session, [{ name: 'past', ...f32([], [1, 2, 0, 3]) }, { name: 'new', ...f32([], [1, 2, 0, 3]) }], ['present']);
            const gathered = await runtime.gatherBatch(empty.handle, [0, 0]);
            const [present] = await runtime.run(session, [{ name: 'past', handle: empty.handle }, { name: 'new', ...f32([1, 2, 3, 4, 5, 6], [1, 2, 1, 3]) }], ['present']);
            const out = { empty: floats(await runtime.read(empty.handle)), gathered: gathered.dims, present: floats(await runtime.read(present.handle)) };
            for (const { handle } of [empty, gathered, present]) runtime.release(handle);
            await runtime.releaseSession(session);
            return out;
          }, provider);
          assert.deepEqual(got, { empty: [], gathered: [2, 2, 0, 3], present: [1, 2, 3, 4, 5, 6] });
        });

        test('beams are reordered, repeated and dropped, and what comes out feeds back', async () => {
          const got = await page.evaluate(async (provider) => {
            const { runtime, fixture, f32, floats } = rt;
            const { session } = await runtime.createSession({ model: await fixture('cache'), provider, remoteOutputs: ['present'] });
            const batch = 5;
            const start = f32(Array.from({ length: batch * 6 }, (_, i) => i), [batch, 2, 1, 3]);
            const [cache] = await runtime.run(session, [{ name: 'past', ...f32([], [batch, 2, 0, 3]) }, { name: 'new', ...start }], ['present']);
            const beams = await runtime.gatherBatch(cache.handle, [4, 0, 1, 1]);
            const [next, total] = await runtime.run(session, [{ name: 'past', handle: beams.handle }, { name: 'new', ...f32(Array(24).fill(0), [4, 2, 1, 3]) }], ['present', 'total']);
            const again = await runtime.gatherBatch(next.handle, [3]);
            const out = { beams: floats(await runtime.read(beams.handle)), dims: beams.dims, total: floats(total), again: floats(await runtime.read(again.handle)) };
            out.refused = (await rt.failure(() => runtime.gatherBatch(next.handle, [4]))).code;
            for (const { handle } of [cache, beams, next, again]) runtime.release(handle);
            await runtime.releaseSession(session);
            return out;
          }, provider);
          const row = (r) => Array.from({ length: 6 }, (_, i) => r * 6 + i);
          assert.deepEqual(got.beams, [4, 0, 1, 1].flatMap(row));
          assert.deepEqual(got.dims, [4, 2, 1, 3]);
          assert.deepEqual(got.total, [159, 15, 51, 51]);
          assert.deepEqual(got.again, [6, 7, 8, 0, 0, 0, 9, 10, 11, 0, 0, 0]);
          assert.equal(got.refused, 'runtime_failed');
        });

        test('`If` takes the branch that the input asks for', async () => {
          const got = await page.evaluate(async (provider) => {
            const { runtime, fixture, floats } = rt;
            const { session } = await runtime.createSession({ model: await fixture('branch'), provider, remoteOutputs: ['chosen'] });
            const ids = { name: 'ids', type: 'int64', dims: [2], data: new Uint8Array(BigInt64Array.of(4n, 1n).buffer) };
            const out = [];
            for (const flag of [1, 0, 1]) {
              const [y, chosen] = await runtime.run(session, [ids, { name: 'use_cache_branch', type: 'bool', dims: [1], data: Uint8Array.of(flag) }], ['y', 'chosen']);
              out.push(floats(y), floats(await runtime.read(chosen.handle)));
              runtime.release(chosen.handle);
            }
            await runtime.releaseSession(session);
            return out;
          }, provider);
          const then = [48, 51, 54, 57, 12, 15, 18, 21];
          const otherwise = [17, 18, 19, 20, 5, 6, 7, 8];
          const turned = (v) => [...v.slice(0, 4).reverse(), ...v.slice(4).reverse()];
          assert.deepEqual(got, [turned(then), then, turned(otherwise), otherwise, turned(then), then]);
        });

        test('every element type crosses the border both ways', async () => {
          const got = await page.evaluate(async (provider) => {
            const { runtime, fixture } = rt;
            const { session } = await runtime.createSession({ model: await fixture('types'), provider, remoteOutputs: [] });
            const out = await runtime.run(session, [
              { name: 'wide', type: 'int64', dims: [3], data: new Uint8Array(BigInt64Array.of(-5n, 7n, 1n << 20n).buffer) },
              { name: 'narrow', type: 'int32', dims: [3], data: new Uint8Array(Int32Array.of(-5, 7, 1 << 20).buffer) },
              { name: 'flag', type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 0) },
            ], ['wide_twice', 'narrow_twice', 'flag_not']);
            await runtime.releaseSession(session);
            return [[...new BigInt64Array(out[0].data.slice().buffer)].map(Number), [...new Int32Array(out[1].data.slice().buffer)], [...out[2].data], out.map((t) => t.type)];
          }, provider);
          assert.deepEqual(got, [[-10, 14, 2 << 20], [-10, 14, 2 << 20], [0, 1, 1], ['int64', 'int32', 'bool']]);
        });

        test('a run that fails says so and does not poison the next', async () => {
          const got = await page.evaluate(async (provider) => {
            const { runtime, fixture, f32, floats, failure } = rt;
            const { session } = await runtime.createSession({ model: await fixture('affine'), provider, remoteOutputs: ['y'] });
            const good = (v) => runtime.run(session, [{ name: 'x', ...f32([v, v, v, v], [1, 4]) }], ['sum']);
            const out = { first: floats((await good(1))[0]) };
            out.shape = await failure(() => runtime.run(session, [{ name: 'x', ...f32([1, 2, 3], [1, 3]) }], ['sum']));
            out.second = floats((await good(2))[0]);
            out.missing = await failure(() => runtime.run(session, [], ['sum']));
            out.output = await failure(() => runtime.run(session, [{ name: 'x', ...f32([1, 1, 1, 1], [1, 4]) }], ['nothing']));
            out.third = floats((await good(3))[0]);
            // Failed and good ones, queued at once.
            const mixed = await Promise.all([good(4), failure(() => runtime.run(session, [{ name: 'x', ...f32([1, 2, 3], [1, 3]) }], ['y'])), good(5)]);
            out.mixed = [floats(mixed[0][0]), mixed[1].code, floats(mixed[2][0])];
            await runtime.releaseSession(session);
            return out;
          }, provider);
          assert.deepEqual([got.first, got.second, got.third], [[14], [22], [30]]);
          for (const failed of [got.shape, got.missing, got.output]) {
            assert.equal(failed.code, 'runtime_failed');
            assert.ok(failed.detail.length > 0);
          }
          assert.deepEqual(got.mixed, [[38], 'runtime_failed', [46]]);
        });

        test('many runs at once, of two sessions, each get their own answer', async () => {
          const got = await page.evaluate(async (provider) => {
            const { runtime, fixture, f32, floats } = rt;
            const model = await fixture('affine');
            const sessions = await Promise.all([0, 1].map(() => runtime.createSession({ model, provider, remoteOutputs: ['y'] })));
            const out = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
              const [sum, y] = await runtime.run(sessions[i % 2].session, [{ name: 'x', ...f32([i, i, i, i], [1, 4]) }], ['sum', 'y']);
              const read = floats(await runtime.read(y.handle));
              runtime.release(y.handle);
              return [floats(sum)[0], read[3]];
            }));
            for (const { session } of sessions) await runtime.releaseSession(session);
            return out;
          }, provider);
          assert.deepEqual(got, Array.from({ length: 20 }, (_, i) => [8 * i + 6, 2 * i + 3]));
        });

        test('a damaged model is refused as malformed, an unknown operation as unsupported, and the next model opens', async () => {
          const got = await page.evaluate(async (provider) => {
            const { runtime, fixture, failure } = rt;
            const whole = await fixture('affine');
            const flipped = whole.slice();
            for (let i = 40; i < flipped.length; i += 7) flipped[i] ^= 0xff;
            const open = async (model) => (await failure(() => runtime.createSession({ model, provider, remoteOutputs: [] }))).code ?? 'opened';
            return [await open(whole.subarray(0, whole.length >> 1)), await open(flipped), await open(new Uint8Array(0)), await open(new TextEncoder().encode('<!doctype html>')),
              await open(await fixture('unknown')), await open(whole)];
          }, provider);
          assert.deepEqual(got, ['model_malformed', 'model_malformed', 'model_malformed', 'model_malformed', 'model_unsupported', 'opened']);
        });

        test('in a steady state nothing is created that is not freed, and a step reads with one map', async (t) => {
          const got = await page.evaluate(async (provider) => {
            const { runtime, fixture, f32, counters } = rt;
            const { session } = await runtime.createSession({ model: await fixture('cache'), provider, remoteOutputs: ['present'] });
            const [start] = await runtime.run(session, [{ name: 'past', ...f32(Array(2 * 2 * 8 * 3).fill(1), [2, 2, 8, 3]) }, { name: 'new', ...f32(Array(12).fill(1), [2, 2, 1, 3]) }], ['present']);
            const step = async () => {
              const [present, total] = await runtime.run(session, [{ name: 'past', handle: start.handle }, { name: 'new', ...f32(Array(12).fill(1), [2, 2, 1, 3]) }], ['present', 'total']);
              const gathered = await runtime.gatherBatch(present.handle, [1, 0]);
              runtime.release(present.handle);
              runtime.release(gathered.handle);
              return total;
            };
            for (let i = 0; i < 5; i++) await step();
            const before = counters.gpuCounters();
            for (let i = 0; i < 10; i++) await step();
            const since = counters.countersSince(before);
            runtime.release(start.handle);
            await runtime.releaseSession(session);
            return { since, alive: runtime.tensors.alive.size };
          }, provider);
          t.diagnostic(JSON.stringify(got.since));
          assert.equal(got.alive, 0);
          assert.equal(got.since.buffers_created, got.since.buffers_destroyed);
          assert.equal(got.since.maps, provider === 'webgpu' ? 10 : 0);
          assert.equal(got.since.pipelines_created, 0);
        });
      });
    }
  });
}
