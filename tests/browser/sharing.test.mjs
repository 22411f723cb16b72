// A page as a link and as files, in a real browser with the real engine: what is opened elsewhere is the same page; what is hostile is refused.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { openTrilens } from './trilens_page.mjs';

/** @type {Awaited<ReturnType<typeof openTrilens>>} */
let trilens;
before(async () => { trilens = await openTrilens({ webgpu: false, query: '?webgpu=off' }); });
after(() => trilens?.close());

const settled = () => trilens.page.waitForFunction(() => {
  const { columns } = /** @type {any} */ (window).trilens.snapshot();
  return columns.every((/** @type {any} */ c) => c.head.ready && !c.prediction.head.waiting && c.attention.every((/** @type {any} */ m) => !m.head.waiting && !m.head.empty));
}, undefined, { timeout: 120_000 });
/** What is on screen, but for times. */
const picture = async () => {
  const { text, tab, clock, columns, options } = await trilens.snapshot();
  return { text, tab, clock, options: options.rows.map((/** @type {any} */ row) => [row.name, row.value_text]),
    columns: columns.map((/** @type {any} */ c) => ({ family: c.family, model: c.head.model, written: c.generation.written, choice: c.attention.map((/** @type {any} */ m) => [m.choice, m.values]), bars: c.prediction.blanks.map((/** @type {any} */ b) => b.bars.map((/** @type {any} */ bar) => [bar.id, bar.probability])) })) };
};

test('a link opens the same page elsewhere, and nothing of it is sent', { timeout: 240_000 }, async () => {
  const { page } = trilens;
  await trilens.command({ type: 'set_text', text: 'The old man ___ his hat.' });
  await trilens.command({ type: 'set_option', name: 'max_new_tokens', value: 6 });
  await trilens.command({ type: 'select', family: 'decoder', layer: 1, head: 2 });
  await trilens.command({ type: 'step' });
  await trilens.command({ type: 'step' });
  await trilens.command({ type: 'show', tab: 'attention' });
  await settled();
  const here = await picture();
  const json = await trilens.command({ type: 'share' });
  const link = await page.evaluate(async (shared) => (await import('/web/share.mjs')).linkTo(JSON.stringify(shared)), json);
  assert.match(link, /#[pt]=/);
  assert.ok(link.length < 900, `${link.length} characters`);
  const asked = /** @type {string[]} */ ([]);
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('about:blank');
  await page.goto(link);
  await page.waitForFunction(() => 'trilens' in window);
  await settled();
  await page.waitForFunction((cursor) => /** @type {any} */ (window).trilens.snapshot().clock.cursor === cursor, here.clock.cursor);
  await settled();
  assert.deepEqual(await picture(), here);
  assert.ok(asked.every((url) => !url.includes('hat') && !decodeURIComponent(url).includes('hat')), 'the text was sent');
});

test('hostile links leave the page as it is and say why', async () => {
  const { page } = trilens;
  const before = (await trilens.snapshot()).text;
  const code = (/** @type {string} */ json) => `t=${Buffer.from(json).toString('base64url')}`;
  for (const hash of ['p=AAAA', 't=%%', code('{"trilens":1}'), code('{"trilens":1,"text":"<img src=x onerror=alert(1)>","run":"alert(1)"}'), code('[1'), `t=${'A'.repeat(900_000)}`]) {
    await page.evaluate((h) => { location.hash = h; }, hash);
    if (/^[pt]=[\w-]*$/.test(hash)) {
      await page.waitForFunction(() => /** @type {any} */ (window).trilens.snapshot().status.notice !== '', undefined, { timeout: 20_000 });
      assert.match((await trilens.snapshot()).status.notice, /could not be opened/);
    }
    assert.equal((await trilens.snapshot()).text, before, hash.slice(0, 60));
  }
  // A bomb: small as it comes, large as it grows.
  const bomb = await page.evaluate(async () => {
    const big = new Blob([new Uint8Array(20_000_000)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const bytes = new Uint8Array(await new Response(big).arrayBuffer());
    const { readLink } = await import('/web/share.mjs');
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return readLink(`#p=${btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`).then(() => 'read', (error) => error.message);
  });
  assert.match(bomb, /longer than/);
  assert.deepEqual(trilens.problems, []);
});

test('numbers and picture come as files', async () => {
  const { page } = trilens;
  const saved = async (/** @type {object} */ given) => {
    const [download] = await Promise.all([page.waitForEvent('download'), trilens.command(given)]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const csv = await saved({ type: 'export', kind: 'csv' });
  assert.equal(csv.name, 'trilens.csv');
  assert.match(csv.bytes.toString('utf8'), /left,encoder,"trilens-bert",wasm,attention/);
  const json = await saved({ type: 'export', kind: 'json' });
  assert.equal(JSON.parse(json.bytes.toString('utf8')).models.length, 3);
  const png = await saved({ type: 'export', kind: 'picture' });
  assert.equal(png.bytes.subarray(1, 4).toString('latin1'), 'PNG');
  assert.ok(png.bytes.length > 20_000, `a picture of ${png.bytes.length} bytes is empty`);
  const [whole, visible] = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
  assert.ok(whole > visible + 100, `the page is ${whole} high and shows ${visible}: nothing is out of sight`);
  assert.equal(png.bytes.readUInt32BE(20), whole, 'the picture has all of the page');
  assert.deepEqual(await page.evaluate(() => { const canvas = document.querySelector('canvas'); return [canvas?.height, document.documentElement.scrollHeight]; }), [visible, whole]);
});
