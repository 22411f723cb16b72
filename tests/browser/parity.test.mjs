// Numbers of the page against the reference implementation, on both providers. The expected values come from
// tests/oracles/models_oracle.py (Hugging Face transformers on the same weights), never from what the page printed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kTolerance = 1e-4;
const kFamilies = { 'trilens-bert': 'encoder', 'trilens-gpt2': 'decoder', 'trilens-t5': 'encoder_decoder' };

/** @param {string} id */
const fixture = (id) => JSON.parse(readFileSync(path.join(kRoot, 'tests/fixtures/models', `${id}.json`), 'utf8'));
const bert = fixture('trilens-bert');
const gpt2 = fixture('trilens-gpt2');
const t5 = fixture('trilens-t5');

/** @param {number} actual @param {number} expected @param {string} what @param {number} [tolerance] */
function near(actual, expected, what, tolerance = kTolerance) {
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${what}: ${actual} instead of ${expected}`);
}

/** @param {{shape: number[], values: number[]}} flat @param {number[]} index */
function at(flat, index) {
  return flat.values[index.reduce((offset, i, d) => offset * flat.shape[d] + i, 0)];
}

/** Candidates against the reference's rows: same ids in the same order (unless a tie), logits, full-vocabulary probabilities.
 * @param {{id: number, logit: number, probability: number, token: string}[]} top @param {any[]} expected @param {string} what */
function sameTop(top, expected, what) {
  assert.equal(top.length, expected.length, what);
  top.forEach((candidate, i) => {
    const e = expected[i];
    near(candidate.logit, e.logit, `${what}: logit ${i}`);
    near(candidate.probability, e.probability, `${what}: probability ${i}`);
    if (Math.abs(e.logit - (expected[i + 1]?.logit ?? -1e9)) > 1e-3 && Math.abs(e.logit - (expected[i - 1]?.logit ?? 1e9)) > 1e-3) {
      assert.equal(candidate.id, e.id, `${what}: id ${i}`);
      assert.equal(candidate.token, e.token, `${what}: token ${i}`);
    }
  });
}

for (const provider of ['wasm', 'webgpu']) {
  describe(`parity with transformers on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    before(async () => {
      trilens = await openTrilens();
      for (const [model, family] of Object.entries(kFamilies)) {
        const loaded = await trilens.command({ type: 'load', family, model, provider });
        assert.equal(loaded.provider, provider);
      }
    });
    after(() => trilens?.close());

    test('ids are the reference tokenizer\'s', async () => {
      for (const [data, family] of [[bert, 'encoder'], [gpt2, 'decoder']]) {
        for (const { text, ids } of data.logits) {
          assert.deepEqual((await trilens.command({ type: 'tokenize', family, text })).ids, ids, text);
        }
      }
      for (const { source, ids } of t5.logits) {
        assert.deepEqual((await trilens.command({ type: 'tokenize', family: 'encoder_decoder', text: source })).ids, ids, source);
      }
    });

    test('the encoder fills blanks with the reference\'s probabilities', async () => {
      for (const { text, masks } of bert.fill_mask) {
        const filled = await trilens.command({ type: 'fill_mask', text, top_k: 10 });
        assert.deepEqual(filled.masks.map((/** @type {any} */ m) => m.position), masks.map((/** @type {any} */ m) => m.position), text);
        masks.forEach((/** @type {any} */ mask, /** @type {number} */ i) => {
          sameTop(filled.masks[i].top, mask.top, text);
          near(filled.masks[i].entropy_bits, mask.entropy / Math.LN2, `${text}: entropy`, 1e-3);
        });
      }
    });

    test('the decoder\'s next token has the reference\'s probabilities', async () => {
      for (const { text, top } of gpt2.next_token) {
        sameTop((await trilens.command({ type: 'next_token', family: 'decoder', text, top_k: 10 })).top, top, text);
      }
    });

    test('the encoder-decoder\'s first token and first span have the reference\'s probabilities', async () => {
      for (const { text, top } of t5.next_token) {
        sameTop((await trilens.command({ type: 'next_token', family: 'encoder_decoder', text, top_k: 10 })).top, top, text);
      }
      for (const { text, top } of t5.fill_mask) {
        const filled = await trilens.command({ type: 'fill_mask', family: 'encoder_decoder', text, top_k: 10 });
        sameTop(filled.masks[0].top, top, text);
      }
    });

    test('attention of every layer and head equals the reference', async () => {
      for (const [data, family] of [[bert, 'encoder'], [gpt2, 'decoder']]) {
        for (const { text, self } of data.attentions) await sameMaps(trilens, { family, kind: 'self', text }, self);
      }
      for (const entry of t5.attentions) {
        for (const kind of ['self', 'decoder_self', 'cross']) {
          await sameMaps(trilens, { family: 'encoder_decoder', kind, text: entry.source, target: entry.target }, entry[kind]);
        }
      }
    });

    test('the mean over layers and heads is the mean of the reference', async () => {
      const { text, self } = bert.attentions[0];
      const [layers, heads, rows, columns] = self.shape;
      const map = await trilens.command({ type: 'attention', family: 'encoder', kind: 'self', layer: 'mean', head: 'mean', text });
      for (let r = 0; r < rows; ++r) {
        for (let c = 0; c < columns; ++c) {
          let sum = 0;
          for (let l = 0; l < layers; ++l) for (let h = 0; h < heads; ++h) sum += at(self, [l, h, r, c]);
          near(map.values[r][c], sum / (layers * heads), `mean at ${r}, ${c}`);
        }
      }
    });

    test('hidden states of every layer equal the reference', async () => {
      for (const [data, family] of [[bert, 'encoder'], [gpt2, 'decoder']]) {
        for (const { text, layers } of data.hidden_states) await sameHidden(trilens, { family, text }, 'hidden', layers);
      }
      for (const { source, target, encoder, decoder } of t5.hidden_states) {
        const look = { family: 'encoder_decoder', text: source, target };
        await sameHidden(trilens, look, 'hidden', encoder);
        await sameHidden(trilens, look, 'decoder_hidden', decoder);
      }
    });

    test('sentence vectors equal the reference\'s pooling', async () => {
      for (const [data, family, pooling] of [[bert, 'encoder', 'mean'], [gpt2, 'decoder', 'last'], [t5, 'encoder_decoder', 'mean']]) {
        for (const entry of data.embeddings) {
          const { vector } = await trilens.command({ type: 'embed', family, text: entry.text });
          entry[pooling].values.forEach((/** @type {number} */ v, /** @type {number} */ i) => near(vector[i], v, `${entry.text}: ${i}`));
        }
      }
    });

    test('queries and keys equal the reference, up to the scale that the graph puts into them', async () => {
      for (const [data, family, kind] of [[bert, 'encoder', 'self'], [gpt2, 'decoder', 'self'], [t5, 'encoder_decoder', 'cross']]) {
        const entry = data.q_k[0];
        const look = { type: 'tap', family, text: entry.text ?? entry.source, ...(entry.target && { target: entry.target }) };
        const q = await trilens.command({ ...look, tap: `${kind}.${entry.layer}.q` });
        const k = await trilens.command({ ...look, tap: `${kind}.${entry.layer}.k` });
        sameUpToScale(q, entry.q, `${family} q`);
        sameUpToScale(k, entry.k, `${family} k`);
      }
    });

    test('greedy and beam continuations equal the reference token for token', async () => {
      for (const [data, family] of [[gpt2, 'decoder'], [t5, 'encoder_decoder']]) {
        // A GPU made of software takes its time: there, every fourth case.
        for (const entry of data.generate.filter((/** @type {any} */ _, /** @type {number} */ i) => provider === 'wasm' || i % 4 === 0)) {
          const { num_beams: beams, ...options } = entry.options;
          const result = await trilens.command({
            type: 'generate', family, text: entry.text,
            options: { ...options, strategy: beams > 1 ? 'beam' : 'greedy', num_beams: beams, alternatives: 0 },
          });
          assert.deepEqual(result.ids, entry.sequences[0].ids, `${entry.name}: ${entry.text}`);
          assert.equal(result.text, entry.output, `${entry.name}: ${entry.text}`);
        }
      }
    });

    test('sampled continuations equal the reference for the same logits and the same random numbers', async () => {
      for (const [data, family] of [[gpt2, 'decoder'], [t5, 'encoder_decoder']]) {
        for (const entry of data.sample.filter((/** @type {any} */ _, /** @type {number} */ i) => provider === 'wasm' || i % 4 === 0)) {
          const result = await trilens.command({
            type: 'generate', family, text: entry.text, options: { ...entry.options, strategy: 'sample', seed: entry.seed, alternatives: 0 },
          });
          assert.deepEqual(result.ids, entry.ids, `${entry.text} with ${JSON.stringify(entry.options)} and seed ${entry.seed}`);
        }
      }
    });
  });
}

