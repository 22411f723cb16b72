// Which files a machine loads, and why.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planModel } from '../../web/repository.mjs';
import { checkedPath, inWords } from '../../web/repository_files.mjs';

const kGpu = { webgpu: true, shaderF16: true, memoryBytes: 8 * 2 ** 30 };
const kNoHalf = { ...kGpu, shaderF16: false };
const kCpu = { webgpu: false, shaderF16: false, memoryBytes: null };
const kSmall = { 'config.json': 600, 'tokenizer.json': 400_000, 'tokenizer_config.json': 200, 'generation_config.json': 100, 'README.md': 5000, 'vocab.txt': 9, 'pytorch_model.bin': 9 };
/** @param {Record<string, number|null>} graphs @param {string} [modelType] @param {object} [small] */
const listing = (graphs, modelType = '', small = kSmall) => /** @type {any} */ ({
  repo: 'o/n', revision: 'main', commit: 'c', host: 'h', how: 'api', gated: false, about: { modelType },
  files: Object.entries({ ...small, ...graphs }).map(([path, bytes]) => ({ path, bytes, sha256: '', url: path })),
});
const kBert = { 'onnx/model.onnx': 300e6, 'onnx/model_fp16.onnx': 150e6, 'onnx/model_quantized.onnx': 75e6, 'onnx/model_q4.onnx': 90e6, 'onnx/model_q4f16.onnx': 60e6 };
/** @param {any} list @param {any} machine @param {any} [more] */
const pick = (list, machine, more = {}) => {
  const plan = planModel(list, { machine, ...more });
  return [plan.variant, plan.provider];
};
/** @param {() => unknown} work @param {string} code @param {RegExp} message */
const fails = (work, code, message) => assert.throws(work, (/** @type {any} */ error) => {
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
});

describe('the variant', () => {
  test('is what the machine runs best', () => {
    assert.deepEqual(pick(listing(kBert), kGpu), ['fp32', 'webgpu']);
    assert.deepEqual(pick(listing(kBert), kCpu), ['q8', 'wasm']);
    assert.deepEqual(pick(listing({ ...kBert, 'onnx/model.onnx': 900e6 }), kGpu), ['fp16', 'webgpu']);
    assert.deepEqual(pick(listing({ ...kBert, 'onnx/model.onnx': 900e6 }), kNoHalf), ['q4', 'webgpu']);
    assert.deepEqual(pick(listing({ 'onnx/model.onnx': 900e6, 'onnx/model_int8.onnx': 225e6 }), kNoHalf), ['int8', 'wasm']);
    assert.deepEqual(pick(listing({ 'onnx/model.onnx': 900e6 }), kNoHalf), ['fp32', 'webgpu']);
    assert.deepEqual(pick(listing({ 'onnx/model_uint8.onnx': 1e6, 'onnx/model_bnb4.onnx': 1e6 }), kGpu), ['uint8', 'wasm']);
  });

  test('says why, and why not another', () => {
    const plan = planModel(listing({ ...kBert, 'onnx/model.onnx': 900e6 }), { machine: kNoHalf });
    assert.equal(plan.reason, 'q4 was taken: its numbers are rounded to 4 bits; runs on WebGPU. fp16 was not: its 16-bit numbers need shader-f16, which this graphics processor does not offer. '
      + 'q4f16 was not: its 16-bit numbers need shader-f16, which this graphics processor does not offer. fp32 would be 900 MB.');
    assert.match(planModel(listing(kBert), { machine: kCpu }).reason, /q8 was taken: .*made for the processor.*fp16 was not: .*need WebGPU, which this browser does not offer/);
  });

  test('without shader-f16 neither fp16 nor q4f16 is taken, even when asked for', () => {
    for (const machine of [kNoHalf, kCpu]) {
      for (const variant of /** @type {const} */ (['fp16', 'q4f16'])) fails(() => planModel(listing(kBert), { machine, variant }), 'model_unsupported', /16-bit numbers need/);
    }
    fails(() => planModel(listing({ 'onnx/model_fp16.onnx': 5 }), { machine: kNoHalf }), 'model_unsupported', /cannot be loaded on this machine: fp16: .*shader-f16/);
  });

  test('follows the user where that can be', () => {
    assert.deepEqual(pick(listing(kBert), kGpu, { variant: 'fp16' }), ['fp16', 'webgpu']);
    assert.deepEqual(pick(listing(kBert), kGpu, { provider: 'wasm' }), ['q8', 'wasm']);
    assert.deepEqual(pick(listing(kBert), kGpu, { variant: 'fp32', provider: 'wasm' }), ['fp32', 'wasm']);
    fails(() => planModel(listing(kBert), { machine: kGpu, variant: 'q8', provider: 'webgpu' }), 'model_unsupported', /8-bit operations do not run on WebGPU/);
    fails(() => planModel(listing(kBert), { machine: kGpu, variant: 'bnb4' }), 'model_missing', /no bnb4 files; it has fp32, fp16/);
  });

  test('fits into memory', () => {
    assert.deepEqual(pick(listing(kBert), { ...kGpu, memoryBytes: 600e6 }), ['fp16', 'webgpu']);
    fails(() => planModel(listing(kBert), { machine: { ...kGpu, memoryBytes: 100e6 } }), 'model_unsupported', /fp32: it needs about 600 MB of memory, and this machine tells of 100 MB/);
    fails(() => planModel(listing({ 'onnx/model.onnx': 3e9 }), { machine: kCpu }), 'model_unsupported', /more than WebAssembly can have/);
  });
});

