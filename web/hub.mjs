// A model's host as Trilens sees it: what a name means there, which files it has, how long they are and what they hash to.
//
// Not here: which of the files to load (repository.mjs), fetching weights (download.mjs). Asks for lists and pointers only, and
// only when called. The public host stands in kPublicHub and nowhere else; a mirror or a school's own server is another base with
// the same paths (https://huggingface.co/docs/hub/api): {base}/api/models/{repo}/revision/{revision}?blobs=true or …/tree/…,
// {base}/{repo}/resolve/{revision}/{file}, {base}/{repo}/raw/{revision}/{file}. A plain file server needs the second alone.
// Errors: invalid_argument (names), model_missing, model_gated, model_malformed (lists), network, cancelled.
//
//   const hub = new Hub({ fetch, clock });
//   const listing = await hub.list(parseModelName('Xenova/distilgpt2'), { signal });

import { TrilensError } from './errors.mjs';
import { ask, drop, failureOf, hostOf, readText, Retries } from './http.mjs';
import { checkedPath, kCandidates } from './repository_files.mjs';

export const kPublicHub = { title: 'Hugging Face Hub', base: 'https://huggingface.co' };

const kMegabyte = 1 << 20;
const kMostFiles = 10_000;
const kMostPages = 50;
const kAtOnce = 6;

/** @typedef {{repo: string, revision: string}} ModelName */
/** @typedef {import('./repository_files.mjs').Listing} Listing */
/** @typedef {import('./repository_files.mjs').RepositoryFile} RepositoryFile */
/** @typedef {{signal?: AbortSignal}} Options */

/**
 * `owner/name` or `owner/name@revision`; a revision is a branch, a tag, a commit, or refs/pr/N.
 * @param {string} text @returns {ModelName} throws TrilensError invalid_argument
 */
export function parseModelName(text) {
  /** @param {string} why @returns {never} */
  const refuse = (why) => {
    throw new TrilensError('invalid_argument', `"${text.trim().slice(0, 100)}" is not the name of a model: ${why}. Write owner/name or owner/name@revision, as in Xenova/distilgpt2.`);
  };
  const trimmed = text.trim();
  if (trimmed === '') refuse('it is empty');
  if (/^[a-z][a-z0-9+.-]*:/i.test(trimmed) || trimmed.startsWith('//')) refuse('it is an address');
  const at = trimmed.indexOf('@');
  const repo = at < 0 ? trimmed : trimmed.slice(0, at);
  const revision = at < 0 ? 'main' : trimmed.slice(at + 1);
  const parts = repo.split('/');
  if (parts.length === 1) refuse('the owner before the / is missing');
  if (parts.length > 2) refuse('it has more than one /');
  for (const part of parts) {
    if (!/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(part) || /--|\.\./.test(part)) {
      refuse('owner and name are made of the letters a to z, digits, and single - _ . between them');
    }
    if (part.length > 96) refuse('it is longer than a name can be');
  }
  if (/\.git$/.test(repo)) refuse('it ends in .git');
  if (at >= 0 && (!/^[A-Za-z0-9_][A-Za-z0-9_./-]*$/.test(revision) || /\.\.|\/\/|\/$|\.lock$/.test(revision) || revision.length > 200)) refuse('what follows the @ is not a revision');
  return { repo, revision };
}

/** @param {string} text a base URL that somebody typed @returns {string} without its last slash */
export function parseBase(text) {
  /** @type {URL} */
  let url;
  try {
    url = new URL(text.trim());
  } catch {
    throw new TrilensError('invalid_argument', `"${text.trim().slice(0, 100)}" is not the address of a server; write it as https://models.example.org/hub.`);
  }
  const bad = !/^https?:$/.test(url.protocol) ? 'it must begin with https:// or http://'
    : url.username || url.password ? 'it must not carry a password' : url.search || url.hash ? 'it must not have a ? or a #' : '';
  if (bad) throw new TrilensError('invalid_argument', `"${text.trim().slice(0, 100)}" cannot be the address of models: ${bad}.`);
  return url.href.replace(/\/+$/, '');
}

/** The host of a base as listings name it. @param {string} base @returns {string} */
export const hostOfBase = (base) => hostOf(parseBase(base));

/** @param {string} path */
const encoded = (path) => path.split('/').map(encodeURIComponent).join('/');

export class Hub {
  /** @param {import('./http.mjs').Transport & {base?: string}} options base absent: the public one */
  constructor({ base = kPublicHub.base, ...transport }) {
    this.base = parseBase(base);
    this.transport = transport;
  }

  /** As the page names it before it asks. @returns {string} */
  get host() {
    return hostOf(this.base);
  }

  /** @param {string} repo @param {string} revision @param {string} path @returns {string} */
  resolve(repo, revision, path) {
    return `${this.base}/${repo}/resolve/${encodeURIComponent(revision)}/${encoded(path)}`;
  }

  /** All files of the model at one commit. @param {ModelName} name @param {Options} [options] @returns {Promise<Listing>} */
  async list({ repo, revision }, options = {}) {
    return (await this.listByApi(repo, revision, options)) ?? this.listByProbing(repo, revision, options);
  }

