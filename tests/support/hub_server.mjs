// A local server that behaves like the Hub, for tests: names, commits, lists, pointers, redirects of large files to a second origin
// (another port), ranges, ETags, CORS; and that misbehaves as told. Every request is logged with the bytes of body that were sent.
//
//   const hub = await startHub({ repos: { 'owner/name': { files: { 'config.json': '{}', 'onnx/model.onnx': large(bytes) } } } });
//   hub.misbehave({ path: /model\.onnx$/, times: 1, cutAfter: 1000 });
//   hub.log → [{ method, origin: 'hub'|'storage', path, range, status, sent }]
//
// Large files (LFS) are the ones given as large(bytes), and all *.onnx*. As with the Hub's storage hosts, the second origin answers an
// OPTIONS request with an error: a request that a browser asks about first does not get through.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

/** @typedef {{files: Record<string, string|Buffer|Uint8Array>, commit?: string, revisions?: Record<string, string>, gated?: boolean, hidden?: boolean, info?: object}} FakeRepo */
/**
 * What is to go wrong, with which requests.
 * @typedef {object} Fault
 * @property {RegExp} path of the URL
 * @property {'GET'|'HEAD'} [method]
 * @property {'hub'|'storage'} [origin]
 * @property {number} [times] absent: always
 * @property {number} [status] answered in place of the file
 * @property {Record<string, string>} [headers] added
 * @property {string[]} [without] headers left out
 * @property {number} [cutAfter] the connection is cut after so many bytes of body
 * @property {number} [endAfter] the body ends there, in good order (chunked)
 * @property {number} [silentAfter] nothing comes after that, and the connection stays
 * @property {Buffer|string} [body] in place of the file's
 * @property {boolean} [ignoreRange]
 * @property {boolean} [refuse] no answer at all
 */

export const sha256 = (/** @type {string|Uint8Array} */ bytes) => createHash('sha256').update(bytes).digest('hex');
const kCommit = '5f2a9d1c0b7e6f8a9b0c1d2e3f405162738495a6';
const kExposed = 'X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag';

/** Bytes that are the same each time, and no two alike stretches. @param {number} length @param {number} [seed] */
export function noise(length, seed = 1) {
  const bytes = Buffer.alloc(length);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < length; ++i) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** @param {{repos: Record<string, FakeRepo>, api?: boolean, pageSize?: number, commits?: boolean, blobs?: boolean, html404?: boolean}} options */
