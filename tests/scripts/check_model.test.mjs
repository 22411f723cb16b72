// scripts/check_model: what it says of folders as on the Hub, and of the ways in which a folder can be wrong.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kHub = path.join(kRoot, 'tests/fixtures/hub');
const kScratch = mkdtempSync(path.join(tmpdir(), 'trilens-check-'));
after(() => rmSync(kScratch, { recursive: true }));

before(() => {
  const { status, stdout, stderr } = spawnSync('scripts/build', ['wasm', '--target', 'trilens_check'], { cwd: kRoot, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
}, { timeout: 600_000 });

/** @param {string} folder @param {string[]} [options] */
function check(folder, options = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(kRoot, 'scripts/check_model.mjs'), folder, ...options], { encoding: 'utf8' });
  return { status, text: stdout, errors: stderr };
}

/** @param {string} folder */
function told(folder) {
  const { status, text, errors } = check(folder, ['--json']);
  assert.notEqual(text, '', errors);
  return { status, ...JSON.parse(text) };
}

/** A copy of a fixture to be spoilt. @param {string} name @param {string} as */
function copy(name, as) {
  const folder = path.join(kScratch, as);
  cpSync(path.join(kHub, name), folder, { recursive: true });
  return folder;
}

/** @param {string} folder @param {string} file @param {(value: any) => void} change */
function edit(folder, file, change) {
  const value = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  change(value);
  writeFileSync(path.join(folder, file), JSON.stringify(value));
}

describe('a folder as on the Hub opens in full', () => {
  const folders = readdirSync(kHub, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  assert.ok(folders.length >= 12);
  for (const name of folders) {
    test(name, () => {
      const found = told(path.join(kHub, name));
      assert.equal(found.status, 0, JSON.stringify(found.graphs.map((/** @type {any} */ g) => [g.file, g.closed])));
      assert.equal(found.opens, true);
      assert.equal(found.machines.length, 3);
      for (const { facts } of found.graphs) assert.ok(facts.attentions.every((/** @type {any} */ a) => a.layers.length >= 2 && a.switches.includes('bias')));
    });
  }
});

test('layers, switches and the cache are told by kind of attention', () => {
  const { graphs } = told(path.join(kHub, 'flan-t5'));
  const decoder = graphs.find((/** @type {any} */ g) => g.file === 'onnx/decoder_with_past_model.onnx');
  assert.deepEqual(decoder.facts.attentions.map((/** @type {any} */ a) => [a.kind, a.layers.length]), [['decoder_self', 3], ['cross', 3]]);
  assert.deepEqual(decoder.facts.attentions[1].switches, ['bias', 'own_mask', 'heads', 'connection']);
  assert.equal(decoder.facts.cache, 12);
  assert.equal(decoder.head, 'words');
});

test('each kind of machine is told what it would load', () => {
  const { machines } = told(path.join(kHub, 'bert'));
  assert.deepEqual(machines.map((/** @type {any} */ m) => [m.variant, m.provider]), [['fp32', 'webgpu'], ['fp32', 'webgpu'], ['q8', 'wasm']]);
  assert.match(machines[1].reason, /shader-f16/);
});

test('a model without a head embeds, and names no words', () => {
  assert.match(told(path.join(kHub, 'sentence')).graphs[0].head, /embeds/);
});

test('files under other names are left aside and said to be', () => {
  const { ignored } = told(path.join(kHub, 'bert'));
  assert.deepEqual(ignored, ['onnx/model_dynamo.onnx', 'onnx/model_torchscript.onnx']);
});

test('a fused attention is named, with how to export instead', () => {
  const folder = copy('distilbert', 'fused');
  cpSync(path.join(folder, 'onnx/model_O2.onnx'), path.join(folder, 'onnx/model.onnx'));
  const { status, text } = check(folder);
  assert.equal(status, 1);
  assert.match(text, /onnx\/model\.onnx.*\n\s+DOES NOT OPEN .*com\.microsoft\..*without optimization.*no --optimize/);
  assert.match(text, /Verdict: not everything opens/);
});

test('a graph that is cut short is refused, and the others are still told', () => {
  const folder = copy('bert', 'short');
  truncateSync(path.join(folder, 'onnx/model.onnx'), 40_000);
  const { status, graphs } = told(folder);
  assert.equal(status, 1);
  assert.equal(graphs[0].error.code, 'model_malformed');
  assert.deepEqual(graphs.slice(1).map((/** @type {any} */ g) => g.closed), [[], [], []]);
});

test('a file that holds no model at all is refused', () => {
  const folder = copy('gpt2', 'page');
  writeFileSync(path.join(folder, 'onnx/model.onnx'), '<!doctype html><title>404</title>');
  const { status, graphs } = told(folder);
  assert.equal(status, 1);
  assert.match(graphs.find((/** @type {any} */ g) => g.file === 'onnx/model.onnx').error.code, /^model_/);
});

test('fewer layers than config.json promises is a finding', () => {
  const folder = copy('gpt2', 'layers');
  edit(folder, 'config.json', (config) => { config.n_layer = 3; });
  const { status, graphs } = told(folder);
  assert.equal(status, 1);
  assert.match(graphs[0].closed.join(' '), /attention was found in 2 of 3 layers/);
});

test('a type of model, and a part of a tokenizer, that Trilens does not know are named', () => {
  const folder = copy('gpt2', 'unknown');
  edit(folder, 'config.json', (config) => { config.model_type = 'mamba'; });
  edit(folder, 'tokenizer.json', (file) => { file.pre_tokenizer = { type: 'Telepathy' }; });
  const { status, text } = check(folder);
  assert.equal(status, 1);
  assert.match(text, /config\.json: REFUSED: .*mamba/);
  assert.match(text, /tokenizer\.json: REFUSED: .*Telepathy/);
  assert.match(text, /no WebGPU \(WASM\) +NOTHING: /);
  assert.match(text, /Verdict: it cannot be loaded/);
});

test("a tokenizer with more tokens than the model is another model's", () => {
  const folder = copy('bert', 'misfit');
  edit(folder, 'config.json', (config) => { config.vocab_size = 150; });
  const { status, misfit } = told(folder);
  assert.equal(status, 1);
  assert.match(misfit, /200 tokens and the model has 150/);
});

test('what is not the folder of a model is refused in a sentence', () => {
  const nowhere = check(path.join(kScratch, 'nowhere'));
  assert.equal(nowhere.status, 2);
  assert.match(nowhere.errors, /is no folder/);
  const inside = check(path.join(kHub, 'bert/onnx'));
  assert.equal(inside.status, 2);
  assert.match(inside.errors, /config\.json is missing/);
});
