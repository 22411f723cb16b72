// The shelf of models in a real browser: first with a library that answers at once (fake_worker.js), then with the real engine, a hub on
// another origin and the tiny models of tests/fixtures/hub.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startHub } from '../support/hub_server.mjs';
import { calm, command, openBrowser, openPage, ready, snapshot } from './page_support.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Awaited<ReturnType<typeof openBrowser>>} */
let session;
before(async () => { session = await openBrowser([], { webgpu: false }); });
after(async () => { await session?.close(); });

/** @param {Parameters<typeof openPage>[1]} options @param {(page: Page) => Promise<void>} body */
async function withPage(options, body) {
  const opened = await openPage(session, options);
  try {
    await body(opened.page);
    assert.deepEqual(opened.problems, [], 'the page reported problems');
  } finally {
    await opened.context.close();
  }
}
/** @param {Page} page @param {(shelf: any, now: any) => unknown} fits @param {string} what */
async function until(page, fits, what) {
  for (let tries = 0; tries < 300; ++tries) {
    const now = await snapshot(page);
    if (fits(now.shelf, now)) return now;
    await page.waitForTimeout(100);
  }
  assert.fail(`${what} never came: ${JSON.stringify((await snapshot(page)).shelf.card ?? null)}`);
}
const said = async (/** @type {Page} */ page) => { await calm(page); return await page.locator('#focus-words').textContent() ?? ''; };
/** @param {Page} page @param {string} key @param {RegExp} words */
async function pressUntil(page, key, words) {
  for (let tries = 0; tries < 30; ++tries) {
    if (words.test(await said(page))) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${key} never came to ${words}; it stands on: ${await said(page)}`);
}

test('by keys alone: open the shelf, type a name, read the plan, fetch it, and it sits in the seat', () => withPage({}, async (page) => {
  await page.locator('#text').focus();
  await page.keyboard.press('Tab');
  await pressUntil(page, 'F6', /^Middle column: trilens-gpt2/);
  await page.keyboard.press('Enter');
  await until(page, (shelf) => shelf.open && shelf.seat === 'middle', 'the open shelf');
  await page.locator('#model-name').waitFor({ state: 'visible' });
  await pressUntil(page, 'ArrowDown', /^Name of a model/);
  await page.keyboard.press('Enter');
  await calm(page);
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'model-name');
  await page.keyboard.type('Xenova/distilbert-base-uncased');
  await page.keyboard.press('Enter');
  let now = await until(page, (shelf) => shelf.card?.question, 'the question');
  assert.match(now.shelf.card.question, /^Fetch 66\.4\sMB from hub\.example\?$/);
  assert.equal(now.shelf.card.family, 'encoder');
  await page.locator('#view').focus();
  await pressUntil(page, 'ArrowDown', /^(Fetch|Not now)$/);
  await pressUntil(page, 'ArrowLeft', /^Fetch$/);
  await page.keyboard.press('Enter');
  now = await until(page, (_shelf, all) => all.columns[1].head.model === 'distilbert-base-uncased' && all.columns[1].head.ready, 'the model in its seat');
  assert.equal(now.shelf.open, false);
  assert.equal(now.columns[1].head.title, 'Encoder · distilbert-base-uncased');
  assert.equal(now.columns[1].head.back_label, 'Back to trilens-gpt2');
  assert.ok(await page.locator('#model-name').isHidden());
}));

test('Escape closes the shelf, from the drawing and from its fields, and the focus goes back to the button', () => withPage({}, async (page) => {
  await command(page, { type: 'open_shelf', seat: 'left' });
  await calm(page);
  await page.locator('#model-name').click();
  await page.keyboard.press('Escape');
  await until(page, (shelf) => !shelf.open, 'the closed shelf');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'view');
  await page.locator('#text').focus();
  await page.keyboard.press('Tab');
  await pressUntil(page, 'F6', /^Left column/);
  await page.keyboard.press('Enter');
  await until(page, (shelf) => shelf.open, 'the open shelf');
  await page.keyboard.press('Escape');
  await until(page, (shelf) => !shelf.open, 'the closed shelf');
  assert.match(await said(page), /^Left column: trilens-bert/);
}));

test('the field scrolls with the page, and never lies over the bar at the top', () => withPage({}, async (page) => {
  await command(page, { type: 'open_shelf', seat: 'left' });
  await calm(page);
  const top = async () => (await page.locator('#model-name').boundingBox())?.y ?? 0;
  const start = await top();
  await page.evaluate(() => window.scrollBy(0, 200));
  await calm(page);
  const scrolled = await page.evaluate(() => window.scrollY);
  assert.ok(scrolled > 100);
  assert.ok(Math.abs(start - await top() - scrolled) < 2 || Math.abs(start - await top() - 200) < 2, `${start} → ${await top()}`);
  await page.evaluate((by) => window.scrollBy(0, by), await top() - 40);
  await calm(page);
  const box = await page.locator('#model-name').boundingBox();
  assert.ok(box && box.y < 60);
  const over = await page.evaluate(({ x, y }) => document.elementFromPoint(x, y)?.id, { x: box.x + 20, y: box.y + 10 });
  assert.notEqual(over, 'model-name');
}));

test('a stop keeps what has come, the list says so and offers to go on; removing asks first', () => withPage({ fake: 'hold=4' }, async (page) => {
  await command(page, { type: 'open_shelf', seat: 'right' });
  await command(page, { type: 'choose_model', name: 'owner/my-bert' });
  page.evaluate(() => /** @type {any} */ (window).trilens.command({ type: 'confirm_fetch' }).catch(() => {}));
  let now = await until(page, (shelf) => shelf.card?.progress?.fraction > 0.3, 'progress');
  assert.match(now.shelf.card.progress.sentence, /^Fetching: 26\.5\sMB of 66\.4\sMB · 5\.4\sMB\/s · 8\ss left$/);
  await command(page, { type: 'stop_fetch' });
  now = await until(page, (shelf) => shelf.card?.fetch_label === 'Go on' && shelf.kept.length === 1, 'the stop');
  assert.match(now.shelf.card.question, /^Stopped: 26\.5\sMB of 66\.4\sMB are here/);
  assert.equal(now.shelf.kept[0].badge, 'incomplete');
  await command(page, { type: 'ask_remove', key: now.shelf.kept[0].key });
  now = await snapshot(page);
  assert.ok(now.shelf.kept[0].asks);
  await command(page, { type: 'remove_model', key: now.shelf.kept[0].key });
  await until(page, (shelf) => shelf.kept.length === 0, 'the removal');
}));

test('a refusal stands in the card with what to do, and the mirror tells it', () => withPage({ fake: 'refuse=model_gated' }, async (page) => {
  await command(page, { type: 'open_shelf', seat: 'left' });
  await page.locator('#model-name').fill('owner/secret');
  await page.locator('#model-name').press('Enter');
  const now = await until(page, (shelf) => shelf.card?.trouble, 'the refusal');
  assert.equal(now.shelf.card.trouble.code, 'model_gated');
  assert.match(now.shelf.card.help, /choose that folder here/);
  await page.waitForTimeout(700);
  const mirror = await page.locator('#mirror-shelf').textContent();
  assert.match(mirror ?? '', /owner\/secret/);
  assert.match(mirror ?? '', /only after a log-in/);
  assert.match(mirror ?? '', /not tried here/);
}));

test('files that are no model are refused in the shelf; the server is remembered', () => withPage({}, async (page) => {
  await page.evaluate(() => window.dispatchEvent(new CustomEvent('trilens-dropped', { detail: { code: 'model_missing', message: 'config.json is missing.' } })));
  let now = await until(page, (shelf) => shelf.card?.trouble, 'the refusal');
  assert.equal(now.shelf.card.trouble.sentence, 'config.json is missing.');
  assert.equal(now.shelf.card.again_label, '');
  await command(page, { type: 'set_server', base: 'https://models.school.example' });
  await page.reload();
  await ready(page);
  now = await snapshot(page);
  await command(page, { type: 'open_shelf', seat: 'left' });
  now = await snapshot(page);
  assert.equal(now.shelf.server.value, 'https://models.school.example');
}));

// --- the real thing ---

const kHubFolder = fileURLToPath(new URL('../fixtures/hub/', import.meta.url));
/** @param {string} name */
function repository(name) {
  /** @type {Record<string, Buffer>} */
  const files = {};
  const walk = (/** @type {string} */ folder) => {
    for (const entry of readdirSync(path.join(kHubFolder, name, folder), { withFileTypes: true })) {
      const inside = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) walk(inside);
      else if (entry.name !== 'oracle.json') files[inside] = readFileSync(path.join(kHubFolder, name, inside));
    }
  };
  walk('');
  files['README.md'] = Buffer.from(`---\nlicense: apache-2.0\nlanguage: en\npipeline_tag: fill-mask\n---\n# Tiny ${name}\n\nA tiny model with random weights, for tests.\n`);
  return { files };
}

// todo: until the engine loads what its library keeps ("loading such models is not wired yet"); then take the mark away.
test('real engine: plan, ask, fetch, cancel, go on, load, list, offline, load again, remove', { timeout: 300_000, todo: 'the engine does not load kept models yet' }, async () => {
  const hub = await startHub({ repos: { 'tiny/distilbert': repository('distilbert') } });
  const opened = await openPage(session, { engine: 'real', query: '?webgpu=off', wait: false });
  const { page, context } = opened;
  try {
    await ready(page);
    await command(page, { type: 'set_server', base: hub.base });
    await command(page, { type: 'open_shelf', seat: 'middle' });
    hub.forget();
    await page.locator('#model-name').fill('tiny/distilbert');
    await page.locator('#model-name').press('Enter');
    let now = await until(page, (shelf) => shelf.card?.question || shelf.card?.trouble, 'the question');
    assert.equal(now.shelf.card.trouble, undefined, now.shelf.card.trouble?.sentence);
    assert.equal(now.shelf.card.summary, 'A tiny model with random weights, for tests.');
    assert.equal(hub.count(/\.onnx$/).bytes, 0, 'weights travelled before the question was answered');

    hub.misbehave({ path: /\.onnx$/, origin: 'storage', times: 1, silentAfter: 20_000 });
    await page.evaluate(() => { /** @type {any} */ (window).trilens.command({ type: 'confirm_fetch' }).catch(() => {}); });
    await until(page, (shelf) => shelf.card?.progress && shelf.card.progress.fraction > 0, 'progress');
    await command(page, { type: 'stop_fetch' });
    now = await until(page, (shelf) => shelf.card?.fetch_label === 'Go on', 'the stop');
    hub.behave();
    await command(page, { type: 'confirm_fetch' });
    now = await until(page, (_shelf, all) => all.columns[1].head.ready && all.columns[1].head.model === 'distilbert' || all.columns[1].head.trouble, 'the model in its seat');
    assert.equal(now.columns[1].head.trouble, undefined, now.columns[1].head.trouble?.sentence);
    assert.equal(now.columns[1].family, 'encoder');
    assert.equal(now.columns[0].head.model, 'trilens-bert');

    await command(page, { type: 'open_shelf', seat: 'right' });
    now = await until(page, (shelf) => shelf.kept.length === 1, 'the list');
    const { key, name } = now.shelf.kept[0];
    await context.route((url) => url.origin === hub.base, (route) => route.abort());
    hub.forget();
    await page.reload();
    await ready(page);
    const loaded = await command(page, { type: 'load', seat: 'left', model: name });
    assert.equal(loaded.family, 'encoder');
    assert.equal(hub.log.length, 0, 'a kept model asked its host');
    await command(page, { type: 'remove_model', key });
    assert.equal((await command(page, { type: 'stored_models' })).models.length, 0);
  } finally {
    await context.close();
    await hub.close();
  }
});
