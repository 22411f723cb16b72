// Phenomena in bulk, by the real engine, against the Python evaluation: scores item by item (tests/oracles/probe_oracle.py), and what
// assets/models/scores.json says of all items of some of them.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { kRoot } from './runtime_support.mjs';
import { openTrilens } from './trilens_page.mjs';

const kTolerance = 2e-3;
const kFamilies = /** @type {const} */ (['encoder', 'decoder', 'encoder_decoder']);
/** @param {string} file */
const json = (file) => JSON.parse(readFileSync(path.join(kRoot, file), 'utf8'));
const expected = json('tests/fixtures/models/probes.json');
const published = json('assets/models/scores.json');

for (const provider of ['wasm', 'webgpu']) {
  describe(`phenomena on ${provider}`, () => {
    /** @type {Awaited<ReturnType<typeof openTrilens>>} */
    let trilens;
    before(async () => {
      trilens = await openTrilens();
      for (const family of kFamilies) await trilens.command({ type: 'load', family, model: '', provider });
    });
    after(() => trilens?.close());

    for (const family of kFamilies) {
      test(`each item's scores by the ${family} equal the evaluation's`, async () => {
        assert.equal(expected[family].length, readdirSync(path.join(kRoot, 'assets/probes')).length);
        for (const row of provider === 'wasm' ? expected[family] : expected[family].slice(1, 3)) {
          const made = await trilens.command({ type: 'probe', family, phenomenon: row.phenomenon, items: row.scores?.length ?? 1 });
          assert.equal(made.kind, row.kind);
          assert.equal(made.cannot === '', row.scores !== undefined, `${row.phenomenon}: ${made.cannot}`);
          (row.scores ?? []).forEach((/** @type {number[]} */ scores, /** @type {number} */ n) => {
            assert.equal(made.items[n].scores.length, scores.length);
            scores.forEach((score, i) => assert.ok(Math.abs(made.items[n].scores[i] - score) <= kTolerance * Math.max(1, Math.abs(score)),
              `${row.phenomenon}, item ${n}, choice ${i}: ${made.items[n].scores[i]} instead of ${score}`));
          });
        }
      });
    }

    for (const phenomenon of ['right_context', 'translated_agreement', 'answer']) {
      test(`all of ${phenomenon} come out as published`, { skip: provider !== 'wasm' }, async () => {
        const row = find(published, phenomenon);
        for (const family of kFamilies) {
          const made = await trilens.command({ type: 'probe', family, phenomenon });
          assert.equal(made.items.length, row.items);
          assert.ok(Math.abs(100 * made.hits / made.items.length - row[family].accuracy) < 0.06, `${family}: ${made.hits} of ${made.items.length}, published ${row[family].accuracy} %`);
          assert.ok(made.low <= made.hits / made.items.length && made.hits / made.items.length <= made.high);
        }
      });
    }

    test('what is not there is told, and a run can be stopped', { skip: provider !== 'wasm' }, async () => {
      await assert.rejects(trilens.command({ type: 'probe', family: 'decoder', phenomenon: 'telepathy' }), { code: 'invalid_argument' });
      await assert.rejects(trilens.command({ type: 'probe', family: 'decoder', phenomenon: '../catalog' }), { code: 'invalid_argument' });
      const long = trilens.command({ type: 'probe', family: 'decoder', phenomenon: 'summary' });
      await Promise.all([assert.rejects(long, { code: 'cancelled' }), trilens.command({ type: 'cancel', family: 'decoder' })]);
    });
  });
}

/** @param {any} value @param {string} id @returns {any} */
function find(value, id) {
  return value.phenomena.find((/** @type {any} */ p) => p.id === id);
}