/** Every number of every layer and head through its tap, and one head of each layer through `attention`, as the page asks.
 * @param {any} trilens @param {any} look @param {{shape: number[], values: number[]}} expected [layer, head, query, key] */
async function sameMaps(trilens, look, expected) {
  const [layers, heads, rows, columns] = expected.shape;
  for (let layer = 0; layer < layers; ++layer) {
    const where = `${look.family} ${look.kind} ${layer} of ${look.text}`;
    const { kind, ...text } = look;
    const tap = await trilens.command({ type: 'tap', tap: `${kind}.${layer}.probabilities`, ...text });
    assert.deepEqual(tap.shape, [1, heads, rows, columns], where);
    const from = layer * heads * rows * columns;
    tap.values.forEach((/** @type {number} */ v, /** @type {number} */ i) => near(v, expected.values[from + i], `${where} at ${i}`));

    const head = layer % heads;
    const map = await trilens.command({ type: 'attention', layer, head, ...look });
    assert.equal(map.rows.length, rows, where);
    assert.equal(map.columns.length, columns, where);
    for (let r = 0; r < rows; ++r) {
      for (let c = 0; c < columns; ++c) near(map.values[r][c], at(expected, [layer, head, r, c]), `${where}, head ${head} at ${r}, ${c}`);
    }
  }
}

