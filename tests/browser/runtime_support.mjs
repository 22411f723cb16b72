// A real browser and a server for the tests of the runtime's JavaScript half. Nothing leaves this machine.

import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const kRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const kTypes = { '.mjs': 'text/javascript', '.js': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html', '.json': 'application/json' };

export const kNoWebGpuFlags = [
  '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-gpu',
];
const kFlags = [
  ...kNoWebGpuFlags.filter((flag) => flag !== '--disable-gpu'),
  '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-unsafe-swiftshader',
];

const require = createRequire(process.env.TRILENS_NODE_MODULES ? `${process.env.TRILENS_NODE_MODULES}/` : path.join(kRoot, 'package.json'));

/** Where ONNX Runtime Web's files lie. */
function ortFolder() {
  const entry = require.resolve('onnxruntime-web/webgpu');
  return path.dirname(entry);
}

export function chromiumPath() {
  const candidates = [process.env.TRILENS_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return candidates.find((p) => p && existsSync(p));
}

/**
 * Serves the repository, ORT under /ort/, and what `routes` adds.
 * @param {Record<string, (req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse) => void>} [routes]
 */
export async function serve(routes = {}) {
  const ort = ortFolder();
  const server = createServer(async (req, res) => {
    const url = new URL(req.url ?? '/', 'http://localhost');
    if (routes[url.pathname]) return routes[url.pathname](req, res);
    if (url.pathname === '/') return res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>runtime</title>');
    const file = url.pathname.startsWith('/ort/') ? path.join(ort, url.pathname.slice(5)) : path.join(kRoot, decodeURIComponent(url.pathname));
    try {
      const bytes = await readFile(file);
      res.writeHead(200, { 'content-type': kTypes[path.extname(file)] ?? 'application/octet-stream', 'content-length': bytes.length });
      res.end(bytes);
    } catch {
      res.writeHead(404).end('not found');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve(null)))) };
}

/** @param {{flags?: string[]}} [options] */
export async function launch({ flags = kFlags } = {}) {
  const { chromium } = require('playwright-core');
  return chromium.launch({ executablePath: chromiumPath(), args: flags });
}

/**
 * A page with the runtime in it: `globalThis.rt` = {ort, runtime, devices, counters, …}.
 * @param {import('playwright-core').Browser} browser @param {string} origin
 * @param {{build?: 'jspi'|'asyncify'}} [options]
 */
export async function runtimePage(browser, origin, { build = 'jspi' } = {}) {
  const page = await browser.newPage();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && process.env.TRILENS_VERBOSE && console.log(`[page] ${message.text()}`));
  await page.goto(`${origin}/`);
  await page.evaluate(async ({ build: wanted }) => {
    const [{ OrtRuntime }, { GpuDevices }, counters, { loadOrt }, passes] = await Promise.all([
      import('/web/ort_session.mjs'), import('/web/gpu_device.mjs'), import('/web/gpu_counters.mjs'), import('/web/load_ort.mjs'), import('/web/gpu_passes.mjs'),
    ]);
    counters.installGpuCounters();
    const ort = await loadOrt({
      jspi: { module: '/ort/ort.jspi.bundle.min.mjs', wasm: { url: '/ort/ort-wasm-simd-threaded.jspi.wasm' } },
      asyncify: { module: '/ort/ort.webgpu.bundle.min.mjs', wasm: { url: '/ort/ort-wasm-simd-threaded.asyncify.wasm' } },
      build: wanted,
    });
    const shader = await (await fetch('/shaders/row_statistics.wgsl')).text();
    const devices = new GpuDevices();
    const runtime = new OrtRuntime({ ort: ort.ort, devices, rowStatisticsShader: shader, onDead: (e) => { globalThis.died = e; } });
    const fixture = async (/** @type {string} */ name) => new Uint8Array(await (await fetch(`/tests/fixtures/runtime/${name}.onnx`)).arrayBuffer());
    const f32 = (/** @type {number[]} */ values, /** @type {number[]} */ dims) => ({ type: 'float32', dims, data: new Uint8Array(Float32Array.from(values).buffer) });
    const floats = (/** @type {{data: Uint8Array}} */ plain) => [...new Float32Array(plain.data.slice().buffer)];
    const failure = async (/** @type {() => Promise<unknown>} */ work) => {
      try {
        return { ok: await work() };
      } catch (error) {
        return { code: error.code, message: error.message, detail: error.detail };
      }
    };
    globalThis.rt = { GpuDevices, ort: ort.ort, build: ort.build, devices, runtime, counters, passes, shader, fixture, f32, floats, failure };
  }, { build });
  return page;
}
