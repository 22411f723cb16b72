// Runs the benchmarks named (all of scripts/bench.d when none is), prints their tables, and writes build/bench.json:
// {node, cpu, date, <name>: rows}. A benchmark is scripts/bench.d/<name>.mjs; its default export returns its rows.

import { mkdirSync, readdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const kRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const kFolder = path.join(kRoot, 'scripts/bench.d');
const kOut = path.join(kRoot, 'build/bench.json');

const known = readdirSync(kFolder).filter((name) => name.endsWith('.mjs')).map((name) => name.slice(0, -4));
const chosen = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = chosen.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`scripts/bench: unknown benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}

mkdirSync(path.dirname(kOut), { recursive: true });
/** @type {Record<string, unknown>} what others measured before stays */
const report = existsSync(kOut) ? JSON.parse(readFileSync(kOut, 'utf8')) : {};
Object.assign(report, { node: process.version, cpu: `${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown'}`, date: new Date().toISOString() });
for (const name of chosen) {
  const { default: measure } = await import(path.join(kFolder, `${name}.mjs`));
  report[name] = await measure(kRoot);
}
writeFileSync(kOut, `${JSON.stringify(report, null, 1)}\n`);
console.log(`\nWritten: ${path.relative(kRoot, kOut)}`);