  /**
   * A small text file of the listing: config.json, README.md.
   * @param {Listing} listing @param {string} path @param {Options & {limit?: number}} [options] @returns {Promise<string>}
   */
  async readText(listing, path, { signal, limit = 2 * kMegabyte } = {}) {
    const file = listing.files.find((one) => one.path === path);
    if (!file?.url) throw new TrilensError('model_missing', `${listing.repo} has no ${path} on ${this.host}.`);
    const { text } = await this.text(file.url, { what: path, limit, signal });
    if (!/\.(md|html?)$/i.test(path) && /^\s*<(!doctype|html)/i.test(text)) throw new TrilensError('model_malformed', `In place of ${path} ${this.host} sent a web page.`);
    return text;
  }

  // --- With an API ---

  /** @param {string} repo @param {string} revision @param {Options} options @returns {Promise<Listing|null>} null: there is no API here */
  async listByApi(repo, revision, { signal }) {
    const info = await this.json(`${this.base}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`, { what: `${repo}@${revision}`, signal });
    if (info === null) return null;
    const commit = commitOf(info.sha);
    if (info.disabled === true) throw new TrilensError('model_missing', `${this.host} no longer hands out ${repo}.`);
    let entries = (Array.isArray(info.siblings) ? info.siblings : []).map((/** @type {any} */ one) => ({ path: one?.rfilename, size: one?.size, sha256: one?.lfs?.sha256 ?? one?.lfs?.oid }));
    let how = /** @type {Listing['how']} */ ('api');
    if (entries.length === 0 || entries.some((/** @type {any} */ one) => !Number.isSafeInteger(one.size))) {
      entries = await this.tree(repo, commit || revision, signal);
      how = 'tree';
    }
    const card = info.cardData ?? {};
    return {
      repo, revision, commit, host: this.host, how, gated: info.gated === true || typeof info.gated === 'string',
      about: { task: word(info.pipeline_tag), modelType: word(info.config?.model_type), license: word(card.license), languages: [card.language ?? []].flat().map(word).filter(Boolean) },
      files: this.files(repo, commit || revision, entries),
    };
  }

  /** @param {string} repo @param {string} commit @param {AbortSignal} [signal] */
  async tree(repo, commit, signal) {
    /** @type {any[]} */
    const entries = [];
    /** @type {string|null} */
    let url = `${this.base}/api/models/${repo}/tree/${encodeURIComponent(commit)}?recursive=true`;
    for (let page = 0; url !== null; ++page) {
      const answer = await this.text(url, { what: `the list of files of ${repo}`, limit: 8 * kMegabyte, signal });
      const list = parsed(answer.text);
      if (!Array.isArray(list) || page >= kMostPages) throw this.badList(repo);
      for (const one of list) {
        if (one?.type === 'file') entries.push({ path: one.path, size: one.lfs?.size ?? one.size, sha256: one.lfs?.oid ?? one.lfs?.sha256 });
      }
      url = this.nextPage(answer.response, url);
    }
    return entries;
  }

  /** @param {Response} response @param {string} from @returns {string|null} */
  nextPage(response, from) {
    const found = /<([^>]+)>\s*;\s*rel="?next"?/.exec(response.headers.get('link') ?? '');
    if (!found) return null;
    const next = new URL(found[1], from);
    // a mirror may hand on links to the host that it mirrors: the page said where it asks, and asks nowhere else
    return next.origin === new URL(from).origin ? next.href : new URL(next.pathname + next.search, from).href;
  }

  /** @param {string} repo @param {string} commit @param {any[]} entries @returns {RepositoryFile[]} */
  files(repo, commit, entries) {
    if (entries.length > kMostFiles) throw new TrilensError('model_unsupported', `${repo} has ${entries.length} files; Trilens opens models of at most ${kMostFiles}.`);
    return entries.map(({ path, size, sha256 }) => {
      const checked = checkedPath(path);
      if (checked === null) throw this.badList(repo);
      return {
        path: checked, bytes: Number.isSafeInteger(size) && size >= 0 ? size : null,
        sha256: typeof sha256 === 'string' && /^[0-9a-f]{64}$/i.test(sha256) ? sha256.toLowerCase() : '', url: this.resolve(repo, commit, checked),
      };
    });
  }

  /** @param {string} repo */
  badList(repo) {
    return new TrilensError('model_malformed', `The list of files that ${this.host} gave for ${repo} makes no sense; check the server's address.`);
  }

  // --- Without one: the names that models use are tried ---

