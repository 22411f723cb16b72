// Brings the page to life, in the order in which people notice: the engine's worker first (it takes longest), then what
// the drawing needs, then the first frame. Whatever fails says so in the page's own words and leaves the rest running.

import { installDropTarget } from './drop_target.mjs';
import { EngineClient, siteConfig } from './engine_client.mjs';
import { PageHost } from './page_host.mjs';
import { Mirror } from './mirror.mjs';
import { offerAutomation } from './automation.mjs';
import { showFailure } from './failure.mjs';
import { readLink } from './share.mjs';

export const kVersion = '0.1.0';

/** What the page module is given by name before it starts: where it lies on the site. */
const kAssets = {
  'Inter-Regular.ttf': 'assets/fonts/Inter-Regular.ttf',
  'Inter-SemiBold.ttf': 'assets/fonts/Inter-SemiBold.ttf',
  'JetBrainsMono-Regular.ttf': 'assets/fonts/JetBrainsMono-Regular.ttf',
  'attention_map.vert': 'shaders/attention_map.vert',
  'attention_map.frag': 'shaders/attention_map.frag',
  'examples.json': 'assets/examples.json',
  'catalog.json': 'assets/catalog.json',
};
const kLanguages = ['en', 'nb'];

const base = new URL('.', document.baseURI).href;
/** @template {HTMLElement} T @param {string} id @returns {T} */
const element = (id) => /** @type {T} */ (document.getElementById(id));
const bootText = element('boot-text');
const bootBar = /** @type {HTMLProgressElement} */ (element('boot-bar'));
const failurePlace = element('failure');

/** @param {string} path @param {(loaded: number, total: number) => void} [onBytes] @returns {Promise<Uint8Array>} */
async function fetchBytes(path, onBytes = () => {}) {
  const response = await fetch(new URL(path, base));
  if (!response.ok || !response.body) throw new Error(`${path}: ${response.status} ${response.statusText}`);
  const total = Number(response.headers.get('content-length') ?? 0);
  const chunks = [];
  let loaded = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    loaded += value.length;
    onBytes(loaded, total);
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) { bytes.set(chunk, at); at += chunk.length; }
  return bytes;
}

/** @returns {Storage | null} */
function storage() {
  try { return window.localStorage; } catch { return null; }
}

function preferredLanguage() {
  const wanted = (navigator.languages ?? [navigator.language]).map((tag) => tag.toLowerCase().split('-')[0]);
  const norwegian = new Set(['nb', 'no', 'nn']);
  return wanted.map((tag) => (norwegian.has(tag) ? 'nb' : tag)).find((tag) => kLanguages.includes(tag)) ?? 'en';
}

/** Bytes of everything that the first frame waits for, shown as one bar. */
function bootProgress() {
  /** @type {Map<string, {loaded: number, total: number}>} */
  const parts = new Map();
  return (/** @type {string} */ name) => (/** @type {number} */ loaded, /** @type {number} */ total) => {
    parts.set(name, { loaded, total });
    let all = 0;
    let known = 0;
    for (const part of parts.values()) { all += part.loaded; known += Math.max(part.total, part.loaded); }
    bootText.textContent = `Fetching the page: ${(all / 1e6).toFixed(1)} MB`;
    if (known > 0) bootBar.value = all / known;
  };
}

/** The page that the address holds; what cannot be read is handed on too, so that the page says so. @returns {Promise<string>} */
const sharedPage = () => readLink(location.hash).then((json) => json ?? '', (error) => `unreadable: ${error instanceof Error ? error.message : error}`);

