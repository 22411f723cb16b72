// A browser with the page in it, its engine replaced by fake_worker.js. TRILENS_URL (scripts/test sets it) names the site;
// without it build/wasm/site (or TRILENS_SITE) is served here.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { startServer } from '../../scripts/serve.mjs';

const kHere = path.dirname(fileURLToPath(import.meta.url));
const kArguments = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--enable-unsafe-swiftshader'];
const kWebGpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** @param {string[]} [more] further arguments of Chromium @param {{webgpu?: boolean}} [options] */
export async function openBrowser(more = [], { webgpu = true } = {}) {
  const server = process.env.TRILENS_URL ? null
    : await startServer({ folder: process.env.TRILENS_SITE ?? path.join(kHere, '../../build/wasm/site'), port: 0 });
  const url = process.env.TRILENS_URL ?? /** @type {any} */ (server).origin;
  const browser = await chromium.launch({ executablePath: process.env.TRILENS_CHROMIUM || '/usr/bin/chromium', args: [...kArguments, ...(webgpu ? kWebGpu : []), ...more] });
  return { browser, url, close: async () => { await browser.close(); await server?.close(); } };
}

/**
 * @param {{browser: import('playwright-core').Browser, url: string}} session
 * @param {{engine?: 'fake'|'real', fake?: string, query?: string, context?: import('playwright-core').BrowserContextOptions, wait?: boolean,
 *          before?: (page: import('playwright-core').Page) => Promise<unknown>}} [options] fake: settings of fake_worker.js, "fail=encoder"
 */
export async function openPage(session, options = {}) {
  const context = await session.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options.context });
  const page = await context.newPage();
  /** @type {string[]} */
  const requests = [];
  /** @type {string[]} */
  const problems = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => problems.push(`${error.message}\n${error.stack ?? ''}`));
  page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
  if (options.engine !== 'real') {
    const body = (await readFile(path.join(kHere, 'fake_worker.js'), 'utf8'))
      .replace('new URL(self.location.href).searchParams', `new URLSearchParams(${JSON.stringify(options.fake ?? '')})`);
    await context.route('**/web/worker.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
  }
  await options.before?.(page);
  await page.goto(`${session.url}/${options.query ?? ''}`);
  if (options.wait !== false) await ready(page);
  return { page, context, requests, problems };
}

/** Loaded, and nothing is under way any more. @param {import('playwright-core').Page} page */
export async function ready(page) {
  await page.waitForFunction(() => 'trilens' in window, undefined, { timeout: 60_000 });
  await page.evaluate(() => /** @type {any} */ (window).trilens.ready);
  await page.waitForFunction(() => !(/** @type {any} */ (window).trilens.snapshot().status.busy), undefined, { timeout: 60_000 });
  await calm(page);
}

/** No frame has been drawn for a third of a second. @param {import('playwright-core').Page} page */
export async function calm(page) {
  let before = -1;
  for (let tries = 0; tries < 60; ++tries) {
    const frames = await page.evaluate(() => /** @type {any} */ (window).trilens.snapshot().frames);
    if (frames === before) return;
    before = frames;
    await page.waitForTimeout(300);
  }
  throw new Error('the page keeps drawing');
}

/** @param {import('playwright-core').Page} page @returns {Promise<any>} */
export const snapshot = (page) => page.evaluate(() => /** @type {any} */ (window).trilens.snapshot());
/** @param {import('playwright-core').Page} page @param {unknown} command @returns {Promise<any>} */
export const command = (page, command) => page.evaluate((given) => /** @type {any} */ (window).trilens.command(given), command);
