// The worker's side: loads ONNX Runtime and the engine's WebAssembly, connects the two and the page.
//
// EngineHost is the JavaScript half of src/app/engine/browser_runtime.cpp. C++ asks with a ticket; the answer goes back in
// three steps: open(ticket, json) → C++ makes room, place(ticket, i) → where the i-th payload goes, close(ticket) → the
// waiting coroutine goes on. Views of the heap are taken anew at each step: memory may have grown.

import { kRealClock } from './clock.mjs';
import { TrilensError, describe } from './errors.mjs';
import { FileSource } from './fetch_model.mjs';
import { gpuCounters, installGpuCounters } from './gpu_counters.mjs';
import { GpuDevices } from './gpu_device.mjs';
import { Library } from './library.mjs';
import { kLibraryPrefix } from './library_views.mjs';
import { loadOrt, wasmThreads } from './load_ort.mjs';
import { yamlFrom } from './model_card.mjs';
import { OrtRuntime } from './ort_session.mjs';
import { sha256From } from './sha256.mjs';

/** @typedef {import('./engine_client.mjs').EngineConfig} EngineConfig */
/** @typedef {import('./load_ort.mjs').Source} Source */
/**
 * What browser_runtime.cpp hands in. Strings are UTF-8 in the heap, made by `text`; `open` frees the one that it is given.
 * @typedef {object} EngineFunctions
 * @property {() => Uint8Array} heap
 * @property {(text: string) => number} text
 * @property {(at: number) => void} free what `text` made and nobody took
 * @property {(ticket: number, json: number) => void} open
 * @property {(ticket: number, index: number) => number} place
 * @property {(ticket: number) => void} close
 * @property {(ticket: number, loaded: number, total: number) => void} progress total < 0: unknown
 * @property {(ticket: number, json: number) => void} note how far a call of the library has come; frees its text
 */
/** @typedef {{json: object, payloads?: Uint8Array[]}} Reply */

/** @param {Source|{text: string}} source @returns {Promise<string>} */
async function textOf(source) {
  if ('text' in source) return source.text;
  if ('bytes' in source) return new TextDecoder().decode(source.bytes);
  const response = await fetch(source.url);
  if (!response.ok) throw new TrilensError('network', `The file ${source.url} could not be loaded; reload the page.`, `HTTP ${response.status}`);
  return response.text();
}

const turns = new MessageChannel();
/** @type {(() => void)[]} */
const waiting = [];
turns.port1.onmessage = () => waiting.shift()?.();

/** Resolves in a later turn of the event loop, at once otherwise (a timer would wait 4 ms). @returns {Promise<void>} */
function nextTurn() {
  return new Promise((resolve) => {
    waiting.push(resolve);
    turns.port2.postMessage(null);
  });
}

export class EngineHost {
  /** @param {{files: FileSource, library: Library, runtime: () => Promise<OrtRuntime>, webgpu: {available: boolean, name: string}}} parts */
  constructor({ files, library, runtime, webgpu }) {
    this.files = files;
    this.library = library;
    this.runtime = runtime;
    this.webgpu = webgpu;
    /** @type {OrtRuntime|null} */
    this.ready = null;
    /** @type {Map<number, AbortController>} */
    this.fetches = new Map();
    /** @type {EngineFunctions} */
    this.engine = /** @type {any} */ (null);
  }

  // --- Called by the module. Memory is read before the call returns. ---

  /** @param {EngineFunctions} functions */
  attach(functions) {
    this.engine = functions;
  }

  get webgpuAvailable() {
    return this.webgpu.available;
  }

  get adapter() {
    return this.webgpu.name;
  }

  counters() {
    return gpuCounters();
  }

  remoteTensors() {
    return this.ready?.tensors.alive.size ?? 0;
  }

  /** @param {number} ticket @param {number} at @param {number} bytes @param {string} json {provider, remote_outputs} */
  createSession(ticket, at, bytes, json) {
    const model = this.copy(at, bytes);
    const { provider, remote_outputs: remoteOutputs } = JSON.parse(json);
    this.answer(ticket, async (runtime) => ({ json: await runtime.createSession({ model, provider, remoteOutputs }) }));
  }

  /** @param {number} session */
  releaseSession(session) {
    this.ready?.releaseSession(session);
  }

