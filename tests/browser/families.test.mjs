// Every family and layout of the hub fixtures (tests/fixtures/hub), loaded into the page and asked: what it answers against transformers on the
// same checkpoints (tests/oracles/hub_oracle.py), on both providers. Files whose weights are rounded are other models: fp16 is held against
// the checkpoint with more room, q8 and q4 against ONNX Runtime itself on the untouched file.
//
// On WebGPU each family runs in its usual file; further exports of the same weights differ in their graphs alone, and are compared on WASM.
// TRILENS_TEST_ALL=1 runs every file on both (in a software renderer that takes long).
//
// The weights are random, so many choices are close: tokens are compared where the reference's choice is clear, numbers everywhere.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kHub = path.join(kRoot, 'tests/fixtures/hub');
const kText = 'The cat sat on the mat.';
const kTarget = 'The dog slept.';
// numbers against the checkpoint: fp32 to rounding, fp16 to its own eleven bits
const kTolerance = { fp32: 2e-4, fp16: 2e-2, q8: 2e-2, q4: 5e-3 };
const kClear = { fp32: 0.003, fp16: 0.1 };

const kEncoder = 'encoder';
const kDecoder = 'decoder';
const kBridge = 'encoder_decoder';
const merged = (suffix = '') => ({ encoder: 'encoder_model', decoder: `decoder_model_merged${suffix}` });
const two = (suffix = '') => ({ encoder: 'encoder_model', decoder: 'decoder_model', decoder_with_past: `decoder_with_past_model${suffix}` });
const kWasm = { only_on: 'wasm', why: 'WebGPU has no integer matrix product.' };

/**
 * id → what the test catalog says of it; `closed`: its attention cannot be opened
 * `again`: another export of what stands above it
 * @typedef {{folder: string, family: string, graphs: Record<string, string>, variant?: 'fp32'|'fp16'|'q8'|'q4', only_on?: string, why?: string, closed?: boolean, again?: boolean}} Model
 * @type {Record<string, Model>}
 */
const kModels = {
  'bert': { folder: 'bert', family: kEncoder, graphs: { model: 'model' } },
  'bert-fp16': { folder: 'bert', family: kEncoder, graphs: { model: 'model_fp16' }, variant: 'fp16' },
  'bert-q8': { folder: 'bert', family: kEncoder, graphs: { model: 'model_quantized' }, variant: 'q8', ...kWasm },
  'bert-q4': { folder: 'bert', family: kEncoder, graphs: { model: 'model_q4' }, variant: 'q4' },
  'bert-torchscript': { folder: 'bert', family: kEncoder, graphs: { model: 'model_torchscript' }, again: true },
  'bert-dynamo': { folder: 'bert', family: kEncoder, graphs: { model: 'model_dynamo' }, again: true },
  'distilbert': { folder: 'distilbert', family: kEncoder, graphs: { model: 'model' } },
  'distilbert-dynamo': { folder: 'distilbert', family: kEncoder, graphs: { model: 'model_dynamo' }, again: true },
  'distilbert-O2': { folder: 'distilbert', family: kEncoder, graphs: { model: 'model_O2' }, closed: true, again: true },
  'roberta': { folder: 'roberta', family: kEncoder, graphs: { model: 'model' } },
  'sentence': { folder: 'sentence', family: kEncoder, graphs: { model: 'model' } },
  'sentence-q8': { folder: 'sentence', family: kEncoder, graphs: { model: 'model_quantized' }, variant: 'q8', ...kWasm },
  'gpt2': { folder: 'gpt2', family: kDecoder, graphs: { model: 'model' } },
  'gpt2-fp16': { folder: 'gpt2', family: kDecoder, graphs: { model: 'model_fp16' }, variant: 'fp16' },
  'gpt2-fp16-border': { folder: 'gpt2', family: kDecoder, graphs: { model: 'model_fp16_border' }, variant: 'fp16' },
  'gpt2-q8': { folder: 'gpt2', family: kDecoder, graphs: { model: 'model_quantized' }, variant: 'q8', ...kWasm },
  'gpt2-dynamo': { folder: 'gpt2', family: kDecoder, graphs: { model: 'model_dynamo' }, again: true },
  'gpt2-dynamo23': { folder: 'gpt2', family: kDecoder, graphs: { model: 'model_dynamo23' }, closed: true, again: true },
  'distilgpt2': { folder: 'distilgpt2', family: kDecoder, graphs: { model: 'model' } },
  'gpt-neo': { folder: 'gpt-neo', family: kDecoder, graphs: { model: 'model' } },
  't5': { folder: 't5', family: kBridge, graphs: merged() },
  't5-q8': { folder: 't5', family: kBridge, graphs: merged('_quantized'), variant: 'q8', ...kWasm },
  'flan-t5': { folder: 'flan-t5', family: kBridge, graphs: two() },
  'flan-t5-fp16': { folder: 'flan-t5', family: kBridge, graphs: two('_fp16'), variant: 'fp16' },
  'flan-t5-no-cache': { folder: 'flan-t5', family: kBridge, graphs: { encoder: 'encoder_model', decoder: 'decoder_model' }, again: true },
  'mt5': { folder: 'mt5', family: kBridge, graphs: merged() },
  'bart': { folder: 'bart', family: kBridge, graphs: merged() },
  'bart-q4': { folder: 'bart', family: kBridge, graphs: merged('_q4'), variant: 'q4' },
  'marian': { folder: 'marian', family: kBridge, graphs: two() },
};