async function boot() {
  const field = /** @type {HTMLTextAreaElement} */ (element('text'));
  const canvas = /** @type {HTMLCanvasElement} */ (element('view'));
  const settings = storage();
  const query = new URLSearchParams(location.search);

  // --- the engine, at once ---
  /** @type {(info: import('./engine_client.mjs').EngineInfo) => void} */
  let engineIsReady = () => {};
  const engineReady = new Promise((/** @type {(info: import('./engine_client.mjs').EngineInfo) => void} */ resolve) => { engineIsReady = resolve; });
  /** @type {import('./engine_client.mjs').EngineInfo} */
  let device = { webgpu: false, adapter: '' };
  /** @type {string[]} messages that came before the page could hear them */
  const early = [];
  let hear = (/** @type {string} */ json) => { early.push(json); };
  let lost = (/** @type {string} */ _json) => {};
  let environmentChanged = () => {};
  const engine = new EngineClient({
    config: { ...siteConfig(base), ...(query.get('webgpu') === 'off' ? { webgpu: /** @type {const} */ ('off') } : {}) },
    onMessage: (json) => hear(json),
    onReady: (info) => { device = info; engineIsReady(info); environmentChanged(); },
    onRestart: (failure) => lost(JSON.stringify({ ...failure, restarted: true })),
    onGiveUp: (failure) => {
      lost(JSON.stringify({ ...failure, restarted: false }));
      engineIsReady(device);
    },
  });

  // --- what the drawing needs ---
  const progress = bootProgress();
  const [createPage, wasm, strings, catalog, ...assets] = await Promise.all([
    import(new URL('trilens_page.mjs', base).href).then((module) => module.default),
    fetchBytes('trilens_page.wasm', progress('wasm')),
    Promise.all(kLanguages.map(async (language) => /** @type {const} */ ([language, new TextDecoder().decode(await fetchBytes(`assets/i18n/${language}.json`))]))),
    fetchBytes('assets/models/catalog.json').then((bytes) => JSON.parse(new TextDecoder().decode(bytes))),
    ...Object.entries(kAssets).map(async ([name, path]) => /** @type {const} */ ([name, await fetchBytes(path, progress(name))])),
  ]);
  bootText.textContent = 'Starting…';

  /** @type {Mirror | null} */
  let mirror = null;
  let settle = () => {};
  const settled = new Promise((/** @type {(value: void) => void} */ resolve) => { settle = resolve; });
  let isSettled = false;
  const host = new PageHost({
    canvas, field, settings,
    boxes: ['model-name', 'model-server', 'prefix-left', 'prefix-middle', 'prefix-right'].map((id) => /** @type {HTMLInputElement} */ (element(id))),
    chooseFiles: (folder) => (folder ? dropTarget.chooseFolder() : dropTarget.chooseFiles()),
    extent: element('extent'),
    focusWords: element('focus-words'),
    send: (json) => engine.send(json),
    on: {
      changed: () => {
        mirror?.changed();
        if (isSettled) return;
        const heads = host.snapshot().columns?.map((/** @type {any} */ column) => column.head) ?? [];
        isSettled = heads.length === 3 && heads.every((/** @type {any} */ head) => head.ready || head.trouble);
        if (isSettled) settle();
      },
      language: (language) => { document.documentElement.lang = language; },
      context: (isLost) => showFailure(failurePlace, isLost ? {
        title: 'The graphics card was taken away',
        message: 'The picture comes back by itself when it returns. Your text and the models are safe; the same content stands below as text.',
      } : null),
    },
  });
  await createPage({ trilensPage: host, wasmBinary: wasm });
  const page = host.page;
  if (!page) throw new Error('the page module did not start');
  for (const [name, bytes] of assets) page.asset(name, bytes);
  for (const [language, json] of strings) page.strings(language, json);

  const language = preferredLanguage();
  document.documentElement.lang = language;
  const typedBefore = field.value === field.defaultValue ? '' : field.value;  // the field is there from the first paint
  const problem = page.start(JSON.stringify({ language, settings: settings?.getItem('trilens.settings') ?? '', text: query.get('text') ?? typedBefore, shared: await sharedPage(), canvas: '#view' }));

  const dark = matchMedia('(prefers-color-scheme: dark)');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  environmentChanged = () => {
    page.environment(JSON.stringify({ dark: dark.matches, reduced_motion: still.matches, webgpu: device.webgpu, adapter: device.adapter,
      threads: device.threads ?? 0, cores: navigator.hardwareConcurrency ?? 0 }));
    host.wake();
  };
  dark.addEventListener('change', environmentChanged);
  still.addEventListener('change', environmentChanged);
  environmentChanged();

  lost = (json) => { page.engineLost(json); host.wake(); };
  hear = (json) => { page.receive(json); host.wake(); };
  for (const json of early.splice(0)) hear(json);

  const models = (catalog.models ?? []).map((/** @type {any} */ { id, family, tasks, files }) =>
    ({ id, family, tasks, bytes: files.reduce((/** @type {number} */ sum, /** @type {any} */ file) => sum + file.bytes, 0) }));
  const dropTarget = installDropTarget({
    post: (id, listing) => engine.drop(id, listing),
    onDropped: (name, title) => window.dispatchEvent(new CustomEvent('trilens-dropped', { detail: { name, title } })),
    onError: ({ code, message }) => window.dispatchEvent(new CustomEvent('trilens-dropped', { detail: { code, message } })),
  });
  window.addEventListener('trilens-dropped', (event) => host.filesChosen(/** @type {CustomEvent} */ (event).detail));
  offerAutomation({
    version: kVersion, models, settled, engine: engineReady,
    command: (command) => host.command(command),
    snapshot: () => host.snapshot(),
    open: (files) => dropTarget.take(files),
  });

  document.body.dataset.state = problem ? 'no-canvas' : 'running';
  if (problem) showFailure(failurePlace, { title: 'No picture here', message: problem });
  mirror = new Mirror(element('mirror'), element('mirror-status'), {
    snapshot: () => host.snapshot(),
    command: (command) => host.command(command),
    named: ({ input_label: label, placeholder }, { drop_words: words }) => {
      dropTarget.label(words);
      field.placeholder = placeholder;
      field.setAttribute('aria-label', label);
    },
    buttonsInTabOrder: () => document.body.dataset.state === 'no-canvas',
  });
  window.addEventListener('hashchange', () => sharedPage().then((json) => { if (json) page.shared(json); host.wake(); }));
  host.run();
  mirror.changed();
}

boot().catch((error) => {
  document.body.dataset.state = 'failed';
  showFailure(failurePlace, {
    title: 'Trilens could not start',
    message: `A part of the page is missing or broken (${error instanceof Error ? error.message : String(error)}). Your text is kept.`,
    offers: [{ label: 'Try again', act: () => location.reload() }],
  });
  console.error(error);
});
