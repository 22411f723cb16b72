// The heads that src/onnx cuts out of models, run where they are meant to run: ONNX Runtime Web's WASM build, one thread. On hidden states of every
// layer they give what transformers' own head gives (tests/oracles/head_oracle.py), and single logits can be recomputed from the rows.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web/wasm';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kFixtures = path.join(kRoot, 'tests/fixtures');
const kHub = path.join(kFixtures, 'hub');
const kModels = path.join(kRoot, 'assets/models');
const kFolder = mkdtempSync(path.join(tmpdir(), 'trilens-heads-'));
after(() => rmSync(kFolder, { recursive: true }));

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

// The reference has six digits. Files in fewer bits hold other numbers, which is as far as they may be from it (measured, with some room); that the
// head is theirs is told by comparing it with the whole file, below.
const kTolerance = { fp32: 2e-5, fp16: 1e-2, q8: 8e-2, q4: 4e-1 };
const kRowTolerance = { fp32: 1e-5, fp16: 2e-3, q8: 1e-5, q4: 1e-5 };

/** @param {string} file @returns {keyof typeof kTolerance} */
const bits = (file) => (file.includes('_fp16') ? 'fp16' : file.includes('_quantized') ? 'q8' : file.includes('_q4') ? 'q4' : 'fp32');

