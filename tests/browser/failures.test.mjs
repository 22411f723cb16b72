// What happens when things go wrong, with the real engine in a real browser: each gives a clear outcome, and what the user
// had stays.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { openTrilens } from './trilens_page.mjs';

/** @param {Promise<unknown>} promise @param {string} code @param {RegExp} [words] */
async function refused(promise, code, words) {
  await assert.rejects(promise, (/** @type {any} */ error) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words ?? /\S/);
    return true;
  });
}

/** Answers requests for one file of the site in another way.
 * @param {string} glob @param {(route: import('playwright-core').Route) => Promise<unknown>} answer */
const withRoute = (glob, answer) => ({ before: (/** @type {any} */ page) => page.context().route(glob, answer) });

describe('with everything in order', () => {
  /** @type {Awaited<ReturnType<typeof openTrilens>>} */
  let trilens;
  before(async () => { trilens = await openTrilens(); });
  after(() => trilens?.close());

  test('no request goes to another origin', async () => {
    const origin = new URL(trilens.session.url).origin;
    assert.deepEqual(trilens.requests.filter((url) => !url.startsWith(origin) && !url.startsWith('blob:') && !url.startsWith('data:')), []);
  });

  test('empty input is refused with what to do, and the models stay', async () => {
    for (const text of ['', '   \n\t']) {
      for (const family of ['encoder', 'decoder', 'encoder_decoder']) {
        await refused(trilens.command({ type: 'tokenize', family, text }), 'empty_input', /type a sentence/);
      }
      await refused(trilens.command({ type: 'fill_mask', text }), 'empty_input');
      await refused(trilens.command({ type: 'generate', family: 'decoder', text }), 'empty_input');
    }
    assert.ok((await trilens.command({ type: 'next_token', family: 'decoder', text: 'I' })).top.length > 0);
  });

  test('20,000 characters are cut at each family\'s own limit, and the answer says where', async () => {
    const text = 'The dog chased the cat. '.repeat(834).slice(0, 20_000);
    for (const family of ['encoder', 'decoder', 'encoder_decoder']) {
      const made = await trilens.command({ type: 'tokenize', family, text });
      assert.equal(made.ids.length, made.cut.limit_tokens);
      const last = made.tokens.filter((/** @type {any} */ t) => !t.special).at(-1);
      assert.ok(made.cut.byte >= last.end && made.cut.byte < text.length, `cut at ${made.cut.byte}, last piece ends at ${last.end}`);
      assert.match(made.cut.message, /left out/);
    }
    const { top } = await trilens.command({ type: 'next_token', family: 'decoder', text });
    assert.ok(top[0].probability > 0);
  });

  test('invalid UTF-16, emoji and control characters are read, byte for byte traced', async () => {
    for (const text of ['a \ud800 b', '\udc00', 'Hello 👩‍👩‍👧‍👦!', 'a\u0000b\u0007c', 'שלום', '你好', 'e\u0301', '\ufeffx']) {
      const bytes = new TextEncoder().encode(text).length;
      for (const family of ['encoder', 'decoder', 'encoder_decoder']) {
        const outcome = await trilens.command({ type: 'tokenize', family, text }).catch((/** @type {any} */ e) => e);
        if (outcome.code) {
          assert.equal(outcome.code, 'empty_input', `${JSON.stringify(text)} for ${family}: ${outcome.message}`);
          continue;
        }
        for (const piece of outcome.tokens) {
          assert.ok(piece.start <= piece.end && piece.end <= bytes, JSON.stringify(piece));
          if (!text.includes('\ufffd') && text.isWellFormed?.() !== false) assert.ok(!piece.display.includes('\ufffd'), JSON.stringify(piece));
        }
      }
    }
  });

  test('options out of range are refused by name', async () => {
    const generate = (/** @type {any} */ options) => trilens.command({ type: 'generate', family: 'decoder', text: 'I', options });
    await refused(generate({ temperature: 0 }), 'invalid_argument', /`temperature`/);
    await refused(generate({ top_p: 2 }), 'invalid_argument', /`top_p`/);
    await refused(generate({ num_beams: 0, strategy: 'beam' }), 'invalid_argument', /`num_beams`/);
    await refused(generate({ max_new_tokens: 1e9 }), 'invalid_argument', /`max_new_tokens`/);
    await refused(generate({ strategy: 'oracle' }), 'invalid_argument', /greedy, sample or beam/);
    await refused(trilens.command({ type: 'attention', family: 'encoder', kind: 'self', layer: 99, head: 0, text: 'a' }), 'invalid_argument', /`layer`/);
    await refused(trilens.command({ type: 'attention', family: 'encoder', kind: 'self', layer: 0, head: 99, text: 'a' }), 'invalid_argument', /`head`/);
    await refused(trilens.command({ type: 'fly' }), 'unknown_command', /fly/);
    await refused(trilens.command({ type: 'tokenize', family: 'encoder' }), 'invalid_argument', /`text`/);
  });

  test('what an architecture cannot do is refused with the reason', async () => {
    await refused(trilens.command({ type: 'fill_mask', family: 'decoder', text: 'a ___ b' }), 'unsupported_task', /never sees what comes after/);
    await refused(trilens.command({ type: 'next_token', family: 'encoder', text: 'a' }), 'unsupported_task', /whole text at once/);
    await refused(trilens.command({ type: 'generate', family: 'encoder', text: 'a' }), 'unsupported_task');
    await refused(trilens.command({ type: 'attention', family: 'decoder', kind: 'cross', layer: 0, head: 0, text: 'a' }), 'unsupported_task', /no encoder/);
    await refused(trilens.command({ type: 'fill_mask', text: 'no blank here' }), 'no_blank', /___/);
  });

  test('two commands at once are both answered, each with its own', async () => {
    const ask = (/** @type {string} */ text) => trilens.command({ type: 'next_token', family: 'decoder', text });
    const alone = [await ask('The dog'), await ask('Tom and Mary')];
    const together = await Promise.all([ask('The dog'), ask('Tom and Mary')]);
    together.forEach((answer, i) => assert.deepEqual(answer.top.map((/** @type {any} */ t) => t.id), alone[i].top.map((/** @type {any} */ t) => t.id)));
  });

  test('a generation cancelled in mid-run stops, and the next one runs', async () => {
    const long = trilens.command({ type: 'generate', family: 'encoder_decoder', text: 'translate English to French: I like it.', options: { max_new_tokens: 120, min_new_tokens: 119 } });
    await trilens.command({ type: 'cancel', family: 'encoder_decoder' });
    await refused(long, 'cancelled');
    const { ids } = await trilens.command({ type: 'generate', family: 'encoder_decoder', text: 'translate English to French: I like it.', options: { max_new_tokens: 4 } });
    assert.ok(ids.length > 0);
  });

  test('the same seed gives the same text, another seed may not', async () => {
    const sample = async (/** @type {number} */ seed) => (await trilens.command({
      type: 'generate', family: 'decoder', text: 'I', options: { strategy: 'sample', seed, max_new_tokens: 20, top_p: 0.95 },
    })).ids;
    assert.deepEqual(await sample(7), await sample(7));
    const others = await Promise.all([1, 2, 3, 4].map(sample));
    assert.ok(new Set(others.map(String)).size > 1);
  });
});

