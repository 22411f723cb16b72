#!/usr/bin/env node
// Writes assets/models/catalog.json: each bundled model with its files, their sizes and SHA-256.
//
//   scripts/catalog           writes it
//   scripts/catalog --check   changes nothing; exit code 1 when the catalog and the files differ

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'assets/models');
const catalogFile = path.join(folder, 'catalog.json');

/** What each family's bundled model is for; the files say the rest. */
const kKinds = {
  bert: { family: 'encoder', title: 'BERT', tasks: ['fill_mask', 'embed'] },
  gpt2: { family: 'decoder', title: 'GPT-2', tasks: ['next_token', 'generate', 'embed'] },
  t5: { family: 'encoder_decoder', title: 'T5', tasks: ['fill_mask', 'translate', 'generate', 'embed'] },
};
const kOrder = ['encoder', 'decoder', 'encoder_decoder'];
const kFiles = /^(config|generation_config|tokenizer|tokenizer_config)\.json$|^onnx\/.*\.onnx$/;

/** Paths of all files below a folder, '/' between names. */
function filesBelow(dir, prefix = '') {
  return readdirSync(dir).sort().flatMap((name) => {
    const file = path.join(dir, name);
    return statSync(file).isDirectory() ? filesBelow(file, `${prefix}${name}/`) : [`${prefix}${name}`];
  });
}

function describe(id) {
  const dir = path.join(folder, id);
  const { model_type: type } = JSON.parse(readFileSync(path.join(dir, 'config.json'), 'utf8'));
  const kind = kKinds[type];
  if (!kind) throw new Error(`${id}: scripts/catalog does not know the model type "${type}"`);
  const files = filesBelow(dir).filter((name) => kFiles.test(name)).map((name) => {
    const bytes = readFileSync(path.join(dir, name));
    return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  return { id, ...kind, path: `assets/models/${id}`, files };
}

const ids = readdirSync(folder).filter((id) => existsSync(path.join(folder, id, 'config.json')));
const models = ids.map(describe).sort((a, b) => kOrder.indexOf(a.family) - kOrder.indexOf(b.family));
const text = `${JSON.stringify({ models }, null, 1)}\n`;

if (process.argv.includes('--check')) {
  if (!existsSync(catalogFile) || readFileSync(catalogFile, 'utf8') !== text) {
    console.error('catalog: assets/models/catalog.json and the models beside it differ: run scripts/catalog');
    process.exit(1);
  }
  console.log(`catalog: ${models.length} models as listed`);
} else {
  writeFileSync(catalogFile, text);
  console.log(`catalog: ${models.map((m) => m.id).join(', ')}`);
}