/** @param {string} tool @param {string[]} words */
function told(tool, ...words) {
  const program = path.join(kRoot, 'build/native', tool);
  assert.ok(existsSync(program), `${program} is not built; run scripts/build native first`);
  return spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** What the tool says of a file's head, and the head. @param {string} file @param {string[]} tokens */
function headOf(file, ...tokens) {
  const out = path.join(kFolder, 'head.onnx');
  const { status, stdout, stderr } = told('trilens_head_of', file, out, ...tokens);
  assert.equal(status, 0, stderr);
  return { ...JSON.parse(stdout), bytes: readFileSync(out) };
}

/** @param {number[][]} rows */
const states = (rows) => new ort.Tensor('float32', Float32Array.from(rows.flat()), [1, rows.length, rows[0].length]);

/** The rows of a [1, S, width] tensor. @param {ort.Tensor} t @returns {number[][]} */
function rowsOf({ dims, data }) {
  assert.equal(dims.length, 3);
  return Array.from({ length: dims[1] }, (_, i) => Array.from(/** @type {Float32Array} */ (data).subarray(i * dims[2], (i + 1) * dims[2])));
}

/** The largest difference; `expected` may have fewer columns. @param {number[][]} got @param {number[][]} expected */
function apart(got, expected) {
  assert.equal(got.length, expected.length);
  return Math.max(...expected.map((row, i) => Math.max(...row.map((x, k) => Math.abs(x - got[i][k])))));
}

/** The logits by hand. @param {number[]} vector @param {{weights: number[], bias: number}[]} rows */
const byHand = (vector, rows) => rows.map(({ weights, bias }) => weights.reduce((sum, w, k) => sum + w * vector[k], bias));

const files = readdirSync(kHub, { withFileTypes: true }).filter((e) => e.isDirectory()).flatMap((e) =>
  readdirSync(path.join(kHub, e.name, 'onnx')).map((name) => ({ folder: e.name, file: path.join(kHub, e.name, 'onnx', name), name: `${e.name}/${name}` })));
const closed = ['distilbert/model_O2.onnx', 'gpt2/model_dynamo23.onnx'];
const headless = (f) => f.folder === 'sentence' || f.name.includes('/encoder_model');

describe('the head of a hub file', () => {
  for (const { folder, file, name } of files.filter((f) => !closed.includes(f.name) && !headless(f))) {
    test(name, async (t) => {
      const reference = JSON.parse(readFileSync(path.join(kHub, folder, 'head.json'), 'utf8'));
      const head = headOf(file, 'all');
      assert.equal(head.vocabulary, reference.vocabulary);
      assert.equal(head.norm, reference.norm === null ? 'none' : reference.norm === 'LayerNorm' ? 'layer_norm' : 'rms_norm');
      const session = await ort.InferenceSession.create(head.bytes);
      assert.deepEqual(session.inputNames, ['hidden']);
      assert.deepEqual(session.outputNames, [...(reference.norm ? ['final_norm'] : []), 'projected_from', 'logits']);
      let [furthest, furthestRow] = [0, 0];
      for (const layer of reference.layers) {
        const got = await session.run({ hidden: states(layer.hidden) });
        for (const port of session.outputNames) {
          assert.equal(got[port].type, 'float32');
          const far = apart(rowsOf(got[port]), layer[port]);
          assert.ok(far <= kTolerance[bits(file)], `${port}: ${far} apart`);
          furthest = Math.max(furthest, far);
        }
        const logits = rowsOf(got.logits);
        assert.equal(logits[0].length, reference.vocabulary);
        if (bits(file) === 'fp32') assert.deepEqual(logits.map((row) => row.indexOf(Math.max(...row))), layer.likeliest);
        const far = apart(logits, rowsOf(got.projected_from).map((vector) => byHand(vector, head.rows)));
        assert.ok(far <= kRowTolerance[bits(file)], `by hand: ${far} apart`);
        furthestRow = Math.max(furthestRow, far);
      }
      await session.release();
      t.diagnostic(`at most ${furthest.toExponential(1)} apart, by hand ${furthestRow.toExponential(1)}`);
    });
  }

  for (const { file, name } of files.filter((f) => closed.includes(f.name) || headless(f))) {
    test(`${name}: refused, and why`, () => {
      const { status, stderr } = told('trilens_head_of', file, path.join(kFolder, 'none.onnx'));
      assert.equal(status, 1);
      assert.match(stderr, headless({ folder: name.split('/')[0], name }) ? /no language model's head: it gives "last_hidden_state"/ : /fused operator .*without optimization/);
    });
  }
});

describe('a head against the model that it was cut from', () => {
  const words = (values) => new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);

  /** Opens, runs; every token's logit by hand from the last hidden state, which is behind the final norm. */
  async function agrees(file, feeds, last, { scale = 1, tolerance = 1e-5 } = {}) {
    const opened = path.join(kFolder, 'opened.onnx');
    const { status, stderr } = told('trilens_open_up', file, opened, '--no-switches');
    assert.equal(status, 0, stderr);
    const model = await ort.InferenceSession.create(readFileSync(opened));
    const said = await model.run(feeds, ['logits', last]);
    await model.release();
    const head = headOf(file, 'all');
    const cut = await ort.InferenceSession.create(head.bytes);
    const vectors = head.norm === 'none' ? (await cut.run({ hidden: said[last] })) : null;
    await cut.release();
    if (vectors) assert.ok(apart(rowsOf(vectors.logits), rowsOf(said.logits)) <= tolerance);
    const from = vectors ? rowsOf(vectors.projected_from) : rowsOf(said[last]).map((row) => row.map((x) => x * scale));
    const far = apart(rowsOf(said.logits), from.map((vector) => byHand(vector, head.rows)));
    assert.ok(far <= 10 * tolerance, `by hand: ${far} apart`);
  }

  for (const [variant, tolerance] of Object.entries({ model: 1e-5, model_quantized: 1e-5, model_q4: 1e-5, model_fp16: 2e-3 })) {
    test(`bert/${variant}`, () => agrees(path.join(kHub, `bert/onnx/${variant}.onnx`),
      { input_ids: words([2, 40, 99, 130, 4, 3]), attention_mask: words(Array(6).fill(1)), token_type_ids: words(Array(6).fill(0)) }, 'hidden.2', { tolerance }));
    if (variant === 'model_q4') continue;
    const empty = () => new ort.Tensor('float32', new Float32Array(0), [1, 2, 0, 8]);
    test(`gpt2/${variant}`, () => agrees(path.join(kHub, `gpt2/onnx/${variant}.onnx`), {
      input_ids: words([5, 60, 70, 8]), attention_mask: words([1, 1, 1, 1]), position_ids: words([0, 1, 2, 3]),
      ...Object.fromEntries([0, 1].flatMap((i) => ['key', 'value'].map((what) => [`past_key_values.${i}.${what}`, empty()]))),
    }, 'hidden.2', { tolerance }));
  }

  test('trilens-bert', () => agrees(path.join(kModels, 'trilens-bert/onnx/model.onnx'),
    { input_ids: words([2, 40, 99, 300, 4, 3]), attention_mask: words(Array(6).fill(1)), token_type_ids: words(Array(6).fill(0)) }, 'hidden.4'));

  test('trilens-gpt2', () => {
    const { n_layer: layers, n_head: heads, n_embd: width } = JSON.parse(readFileSync(path.join(kModels, 'trilens-gpt2/config.json'), 'utf8'));
    const empty = () => new ort.Tensor('float32', new Float32Array(0), [1, heads, 0, width / heads]);
    const caches = Array.from({ length: layers }, (_, i) => ['key', 'value'].map((what) => [`past_key_values.${i}.${what}`, empty()])).flat();
    return agrees(path.join(kModels, 'trilens-gpt2/onnx/model.onnx'),
      { ...Object.fromEntries(caches), input_ids: words([5, 60, 700, 8]), attention_mask: words([1, 1, 1, 1]), position_ids: words([0, 1, 2, 3]) }, `hidden.${layers}`);
  });

  test('trilens-t5', () => {
    const { num_decoder_layers: layers, num_heads: heads, d_kv: size, d_model: width } = JSON.parse(readFileSync(path.join(kModels, 'trilens-t5/config.json'), 'utf8'));
    const empty = () => new ort.Tensor('float32', new Float32Array(0), [1, heads, 0, size]);
    const caches = Array.from({ length: layers }, (_, i) => ['decoder', 'encoder'].flatMap((part) => ['key', 'value'].map((what) => [`past_key_values.${i}.${part}.${what}`, empty()]))).flat();
    const source = Float32Array.from({ length: 5 * width }, (_, i) => Math.sin(12.9898 * i) * 1.5);
    return agrees(path.join(kModels, 'trilens-t5/onnx/decoder_model_merged.onnx'), {
      ...Object.fromEntries(caches), input_ids: words([0, 50, 61]), encoder_attention_mask: words([1, 1, 1, 1, 0]),
      encoder_hidden_states: new ort.Tensor('float32', source, [1, 5, width]), use_cache_branch: new ort.Tensor('bool', Uint8Array.of(0), [1]),
    }, `decoder_hidden.${layers}`, { scale: width ** -0.5 });
  });
});