describe('the files', () => {
  test('are the small ones and one variant, nothing else, with the total', () => {
    const plan = planModel(listing(kBert), { machine: kCpu });
    assert.deepEqual(plan.files.map((file) => file.path), ['config.json', 'tokenizer.json', 'generation_config.json', 'tokenizer_config.json', 'README.md', 'onnx/model_quantized.onnx']);
    assert.equal(plan.totalBytes, 75e6 + 405_900);
    assert.deepEqual(plan.graphs, { model: 'onnx/model_quantized.onnx' });
    assert.deepEqual(plan.unknownLengths, []);
    assert.deepEqual(planModel(listing({ 'onnx/model.onnx': null }), { machine: kCpu }).unknownLengths, ['onnx/model.onnx']);
  });

  test('of an encoder-decoder are two or three, all of one variant', () => {
    const merged = { 'onnx/encoder_model.onnx': 10, 'onnx/decoder_model_merged.onnx': 20, 'onnx/decoder_model.onnx': 19, 'onnx/decoder_with_past_model.onnx': 18, 'onnx/encoder_model_quantized.onnx': 5 };
    assert.deepEqual(planModel(listing(merged, 't5'), { machine: kCpu }).graphs, { encoder: 'onnx/encoder_model.onnx', decoder: 'onnx/decoder_model_merged.onnx' });
    const without = (graphs, path) => Object.fromEntries(Object.entries(graphs).filter(([name]) => name !== path));
    const separate = without(merged, 'onnx/decoder_model_merged.onnx');
    assert.deepEqual(planModel(listing(separate, 'marian'), { machine: kCpu }).graphs, { encoder: 'onnx/encoder_model.onnx', decoder: 'onnx/decoder_model.onnx', decoderWithPast: 'onnx/decoder_with_past_model.onnx' });
    const bare = without(separate, 'onnx/decoder_with_past_model.onnx');
    assert.deepEqual(Object.keys(planModel(listing(bare, 'bart'), { machine: kCpu }).graphs), ['encoder', 'decoder']);
    assert.equal(planModel(listing(merged), { machine: kCpu }).family, 'encoder_decoder');
  });

  test('of a decoder may be merged, in two, or one; from an exporter they lie beside config.json', () => {
    assert.deepEqual(planModel(listing({ 'onnx/decoder_model_merged.onnx': 1, 'onnx/decoder_model.onnx': 1 }, 'gpt2'), { machine: kCpu }).graphs, { decoder: 'onnx/decoder_model_merged.onnx' });
    assert.deepEqual(planModel(listing({ 'decoder_model.onnx': 1, 'decoder_with_past_model.onnx': 1 }, 'gpt_neo'), { machine: kCpu }).graphs, { decoder: 'decoder_model.onnx', decoderWithPast: 'decoder_with_past_model.onnx' });
    assert.deepEqual(planModel(listing({ 'model.onnx': 1 }, 'gpt2'), { machine: kCpu }).graphs, { model: 'model.onnx' });
  });

  test('beside a graph come along, or are refused by name', () => {
    const big = listing({ 'onnx/model.onnx': 1e6, 'onnx/model.onnx_data': 5e8, 'onnx/model.onnx_data_1': 1e8, 'onnx/model_fp16.onnx_data': 9, 'onnx/model.onnx_database': 9 });
    const plan = planModel(big, { machine: kGpu });
    assert.deepEqual(plan.files.slice(5).map((file) => file.path), ['onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/model.onnx_data_1']);
    fails(() => planModel(big, { machine: kGpu, externalData: 'refuse' }), 'model_unsupported', /beside the graph in onnx\/model\.onnx_data, onnx\/model\.onnx_data_1, which cannot be opened/);
  });

  test('that are missing are named, with what to do', () => {
    fails(() => planModel(listing({}, 'bert', { 'config.json': 1, 'vocab.txt': 1, 'model.safetensors': 1 }), { machine: kCpu }), 'model_missing',
      /o\/n lacks tokenizer\.json, onnx\/model\.onnx; its weights are there in another format only.*ONNX conversion.*; the tokenizer is there in an older form/);
    fails(() => planModel(listing({ 'onnx/decoder_model_merged.onnx': 1 }, 't5'), { machine: kCpu }), 'model_missing', /lacks onnx\/encoder_model\.onnx, onnx\/decoder_model_merged\.onnx; there are onnx\/decoder_model_merged\.onnx, which do not make up/);
  });

  test('of a type that cannot be opened are not looked at', () => fails(() => planModel(listing({}, 'llama', {}), { machine: kCpu }), 'model_unsupported', /"llama" model, which Trilens cannot open; it opens bert/));
});

test('paths stay in their folder', () => {
  for (const path of ['a', 'onnx/model.onnx', '1_Pooling/config.json', 'a b.txt']) assert.equal(checkedPath(path), path);
  for (const path of ['', '/a', '../a', 'a/../b', 'a//b', './a', 'a/', 'a\\b', 'a\0', 'a\nb', 'x'.repeat(513), null, 7]) assert.equal(checkedPath(path), null, String(path));
});

test('bytes in words', () => assert.deepEqual([0, 999, 1000, 999_600, 3_440_000, 123e6, 4.2e9].map(inWords), ['0 bytes', '999 bytes', '1.0 kB', '1.0 MB', '3.4 MB', '123 MB', '4.2 GB']));
