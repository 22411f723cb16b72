// The whole of Trilens in a browser, engine included, driven through window.trilens. Rejections arrive as errors with a code.

import { openBrowser, openPage } from './page_support.mjs';

/**
 * @param {{query?: string, webgpu?: boolean, before?: (page: import('playwright-core').Page) => Promise<unknown>, wait?: boolean}} [options]
 */
export async function openTrilens(options = {}) {
  const session = await openBrowser([], options);
  const { page, requests, problems } = await openPage(session, { engine: 'real', ...options });
  return {
    session, page, requests, problems,
    /** @param {unknown} given @returns {Promise<any>} */
    async command(given) {
      const answer = await page.evaluate(async (wanted) => {
        try {
          return { value: await /** @type {any} */ (window).trilens.command(wanted) };
        } catch (error) {
          return { code: /** @type {any} */ (error).code, message: /** @type {any} */ (error).message };
        }
      }, given);
      if ('value' in answer) return answer.value;
      throw Object.assign(new Error(answer.message), { code: answer.code });
    },
    /** @returns {Promise<any>} */
    snapshot: () => page.evaluate(() => /** @type {any} */ (window).trilens.snapshot()),
    close: () => session.close(),
  };
}
