import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServer, typeOf } from '../../scripts/serve.mjs';

const kProgram = fileURLToPath(new URL('../../scripts/serve', import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), 'trilens-serve-'));
const site = path.join(folder, 'site');
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;

before(async () => {
  mkdirSync(path.join(site, 'web'), { recursive: true });
  mkdirSync(path.join(site, '.git'));
  writeFileSync(path.join(folder, 'secret.txt'), 'secret');
  writeFileSync(path.join(site, '.git/config'), 'secret');
  writeFileSync(path.join(site, 'index.html'), '<!doctype html>');
  writeFileSync(path.join(site, 'web/a b.mjs'), 'export {};');
  writeFileSync(path.join(site, 'm.wasm'), Buffer.alloc(100_000, 7));
  symlinkSync(path.join(folder, 'secret.txt'), path.join(site, 'link.txt'));
  server = await startServer({ folder: site });
});
after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** A request whose path nobody tidies. @param {string} target @param {http.RequestOptions} [options] */
const ask = (target, options = {}) => new Promise((resolve, reject) => {
  const request = http.request({ port: server.port, host: '127.0.0.1', path: target, ...options }, (response) => {
    const parts = [];
    response.on('data', (part) => parts.push(part)).on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
  });
  request.on('error', reject).end();
});

test('files have the types that browsers insist on', () => {
  assert.equal(typeOf('a.wasm'), 'application/wasm');
  assert.match(typeOf('a.mjs'), /^text\/javascript/);
  assert.match(typeOf('a.WGSL'), /^text\/plain/);
  assert.equal(typeOf('a.onnx'), 'application/octet-stream');
});

test('a file comes whole, with its type, and is asked about again next time', async () => {
  const { status, headers, body } = await ask('/m.wasm?v=1');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/wasm');
  assert.equal(headers['cache-control'], 'no-cache');
  assert.equal(body.length, 100_000);
  assert.equal((await ask('/m.wasm', { headers: { 'if-none-match': headers.etag } })).status, 304);
  writeFileSync(path.join(site, 'm.wasm'), 'rebuilt');
  assert.equal((await ask('/m.wasm', { headers: { 'if-none-match': headers.etag } })).status, 200);
});

test('a folder means its index, and a name may have a space', async () => {
  assert.match((await ask('/')).headers['content-type'], /^text\/html/);
  assert.equal((await ask('/web/a%20b.mjs')).status, 200);
  assert.equal((await ask('/web/')).status, 404);
});

test('nothing outside the folder is served', async () => {
  for (const target of ['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/web/../../secret.txt', '/link.txt', '//../secret.txt',
    '/..%5csecret.txt', '/.git/config', '/%00', '/%zz', '/secret.txt']) {
    const { status, body } = await ask(target);
    assert.equal(status, 404, target);
    assert.doesNotMatch(body.toString(), /secret/, target);
  }
});

test('HEAD has no body, and nothing can be written', async () => {
  const head = await ask('/index.html', { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.body.length, 0);
  assert.equal((await ask('/index.html', { method: 'PUT' })).status, 405);
});

test('a port that is taken, and a folder that is not there, are told in a sentence', async () => {
  /** @param {string[]} words */
  const fails = (words) => new Promise((resolve) => {
    const child = spawn(kProgram, words);
    let text = '';
    child.stderr.on('data', (part) => (text += part));
    child.on('exit', (code) => resolve({ code, text }));
  });
  const taken = await fails([site, '--port', String(server.port)]);
  assert.equal(taken.code, 1);
  assert.match(taken.text, new RegExp(`port ${server.port} is taken.*--port ${server.port + 1}`));
  assert.match((await fails([path.join(folder, 'nowhere'), '--port', '0'])).text, /no folder .*scripts\/run --build-only/);
  assert.equal((await fails(['--port', 'many'])).code, 2);
});