/** @param {string} folder */
const oracleOf = (folder) => JSON.parse(readFileSync(path.join(kHub, folder, 'oracle.json'), 'utf8'));

function catalog() {
  const models = Object.entries(kModels).map(([id, { folder, graphs, closed: _closed, again: _again, ...rest }]) => ({
    id, title: id, tasks: [], path: `assets/models/hub/${folder}`, ...rest,
    graphs: Object.entries(graphs).map(([role, stem]) => ({ role, file: `onnx/${stem}.onnx` })),
    files: [...readdirSync(path.join(kHub, folder)).filter((name) => /config\.json$|tokenizer\.json$/.test(name)), ...Object.values(graphs).map((stem) => `onnx/${stem}.onnx`)]
      .map((name) => ({ name, bytes: statSync(path.join(kHub, folder, name)).size, sha256: '' })),
  }));
  return JSON.stringify({ models });
}

/** The page with the test catalog in place of its own. */
const open = () => openTrilens({
  before: async (page) => {
    await page.context().route('**/assets/models/catalog.json', (route) => route.fulfill({ contentType: 'application/json', body: catalog() }));
    await page.context().route('**/assets/models/hub/**', (route) => {
      const file = path.join(kHub, decodeURIComponent(new URL(route.request().url()).pathname.split('/assets/models/hub/')[1]));
      return route.fulfill({ contentType: 'application/octet-stream', body: readFileSync(file) });
    });
  },
});

