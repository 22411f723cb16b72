// Looks at a model's folder with the engine's own code (src/app/check) and the page's own choice of files (web/repository.mjs).
//
// Not here: words (../check_model.mjs). Nothing is run and nothing is written.
//
//   const found = await inspect('my-model');
//   found.opens   // true: whatever machine opens it sees everything

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { listingFromFiles } from '../../web/dropped.mjs';
import { planModel } from '../../web/repository.mjs';
import { kGraphFolders, kStems, kSuffixes } from '../../web/repository_files.mjs';

/** @typedef {{code: string, message: string}} Problem */
/**
 * @typedef {object} Graph
 * @property {string} file
 * @property {number} bytes
 * @property {string} variant
 * @property {string} stem what it is by its name, "decoder_model_merged"
 * @property {Problem} [error] why it cannot be opened at all
 * @property {any} [facts] what src/app/check found
 * @property {string} [head]
 * @property {string[]} closed sentences: what of it cannot be seen or switched; empty: all can
 */

const kModule = fileURLToPath(new URL('../../build/wasm/trilens_check.mjs', import.meta.url));
const kTaps = ['probabilities', 'scores', 'q', 'k', 'v'];
const kMiB = 2 ** 20;
const kFloat16 = 10; // TensorProto.DataType

/** What a machine may be, for which files are chosen. */
export const kMachines = {
  'WebGPU with 16-bit shaders': { webgpu: true, shaderF16: true, memoryBytes: null },
  'WebGPU without 16-bit shaders': { webgpu: true, shaderF16: false, memoryBytes: null },
  'no WebGPU (WASM)': { webgpu: false, shaderF16: false, memoryBytes: null },
};

/**
 * One question to the engine's code, in a module of its own: a large graph fills much of its memory.
 * @param {'check_graph'|'check_config'|'check_tokenizer'|'check_cache'} question @param {Uint8Array} bytes @returns {Promise<any>}
 */
async function ask(question, bytes) {
  const { default: create } = await import(kModule);
  const module = await create();
  try {
    const at = module._malloc(bytes.length + 1);
    if (at === 0) throw new Error('out of memory');
    module.HEAPU8.set(bytes, at >>> 0);
    return JSON.parse(module.UTF8ToString(module[`_${question}`](at, bytes.length) >>> 0));
  } catch (error) {
    const message = `This needs more memory than WebAssembly can have, or the check itself failed (${Math.round(bytes.length / kMiB)} MiB).`;
    return { error: { code: 'out_of_memory', message, detail: String(error) } };
  }
}

/** @param {string} question @param {unknown} value */
const askAbout = (question, value) => ask(/** @type {any} */ (question), new TextEncoder().encode(JSON.stringify(value)));

/** The list that the page would make of the dropped folder. @param {string} folder */
async function listingOf(folder) {
  const name = path.basename(path.resolve(folder));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => {
    const whole = path.join(entry.parentPath ?? entry.path, entry.name);
    return { name: entry.name, webkitRelativePath: `${name}/${path.relative(folder, whole).split(path.sep).join('/')}`, size: statSync(whole).size };
  });
  return listingFromFiles(/** @type {any} */ (files));
}

/** @param {string} file @returns {{stem: string, variant: string}|null} null: not a name that the page looks for */
function nameOf(file) {
  for (const folder of kGraphFolders) {
    for (const stem of kStems) {
      for (const [variant, suffix] of Object.entries(kSuffixes)) {
        if (file === `${folder}${stem}${suffix}.onnx`) return { stem, variant };
      }
    }
  }
  return null;
}

/** Kind of attention → layers that config.json promises. @param {string} stem @param {any} config @returns {Record<string, number>} */
function promised(stem, config) {
  if (config.family !== 'encoder_decoder' || stem === 'encoder_model') return { self: config.layers };
  return { decoder_self: config.decoder_layers, cross: config.decoder_layers };
}

/** What the graph answers with. @param {any} facts @param {string} stem @param {any} config */
function headOf({ outputs }, stem, config) {
  /** @param {string} name */
  const dims = (name) => outputs.find((/** @type {any} */ port) => port.name === name)?.dims;
  const logits = dims('logits');
  if (logits === undefined) {
    if (stem === 'encoder_model') return 'none, as an encoder of two has none';
    return dims('last_hidden_state') || dims('token_embeddings') || dims('sentence_embedding') ? 'none: it embeds, and names no words' : `none that Trilens knows (${outputs.map((/** @type {any} */ p) => p.name).slice(0, 4).join(', ')})`;
  }
  const last = Number(logits.at(-1));
  if (logits.length === 2) return `classes, ${Number.isInteger(last) && last > 0 ? last : 'some'} of them: it names no words`;
  if (last > 0 && last < config.vocabulary / 2) return `${last} classes for each token: it names no words`;
  return 'words';
}

