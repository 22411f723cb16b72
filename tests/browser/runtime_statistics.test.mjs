// shaders/row_statistics.wgsl on a real WebGPU device against a reference in double precision, which says the same as
// src/tensor/statistics.cpp: ties, -inf, NaN, infinities, denormals, sizes around the workgroup's and far beyond.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { launch, runtimePage, serve } from './runtime_support.mjs';

/* global rt */

const site = await serve();
const browser = await launch();
const page = await runtimePage(browser, site.origin);
after(async () => {
  await browser.close();
  await site.close();
});

// Seeded, so that a failure can be looked at again.
function randomSource(seed) {
  let s = seed >>> 0;
  const uniform = () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return (s + 0.5) / 2 ** 32;
  };
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

/** @param {Float32Array} row @param {number} k */
function reference(row, k) {
  const counted = [...row.keys()].filter((i) => row[i] > -Infinity);
  const top = counted.sort((a, b) => row[b] - row[a] || a - b).slice(0, k).map((id) => ({ id, logit: row[id] }));
  const largest = row.reduce((m, x) => (x > m ? x : m), -Infinity);
  if (!Number.isFinite(largest)) return { log_sum_exp: largest, entropy_nats: 0, top };
  let sum = 0;
  let weighted = 0;
  for (const x of row) {
    const e = Math.exp(x - largest);
    if (!(e > 0)) continue;
    sum += e;
    weighted += (x - largest) * e;
  }
  return { log_sum_exp: largest + Math.log(sum), entropy_nats: Math.max(0, Math.log(sum) - weighted / sum), top };
}

/**
 * @param {Float32Array[]} table rows of one length @param {number[]} rows @param {number} k
 * @param {number} [workgroup]
 */