  /** @param {string} repo @param {string} revision @param {Options} options @returns {Promise<Listing>} */
  async listByProbing(repo, revision, { signal }) {
    const first = await ask(this.transport, this.resolve(repo, revision, 'config.json'), { what: `${repo}/config.json`, method: 'HEAD', signal });
    if (isPage(first)) throw new TrilensError('model_missing', `${this.host} answers with a web page where ${repo}/config.json should be; check the server's address and the name.`);
    const commit = commitOf(first.headers.get('x-repo-commit'));
    const files = [this.probed(repo, commit || revision, 'config.json', first)];
    const waiting = kCandidates.filter((path) => path !== 'config.json');
    const worker = async () => {
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        const file = await this.probe(repo, commit || revision, path, signal);
        if (file === null) continue;
        files.push(file);
        if (path.endsWith('.onnx')) waiting.push(`${path}_data`);
      }
    };
    await Promise.all(Array.from({ length: kAtOnce }, worker));
    files.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { repo, revision, commit, host: this.host, how: 'probe', gated: false, about: { task: '', modelType: '', license: '', languages: [] }, files };
  }

  /** @param {string} repo @param {string} commit @param {string} path @param {AbortSignal} [signal] @returns {Promise<RepositoryFile|null>} */
  async probe(repo, commit, path, signal) {
    const response = await ask(this.transport, this.resolve(repo, commit, path), { what: `${repo}/${path}`, method: 'HEAD', signal, accept: [404, 410] });
    if (!response.ok || (isPage(response) && !/\.html?$/i.test(path))) return null;
    const file = this.probed(repo, commit, path, response);
    return /\.onnx(_data)?$/.test(path) ? { ...file, ...(await this.pointer(repo, commit, path, signal)) } : file;
  }

  /** @param {string} repo @param {string} commit @param {string} path @param {Response} response @returns {RepositoryFile} */
  probed(repo, commit, path, response) {
    const { headers } = response;
    const linked = headers.get('x-linked-etag')?.replace(/^"|"$/g, '') ?? '';
    // the length of what travels compressed says nothing about the file
    const plain = [null, 'identity'].includes(headers.get('content-encoding'));
    const length = headers.get('x-linked-size') ?? (plain ? headers.get('content-length') : null);
    return { path, bytes: length === null ? null : Number(length), sha256: /^[0-9a-f]{64}$/.test(linked) ? linked : '', url: this.resolve(repo, commit, path) };
  }

  /** What `raw` says of a large file. @param {string} repo @param {string} commit @param {string} path @param {AbortSignal} [signal] @returns {Promise<{bytes?: number, sha256?: string}>} */
  async pointer(repo, commit, path, signal) {
    const url = `${this.base}/${repo}/raw/${encodeURIComponent(commit)}/${encoded(path)}`;
    const response = await ask(this.transport, url, { what: `${repo}/${path}`, signal, accept: [400, 401, 403, 404, 410] });
    const length = Number(response.headers.get('content-length') ?? 0);
    // a server without pointers may send the file itself: then this is not the moment
    if (!response.ok || length > kPointerBytes || isPage(response)) {
      await drop(response);
      return {};
    }
    const text = await readText(response, { what: path, url, limit: kPointerBytes }).catch(() => '');
    return parsePointer(text) ?? {};
  }

  // --- Asking ---

  /** @param {string} url @param {{what: string, limit: number, signal?: AbortSignal, accept?: number[]}} options @returns {Promise<{response: Response, text: string}>} */
  async text(url, { what, limit, signal, accept = [] }) {
    const retries = new Retries(this.transport.clock, this.transport.tries ?? 5, signal);
    for (;;) {
      const response = await ask(this.transport, url, { what, signal, accept });
      try {
        return { response, text: await readText(response, { what, url, limit }) };
      } catch (error) {
        if (!(error instanceof TrilensError) || error.code !== 'network' || signal?.aborted) throw signal?.aborted ? new TrilensError('cancelled', `Loading ${what} was stopped.`) : error;
        await retries.again(() => error);
      }
    }
  }

  /** @param {string} url @param {{what: string, signal?: AbortSignal}} options @returns {Promise<any>} null: this server has no API */
  async json(url, { what, signal }) {
    const { response, text } = await this.text(url, { what, limit: 8 * kMegabyte, signal, accept: [404, 405] });
    if (!response.ok) {
      if (response.headers.has('x-error-code')) throw failureOf(response, what, url);
      return null;
    }
    const value = parsed(text);
    // single-page servers answer every path with their page
    if (value === undefined && isPage(response)) return null;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw this.badList(what);
    return value;
  }
}

const kPointerBytes = 1024;

/** A git-lfs pointer (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md). @param {string} text @returns {{bytes: number, sha256: string}|null} */
export function parsePointer(text) {
  if (!text.startsWith('version https://git-lfs.github.com/spec/')) return null;
  const sha256 = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const bytes = Number(/^size (\d{1,15})$/m.exec(text)?.[1] ?? NaN);
  return sha256 !== undefined && Number.isSafeInteger(bytes) ? { bytes, sha256 } : null;
}

/** @param {unknown} value */
const commitOf = (value) => (typeof value === 'string' && /^[0-9a-f]{40,64}$/i.test(value) ? value.toLowerCase() : '');
/** @param {unknown} value */
const word = (value) => (typeof value === 'string' ? value.slice(0, 100) : '');
/** @param {Response} response */
const isPage = (response) => /^text\/html\b/i.test(response.headers.get('content-type') ?? '');

/** @param {string} text @returns {any} undefined: not JSON */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