/** @param {string} stem @param {any} facts @param {any} config @returns {string[]} */
function closedParts(stem, facts, config) {
  const closed = [];
  for (const [kind, layers] of Object.entries(promised(stem, config))) {
    const found = facts.attentions.find((/** @type {any} */ a) => a.kind === kind)?.layers ?? [];
    if (found.length !== layers) closed.push(`${kind}: attention was found in ${found.length} of ${layers} layers.`);
    for (const { layer, shows } of found) {
      const lacking = kTaps.filter((tap) => !shows.includes(tap));
      if (lacking.length > 0) closed.push(`${kind}, layer ${layer}: ${lacking.join(', ')} cannot be shown.`);
    }
  }
  const layers = Object.values(promised(stem, config))[0];
  if (facts.hidden !== layers + 1) closed.push(`hidden states: ${facts.hidden} of ${layers + 1} were found.`);
  const half = facts.outputs.filter((/** @type {any} */ port) => port.type === kFloat16).map((/** @type {any} */ port) => port.name);
  if (half.length > 0) closed.push(`its outputs are 16-bit numbers (${half.slice(0, 2).join(', ')}${half.length > 2 ? ', …' : ''}), which the page does not read: keep inputs and outputs 32-bit.`);
  if (facts.fused.length > 0) closed.push(`fused operators: ${facts.fused.join(', ')}.`);
  return [...closed, ...facts.refusals.map((/** @type {any} */ r) => r.message)];
}

/** @param {string} folder @param {string} file @param {number} bytes @param {any} config null: not readable @returns {Promise<Graph|null>} */
async function inspectGraph(folder, file, bytes, config) {
  const name = nameOf(file);
  if (!name) return null;
  const facts = await ask('check_graph', readFileSync(path.join(folder, file)));
  if (facts.error) return { file, bytes, ...name, error: facts.error, closed: [facts.error.message] };
  if (!config) return { file, bytes, ...name, facts, closed: [] };
  return { file, bytes, ...name, facts, head: headOf(facts, name.stem, config), closed: closedParts(name.stem, facts, config) };
}

/** The cache of each decoder, which may be told by two files. @param {Graph[]} graphs @param {any} texts */
async function inspectCaches(graphs, texts) {
  for (const graph of graphs) {
    if (!graph.facts || graph.stem === 'encoder_model' || !graph.facts.inputs.some((/** @type {any} */ port) => port.name.startsWith('past_key_values'))) continue;
    const first = graph.stem === 'decoder_with_past_model' ? graphs.find((other) => other.stem === 'decoder_model' && other.variant === graph.variant && other.facts) : graph;
    const names = (/** @type {any[]} */ ports) => ports.map((port) => port.name);
    const cache = await askAbout('check_cache', { ...texts, inputs: names(graph.facts.inputs), outputs: names((first ?? graph).facts.outputs) });
    if (cache.error) graph.closed.push(cache.error.message);
    else graph.facts.cache = cache.entries;
  }
}

/** What each kind of machine would load. @param {any} listing @param {string|undefined} modelType @param {Graph[]} graphs */
function choices(listing, modelType, graphs) {
  return Object.entries(kMachines).map(([machine, facts]) => {
    try {
      const plan = planModel(listing, { machine: facts, modelType });
      const files = /** @type {string[]} */ (Object.values(plan.graphs));
      const opens = files.every((file) => graphs.some((graph) => graph.file === file && graph.closed.length === 0));
      return { machine, variant: plan.variant, provider: plan.provider, reason: plan.reason, bytes: plan.totalBytes, files, opens };
    } catch (error) {
      return { machine, problem: /** @type {Error} */ (error).message, opens: false };
    }
  });
}

/** @param {string} folder */
export async function inspect(folder) {
  const listing = await listingOf(folder);
  /** @param {string} name */
  const text = (name) => (existsSync(path.join(folder, name)) ? readFileSync(path.join(folder, name), 'utf8') : '');
  const texts = { config: text('config.json'), generation: text('generation_config.json'), tokenizer_config: text('tokenizer_config.json') };
  const config = await askAbout('check_config', texts);
  const tokenizer = text('tokenizer.json') === '' ? { error: { code: 'model_missing', message: 'There is no tokenizer.json: save it again as a fast tokenizer.' } }
    : await ask('check_tokenizer', readFileSync(path.join(folder, 'tokenizer.json')));
  const graphs = [];
  const ignored = [];
  for (const { path: file, bytes } of listing.files.filter((one) => one.path.endsWith('.onnx')).toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const graph = await inspectGraph(folder, file, bytes ?? 0, config.error ? null : config);
    if (graph) graphs.push(graph);
    else ignored.push(file);
  }
  if (!config.error) await inspectCaches(graphs, texts);
  // a type that is not known is planModel's to refuse, with the types that are
  const modelType = /"model_type"\s*:\s*"([^"]*)"/.exec(texts.config)?.[1];
  const machines = choices(listing, modelType, graphs);
  const misfit = !tokenizer.error && !config.error && tokenizer.vocabulary > config.vocabulary
    ? `tokenizer.json has ${tokenizer.vocabulary} tokens and the model has ${config.vocabulary}: it belongs to another model, or tokens were added without resizing the embeddings.` : null;
  const opens = !config.error && !tokenizer.error && misfit === null && machines.every((one) => one.opens);
  return { name: listing.repo, config, tokenizer, misfit, graphs, ignored, machines, opens };
}