describe('with something broken', () => {
  test('a missing model file is told in its column; the others work', async () => {
    const trilens = await openTrilens(withRoute('**/trilens-gpt2/onnx/model.onnx', (route) => route.fulfill({ status: 404, body: 'gone' })));
    try {
      await refused(trilens.command({ type: 'next_token', family: 'decoder', text: 'I' }), 'not_loaded');
      await refused(trilens.command({ type: 'load', family: 'decoder', provider: 'wasm' }), 'model_missing', /model\.onnx/);
      assert.ok((await trilens.command({ type: 'fill_mask', text: 'The ___ barked.' })).masks.length === 1);
    } finally {
      await trilens.close();
    }
  });

  test('a model file cut short or corrupt is refused with its name', async () => {
    /** @type {(bytes: Buffer) => Buffer} */
    let change = (bytes) => bytes;
    const trilens = await openTrilens(withRoute('**/trilens-gpt2/onnx/model.onnx', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: change(await response.body()), headers: { 'content-type': 'application/octet-stream' } });
    }));
    try {
      const load = () => trilens.command({ type: 'load', family: 'decoder', provider: 'wasm' });
      change = (bytes) => bytes.subarray(0, 100_000);
      await refused(load(), 'model_malformed', /model\.onnx/);
      change = (bytes) => Buffer.alloc(bytes.length, 0xff);
      await refused(load(), 'model_malformed', /model\.onnx/);
      change = (bytes) => { const copy = Buffer.from(bytes); copy[copy.length >> 1] ^= 1; return copy; };
      await refused(load(), 'model_malformed', /model\.onnx/);
      // What was loaded at the start still answers.
      assert.ok((await trilens.command({ type: 'next_token', family: 'decoder', text: 'I' })).top.length > 0);
      change = (bytes) => bytes;
      assert.equal((await load()).model, 'trilens-gpt2');
    } finally {
      await trilens.close();
    }
  });

  test('a tokenizer with an unknown part is refused, and the part is named', async () => {
    const trilens = await openTrilens({ before: async (/** @type {any} */ page) => {
      await page.context().route('**/trilens-bert/tokenizer.json', async (/** @type {import('playwright-core').Route} */ route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: (await response.text()).replace('"WordPiece"', '"WordPuzzl"') });
      });
      await page.context().route('**/assets/models/catalog.json', async (/** @type {import('playwright-core').Route} */ route) => {
        const response = await route.fetch();
        const list = JSON.parse(await response.text());
        for (const model of list.models) for (const file of model.files) file.sha256 = '';
        await route.fulfill({ contentType: 'application/json', body: JSON.stringify(list) });
      });
    } });
    try {
      await refused(trilens.command({ type: 'load', family: 'encoder', provider: 'wasm' }), 'tokenizer_unsupported', /WordPuzzl/);
    } finally {
      await trilens.close();
    }
  });

  test('without WebGPU everything runs on WASM, and WebGPU by force is refused', async () => {
    const trilens = await openTrilens({ webgpu: false });
    try {
      assert.equal((await trilens.page.evaluate(() => /** @type {any} */ (window).trilens.ready)).webgpu, false);
      const loaded = await trilens.command({ type: 'load', family: 'encoder', provider: 'auto' });
      assert.equal(loaded.provider, 'wasm');
      assert.match(loaded.report.reason, /no WebGPU/);
      await refused(trilens.command({ type: 'load', family: 'encoder', provider: 'webgpu' }), 'webgpu_unavailable');
    } finally {
      await trilens.close();
    }
  });
});
