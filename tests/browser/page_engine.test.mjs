// The page with the real engine and the bundled trio, on WASM (which every machine has).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { calm, command, openBrowser, openPage, snapshot } from './page_support.mjs';

/** @type {Awaited<ReturnType<typeof openBrowser>>} */
let session;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let opened;

/** @param {import('playwright-core').Page} page */
const settled = async (page) => {
  await page.waitForFunction(() => !(/** @type {any} */ (window).trilens.snapshot().status.busy), undefined, { timeout: 120_000 });
  await calm(page);
};

before(async () => {
  session = await openBrowser();
  opened = await openPage(session, { engine: 'real', query: '?webgpu=off', wait: false });
  await opened.page.waitForFunction(() => 'trilens' in window, undefined, { timeout: 60_000 });
  await opened.page.evaluate(() => /** @type {any} */ (window).trilens.ready);
  await settled(opened.page);
}, { timeout: 300_000 });
after(async () => {
  await opened?.context.close();
  await session?.close();
});

test('the trio answers the first example by itself', async () => {
  const now = await snapshot(opened.page);
  assert.equal(now.columns.length, 3);
  for (const column of now.columns) {
    assert.equal(column.head.trouble, undefined, column.family);
    assert.ok(column.prediction.blanks[0].bars.length > 0, column.family);
    for (const map of column.attention) {
      for (const row of map.values) assert.ok(Math.abs(row.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0) - 1) < 1e-4, `${column.family} ${map.kind}`);
    }
  }
});

test('typing is answered in all three columns, and stepping writes', async () => {
  const { page } = opened;
  await page.locator('#text').fill('My father ___ a new house.');
  await page.waitForTimeout(300);
  await settled(page);
  let now = await snapshot(page);
  for (const column of now.columns) assert.ok(column.tokens.pieces.some((/** @type {any} */ p) => /father/i.test(p.display)), column.family);
  await command(page, { type: 'step' });
  await settled(page);
  now = await snapshot(page);
  assert.equal(now.clock.cursor, 1);
  for (const column of now.columns) assert.ok(column.generation.steps.length >= 1, column.family);
});

test('20 000 characters are read as far as each family can, and each says how far', async () => {
  const { page } = opened;
  await page.locator('#text').fill('The weather is nice today and we go out. '.repeat(490));
  await page.waitForTimeout(300);
  await settled(page);
  const now = await snapshot(page);
  for (const column of now.columns) assert.ok(column.tokens.cut.length > 0, column.family);
});

test('an empty field is not an error, and a new sentence is read after it', async () => {
  const { page } = opened;
  await page.locator('#text').fill('');
  await page.waitForTimeout(300);
  await settled(page);
  let now = await snapshot(page);
  for (const column of now.columns) assert.equal(column.prediction.head.trouble, undefined);
  await page.locator('#text').fill('I am ___ 😀.');
  await page.waitForTimeout(300);
  await settled(page);
  now = await snapshot(page);
  for (const column of now.columns) assert.ok(column.prediction.blanks.length > 0, column.family);
  assert.deepEqual(opened.problems, []);
});
