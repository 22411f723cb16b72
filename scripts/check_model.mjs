// scripts/check_model: what check_model.d/inspect.mjs found in a folder, in words or as JSON.

import { existsSync, statSync } from 'node:fs';
import { inspect } from './check_model.d/inspect.mjs';
import { inWords } from '../web/repository_files.mjs';

const kKinds = /** @type {Record<string, string>} */ ({ self: 'self-attention', decoder_self: "decoder's self-attention", cross: 'cross-attention' });
const kFamilies = /** @type {Record<string, string>} */ ({ encoder: 'an encoder', decoder: 'a decoder', encoder_decoder: 'an encoder–decoder' });

/** @param {string} label @param {string} text */
const row = (label, text) => `    ${label.padEnd(30)} ${text}`;

/** @param {import('./check_model.d/inspect.mjs').Graph} graph */
function graphInWords({ file, bytes, variant, facts, head, error, closed }) {
  const lines = [`${file}: ${variant}, ${inWords(bytes)}${facts ? `, opset ${facts.opset}${facts.producer ? ` by ${facts.producer}` : ''}, ${facts.parameters.toLocaleString('en')} parameters` : ''}`];
  if (error) return [...lines, row('DOES NOT OPEN', error.message)];
  for (const { kind, layers, switches } of facts.attentions) {
    const shows = ['probabilities', 'scores', 'q', 'k', 'v'].filter((tap) => layers.every((/** @type {any} */ one) => one.shows.includes(tap)));
    const mask = layers.some((/** @type {any} */ one) => one.own_mask) ? '' : ' (no mask of its own)';
    const bias = layers.some((/** @type {any} */ one) => one.position_bias) ? ', position bias' : '';
    lines.push(row(kKinds[kind], `${layers.length} layers${bias}; shown: ${shows.join(', ')}; switches: ${switches.join(', ') || 'none'}${mask}`));
  }
  lines.push(row('hidden states', `${facts.hidden}`));
  if (head) lines.push(row('head', head));
  if (facts.cache !== undefined) lines.push(row('cache', `${facts.cache} tensors`));
  return [...lines, ...closed.map((sentence) => row('NOT', sentence))];
}

/** @param {Awaited<ReturnType<typeof inspect>>} found */
function inWordsAll(found) {
  const { config, tokenizer, misfit, graphs, ignored, machines, opens } = found;
  const lines = [found.name, ''];
  lines.push(config.error ? `config.json: REFUSED: ${config.error.message}`
    : `config.json: ${config.model_type}, ${kFamilies[config.family]}; ${config.layers}${config.decoder_layers ? ` + ${config.decoder_layers}` : ''} layers, ${config.heads} heads, width ${config.hidden}, vocabulary ${config.vocabulary}, ${config.max_tokens} positions`);
  lines.push(tokenizer.error ? `tokenizer.json: REFUSED: ${tokenizer.error.message}`
    : `tokenizer.json: ${tokenizer.vocabulary} tokens; reads a sentence as ${tokenizer.tokens.slice(0, 8).map((/** @type {string} */ t) => JSON.stringify(t)).join(' ')} …`);
  if (misfit) lines.push(`tokenizer.json: DOES NOT FIT: ${misfit}`);
  for (const graph of graphs) lines.push('', ...graphInWords(graph));
  if (ignored.length > 0) lines.push('', `Left aside, since no variant has such names: ${ignored.join(', ')}`);
  lines.push('', 'What a machine would load');
  for (const one of machines) {
    lines.push(row(one.machine, 'problem' in one ? `NOTHING: ${one.problem}` : `${one.variant} on ${one.provider}, ${inWords(one.bytes)}${one.opens ? '' : ', which does NOT open in full'}. ${one.reason}`));
  }
  const loaded = machines.filter((one) => 'variant' in one);
  const verdict = opens ? 'everything opens.'
    : config.error || tokenizer.error || loaded.length === 0 ? 'it cannot be loaded; what is REFUSED or NOTHING above says why.'
      : 'not everything opens; the lines with NOT above say what, and docs/models.md how to export it so that it does.';
  return [...lines, '', `Verdict: ${verdict}`].join('\n');
}

const words = process.argv.slice(2).filter((word) => word !== '--json');
const [folder] = words;
if (words.length !== 1 || !existsSync(folder) || !statSync(folder).isDirectory()) {
  console.error(words.length === 1 ? `scripts/check_model: ${folder} is no folder` : 'usage: scripts/check_model FOLDER [--json]');
  process.exit(2);
}
const found = await inspect(folder).catch((error) => (console.error(`scripts/check_model: ${error.message}`), process.exit(2)));
console.log(process.argv.includes('--json') ? JSON.stringify(found, null, 1) : inWordsAll(found));
process.exitCode = found.opens ? 0 : 1;
