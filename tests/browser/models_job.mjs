// Runs in the browser (page or worker) for models.test.mjs: what engine_host.mjs would do. See web/README.md, "Getting models".

import { kRealClock } from '/web/clock.mjs';
import { listingFromFiles } from '/web/dropped.mjs';
import { getModel, keyOf } from '/web/get_model.mjs';
import { Hub, parseModelName } from '/web/hub.mjs';
import { ModelStore } from '/web/model_store.mjs';
import { planModel } from '/web/repository.mjs';
import { sha256From } from '/web/sha256.mjs';

const newHasher = sha256From(new URL('/node_modules/hash-wasm/dist/sha256.umd.min.js', import.meta.url).href);
// waits between tries are over at once; silence is waited for as ever
const clock = { ...kRealClock, wait: async (millis, options) => (options.why === 'retry' ? undefined : kRealClock.wait(millis, options)) };
const transport = { fetch: globalThis.fetch.bind(globalThis), clock };
const machine = { webgpu: false, shaderF16: false, memoryBytes: null };

const report = async (store, model) => {
  const hasher = await newHasher();
  hasher.update(await model.read('onnx/model.onnx', { newHasher }));
  const sizes = await Promise.all(model.card.files.map(async (path) => (await model.read(path)).length));
  return { sha256: hasher.digest(), bytes: sizes.reduce((a, b) => a + b), listed: await store.list(), persistent: store.persistent, repo: model.card.repo };
};

/** @param {string} job @param {string} base */
export async function runJob(job, base) {
  const store = await ModelStore.open();
  if (job === 'find') return report(store, await store.find('owner/bert', 'main'));
  if (job === 'remove') {
    for (const { key } of await store.list()) await store.remove(key);
    return { listed: await store.list() };
  }
  const plan = planModel(await new Hub({ base, ...transport }).list(parseModelName('owner/bert')), { machine });
  try {
    const stop = new AbortController();
    const onProgress = ({ loaded }) => job === 'stop' && loaded > 1_500_000 && stop.abort();
    return await report(store, await getModel(plan, { store, transport, newHasher, signal: stop.signal, onProgress }));
  } catch (error) {
    return { error: { code: error.code, message: error.message, detail: error.detail }, persistent: store.persistent, kept: await store.kept(keyOf(plan), 'onnx/model.onnx') };
  }
}

/** @param {File[]} files */
export async function storeDropped(files) {
  const store = await ModelStore.open();
  try {
    const plan = planModel(await listingFromFiles(files), { machine, modelType: 'bert' });
    return await report(store, await getModel(plan, { store, transport, newHasher }));
  } catch (error) {
    return { error: { code: error.code, message: error.message, detail: error.detail } };
  }
}
