// The page in a real browser, with an engine that answers at once (fake_worker.js).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { calm, command, openBrowser, openPage, ready, snapshot } from './page_support.mjs';

/** @type {Awaited<ReturnType<typeof openBrowser>>} */
let session;
before(async () => { session = await openBrowser(); });
after(async () => { await session?.close(); });

/** @param {Parameters<typeof openPage>[1]} options @param {(opened: Awaited<ReturnType<typeof openPage>>) => Promise<void>} body */
async function withPage(options, body) {
  const opened = await openPage(session, options);
  try {
    await body(opened);
    assert.deepEqual(opened.problems, [], 'the page reported problems');
  } finally {
    await opened.context.close();
  }
}

test('the page paints its name, the field and the three families before any script has run', async () => {
  const context = await session.browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${session.url}/`);
  const words = await page.locator('#first-paint').innerText();
  for (const word of ['Trilens', 'Encoder', 'Decoder', 'T5']) assert.ok(words.includes(word), `${word} is not there`);
  assert.ok(await page.locator('#text').isVisible());
  await context.close();
});

test('an idle page draws no frame', () => withPage({}, async ({ page }) => {
  const before = (await snapshot(page)).frames;
  assert.ok(before > 0);
  await page.waitForTimeout(1200);
  assert.equal((await snapshot(page)).frames, before);
}));

test('typing into the field changes the text and every column follows', () => withPage({}, async ({ page }) => {
  const field = page.locator('#text');
  await field.fill('Un café ___ 😀');
  await page.waitForFunction(() => /** @type {any} */ (window).trilens.snapshot().columns.every((/** @type {any} */ c) =>
    c.tokens.pieces.some((/** @type {any} */ p) => p.display.startsWith('caf'))));
  const now = await snapshot(page);
  assert.equal(now.text, 'Un café ___ 😀');
  const encoder = now.columns[0].tokens.pieces.find((/** @type {any} */ p) => p.display === 'café');
  assert.deepEqual([encoder.begin, encoder.end], [3, 8], 'offsets are bytes');
}));

test('the browser’s own undo works in the field', () => withPage({}, async ({ page }) => {
  const field = page.locator('#text');
  await field.click();
  await page.keyboard.press('End');
  await page.keyboard.type(' Yes');
  assert.match((await snapshot(page)).text, / Yes$/);
  await page.keyboard.press('Control+z');
  assert.doesNotMatch((await snapshot(page)).text, / Yes$/);
}));

test('the blank key puts ___ where the cursor is, and typing goes on there', () => withPage({}, async ({ page }) => {
  await page.locator('#text').fill('The cat sat');
  await page.keyboard.press('Home');
  for (let i = 0; i < 4; ++i) await page.keyboard.press('ArrowRight');
  await calm(page);
  const box = await page.locator('#text').boundingBox();
  assert.ok(box);
  await page.mouse.click(box.x + box.width + 30, box.y + 20);
  await calm(page);
  assert.equal(await page.locator('#text').inputValue(), 'The ___ cat sat');
  assert.equal((await snapshot(page)).text, 'The ___ cat sat');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'text');
}));

test('Tab enters the drawing and leaves it again', () => withPage({}, async ({ page }) => {
  await page.locator('#text').focus();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'view');
  await page.keyboard.press('Tab');
  assert.notEqual(await page.evaluate(() => document.activeElement?.id), 'view');
  await page.locator('#view').focus();
  await page.keyboard.press('Shift+Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'text');
}));

test('F6 moves between regions, arrows inside, and where one stands is said aloud', () => withPage({}, async ({ page }) => {
  await page.locator('#text').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('F6');
  await calm(page);
  const first = await page.locator('#focus-words').textContent();
  assert.ok(first);
  await page.keyboard.press('ArrowRight');
  await calm(page);
  assert.notEqual(await page.locator('#focus-words').textContent(), first);
  await page.keyboard.press('F6');
  await calm(page);
  assert.ok(await page.locator('#focus-words').textContent());
}));

test('the examples of a family are reached by keys alone, and Escape puts them away', () => withPage({}, async ({ page }) => {
  const said = async () => { await calm(page); return await page.locator('#focus-words').textContent() ?? ''; };
  /** @param {string} key @param {string} words */
  const pressUntil = async (key, words) => {
    for (let tries = 0; tries < 12; ++tries) {
      if ((await said()).includes(words)) return;
      await page.keyboard.press(key);
    }
    assert.fail(`${key} never came to ${words}`);
  };
  const { groups, rows } = (await snapshot(page)).examples;
  assert.deepEqual(groups.map((/** @type {any} */ group) => group.family.id), ['encoder', 'decoder', 'encoder_decoder']);
  await page.locator('#text').focus();
  await page.keyboard.press('Tab');
  await pressUntil('F6', rows[0].text);
  await pressUntil('ArrowRight', groups[1].title);
  await page.keyboard.press('Enter');
  await calm(page);
  await page.keyboard.press('ArrowDown');
  const text = await said();
  const chosen = rows.find((/** @type {any} */ row) => row.text === text);
  assert.equal(chosen?.family, 'decoder');
  await page.keyboard.press('Enter');
  await calm(page);
  const after = await snapshot(page);
  assert.equal(after.example, chosen.id);
  assert.equal(after.examples.look, chosen.look);
  assert.deepEqual(after.examples.groups.map((/** @type {any} */ group) => group.selected), [false, true, false]);
  await page.keyboard.press('Escape');
  assert.equal(await said(), groups[1].title);
}));

test('on a phone an example that is chosen closes its group and shows what to look for', () => withPage(
  { context: { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true } }, async ({ page }) => {
    await page.touchscreen.tap(320, 294);  // T5
    await calm(page);
    await page.evaluate(() => window.scrollTo(0, 500));
    await calm(page);
    await page.touchscreen.tap(110, 420);
    await calm(page);
    const { examples } = await snapshot(page);
    assert.equal(examples.groups[2].selected, true);
    assert.ok(await page.evaluate(() => window.scrollY) < 200);
  }));

test('"?" opens the list of keys, Escape closes it', () => withPage({}, async ({ page }) => {
  await page.locator('#view').focus();
  await page.keyboard.press('?');
  assert.equal((await snapshot(page)).keys.open, true);
  await page.keyboard.press('Escape');
  assert.equal((await snapshot(page)).keys.open, false);
}));

test('shortcuts of the browser are left alone', () => withPage({}, async ({ page }) => {
  await page.locator('#view').focus();
  const kept = await page.evaluate(() => ['=', '-', '0', 'c', 'f', 'p', 'l'].filter((key) => {
    const event = new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, cancelable: true });
    document.getElementById('view')?.dispatchEvent(event);
    return event.defaultPrevented;
  }));
  assert.deepEqual(kept, []);
  const wheel = await page.evaluate(() => {
    const event = new WheelEvent('wheel', { deltaY: 40, ctrlKey: true, bubbles: true, cancelable: true });
    document.getElementById('view')?.dispatchEvent(event);
    return event.defaultPrevented;
  });
  assert.equal(wheel, false);
}));

test('pointing at a word lights up the same characters in all three columns', () => withPage({}, async ({ page }) => {
  let lit = 0;
  for (let y = 240; y < 860 && lit < 3; y += 12) {
    await page.mouse.move(146, y);
    await page.waitForTimeout(60);
    const now = await snapshot(page);
    lit = now.columns.filter((/** @type {any} */ c) => c.tokens.pieces.some((/** @type {any} */ p) => p.hovered && !p.special)).length;
  }
  assert.equal(lit, 3);
}));

for (const [name, width, height] of /** @type {const} */ ([['wide', 1440, 900], ['wide', 1100, 700], ['tablet', 820, 1180], ['phone', 390, 844], ['phone', 360, 740]])) {
  test(`at ${width} px the ${name} layout has no sideways overflow and the field in reach`, () => withPage({ context: { viewport: { width, height } } }, async ({ page }) => {
    assert.equal((await snapshot(page)).layout, name);
    const size = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
    assert.ok(size.scroll <= size.client, `${size.scroll} > ${size.client}`);
    await page.evaluate(() => window.scrollTo(0, 100000));
    await calm(page);
    const box = await page.locator('#text').boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y < 120, JSON.stringify(box));
    assert.ok(await page.evaluate(() => window.scrollY > 0), 'the page scrolls natively');
  }));
}

test('the mirror tells tokens, predictions, attention and cost in words', () => withPage({}, async ({ page }) => {
  await page.waitForTimeout(700);
  const words = await page.locator('#mirror').textContent() ?? '';
  const now = await snapshot(page);
  for (const column of now.columns) {
    assert.ok(words.includes(column.head.title), column.head.title);
    assert.ok(words.includes(column.cost.rows[0].label));
  }
  assert.ok(words.includes('[MASK]'));
  assert.ok(words.includes('62.1'));
  assert.ok(await page.locator('#mirror table').count() >= 6);
}));

test('the page asks no other origin for anything', () => withPage({}, async ({ page, requests }) => {
  await command(page, { type: 'step' });
  await calm(page);
  const origin = new URL(session.url).origin;
  assert.deepEqual(requests.filter((url) => !url.startsWith(origin) && !url.startsWith('blob:') && !url.startsWith('data:')), []);
}));

test('without WebGL2 the page says so, and the mirror is the page', async () => {
  const opened = await openPage(session, {
    wait: false,
    before: (page) => page.addInitScript(() => {
      const original = HTMLCanvasElement.prototype.getContext;
      // @ts-ignore: one signature of many
      HTMLCanvasElement.prototype.getContext = function (kind, ...rest) { return kind === 'webgl2' ? null : original.call(this, kind, ...rest); };
    }),
  });
  await ready(opened.page);
  assert.match(await opened.page.locator('#failure').innerText(), /WebGL2/);
  await opened.page.waitForTimeout(700);
  assert.ok(await opened.page.locator('#mirror h2').first().isVisible());
  await opened.page.locator('#text').fill('Still here ___.');
  await opened.page.waitForFunction(() => document.getElementById('mirror')?.textContent?.includes('Still'));
  await opened.context.close();
});

test('a lost graphics context comes back with the same state', () => withPage({}, async ({ page }) => {
  await page.evaluate(() => {
    const gl = /** @type {HTMLCanvasElement} */ (document.getElementById('view')).getContext('webgl2');
    const lose = gl?.getExtension('WEBGL_lose_context');
    lose?.loseContext();
    Object.assign(window, { comeBack: () => lose?.restoreContext() });
  });
  await page.locator('#failure').waitFor({ state: 'visible' });
  await page.evaluate(() => /** @type {any} */ (window).comeBack());
  await page.locator('#failure').waitFor({ state: 'hidden' });
  const before = (await snapshot(page)).frames;
  await page.mouse.move(400, 400);
  await page.waitForFunction((frames) => /** @type {any} */ (window).trilens.snapshot().frames > frames, before);
}));

test('a model that cannot be read says why in its column and the others go on', () => withPage({ fake: 'fail=encoder' }, async ({ page }) => {
  const now = await snapshot(page);
  assert.equal(now.columns[0].head.trouble.code, 'model_malformed');
  assert.ok(now.columns[1].head.ready);
  assert.ok(now.columns[1].prediction.blanks.length > 0);
}));

test('on a phone a tap shows another family, and what was pressed stays in reach', () => withPage({ context: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 3 } }, async ({ page }) => {
  const shown = async () => (await snapshot(page)).columns.filter((/** @type {any} */ c) => c.shown).map((/** @type {any} */ c) => c.family);
  assert.deepEqual(await shown(), ['encoder']);
  const field = await page.locator('#text').boundingBox();
  assert.ok(field);
  await page.touchscreen.tap(195, field.y + field.height + 32);
  await calm(page);
  assert.deepEqual(await shown(), ['decoder']);
}));

test('what is typed before the page has started is kept', async () => {
  const opened = await openPage(session, {
    wait: false,
    before: (page) => page.route('**/trilens_page.wasm', async (route) => {
      await page.locator('#text').fill('Typed early ___.');
      await route.continue();
    }),
  });
  await ready(opened.page);
  assert.equal((await snapshot(opened.page)).text, 'Typed early ___.');
  await opened.context.close();
});

test('a part of the page that is missing is named, with a way on', async () => {
  const opened = await openPage(session, { wait: false, before: (page) => page.route('**/attention_map.frag', (route) => route.fulfill({ status: 404 })) });
  await opened.page.locator('#failure button').waitFor();
  assert.match(await opened.page.locator('#failure').innerText(), /attention_map\.frag/);
  await opened.context.close();
});

test('the language follows the browser, and the page says so to readers', () => withPage({ context: { locale: 'nb-NO' } }, async ({ page }) => {
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'nb');
  await page.waitForTimeout(700);
  assert.ok(await page.locator('#text').getAttribute('placeholder'));
  assert.equal((await snapshot(page)).language, 'nb');
}));