/** @param {any} trilens @param {any} look @param {string} tap @param {{head: number[], norm: number}[][]} layers */
async function sameHidden(trilens, look, tap, layers) {
  for (let layer = 0; layer < layers.length; ++layer) {
    const { shape, values } = await trilens.command({ type: 'tap', tap: `${tap}.${layer}`, ...look });
    const [, positions, hidden] = shape;
    assert.equal(positions, layers[layer].length);
    layers[layer].forEach((vector, p) => {
      const actual = values.slice(p * hidden, (p + 1) * hidden);
      vector.head.forEach((v, i) => near(actual[i], v, `${tap}.${layer} of ${look.text} at ${p}, ${i}`));
      near(Math.hypot(...actual), vector.norm, `${tap}.${layer} of ${look.text} at ${p}: norm`);
    });
  }
}

/** The tap is [1, head, position, size] or, for keys, [1, head, size, position]; the reference [head, position, size].
 * @param {{shape: number[], values: number[]}} tap @param {{shape: number[], values: number[]}} expected @param {string} what */
function sameUpToScale(tap, expected, what) {
  const [heads, positions, size] = expected.shape;
  const turned = tap.shape[2] !== positions || (positions === size && what.endsWith('k'));
  const read = (/** @type {number} */ h, /** @type {number} */ p, /** @type {number} */ d) => at(tap, turned ? [0, h, d, p] : [0, h, p, d]);
  let dot = 0;
  let square = 0;
  for (let h = 0; h < heads; ++h) for (let p = 0; p < positions; ++p) for (let d = 0; d < size; ++d) {
    dot += read(h, p, d) * at(expected, [h, p, d]);
    square += at(expected, [h, p, d]) ** 2;
  }
  const scale = dot / square;
  const known = [1, size ** -0.5, size ** -0.25];
  assert.ok(known.some((s) => Math.abs(scale - s) < 1e-4), `${what}: scale ${scale}`);
  for (let h = 0; h < heads; ++h) for (let p = 0; p < positions; ++p) for (let d = 0; d < size; ++d) {
    near(read(h, p, d), scale * at(expected, [h, p, d]), `${what} at ${h}, ${p}, ${d}`);
  }
}
