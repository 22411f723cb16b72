// Chooses and loads a build of ONNX Runtime Web: JSPI where the browser has it (smaller, faster), else asyncify.

import { TrilensError, describe } from './errors.mjs';

/**
 * @typedef {{url: string} | {bytes: ArrayBuffer}} Source
 * @typedef {{module: string, wasm: Source}} OrtBuild `module`: URL (https:, blob:) of ort.*.bundle.min.mjs
 * @typedef {object} OrtConfig
 * @property {OrtBuild} [jspi]
 * @property {OrtBuild} [asyncify]
 * @property {'auto'|'jspi'|'asyncify'} [build]  absent: auto
 * @property {number} [threads]  read only where the page is cross-origin isolated; absent: 1
 */

/** Threads of the WebAssembly build on this page. @param {OrtConfig} config */
export const wasmThreads = (config) => (globalThis.crossOriginIsolated ? config.threads ?? 1 : 1);

/** @param {OrtConfig} config @returns {Promise<{ort: import('onnxruntime-web'), build: 'jspi'|'asyncify'}>} */
export async function loadOrt(config) {
  const wanted = config.build ?? 'auto';
  const canSuspend = typeof (/** @type {any} */ (WebAssembly).Suspending) === 'function';
  const build = config.jspi && (wanted === 'jspi' || (wanted === 'auto' && canSuspend)) ? 'jspi' : 'asyncify';
  const files = config[build];
  if (!files) throw new TrilensError('internal', `This page carries no ${build} build of ONNX Runtime, which this browser needs.`);
  /** @type {import('onnxruntime-web')} */
  let ort;
  try {
    ort = await import(files.module);
  } catch (error) {
    throw new TrilensError('network', 'ONNX Runtime could not be loaded; reload the page.', describe(error));
  }
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = wasmThreads(config);
  if ('bytes' in files.wasm) ort.env.wasm.wasmBinary = files.wasm.bytes;
  else ort.env.wasm.wasmPaths = { wasm: files.wasm.url };
  return { ort, build };
}
