// A static server for the page: right types, no stale copies, nothing outside its folder. Also used by the browser tests.
//
//   scripts/serve [FOLDER] [--port N] [--host ADDRESS]      FOLDER: build/wasm/site; N: 8080, 0 takes a free one
//
//   import { startServer } from './serve.mjs';
//   const site = await startServer({ folder: 'build/wasm/site', port: 0 });  …  await site.close();

import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const kTypes = new Map(Object.entries({
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.frag': 'text/plain; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.onnx': 'application/octet-stream',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.vert': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.wgsl': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}));

/** @param {string} file */
export const typeOf = (file) => kTypes.get(path.extname(file).toLowerCase()) ?? 'application/octet-stream';

/**
 * The file that a request names, or null: unknown, outside the folder (by .. or by a link), hidden, or malformed.
 * @param {string} root real path of the folder
 * @param {string} target the request's path and query
 */
async function fileFor(root, target) {
  let name;
  try {
    name = decodeURIComponent(target.replace(/[?#].*$/s, ''));
  } catch {
    return null;
  }
  if (name.includes('\0') || name.includes('\\') || name.split('/').some((part) => part.startsWith('.'))) return null;
  if (name.endsWith('/')) name += 'index.html';
  try {
    const file = await realpath(path.join(root, name));
    if (!file.startsWith(root + path.sep)) return null;
    const info = await stat(file);
    return info.isFile() ? { file, info } : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} root
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(root, request, response) {
  const plain = { 'content-type': 'text/plain; charset=utf-8' };
  if (request.method !== 'GET' && request.method !== 'HEAD') return response.writeHead(405, { ...plain, allow: 'GET, HEAD' }).end('only GET and HEAD\n');
  const found = await fileFor(root, request.url ?? '/');
  if (!found) return response.writeHead(404, plain).end('not found\n');
  const { file, info } = found;
  const headers = {
    'content-type': typeOf(file),
    'cache-control': 'no-cache', // kept, but asked about each time: a rebuilt page is never mixed with an old one
    etag: `"${info.size.toString(16)}-${Math.round(info.mtimeMs).toString(16)}"`,
    'x-content-type-options': 'nosniff',
  };
  if (request.headers['if-none-match'] === headers.etag) return response.writeHead(304, headers).end();
  response.writeHead(200, { ...headers, 'content-length': info.size });
  if (request.method === 'HEAD') return response.end();
  createReadStream(file).on('error', () => response.destroy()).pipe(response);
}

/**
 * @param {{folder: string, port?: number, host?: string}} options  port absent or 0: a free one; host absent: this machine only
 * @returns {Promise<{origin: string, port: number, close: () => Promise<void>}>}
 */
export async function startServer({ folder, port = 0, host }) {
  const root = await realpath(folder);
  /** @param {string} address @param {number} at */
  const listen = (address, at) => new Promise((resolve, reject) => {
    const server = createServer((request, response) => void answer(root, request, response).catch(() => response.destroy()));
    server.once('error', reject);
    server.listen(at, address, () => resolve(server));
  });
  /** @type {import('node:http').Server[]} */
  const servers = [await listen(host ?? '127.0.0.1', port)];
  const bound = /** @type {import('node:net').AddressInfo} */ (servers[0].address()).port;
  if (!host) { // "localhost" may mean the IPv6 address first
    await listen('::1', bound).then((server) => servers.push(server), (error) => {
      if (error.code === 'EADDRINUSE') servers[0].close();
      if (error.code === 'EADDRINUSE') throw error;
    });
  }
  return {
    origin: `http://${host ?? 'localhost'}:${bound}`,
    port: bound,
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(() => resolve(undefined)));
      }
    },
  };
}

/** @param {string[]} words */
function parse(words) {
  const options = { folder: path.join(path.dirname(fileURLToPath(import.meta.url)), '../build/wasm/site'), port: 8080, host: /** @type {string | undefined} */ (undefined) };
  for (let i = 0; i < words.length; i++) {
    const [name, inline] = words[i].split(/=(.*)/s);
    const value = () => inline ?? words[++i];
    if (name === '--port') options.port = Number(value());
    else if (name === '--host') options.host = value();
    else if (name.startsWith('-')) return null;
    else options.folder = words[i];
  }
  return Number.isInteger(options.port) && options.port >= 0 && options.port < 65536 ? options : null;
}

async function main() {
  const options = parse(process.argv.slice(2));
  if (!options) {
    console.error('usage: scripts/serve [FOLDER] [--port N] [--host ADDRESS]     (N: 0 to 65535, 0 takes a free one)');
    process.exit(2);
  }
  try {
    const site = await startServer(options);
    console.log(`Trilens is served on ${site.origin}  (Ctrl+C stops it)`);
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => void site.close().then(() => process.exit(0)));
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EADDRINUSE') console.error(`serve: port ${options.port} is taken by another program. Stop it, or choose another port: --port ${options.port + 1}`);
    else if (code === 'EACCES') console.error(`serve: port ${options.port} needs root. Choose one above 1023: --port 8080`);
    else if (code === 'ENOENT') console.error(`serve: there is no folder ${options.folder}. Build the page first: scripts/run --build-only`);
    else console.error(`serve: ${message}`);
    process.exit(1);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
