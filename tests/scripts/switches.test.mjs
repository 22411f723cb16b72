// The switches that src/onnx puts into a model, run where they are meant to run: ONNX Runtime Web's WASM build, one thread.
// At rest the outputs are those of the untouched file, bit for bit; set, they are what transformers makes of the same intervention
// (tests/oracles/switches_oracle.py).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web/wasm';

/** @typedef {{type: string, dims: number[], data: (number|boolean)[]}} Packed */

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kTool = path.join(kRoot, 'build/native/trilens_open_up');
const kFixtures = path.join(kRoot, 'tests/fixtures');
const kModels = path.join(kRoot, 'assets/models');
const kTolerance = 1e-5;
const kFolder = mkdtempSync(path.join(tmpdir(), 'trilens-switches-'));
after(() => rmSync(kFolder, { recursive: true }));

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** What the tool says of a file, and the rewritten file. @param {string} file @param {string[]} [options] */
function open(file, options = []) {
  assert.ok(existsSync(kTool), `${kTool} is not built; run scripts/build native first`);
  const out = path.join(kFolder, 'opened.onnx');
  const { status, stdout, stderr } = spawnSync(kTool, [file, out, ...options], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return { told: JSON.parse(stdout), bytes: readFileSync(out) };
}

/** @param {Packed} packed */
function tensor({ type, dims, data }) {
  if (type === 'int64') return new ort.Tensor('int64', BigInt64Array.from(data, BigInt), dims);
  if (type === 'bool') return new ort.Tensor('bool', Uint8Array.from(data, Number), dims);
  return new ort.Tensor('float32', Float32Array.from(data, Number), dims);
}

/** @param {Record<string, Packed>} packed */
const tensors = (packed) => Object.fromEntries(Object.entries(packed).map(([name, value]) => [name, tensor(value)]));

/** The resting value of every switch. @param {{switches: {name: string, type: number, rest_dims: number[], rest: number}[]}} told */
const resting = ({ switches }) => tensors(Object.fromEntries(switches.map((s) => [s.name, { type: s.type === 9 ? 'bool' : 'float32', dims: s.rest_dims, data: [s.rest] }])));

/** Runs the untouched file and the switched one at rest, and compares every output of the first. @param {string} file @param {Record<string, ort.Tensor>} feeds */
async function sameAtRest(file, feeds, options = []) {
  const plain = await ort.InferenceSession.create(readFileSync(file));
  const { told, bytes } = open(file, options);
  if (!options.includes('--no-switches')) assert.ok(told.switches.length >= 3 && told.refusals.length === 0);
  const switched = await ort.InferenceSession.create(bytes);
  const expected = await plain.run(feeds);
  const got = await switched.run({ ...feeds, ...resting(told) }, plain.outputNames);
  for (const name of plain.outputNames) {
    const [a, b] = [expected[name], got[name]];
    assert.deepEqual(b.dims, a.dims, name);
    const bits = (t) => Buffer.from(t.data.buffer, t.data.byteOffset, t.data.byteLength);
    assert.ok(bits(a).equals(bits(b)), `${name} differs`);
  }
  await plain.release();
  await switched.release();
}

/** A deterministic spread of numbers, for caches and encoded text. @param {number[]} dims @returns {Packed} */
function spread(dims) {
  const count = dims.reduce((a, b) => a * b, 1);
  return { type: 'float32', dims, data: Array.from({ length: count }, (_, i) => Math.sin(12.9898 * i) * 1.5) };
}

describe('the fixtures of transformers', () => {
  for (const name of readdirSync(path.join(kFixtures, 'switches'))) {
    const fixture = JSON.parse(readFileSync(path.join(kFixtures, 'switches', name), 'utf8'));
    const file = path.join(kFixtures, 'onnx', fixture.graph);
    for (const options of [[], ['--no-taps']]) {
      test(`${fixture.graph}: at rest, bit for bit${options.length ? ', without taps' : ''}`, async () => {
        for (const run of fixture.runs) await sameAtRest(file, tensors(run.feeds), options);
      });
    }
    test(`${fixture.graph}: every intervention gives what transformers gives`, async (t) => {
      const { told, bytes } = open(file);
      assert.deepEqual(told.switches, fixture.switches);
      const session = await ort.InferenceSession.create(bytes);
      let furthest = 0;
      for (const run of fixture.runs) {
        for (const { name: title, switches, expected } of run.cases) {
          const got = (await session.run({ ...tensors(run.feeds), ...resting(told), ...tensors(switches) }, [run.output]))[run.output].data;
          assert.equal(got.length, expected.length);
          const apart = expected.reduce((most, x, i) => Math.max(most, Math.abs(x - Number(got[i]))), 0);
          assert.ok(apart <= kTolerance, `${run.name}, ${title}: ${apart} apart`);
          furthest = Math.max(furthest, apart);
        }
      }
      await session.release();
      t.diagnostic(`at most ${furthest.toExponential(1)} apart`);
    });
  }
});

describe('other files, at rest, bit for bit', () => {
  const words = (values, rows = 1) => ({ type: 'int64', dims: [rows, values.length / rows], data: values });
  const config = (id) => JSON.parse(readFileSync(path.join(kModels, id, 'config.json'), 'utf8'));

  for (const graph of ['bert_half', 'bert_quantized']) {
    test(graph, () => sameAtRest(path.join(kFixtures, 'onnx', `${graph}.onnx`), tensors({
      input_ids: words([3, 7, 5, 11, 9, 4, 8, 3, 10, 6], 2), attention_mask: words([1, 1, 1, 1, 1, 1, 1, 1, 0, 0], 2),
    })));
  }

  test('trilens-bert', () => sameAtRest(path.join(kModels, 'trilens-bert/onnx/model.onnx'), tensors({
    input_ids: words([2, 40, 99, 300, 4, 3, 2, 50, 60, 3, 0, 0], 2), attention_mask: words([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0], 2), token_type_ids: words(Array(12).fill(0), 2),
  })));

  test('trilens-gpt2, from an empty cache and from one', async () => {
    const { n_layer: layers, n_head: heads, n_embd: width } = config('trilens-gpt2');
    for (const past of [0, 3]) {
      const caches = Array.from({ length: layers }, (_, i) => ['key', 'value'].map((what) => [`past_key_values.${i}.${what}`, spread([1, heads, past, width / heads])])).flat();
      const ids = [5, 60, 700, 8];
      await sameAtRest(path.join(kModels, 'trilens-gpt2/onnx/model.onnx'), tensors({
        ...Object.fromEntries(caches), input_ids: words(ids), attention_mask: words(Array(past + 4).fill(1)), position_ids: words(ids.map((_, i) => past + i)),
      }));
    }
  });

  test('trilens-t5: the encoder, and both branches of the decoder', async () => {
    const { num_decoder_layers: layers, num_heads: heads, d_kv: size, d_model: width } = config('trilens-t5');
    await sameAtRest(path.join(kModels, 'trilens-t5/onnx/encoder_model.onnx'), tensors({ input_ids: words([10, 200, 33, 7, 1]), attention_mask: words([1, 1, 1, 1, 0]) }));
    for (const later of [false, true]) {
      const [past, source] = [later ? 3 : 0, 5];
      const caches = Array.from({ length: layers }, (_, i) => ['decoder', 'encoder'].flatMap((part) => ['key', 'value'].map((what) =>
        [`past_key_values.${i}.${part}.${what}`, spread([1, heads, part === 'encoder' && later ? source : past, size])]))).flat();
      await sameAtRest(path.join(kModels, 'trilens-t5/onnx/decoder_model_merged.onnx'), tensors({
        ...Object.fromEntries(caches), input_ids: words(later ? [50] : [0, 50, 61]), encoder_attention_mask: words([1, 1, 1, 1, 0]),
        encoder_hidden_states: spread([1, source, width]), use_cache_branch: { type: 'bool', dims: [1], data: [later] },
      }));
    }
  });
});

// Everything that a hub file asks for, by its own names and sizes: B texts, S new positions after P cached ones, E positions of encoded text.
/** @param {ort.InferenceSession} session @param {{past: number}} sizes */
function feedsOf(session, { past }) {
  const [batch, step, encoded] = [2, past === 0 ? 5 : 1, 4];
  const count = (dims) => dims.reduce((a, b) => a * b, 1);
  /** @type {Record<string, any>} */
  const feeds = {};
  for (const { name, ...more } of session.inputMetadata) {
    const shape = 'shape' in more ? more.shape : [];
    const cached = name.startsWith('past_key_values');
    const fixed = (i) => /** @type {number} */ (shape[i]);
    if (cached) {
      feeds[name] = spread([batch, fixed(1), name.includes('encoder') && past !== 0 ? encoded : past, fixed(3)]);
    } else if (name === 'encoder_hidden_states') {
      feeds[name] = spread([batch, encoded, fixed(2)]);
    } else if (name === 'use_cache_branch') {
      feeds[name] = { type: 'bool', dims: [1], data: [past !== 0] };
    } else {
      const dims = [batch, name === 'encoder_attention_mask' ? encoded : name === 'attention_mask' ? past + step : step];
      const value = { attention_mask: () => 1, encoder_attention_mask: () => 1, token_type_ids: () => 0, position_ids: (i) => past + (i % step) }[name] ?? ((i) => 5 + ((i * 37) % 90));
      const data = Array.from({ length: count(dims) }, (_, i) => value(i));
      if (name.endsWith('mask')) data[data.length - 1] = 0;
      feeds[name] = { type: 'int64', dims, data };
    }
  }
  return tensors(feeds);
}

const kHubFiles = readdirSync(path.join(kFixtures, 'hub'), { withFileTypes: true }).filter((e) => e.isDirectory())
  .flatMap(({ name }) => readdirSync(path.join(kFixtures, 'hub', name, 'onnx')).map((file) => `${name}/onnx/${file}`))
  // fused; and one whose own inputs are f16, which the lab casts at the border (tests/browser/families.test.mjs runs it)
  .filter((file) => !['distilbert/onnx/model_O2.onnx', 'gpt2/onnx/model_dynamo23.onnx', 'gpt2/onnx/model_fp16_border.onnx'].includes(file));

/** From an empty cache and from a full one, as far as the file takes one. @param {ort.InferenceSession} session @param {string} file */
function allFeeds(session, file) {
  const first = file.includes('with_past') ? [] : [0];
  const later = session.inputNames.some((input) => input.startsWith('past_key_values')) ? [3] : [];
  return [...first, ...later].map((past) => feedsOf(session, { past }));
}

describe('hub files, opened, at rest: bit for bit', () => {
  for (const name of kHubFiles) {
    for (const options of [[], ['--no-taps'], ['--no-switches']]) {
      test(`${name} ${options}`, async () => {
        const file = path.join(kFixtures, 'hub', name);
        const session = await ort.InferenceSession.create(readFileSync(file));
        const all = allFeeds(session, name);
        await session.release();
        for (const feeds of all) await sameAtRest(file, feeds, options);
      });
    }
  }
});

// scores - scale * q·k of the first query and every key: [head][key]. @param {Record<string, ort.Tensor>} said
function besides(said, tap, scale) {
  const [q, k, scores] = ['q', 'k', 'scores'].map((what) => said[`${tap}.${what}`]);
  const [, heads, queries, size] = q.dims;
  const keys = k.dims[2];
  assert.deepEqual([k.dims[3], ...scores.dims.slice(1)], [size, heads, queries, keys]);
  return Array.from({ length: heads }, (_, h) => Array.from({ length: keys }, (_, j) => {
    let dot = 0;
    for (let i = 0; i < size; ++i) dot += Number(q.data[h * queries * size + i]) * Number(k.data[(h * keys + j) * size + i]);
    return Number(scores.data[h * queries * keys + j]) - scale * dot;
  }));
}

describe('hub files: tapped q and k give the tapped scores, by the scale that is told', () => {
  for (const name of kHubFiles) {
    test(name, async () => {
      const { told, bytes } = open(path.join(kFixtures, 'hub', name), ['--no-switches']);
      const session = await ort.InferenceSession.create(bytes);
      const tolerance = name.includes('_fp16') ? 5e-3 : 1e-5;
      for (const feeds of allFeeds(session, name)) {
        const said = await session.run(feeds);
        for (const { kind, layer, score_scale: scale, key_major: keyMajor, position_bias: biased } of told.attentions) {
          assert.ok(keyMajor && scale !== null);
          const rest = besides(said, `${kind}.${layer}`, scale);
          // What is left is the mask: nothing, or enough to hide a key. T5 adds a bias of its own, which cross-attention there has none of.
          const learned = biased || (/^(t5|flan-t5|mt5)/.test(name) && kind !== 'cross');
          if (!learned) assert.ok(rest.flat().every((x) => Math.abs(x) <= tolerance || x < -1e3), `${kind}.${layer}: ${rest.flat().find((x) => Math.abs(x) > tolerance)}`);
        }
      }
      await session.release();
    });
  }
});