  /** @param {number} ticket @param {number} session @param {string} json {feeds: [{name, type, dims, at, bytes} | {name, handle}], fetches} */
  run(ticket, session, json) {
    const { feeds, fetches } = JSON.parse(json);
    const copies = feeds.map((/** @type {any} */ feed) => ('handle' in feed ? feed : { name: feed.name, type: feed.type, dims: feed.dims, data: this.copy(feed.at, feed.bytes) }));
    this.answer(ticket, async (runtime) => packed(await runtime.run(session, copies, fetches)));
  }

  /** @param {number} ticket @param {number} handle */
  read(ticket, handle) {
    this.answer(ticket, async (runtime) => packed([await runtime.read(handle)]));
  }

  /** @param {number} ticket @param {number} handle @param {string} json indices */
  gatherBatch(ticket, handle, json) {
    const indices = JSON.parse(json);
    this.answer(ticket, async (runtime) => packed([await runtime.gatherBatch(handle, indices)]));
  }

  /** @param {number} ticket @param {number} handle @param {string} json rows @param {number} top */
  rowStatistics(ticket, handle, json, top) {
    const rows = JSON.parse(json);
    this.answer(ticket, async (runtime) => {
      const out = await runtime.rowStatistics(handle, rows, top);
      return 'rows' in out ? packed([out.rows]) : packed([{ type: 'int32', dims: out.packed.dims, data: out.packed.data }], { packed: true });
    });
  }

  /** @param {number} handle */
  release(handle) {
    this.ready?.release(handle);
  }

  /** @param {number} ticket @param {string} path of the site, or "library:<key>/<file>" @param {number} expectedBytes < 0: unknown @param {string} expectedSha256 */
  fetch(ticket, path, expectedBytes, expectedSha256) {
    this.stoppable(ticket, async (signal) => {
      /** @param {number} loaded @param {number|null} total */
      const onProgress = (loaded, total) => this.engine.progress(ticket, loaded, total ?? -1);
      const bytes = path.startsWith(kLibraryPrefix)
        ? await this.library.read(path, { sha256: expectedSha256 })
        : await this.files.get({ path, expectedBytes: expectedBytes < 0 ? null : expectedBytes, expectedSha256, signal, onProgress });
      if (path.startsWith(kLibraryPrefix)) onProgress(bytes.length, bytes.length);
      return { json: { bytes: bytes.length }, payloads: [bytes] };
    });
  }

  /** @param {number} ticket @param {string} call @param {string} json */
  askLibrary(ticket, call, json) {
    const { library } = this;
    this.stoppable(ticket, async (signal) => {
      const given = JSON.parse(json);
      const onProgress = (/** @type {object} */ progress) => this.engine.note(ticket, this.engine.text(JSON.stringify(progress)));
      /** @type {Record<string, () => Promise<object>>} */
      const calls = {
        plan: () => library.plan(given, { signal }), fetch: () => library.fetch(given, { signal, onProgress }),
        list: () => library.list(), remove: () => library.remove(given), source: () => library.source(given),
      };
      return { json: { text: JSON.stringify(await calls[call]()) } };
    });
  }

  /** A call that cancelFetch ends. @param {number} ticket @param {(signal: AbortSignal) => Promise<Reply>} work */
  stoppable(ticket, work) {
    const stop = new AbortController();
    this.fetches.set(ticket, stop);
    this.settle(ticket, () => work(stop.signal).finally(() => this.fetches.delete(ticket)));
  }

  /** @param {number} ticket */
  cancelFetch(ticket) {
    this.fetches.get(ticket)?.abort();
  }

  // --- Answers ---

  /** @param {number} ticket @param {(runtime: OrtRuntime) => Promise<Reply>} work */
  answer(ticket, work) {
    this.settle(ticket, async () => {
      this.ready ??= await this.runtime();
      return work(this.ready);
    });
  }

  /** @param {number} ticket @param {() => Promise<Reply>} work */
  async settle(ticket, work) {
    /** @type {Reply} */
    let reply;
    try {
      reply = await work();
    } catch (error) {
      const known = error instanceof TrilensError ? error : new TrilensError('internal', 'Something in the engine went wrong that should not; please report it.', describe(error));
      reply = { json: { error: { code: known.code, message: known.message, detail: known.detail } } };
    }
    // Never on the stack of the call that asked; and after a turn of the event loop: on WASM everything else happens in
    // microtasks, and a cancel or a newer request would not be heard between two tokens.
    await nextTurn();
    const { open, place, close, text, heap } = this.engine;
    open(ticket, text(JSON.stringify(reply.json)));
    (reply.payloads ?? []).forEach((bytes, i) => {
      const at = place(ticket, i);
      if (bytes.length > 0) heap().set(bytes, at >>> 0);
    });
    close(ticket);
  }

