// Takes the README's pictures of the page, real engine and bundled models included, into docs/images (or the folder named):
//
//   node tests/browser/pictures.mjs [FOLDER] [ID …]      needs build/wasm/site (scripts/run --build-only)

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { openBrowser, openPage, ready } from './page_support.mjs';

const kFolder = path.resolve(process.argv[2] ?? fileURLToPath(new URL('../../docs/images', import.meta.url)));
const kWanted = process.argv.slice(3);
const kPhone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
/** @type {Record<string, {context: import('playwright-core').BrowserContextOptions, commands: object[]}>} */
const kPictures = {
  wide: { context: { colorScheme: 'light' }, commands: [{ type: 'use_example', id: 'right_context' }] },
  'wide-dark': { context: { colorScheme: 'dark' }, commands: [{ type: 'use_example', id: 'translation' }, { type: 'step' }, { type: 'step' }, { type: 'step' }, { type: 'step' }] },
  phone: { context: { ...kPhone, colorScheme: 'light' }, commands: [{ type: 'use_example', id: 'right_context' }] },
};

mkdirSync(kFolder, { recursive: true });
const session = await openBrowser([], { webgpu: false });
try {
  for (const [id, { context, commands }] of Object.entries(kPictures)) {
    if (kWanted.length > 0 && !kWanted.includes(id)) continue;
    const opened = await openPage(session, { engine: 'real', context });
    for (const command of commands) {
      await opened.page.evaluate((wanted) => /** @type {any} */ (window).trilens.command(wanted), command);
      await ready(opened.page);
    }
    await opened.page.screenshot({ path: path.join(kFolder, `${id}.png`) });
    console.log(`${id}.png${opened.problems.length > 0 ? `: ${opened.problems.join('; ')}` : ''}`);
    await opened.context.close();
  }
} finally {
  await session.close();
}
