// Models fetched into the browser's own file system by a real browser, from a hub on another origin whose storage host refuses what
// browsers ask first (CORS preflight): on the page and in a worker, stopped and resumed, offline after a reload, two tabs, dropped folders.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { sha256, startHub } from '../support/hub_server.mjs';
import { kNoWebGpuFlags, kRoot, launch, serve } from './runtime_support.mjs';

const kFolder = path.join(kRoot, 'assets/models/trilens-bert');
const files = Object.fromEntries(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'README.md', 'onnx/model.onnx'].map((name) => [name, readFileSync(path.join(kFolder, name))]));
const kTotal = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);
const kGraph = files['onnx/model.onnx'];

/** @type {Awaited<ReturnType<typeof startHub>>} */
let hub;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').BrowserContext} */
let context;

// What runs on the page or in a worker: gets the model, or finds it.
const kWorker = `
  addEventListener('message', async ({ data: { job, hub } }) => {
    const { runJob } = await import('/tests/browser/models_job.mjs');
    postMessage(await runJob(job, hub));
  });`;

before(async () => {
  hub = await startHub({ repos: { 'owner/bert': { files, info: { config: { model_type: 'bert' } } } } });
  site = await serve({ '/worker.js': (_request, response) => response.writeHead(200, { 'content-type': 'text/javascript' }).end(kWorker) });
  browser = await launch({ flags: kNoWebGpuFlags });
});
after(async () => {
  await browser.close();
  await Promise.all([site.close(), hub.close()]);
});
beforeEach(async () => {
  await context?.close();
  context = await browser.newContext();
  hub.behave();
  hub.forget();
});

const open = async () => {
  const page = await context.newPage();
  await page.goto(`${site.origin}/`);
  return page;
};
/** @param {import('playwright-core').Page} page @param {'page'|'worker'} where @param {string} job */
const run = (page, where, job) => page.evaluate(({ where: place, job: what, base }) => {
  if (place === 'page') return import('/tests/browser/models_job.mjs').then(({ runJob }) => runJob(what, base));
  return new Promise((resolve, reject) => {
    const worker = new Worker('/worker.js');
    worker.onmessage = ({ data }) => (worker.terminate(), resolve(data));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ job: what, hub: base });
  });
}, { where, job, base: hub.base });

for (const where of /** @type {const} */ (['worker', 'page'])) {
  test(`in a ${where}: stopped, resumed after a reload without a byte twice, checked, and there offline`, async () => {
    // silent, not cut: browsers drop what has arrived and was not read yet when a connection breaks
    hub.misbehave({ path: /model\.onnx/, origin: 'storage', silentAfter: 2_000_000 });
    let page = await open();
    const cut = await run(page, where, 'stop');
    assert.equal(cut.error?.code, 'cancelled', JSON.stringify(cut));
    assert.equal(cut.persistent, true);
    const { sent } = hub.log.find((one) => one.origin === 'storage') ?? { sent: 0 };
    assert.ok(cut.kept > 1_000_000 && cut.kept <= sent, `${cut.kept} of ${sent}`);
    await page.close();

    hub.behave();
    hub.forget();
    page = await open();
    const done = await run(page, where, 'get');
    assert.deepEqual(done.error, undefined, JSON.stringify(done.error));
    assert.equal(done.sha256, sha256(kGraph));
    assert.equal(done.bytes, kTotal);
    const fetched = hub.log.filter((one) => one.origin === 'storage');
    assert.deepEqual(fetched.map((one) => [one.method, one.status, one.range, one.sent]), [['GET', 206, `bytes=${cut.kept}-`, kGraph.length - cut.kept]]);
    assert.ok(hub.log.every((one) => one.method === 'GET'), 'nothing is asked first');
    assert.ok(done.listed[0].complete && done.listed[0].bytes >= kTotal);
    await page.close();

    hub.forget();
    hub.misbehave({ path: /./, refuse: true });
    const offline = await run(await open(), where, 'find');
    assert.equal(offline.sha256, sha256(kGraph));
    assert.equal(hub.log.length, 0);
    assert.deepEqual((await run(context.pages()[0], where, 'remove')).listed, []);
  });
}

test('two tabs that fetch one model fetch it once', async () => {
  const pages = [await open(), await open()];
  const results = await Promise.all(pages.map((page) => run(page, 'worker', 'get')));
  assert.deepEqual(results.map((one) => one.sha256), [sha256(kGraph), sha256(kGraph)], JSON.stringify(results));
  assert.equal(hub.count(/model\.onnx/).bytes, kGraph.length);
});

test('a chosen folder is stored as it is', async () => {
  const page = await open();
  await page.setContent('<input type="file" webkitdirectory>');
  await page.setInputFiles('input', kFolder);
  const result = await page.evaluate(async () => {
    const { storeDropped } = await import('/tests/browser/models_job.mjs');
    return storeDropped([...document.querySelector('input').files]);
  });
  assert.equal(result.error, undefined, JSON.stringify(result.error));
  assert.equal(result.repo, 'trilens-bert');
  assert.equal(result.sha256, sha256(kGraph));
  assert.equal(hub.log.length, 0);
});
