// Every shader compiles, and does so without a warning, in a real browser: WGSL on WebGPU, GLSL on WebGL2.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { chromium } from 'playwright-core';

const kFolder = new URL('../../shaders/', import.meta.url);
const kFiles = readdirSync(kFolder);
/** @param {string} name */
const read = (name) => readFileSync(new URL(name, kFolder), 'utf8');

const browser = await chromium.launch({
  executablePath: process.env.TRILENS_CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-unsafe-swiftshader'],
});
after(() => browser.close());

const page = await browser.newPage();
await page.route('http://localhost/**', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>shaders</title>' }));
await page.goto('http://localhost/'); // a secure context without a server: WebGPU wants one

for (const name of kFiles.filter((file) => file.endsWith('.wgsl'))) {
  test(`${name} compiles, and each of its entry points makes a pipeline`, async () => {
    const answer = await page.evaluate(async (code) => {
      const adapter = await navigator.gpu.requestAdapter();
      if (!adapter) return { messages: ['no WebGPU adapter'], pipelines: [] };
      const device = await adapter.requestDevice();
      const module = device.createShaderModule({ code });
      const info = await module.getCompilationInfo();
      const messages = info.messages.map((m) => `${m.lineNum}:${m.linePos}: ${m.type}: ${m.message}`);
      const pipelines = [];
      for (const [, entry] of code.matchAll(/@compute[\s\S]*?\bfn\s+(\w+)/g)) {
        const failure = await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: entry } }).then(() => null, (error) => error.message);
        pipelines.push({ entry, failure });
      }
      device.destroy();
      return { messages, pipelines };
    }, read(name));
    assert.deepEqual(answer.messages, []);
    assert.ok(answer.pipelines.length > 0, 'no entry point');
    assert.deepEqual(answer.pipelines.filter((p) => p.failure), []);
  });
}

for (const name of kFiles.filter((file) => file.endsWith('.frag'))) {
  const partner = name.replace(/\.frag$/, '.vert');
  test(`${name} compiles${existsSync(new URL(partner, kFolder)) ? ` and links with ${partner}` : ''}`, async () => {
    const sources = { fragment: read(name), vertex: existsSync(new URL(partner, kFolder)) ? read(partner) : null };
    const failure = await page.evaluate(({ fragment, vertex }) => {
      const gl = document.createElement('canvas').getContext('webgl2');
      if (!gl) return 'no WebGL2';
      const program = gl.createProgram();
      for (const [kind, source] of /** @type {const} */ ([[gl.FRAGMENT_SHADER, fragment], [gl.VERTEX_SHADER, vertex]])) {
        if (source === null) return null;
        const shader = gl.createShader(kind);
        if (!shader) return 'no shader';
        gl.shaderSource(shader, source);
        gl.compileShader(shader);
        if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) return gl.getShaderInfoLog(shader);
        gl.attachShader(program, shader);
      }
      gl.linkProgram(program);
      return gl.getProgramParameter(program, gl.LINK_STATUS) ? null : gl.getProgramInfoLog(program);
    }, sources);
    assert.equal(failure, null);
  });
}

test('there are shaders', () => assert.ok(kFiles.some((file) => file.endsWith('.wgsl')) && kFiles.some((file) => file.endsWith('.frag'))));
