// The bundled models on both providers: the same numbers, with caches that start empty and stay with the runtime.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { launch, runtimePage, serve } from './runtime_support.mjs';

/* global rt */

const site = await serve();
const browser = await launch();
const page = await runtimePage(browser, site.origin);
await page.evaluate(() => {
  const i64 = (values, dims = [1, values.length]) => ({ type: 'int64', dims, data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) });
  const ones = (n) => i64(Array(n).fill(1));
  const empty = (dims) => ({ type: 'float32', dims, data: new Uint8Array(0) });
  const open = async (path, provider, remote) => {
    const model = new Uint8Array(await (await fetch(`/assets/models/${path}`)).arrayBuffer());
    const all = rt.runtime.createSession({ model, provider, remoteOutputs: [] });
    if (!remote) return all;
    const { session, outputs } = await all;
    rt.runtime.releaseSession(session);
    return rt.runtime.createSession({ model, provider, remoteOutputs: outputs.filter((name) => name.startsWith('present.')) });
  };
  const config = async (id) => (await fetch(`/assets/models/${id}/config.json`)).json();
  /** A decoder's steps: feeds the caches back, hands out the logits of each step and what the last one cost. */
  const decode = async ({ session, inputs, outputs }, steps, common, firstPast) => {
    const caches = outputs.filter((name) => name.startsWith('present.'));
    let past = Object.fromEntries(caches.map((name) => [name.replace('present', 'past_key_values'), firstPast(name)]));
    const logits = [];
    let cost = null;
    for (const [n, ids] of steps.entries()) {
      const feeds = [...Object.entries(common(n, ids)), ...Object.entries(past)].filter(([name]) => inputs.includes(name)).map(([name, value]) => ({ name, ...value }));
      const before = rt.counters.gpuCounters();
      const [first, ...present] = await rt.runtime.run(session, feeds, ['logits', ...caches]);
      cost = rt.counters.countersSince(before);
      logits.push(...rt.floats(first));
      const next = { ...past };
      caches.forEach((name, i) => {
        const key = name.replace('present', 'past_key_values');
        // An encoder's keys and values are good from the first step only.
        if (n > 0 && name.includes('.encoder.')) return rt.runtime.release(present[i].handle);
        if (past[key].handle) rt.runtime.release(past[key].handle);
        next[key] = { handle: present[i].handle };
      });
      past = next;
    }
    for (const value of Object.values(past)) if (value.handle) rt.runtime.release(value.handle);
    rt.runtime.releaseSession(session);
    return { logits, cost };
  };
  globalThis.models = { i64, ones, empty, open, config, decode };
});
after(async () => {
  await browser.close();
  await site.close();
});

/** @param {number[]} a @param {number[]} b */
const furthest = (a, b) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);

/** @param {(provider: string) => Promise<{logits: number[], cost?: object}>} run @param {import('node:test').TestContext} t @returns {Promise<any>} */
async function onBoth(run, t) {
  const cpu = await run('wasm');
  const gpu = await run('webgpu');
  assert.equal(cpu.logits.length, gpu.logits.length);
  assert.ok(cpu.logits.every(Number.isFinite) && gpu.logits.every(Number.isFinite));
  const difference = furthest(cpu.logits, gpu.logits);
  t.diagnostic(`${cpu.logits.length} logits, largest difference ${difference.toExponential(2)}, last step on the GPU: ${JSON.stringify(gpu.cost)}`);
  assert.ok(difference < 1e-3, `logits differ by ${difference}`);
  assert.equal(await page.evaluate(() => rt.runtime.tensors.alive.size), 0);
  return gpu;
}

describe('the bundled models', () => {
  test('the encoder says the same on both providers', (t) => onBoth((provider) => page.evaluate(async (provider) => {
    const { i64, ones, open } = globalThis.models;
    const s = await open('trilens-bert/onnx/model.onnx', provider, false);
    const ids = [2, 40, 99, 300, 4, 3];
    const feeds = { input_ids: i64(ids), attention_mask: ones(6), token_type_ids: i64(Array(6).fill(0)) };
    const before = rt.counters.gpuCounters();
    const [logits] = await rt.runtime.run(s.session, s.inputs.map((name) => ({ name, ...feeds[name] })), ['logits']);
    const cost = rt.counters.countersSince(before);
    rt.runtime.releaseSession(s.session);
    return { logits: rt.floats(logits), cost };
  }, provider), t));

  test('the decoder starts from an empty cache and goes on from its own, on both providers', async (t) => {
    const gpu = await onBoth((provider) => page.evaluate(async (provider) => {
      const { i64, ones, empty, open, config, decode } = globalThis.models;
      const { n_head, n_embd } = await config('trilens-gpt2');
      const s = await open('trilens-gpt2/onnx/model.onnx', provider, true);
      const steps = [[5, 60, 700, 8], [90], [12], [400]];
      const seen = (n) => steps.slice(0, n).flat().length;
      return decode(s, steps, (n, ids) => ({
        input_ids: i64(ids), attention_mask: ones(seen(n + 1)), position_ids: i64(ids.map((_, i) => seen(n) + i)),
      }), () => empty([1, n_head, 0, n_embd / n_head]));
    }, provider), t);
    assert.equal(gpu.cost.maps, 1);
  });

  test('the merged encoder-decoder with its `If` does both branches, on both providers', async (t) => {
    const gpu = await onBoth((provider) => page.evaluate(async (provider) => {
      const { i64, ones, empty, open, config, decode } = globalThis.models;
      const { num_heads, d_kv } = await config('trilens-t5');
      const encoder = await open('trilens-t5/onnx/encoder_model.onnx', provider, false);
      const ids = [10, 200, 33, 7, 1];
      const [hidden] = await rt.runtime.run(encoder.session, [{ name: 'input_ids', ...i64(ids) }, { name: 'attention_mask', ...ones(ids.length) }], ['last_hidden_state']);
      rt.runtime.releaseSession(encoder.session);
      const s = await open('trilens-t5/onnx/decoder_model_merged.onnx', provider, true);
      return decode(s, [[0], [50], [61], [7]], (n, tokens) => ({
        input_ids: i64(tokens), encoder_attention_mask: ones(ids.length), encoder_hidden_states: hidden,
        use_cache_branch: { type: 'bool', dims: [1], data: Uint8Array.of(n > 0 ? 1 : 0) },
      }), () => empty([1, num_heads, 0, d_kv]));
    }, provider), t);
    // ORT itself reads three small values a step inside the `If`; the outputs still come with one map.
    assert.ok(gpu.cost.maps <= 4);
  });
});