export async function startHub({ repos, api = true, pageSize = 1000, commits = true, blobs = true, html404 = false }) {
  /** @type {{method: string, origin: 'hub'|'storage', path: string, range: string, status: number, sent: number, headers: import('node:http').IncomingHttpHeaders}[]} */
  const log = [];
  /** @type {Fault[]} */
  const faults = [];
  /** @type {Set<import('node:http').ServerResponse>} */
  const silent = new Set();

  const isLarge = (/** @type {string} */ path) => /\.onnx/.test(path);
  const bytesOf = (/** @type {FakeRepo} */ repo, /** @type {string} */ path) => Buffer.from(/** @type {any} */ (repo.files[path]));

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response @param {'hub'|'storage'} origin */
  const answer = (request, response, origin) => {
    const url = new URL(request.url ?? '/', 'http://x');
    const path = decodeURIComponent(url.pathname);
    const entry = { method: request.method ?? '', origin, path, range: String(request.headers.range ?? ''), status: 0, sent: 0, headers: request.headers };
    log.push(entry);
    const fault = faults.find((one) => one.path.test(path) && (one.origin ?? origin) === origin && (one.method ?? request.method) === request.method && one.times !== 0);
    if (fault?.times !== undefined) --fault.times;
    if (fault?.refuse) return response.socket?.destroy();

    /** @param {number} status @param {Record<string, string|number>} headers @param {Buffer|string} [given] */
    const send = (status, headers, given = '') => {
      const body = Buffer.from(fault?.body ?? given);
      entry.status = fault?.status ?? status;
      /** @type {Record<string, string|number>} */
      const all = { 'access-control-allow-origin': '*', 'access-control-expose-headers': kExposed, 'content-length': body.length, ...headers, ...fault?.headers };
      if (fault?.body !== undefined && fault.headers?.['content-length'] === undefined) all['content-length'] = body.length;
      for (const name of fault?.without ?? []) delete all[name];
      if (fault?.endAfter !== undefined) delete all['content-length'];
      response.writeHead(entry.status, all);
      if (request.method === 'HEAD') return response.end();
      const limit = fault?.cutAfter ?? fault?.endAfter ?? fault?.silentAfter;
      entry.sent = limit === undefined ? body.length : Math.min(limit, body.length);
      const part = body.subarray(0, entry.sent);
      if (limit === undefined || fault?.endAfter !== undefined) return response.end(part);
      if (fault?.silentAfter !== undefined) silent.add(response.on('close', () => silent.delete(response)));
      response.write(part, () => fault?.cutAfter !== undefined && setImmediate(() => response.socket?.destroy()));
    };
    const notFound = (/** @type {string} */ code) => send(404, { ...(code && api ? { 'x-error-code': code } : {}), 'content-type': html404 ? 'text/html' : 'text/plain' }, html404 ? '<!doctype html><p>not here</p>' : 'not here');

    if (request.method === 'OPTIONS') return origin === 'storage' ? send(403, {}) : send(204, { 'access-control-allow-methods': 'GET,HEAD', 'access-control-allow-headers': 'range,if-range' });
    if (fault?.status !== undefined) return send(fault.status, { 'content-type': 'text/plain' }, 'something went wrong');

    /** A file with ranges. @param {Buffer} bytes @param {Record<string, string|number>} headers */
    const sendFile = (bytes, headers) => {
      const etag = `"${sha256(bytes).slice(0, 40)}"`;
      const all = { etag, 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream', ...headers };
      const wanted = /^bytes=(\d+)-$/.exec(entry.range);
      const condition = request.headers['if-range'];
      if (!wanted || fault?.ignoreRange || (condition !== undefined && condition !== etag)) return send(200, all, bytes);
      const from = Number(wanted[1]);
      if (from >= bytes.length) return send(416, { ...all, 'content-range': `bytes */${bytes.length}` });
      return send(206, { ...all, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }, bytes.subarray(from));
    };
    if (origin === 'storage') {
      const [, repo, file] = /^\/blob\/([^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
      return repos[repo]?.files[file] === undefined ? send(404, {}) : sendFile(bytesOf(repos[repo], file), {});
    }

    const route = /^\/(api\/models\/)?([^/]+\/[^/]+)\/(revision|tree|resolve|raw)\/([^/]+)(?:\/(.+))?$/.exec(url.pathname);
    if (!route || (route[1] && !api)) return notFound('');
    const [, isApi, name, verb] = route;
    const repo = repos[name];
    if (!repo || repo.hidden) return repo || api ? send(401, { 'x-error-code': 'RepoNotFound' }, 'Invalid username or password.') : notFound('');
    const commit = repo.commit ?? kCommit;
    const revision = decodeURIComponent(route[4]);
    if (![commit, ...Object.keys(repo.revisions ?? { main: commit })].includes(revision)) return notFound('RevisionNotFound');
    const listed = Object.keys(repo.files).map((file) => {
      const bytes = bytesOf(repo, file);
      return { file, size: bytes.length, ...(isLarge(file) ? { lfs: { sha256: sha256(bytes), oid: sha256(bytes), size: bytes.length, pointerSize: 134 } } : {}) };
    });
    if (isApi && verb === 'revision') {
      const siblings = listed.map(({ file, size, lfs }) => ({ rfilename: file, ...(blobs && url.searchParams.get('blobs') === 'true' ? { size, blobId: 'b', ...(lfs ? { lfs } : {}) } : {}) }));
      return send(200, { 'content-type': 'application/json' }, JSON.stringify({ id: name, sha: commit, gated: repo.gated ? 'auto' : false, siblings, ...repo.info }));
    }
    if (isApi && verb === 'tree') {
      const from = Number(url.searchParams.get('cursor') ?? 0);
      const page = listed.slice(from, from + pageSize).map(({ file, size, lfs }) => ({ type: 'file', oid: 'o', path: file, size: lfs ? lfs.pointerSize : size, ...(lfs ? { lfs: { oid: lfs.oid, size } } : {}) }));
      const next = from + pageSize < listed.length ? { link: `<http://elsewhere.invalid${url.pathname}?recursive=true&cursor=${from + pageSize}>; rel="next"` } : {};
      return send(200, { 'content-type': 'application/json', ...next }, JSON.stringify([{ type: 'directory', path: 'onnx', size: 0 }, ...page]));
    }
    const file = decodeURIComponent(route[5] ?? '');
    if (repo.files[file] === undefined) return notFound('EntryNotFound');
    if (repo.gated) return send(401, { 'x-error-code': 'GatedRepo' }, 'Access to this model is restricted.');
    const bytes = bytesOf(repo, file);
    const named = commits ? { 'x-repo-commit': commit } : {};
    if (verb === 'raw') {
      return isLarge(file) ? send(200, { 'content-type': 'text/plain', ...named }, `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(bytes)}\nsize ${bytes.length}\n`) : send(200, { 'content-type': 'text/plain', ...named }, bytes);
    }
    if (!isLarge(file)) return sendFile(bytes, { 'content-type': file.endsWith('.json') ? 'application/json' : 'text/plain', ...named });
    const to = `http://127.0.0.1:${portOf(storage)}/blob/${name}/${file}`;
    return send(302, { location: to, 'x-linked-size': bytes.length, 'x-linked-etag': `"${sha256(bytes)}"`, ...named }, 'Found. Redirecting');
  };

  const listen = (/** @type {'hub'|'storage'} */ origin) => new Promise((resolve) => {
    const server = createServer((request, response) => answer(request, response, origin));
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
  const portOf = (/** @type {any} */ server) => server.address().port;
  const storage = await listen('storage');
  const main = await listen('hub');
  return {
    base: `http://127.0.0.1:${portOf(main)}`,
    commit: kCommit,
    repos,
    log,
    /** @param {Fault} fault */
    misbehave: (fault) => faults.push(fault),
    behave: () => (faults.length = 0),
    /** How often and how much of what matches. @param {RegExp} path @param {string} [method] */
    count: (path, method = 'GET') => {
      const found = log.filter((one) => path.test(one.path) && one.method === method);
      return { requests: found.length, bytes: found.filter((one) => one.status < 300).reduce((sum, one) => sum + one.sent, 0) };
    },
    forget: () => (log.length = 0),
    /** Whether somebody waits for bytes that will not come. */
    get silent() {
      return silent.size;
    },
    close: () => Promise.all([main, storage].map((server) => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve(null)))))),
  };
}
