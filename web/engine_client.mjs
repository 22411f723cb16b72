// The page's side of the engine: starts its worker, sends requests, hears messages, replaces a worker that died.
//
// Not here: what requests say (src/protocol). A worker that dies takes its models with it: `onRestart` is the moment to
// load them again. Requests sent while a worker starts are kept for it; those that a dead worker had are lost.

/** @typedef {import('./load_ort.mjs').Source} Source */
/**
 * All that the worker needs to know, as absolute URLs (blob: too) or as bytes.
 * @typedef {object} EngineConfig
 * @property {string} base    URL that file paths are relative to, with its last slash
 * @property {string} host    URL of engine_host.mjs
 * @property {{module: string, wasm: Source}} engine  trilens_engine.mjs and its .wasm
 * @property {import('./load_ort.mjs').OrtConfig} ort
 * @property {{row_statistics: Source|{text: string}}} shaders
 * @property {string} sha256  URL of hash-wasm's build of that algorithm (sha256.mjs)
 * @property {string} yaml    URL of js-yaml's ESM build (model_card.mjs)
 * @property {Record<string, ArrayBuffer>} [files]  files by path that are not to be fetched
 * @property {'auto'|'off'} [webgpu]  off: as if the browser had none; absent: auto
 */
/** @typedef {{webgpu: boolean, adapter: string, threads?: number}} EngineInfo */
/** @typedef {{code: string, message: string, detail: string}} EngineFailure */

/** How a served site is laid out. @param {string} base with its last slash @returns {EngineConfig & {worker: string}} */
export function siteConfig(base) {
  const at = (/** @type {string} */ path) => new URL(path, base).href;
  const build = (/** @type {string} */ module, /** @type {string} */ wasm) => ({ module: at(`ort/${module}`), wasm: { url: at(`ort/${wasm}`) } });
  return {
    base,
    worker: at('web/worker.js'),
    host: at('web/engine_host.mjs'),
    engine: { module: at('trilens_engine.mjs'), wasm: { url: at('trilens_engine.wasm') } },
    ort: {
      jspi: build('ort.jspi.bundle.min.mjs', 'ort-wasm-simd-threaded.jspi.wasm'),
      asyncify: build('ort.webgpu.bundle.min.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'),
    },
    shaders: { row_statistics: { url: at('shaders/row_statistics.wgsl') } },
    sha256: at('vendor/sha256.umd.min.js'),
    yaml: at('vendor/js-yaml.mjs'),
  };
}

/** Browsers may clear away what a site keeps when the disk runs full; they take this question on the page alone. */
function askToPersist() {
  navigator.storage?.persist?.().catch(() => {});
}

// A worker that dies this often in a row, without having answered in between, is not started again.
const kMaxDeaths = 3;
/** As many as library.mjs keeps. */
const kMostDropped = 8;

export class EngineClient {
  /**
   * @param {object} options
   * @param {EngineConfig & {worker: string}} options.config `worker`: URL of worker.js
   * @param {(json: string) => void} options.onMessage
   * @param {(info: EngineInfo) => void} [options.onReady] each time that a worker listens
   * @param {(failure: EngineFailure) => void} [options.onRestart] a worker died; the next one is already starting
   * @param {(failure: EngineFailure) => void} [options.onGiveUp] and none will be started again, unless restart() is called
   */
  constructor({ config, onMessage, onReady = () => {}, onRestart = () => {}, onGiveUp = () => {} }) {
    this.config = config;
    this.on = { message: onMessage, ready: onReady, restart: onRestart, giveUp: onGiveUp };
    this.deaths = 0;
    /** @type {Worker|null} */
    this.worker = null;
    /** What was dropped, for the next worker too. @type {{type: 'dropped', id: string, listing: import('./repository_files.mjs').Listing}[]} */
    this.dropped = [];
    this.start();
  }

  /** Files that somebody dropped or chose: plan_model knows them as "disk:<id>". @param {string} id @param {import('./repository_files.mjs').Listing} listing */
  drop(id, listing) {
    const message = { type: /** @type {const} */ ('dropped'), id, listing };
    this.dropped = [...this.dropped.slice(1 - kMostDropped), message];
    this.worker?.postMessage(message);
  }

  /** @param {string} json a request of src/protocol */
  send(json) {
    this.worker?.postMessage({ type: 'request', json });
  }

  /** Ends the worker, its models with it, and starts another. */
  restart() {
    this.deaths = 0;
    this.stop();
    this.start();
  }

  stop() {
    this.worker?.terminate();
    this.worker = null;
  }

  start() {
    const worker = new Worker(this.config.worker, { name: 'trilens engine' });
    this.worker = worker;
    worker.addEventListener('message', ({ data }) => {
      if (worker !== this.worker) return;
      if (data.type === 'message') {
        this.deaths = 0;
        this.on.message(data.json);
      } else if (data.type === 'ready') this.on.ready(data.info);
      else if (data.type === 'kept') askToPersist();
      else if (data.type === 'fatal') this.replace(data);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      if (worker === this.worker) this.replace({ code: 'internal', message: 'The engine could not be started; reload the page.', detail: event.message ?? '' });
    });
    worker.postMessage({ type: 'configure', config: this.config });
    for (const message of this.dropped) worker.postMessage(message);
  }

  /** @param {EngineFailure} failure */
  replace({ code, message, detail }) {
    this.stop();
    const failure = { code, message, detail };
    if (++this.deaths >= kMaxDeaths) return this.on.giveUp(failure);
    this.start();
    this.on.restart(failure);
  }
}