  /** @param {number} at @param {number} bytes */
  copy(at, bytes) {
    return this.engine.heap().slice(at >>> 0, (at >>> 0) + bytes);
  }
}

/**
 * Tensors as the module reads them: handles as they are, bytes as payloads in the same order.
 * @param {(import('./ort_session.mjs').Plain|import('./ort_session.mjs').Handle)[]} values @param {object} [more] @returns {Reply}
 */
function packed(values, more = {}) {
  /** @type {Uint8Array[]} */
  const payloads = [];
  const heads = values.map((value) => {
    if ('handle' in value) return value;
    payloads.push(value.data);
    return { type: value.type, dims: value.dims };
  });
  return { json: { values: heads, ...more }, payloads };
}

/** @param {EngineConfig} config @param {{available: boolean, shaderF16: boolean}} webgpu @param {() => void} onKept */
function libraryOf(config, { available, shaderF16 }, onKept) {
  const gibibytes = /** @type {any} */ (globalThis.navigator)?.deviceMemory;
  return new Library({
    transport: { fetch: fetch.bind(globalThis), clock: kRealClock },
    newHasher: sha256From(config.sha256), loadYaml: yamlFrom(config.yaml), onKept,
    machine: { webgpu: available, shaderF16, memoryBytes: typeof gibibytes === 'number' ? gibibytes * 2 ** 30 : null },
  });
}

/**
 * @param {EngineConfig} config @param {(message: any) => void} post to the page
 * @returns {Promise<(message: any) => void>} takes the page's messages
 */
export async function startEngine(config, post) {
  installGpuCounters();
  const webgpu = config.webgpu === 'off' ? { available: false, name: 'WebGPU is switched off', shaderF16: false } : await GpuDevices.probe();
  /** @type {Promise<OrtRuntime>|null} */
  let runtime = null;
  const start = async () => {
    const [{ ort }, rowStatisticsShader] = await Promise.all([loadOrt(config.ort), textOf(config.shaders.row_statistics)]);
    return new OrtRuntime({
      ort, rowStatisticsShader, devices: new GpuDevices({ off: config.webgpu === 'off' }),
      onDead: (error) => post({ type: 'fatal', code: error.code, message: error.message, detail: error.detail }),
    });
  };
  const host = new EngineHost({
    webgpu,
    files: new FileSource({ base: config.base, files: config.files }),
    library: libraryOf(config, webgpu, () => post({ type: 'kept' })),
    // A load that failed is tried again by the next one who asks.
    runtime: () => (runtime ??= start().catch((error) => {
      runtime = null;
      throw error;
    })),
  });
  // ORT's WebAssembly compiles while the models are on their way; what fails here is told to whoever needs it.
  host.runtime().then((ready) => ready.warm()).catch(() => {});

  const { default: createEngine } = await import(config.engine.module);
  const wasm = config.engine.wasm;
  const module = await createEngine({
    trilensHost: host,
    trilensPost: (/** @type {string} */ json) => post({ type: 'message', json }),
    ...('bytes' in wasm ? { wasmBinary: wasm.bytes } : { locateFile: (/** @type {string} */ name) => (name.endsWith('.wasm') ? wasm.url : name) }),
    onAbort: (/** @type {unknown} */ reason) => post({ type: 'fatal', code: 'internal', message: 'The engine stopped working and is started again.', detail: describe(reason) }),
    printErr: (/** @type {string} */ line) => console.error(line),
  });
  post({ type: 'ready', info: { webgpu: webgpu.available, adapter: webgpu.name, threads: wasmThreads(config.ort) } });
  return (message) => {
    if (message.type === 'dropped') host.library.takeDropped(message.id, message.listing);
    if (message.type !== 'request') return;
    const at = host.engine.text(message.json);
    module._trilens_engine_receive(at);
    host.engine.free(at);
  };
}
