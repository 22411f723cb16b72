// Runs the suites of scripts/test one after the other, adds up their counts and prints the closing line. scripts/test has
// set the machine up before. A suite that was expected and executed nothing counts as a failure.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from './serve.mjs';

/** @typedef {{passed: number, failed: number, skipped: number}} Counts */

const kRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const kSite = path.join(kRoot, 'build/wasm/site');
const kRooms = ['base', 'tensor', 'tokenize', 'onnx', 'model', 'infer', 'generate', 'analysis', 'protocol', 'lab', 'state', 'view'];
const kRoomsWithOptionalTests = ['ui'].filter((room) => existsSync(path.join(kRoot, 'tests', room)));

/**
 * Runs a command with its output shown, and ends it with all its children after `minutes`.
 * @param {string} command @param {string[]} words @param {{env?: Record<string, string>, minutes?: number}} [options]
 * @returns {Promise<boolean>} whether it succeeded
 */
function run(command, words, { env = {}, minutes = 20 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, words, { cwd: kRoot, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env }, detached: true });
    const end = () => child.pid && process.kill(-child.pid, 'SIGKILL');
    const clock = setTimeout(() => {
      console.error(`test: ${command} ${words.slice(0, 3).join(' ')} took more than ${minutes} minutes and was ended`);
      end();
    }, minutes * 60_000);
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => (end(), process.exit(130)));
    child.once('error', (error) => (console.error(`test: ${command}: ${error.message}`), resolve(false)));
    child.once('exit', (code) => (clearTimeout(clock), process.removeAllListeners('SIGINT'), process.removeAllListeners('SIGTERM'), resolve(code === 0)));
  });
}

/** @param {boolean} good @returns {Counts} */
const one = (good) => ({ passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0 });

/** @param {Counts[]} all @returns {Counts} */
const sum = (all) => all.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }));

/** @param {string} why @returns {Counts} */
function failure(why) {
  console.error(`test: ${why}`);
  return one(false);
}

/**
 * The Catch2 programs of one preset. Each writes its counts to results/<room>.xml; what crashed leaves none.
 * @param {string} preset @returns {Promise<Counts>}
 */
async function catchTests(preset) {
  const results = path.join(kRoot, 'build', preset, 'results');
  // a room that does not compile must not hide the others' results: build on, then test what there is
  const built = await run('scripts/build', [preset, '--', '-k', '0'], { minutes: 40 });
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  await run('ctest', ['--test-dir', `build/${preset}`, '--output-on-failure', '-j', '2']);
  const counts = [...kRooms, ...kRoomsWithOptionalTests].map((room) => {
    const file = path.join(results, `${room}.xml`);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const found = /<OverallResultsCases\s+successes="(\d+)"\s+failures="(\d+)"\s+expectedFailures="(\d+)"(?:\s+skips="(\d+)")?/.exec(text);
    if (!found) return failure(`${preset}: room ${room} reported nothing: no tests, not built, or crashed`);
    const [successes, failures, expected, skips] = found.slice(1).map((n) => Number(n ?? 0));
    if (successes + failures + expected === 0) return failure(`${preset}: room ${room} executed no test`);
    return { passed: successes + expected, failed: failures, skipped: skips };
  });
  return sum(built ? counts : [one(false), ...counts]);
}

/**
 * Tests in JavaScript, run by Node.
 * @param {string} folder @param {{env?: Record<string, string>, serial?: boolean}} [options] @returns {Promise<Counts>}
 */
async function nodeTests(folder, { env, serial = false } = {}) {
  const there = path.join(kRoot, folder);
  const files = existsSync(there) ? readdirSync(there).filter((name) => name.endsWith('.test.mjs')).map((name) => path.join(folder, name)) : [];
  if (files.length === 0) return failure(`${folder} has no *.test.mjs`);
  const log = path.join(kRoot, 'build', `${folder.replaceAll('/', '-')}.tap`);
  rmSync(log, { force: true });
  await run(process.execPath, [
    '--test', ...(serial ? ['--test-concurrency=1'] : []),
    '--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap', `--test-reporter-destination=${log}`, ...files,
  ], { env, minutes: 30 });
  const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
  /** @param {string} name */
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? NaN);
  const passed = count('pass');
  const failed = count('fail') + count('cancelled');
  if (!Number.isFinite(passed + failed)) return failure(`${folder}: the test runner did not finish`);
  if (passed + failed === 0) return failure(`${folder}: no test was executed`);
  return { passed, failed, skipped: count('skipped') + count('todo') };
}

/** @type {Record<string, () => Promise<Counts>>} */
const suites = {
  native: () => catchTests('native'),
  layers: async () => sum([one(await run('scripts/check_layers', [])), await nodeTests('tests/scripts')]),
  js: async () => {
    const eslint = await run(process.execPath, ['node_modules/eslint/bin/eslint.js', '.']);
    const types = await run(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.json']);
    const typesOfTests = await run(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'tests/tsconfig.json']);
    if (!eslint) console.error('test: eslint found something, see above');
    if (!types || !typesOfTests) console.error('test: tsc found something, see above');
    return sum([one(eslint), one(types), one(typesOfTests)]);
  },
  wasm: () => catchTests('wasm-tests'),
  site: async () => one(await run('scripts/build', ['wasm'], { minutes: 40 }) && existsSync(path.join(kSite, 'index.html'))),
  web: () => nodeTests('tests/web'),
  shaders: () => nodeTests('tests/shaders', { serial: true }),
  browser: async () => {
    if (!existsSync(path.join(kSite, 'index.html'))) return failure('browser: there is no page to test, the site was not built');
    const server = await startServer({ folder: kSite });
    try {
      return await nodeTests('tests/browser', { serial: true, env: { TRILENS_URL: server.origin, TRILENS_SITE: kSite } });
    } finally {
      await server.close();
    }
  },
};

async function main() {
  const words = process.argv.slice(2);
  const fast = words.includes('--fast');
  const named = words.filter((word) => word !== '--fast');
  const unknown = named.filter((word) => !(word in suites));
  if (unknown.length > 0) {
    console.error(`scripts/test: unknown suite ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}`);
    process.exit(2);
  }
  const chosen = named.length > 0 ? named : fast ? ['native'] : Object.keys(suites).filter((name) => name !== 'web' || existsSync(path.join(kRoot, 'tests/web')));
  const began = Date.now();
  /** @type {{name: string, counts: Counts, seconds: number}[]} */
  const table = [];
  for (const name of chosen) {
    console.log(`\n=== ${name} ===`);
    const start = Date.now();
    const counts = await suites[name]().catch((error) => failure(`${name}: ${error.stack ?? error}`));
    table.push({ name, counts, seconds: (Date.now() - start) / 1000 });
  }
  const total = sum(table.map((row) => row.counts));
  console.log(`\n${chosen.length} suites in ${Math.round((Date.now() - began) / 1000)} s`);
  for (const { name, counts, seconds } of table) {
    const { passed, failed, skipped } = counts;
    console.log(`  ${name.padEnd(8)} ${failed === 0 ? 'ok    ' : 'FAILED'} ${passed} passed, ${failed} failed, ${skipped} skipped, ${Math.round(seconds)} s`);
  }
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

await main();