/** @param {number} actual @param {number} expected @param {number} tolerance @param {string} what */
function near(actual, expected, tolerance, what) {
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${what}: ${actual} instead of ${expected}`);
}

/** @param {{id: number, logit: number, probability: number}[]} top @param {any[]} expected @param {number} tolerance @param {string} what */
function sameTop(top, expected, tolerance, what) {
  assert.equal(top.length, expected.length, what);
  top.forEach((candidate, i) => {
    near(candidate.logit, expected[i].logit, tolerance, `${what}: logit ${i}`);
    near(candidate.probability, expected[i].probability, tolerance, `${what}: probability ${i}`);
    const clear = [i - 1, i + 1].every((j) => !expected[j] || Math.abs(expected[j].logit - expected[i].logit) > 4 * tolerance);
    if (clear && i + 1 < expected.length) assert.equal(candidate.id, expected[i].id, `${what}: id ${i}`);
  });
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`hub models on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof open>>} */
    let trilens;
    before(async () => { trilens = await open(); });
    after(() => trilens?.close());

    const all = provider === 'wasm' || process.env.TRILENS_TEST_ALL === '1';
    for (const [id, model] of Object.entries(kModels)) if (all || !model.again) test(id, () => check(id, model));

    /** @param {string} id @param {Model} model */
    async function check(id, model) {
      const { family } = model;
      const load = trilens.command({ type: 'load', family, model: id, provider });
      if (provider === 'webgpu' && (model.only_on === 'wasm' || model.variant === 'fp16')) return refused(id, model, load);
      const loaded = await load;
      assert.equal(loaded.provider, provider);
      assert.equal(loaded.taps.length === 0, model.closed === true, `taps: ${loaded.taps.length}`);
      const oracle = oracleOf(model.folder);
      for (const { text, ids } of oracle.texts) assert.deepEqual((await trilens.command({ type: 'tokenize', family, text })).ids, ids, text);
      const rounded = oracle.variants[Object.values(model.graphs).find((stem) => stem in oracle.variants) ?? ''];
      const tolerance = kTolerance[model.variant ?? 'fp32'];
      await checkFill(id, model, oracle, rounded, tolerance);
      if (family !== kEncoder) await checkWriting(id, model, oracle, rounded, tolerance);
      await checkInside(id, model, oracle, rounded, tolerance);
    }

    /** @param {string} id @param {Model} model @param {Promise<unknown>} load */
    async function refused(id, model, load) {
      if (model.only_on) {
        await assert.rejects(load, (/** @type {any} */ error) => error.code === 'model_unsupported' && error.message.includes(model.why ?? '?'));
      } else {
        // SwiftShader has no shader-f16.
        await assert.rejects(load, (/** @type {any} */ error) => ['runtime_failed', 'model_unsupported'].includes(error.code) && error.message.length > 20);
      }
      const loaded = await trilens.command({ type: 'load', family: model.family, model: id, provider: 'auto' });
      assert.equal(loaded.provider, 'wasm');
      assert.match(loaded.report.reason, model.only_on ? /integer matrix product/ : /WebGPU could not run this model/);
    }

    /** @param {string} id @param {Model} model @param {any} oracle @param {any} rounded @param {number} tolerance */
    async function checkFill(id, { family }, oracle, rounded, tolerance) {
      const expected = oracle.answers.fill;
      const ask = trilens.command({ type: 'fill_mask', family, text: expected?.text ?? 'The cat ___ on the mat.', top_k: 5 });
      if (!expected) {
        await assert.rejects(ask, (/** @type {any} */ error) => error.code === 'unsupported_task' && error.message.length > 40);
        return;
      }
      const { masks } = await ask;
      assert.deepEqual(masks.map((/** @type {any} */ m) => m.position), [expected.position]);
      const other = family === kEncoder ? rounded?.top : null;
      if (!rounded || other) sameTop(masks[0].top, other ?? expected.top, tolerance, `${id} fill`);
    }

    /** @param {string} id @param {Model} model @param {any} oracle @param {any} rounded @param {number} tolerance */
    async function checkWriting(id, { family, variant = 'fp32' }, oracle, rounded, tolerance) {
      const { top } = await trilens.command({ type: 'next_token', family, text: kText, top_k: 5 });
      sameTop(top, rounded?.top ?? oracle.answers.next, tolerance, `${id} next`);
      const options = { strategy: 'greedy', max_new_tokens: 8, alternatives: 0 };
      const { steps, cache_bytes: cache } = await trilens.command({ type: 'generate', family, text: kText, options });
      assert.equal(cache === 0, /no-cache|dynamo|distilgpt2/.test(id), `${cache} bytes of cache`);
      if (variant !== 'fp32' && variant !== 'fp16') return;
      let compared = 0;
      for (const [i, expected] of oracle.answers.greedy.entries()) {
        if (expected.gap < kClear[variant]) break; // from here on another text would be right too
        assert.equal(steps[i].id, expected.id, `${id}: token ${i}`);
        near(steps[i].probability, expected.probability, tolerance, `${id}: probability of token ${i}`);
        ++compared;
      }
      assert.ok(compared >= 2, `${id}: only ${compared} tokens were compared`);
    }

    /** @param {string} id @param {Model} model @param {any} oracle @param {any} rounded @param {number} tolerance */
    async function checkInside(id, { family, closed }, oracle, rounded, tolerance) {
      const [text] = oracle.texts;
      if (closed) {
        await assert.rejects(trilens.command({ type: 'attention', family, text: kText, layer: 0, head: 0 }), { code: 'model_unsupported' });
      } else {
        for (const kind of ['self', 'decoder_self', 'cross'].filter((one) => text[one] && (!rounded || one === 'none'))) {
          for (const [layer, heads] of text[kind].entries()) {
            const head = layer % heads.length;
            const target = family === kBridge ? { target: kTarget } : {};
            const map = await trilens.command({ type: 'attention', family, kind, layer, head, text: text.text, ...target });
            heads[head].forEach((/** @type {number[]} */ row, /** @type {number} */ q) => row.forEach((cell, k) => near(map.values[q][k], cell, tolerance, `${id} ${kind} ${layer} ${q} ${k}`)));
          }
        }
      }
      if (closed && family === kDecoder) return;
      const embedded = trilens.command({ type: 'embed', family, text: kText });
      if (closed) return void await assert.rejects(embedded, { code: 'model_unsupported' });
      const { vector } = await embedded;
      const expected = rounded ? rounded.embed : oracle.answers.embed;
      if (expected) expected.forEach((/** @type {number} */ v, /** @type {number} */ i) => near(vector[i], v, tolerance, `${id} embed ${i}`));
      if (family === kEncoder && !oracle.answers.fill) {
        const reading = await trilens.command({ type: 'read', family, text: kText });
        assert.equal(reading.task, 'none');
        assert.match(reading.note, /no head for words/);
        assert.deepEqual(reading.tokens.map((/** @type {any} */ piece) => piece.id), text.ids);
      }
    }
  });
}