async function onGpu(table, rows, k, workgroup = 256) {
  const vocabulary = table[0].length;
  const all = new Float32Array(table.length * vocabulary);
  table.forEach((row, i) => all.set(row, i * vocabulary));
  const base64 = Buffer.from(all.buffer).toString('base64');
  const packed = await page.evaluate(async ({ base64, vocabulary, rows, k, workgroup }) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const gpu = await rt.devices.get();
    // One pipeline for each workgroup size: compiling it is what takes time.
    rt.byWorkgroup ??= new Map();
    if (!rt.byWorkgroup.has(workgroup)) rt.byWorkgroup.set(workgroup, new rt.passes.GpuPasses(gpu, rt.shader, workgroup));
    const passes = rt.byWorkgroup.get(workgroup);
    const buffer = gpu.device.createBuffer({ size: bytes.length, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    gpu.device.queue.writeBuffer(buffer, 0, bytes);
    gpu.lastError = '';
    const out = [...await passes.rowStatistics(buffer, vocabulary, rows, k)];
    buffer.destroy();
    if (gpu.lastError) throw new Error(gpu.lastError);
    return out;
  }, { base64, vocabulary, rows, k, workgroup });
  const words = Uint32Array.from(packed);
  const floats = new Float32Array(words.buffer);
  const stride = 4 + 2 * k;
  return rows.map((_, r) => ({
    log_sum_exp: floats[r * stride], entropy_nats: floats[r * stride + 1],
    top: Array.from({ length: words[r * stride + 2] }, (_, i) => ({ id: words[r * stride + 4 + i], logit: floats[r * stride + 4 + k + i] })),
  }));
}

function close(got, wanted, what) {
  if (!Number.isFinite(wanted)) return assert.equal(got, wanted, what);
  assert.ok(Math.abs(got - wanted) <= 1e-5 * Math.max(1, Math.abs(wanted)), `${what}: ${got} where ${wanted} is right`);
}

async function check(table, rows, k, workgroup) {
  const got = await onGpu(table, rows, k, workgroup);
  rows.forEach((r, i) => {
    const wanted = reference(table[r], k);
    const what = `row ${r} of [${table.length}, ${table[0].length}], k ${k}`;
    close(got[i].log_sum_exp, wanted.log_sum_exp, `log-sum-exp of ${what}`);
    close(got[i].entropy_nats, wanted.entropy_nats, `entropy of ${what}`);
    assert.deepEqual(got[i].top.map((t) => [t.id, t.logit || 0]), wanted.top.map((t) => [t.id, t.logit || 0]), `the best of ${what}`);
  });
}

const filled = (n, of) => Float32Array.from({ length: n }, (_, i) => of(i));

describe('row statistics on the GPU', () => {
  for (const vocabulary of [1, 2, 3, 63, 64, 65, 255, 256, 257, 1000, 8000, 50257, 151936]) {
    test(`a vocabulary of ${vocabulary}: the full softmax and the best, for every k`, async () => {
      const { normal } = randomSource(vocabulary);
      const table = [1, 12, 0.01].map((scale) => filled(vocabulary, () => scale * normal()));
      for (const k of [0, 1, 5, 64]) await check(table, [2, 0, 1, 1], k);
    });
  }

  test('ties are won by the smaller id, also across the border of the k best', async () => {
    const { uniform } = randomSource(7);
    for (const n of [5, 300, 5000, 70000]) {
      const table = [filled(n, () => 1.5), filled(n, () => Math.floor(uniform() * 4)), filled(n, (i) => (i % 7 === 3 ? 2 : -2))];
      for (const k of [1, 3, 64]) await check(table, [0, 1, 2], k);
    }
  });

  test('-inf and NaN have no probability and never win; a row of nothing else has no winners', async () => {
    const { normal, uniform } = randomSource(11);
    const holes = (value) => filled(700, () => (uniform() < 0.4 ? value : normal()));
    const nan = filled(700, () => NaN);
    new Uint32Array(nan.buffer).set([0xffffffff, 0x7f800001, 0xff800001], 5);  // NaNs of all kinds
    const lonely = filled(700, () => -Infinity);
    lonely[699] = -3;
    const table = [holes(-Infinity), holes(NaN), filled(700, () => -Infinity), nan, lonely, filled(700, (i) => (i % 2 ? NaN : -Infinity))];
    for (const k of [1, 10, 64]) await check(table, [0, 1, 2, 3, 4, 5], k);
  });

  test('+inf, the largest and smallest numbers, denormals and both zeros', async () => {
    const infinite = filled(300, (i) => i / 100);
    infinite[7] = infinite[290] = Infinity;
    const wide = filled(300, (i) => (i - 150) * 2e36);
    const small = filled(300, (i) => (i % 2 ? 1e-45 : -1e-45) * (i % 5));
    const zeros = filled(300, (i) => (i % 3 ? 0 : -0));
    const certain = filled(300, (i) => (i === 42 ? 40 : 20 + i / 300));
    for (const k of [1, 5, 64]) await check([infinite, wide, small, zeros, certain], [0, 1, 2, 3, 4], k);
  });

  test('another workgroup size gives the same', async () => {
    const { normal } = randomSource(3);
    const table = [filled(1001, () => Math.round(3 * normal())), filled(1001, normal)];
    for (const workgroup of [64, 128]) await check(table, [0, 1], 20, workgroup);
  });

  test('many rows in one dispatch', async () => {
    const { normal, uniform } = randomSource(5);
    const table = Array.from({ length: 50 }, () => filled(97, normal));
    await check(table, Array.from({ length: 400 }, () => Math.floor(uniform() * 50)), 4);
  });

  test('a pass that WebGPU refuses is an error, never an old answer', async () => {
    const got = await page.evaluate(async () => {
      const gpu = await rt.devices.get();
      const passes = new rt.passes.GpuPasses(gpu, rt.shader);
      const wrong = gpu.device.createBuffer({ size: 64, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC });
      const good = gpu.device.createBuffer({ size: 64, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
      const refused = await rt.failure(() => passes.rowStatistics(wrong, 4, [0], 1));
      const after = [...await passes.rowStatistics(good, 4, [0], 1)].slice(2, 3);
      return { refused, after };
    });
    assert.equal(got.refused.code, 'runtime_failed');
    assert.match(got.refused.detail, /usage/i);
    assert.deepEqual(got.after, [1]);
  });

  test('a near-certain row keeps the digits of its entropy', async () => {
    const row = filled(500, (i) => (i === 3 ? 14 : -0.001 * i));
    const [got] = await onGpu([row], [0], 1);
    const wanted = reference(row, 1);
    assert.ok(Math.abs(got.entropy_nats / wanted.entropy_nats - 1) < 1e-5, `${got.entropy_nats} where ${wanted.entropy_nats} is right`);
  });
});
