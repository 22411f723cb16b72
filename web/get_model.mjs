// A planned model, fetched or copied into the store: its files one after the other, with one progress for all of them.
//
// Not here: choosing the files (repository.mjs), asking the user. This is what fetches, so whoever calls it has asked.
// Errors: those of download.mjs and model_store.mjs. After an error what has arrived stays for the next try.
//
//   const model = await getModel(plan, { store, transport, newHasher, signal, onProgress });
//   const bytes = await model.read(plan.graphs.model);

import { SpeedMeter } from './clock.mjs';
import { downloadFile } from './download.mjs';
import { TrilensError } from './errors.mjs';
import { cancelled } from './http.mjs';
import { parsePointer } from './hub.mjs';

/** @typedef {import('./repository.mjs').Plan} Plan */
/** @typedef {import('./repository_files.mjs').RepositoryFile} RepositoryFile */
/**
 * @typedef {object} Progress
 * @property {string} file that is just coming
 * @property {number} loaded bytes of the whole model, kept ones included
 * @property {number|null} total null: the host did not say how long each file is
 * @property {number} bytesPerSecond over the last seconds; 0: nothing came
 * @property {number|null} secondsLeft null: not known
 */
/**
 * @typedef {object} GetOptions
 * @property {import('./model_store.mjs').ModelStore} store
 * @property {import('./http.mjs').Transport} transport
 * @property {import('./sha256.mjs').NewHasher} newHasher
 * @property {AbortSignal} [signal]
 * @property {(progress: Progress) => void} [onProgress]
 */

/** Where the plan's files lie in the store. @param {Plan} plan @returns {import('./model_store.mjs').Key} */
export const keyOf = (plan) => ({ repo: plan.repo, commit: plan.commit || plan.revision, variant: plan.variant });

/** @param {Plan} plan @param {GetOptions} options @returns {Promise<import('./model_store.mjs').StoredModel>} */
export async function getModel(plan, { store, transport, newHasher, signal, onProgress = () => {} }) {
  if (signal?.aborted) throw cancelled(plan.repo);
  const key = keyOf(plan);
  const there = new Map();
  for (const file of plan.files) there.set(file.path, await store.kept(key, file.path));
  if (store.persistent) {
    const missing = plan.files.reduce((sum, file) => sum + Math.max(0, (file.bytes ?? 0) - there.get(file.path)), 0);
    if (missing > 0) await store.checkRoom(missing, plan.repo);
  }
  await store.describe({
    ...key, revision: plan.revision, host: plan.host, family: plan.family, provider: plan.provider,
    reason: plan.reason, graphs: /** @type {Record<string, string>} */ (plan.graphs), files: plan.files.map((file) => file.path), savedAt: transport.clock.now(),
  });

  const meter = new SpeedMeter(transport.clock.now);
  let before = 0;
  /** @type {(number|null)[]} lengths, as they become known */
  const lengths = plan.files.map((file) => file.bytes);
  for (const [index, file] of plan.files.entries()) {
    /** @param {{loaded: number, total: number|null, fetched: number}} here */
    const tell = ({ loaded, total: length, fetched }) => {
      if (fetched > 0) meter.add(fetched);
      lengths[index] ??= length;
      const total = lengths.includes(null) ? null : lengths.reduce((/** @type {number} */ sum, bytes) => sum + (bytes ?? 0), 0);
      const all = before + loaded;
      onProgress({ file: file.path, loaded: all, total, bytesPerSecond: meter.bytesPerSecond(), secondsLeft: meter.secondsLeft(total === null ? null : total - all) });
    };
    before += await store.withFile(key, file.path, { signal }, async (partial) => {
      if (isThere(partial, file)) tell({ loaded: partial.bytes, total: partial.bytes, fetched: 0 });
      else if (file.file) await copyFile(file, { partial, newHasher, signal, onProgress: tell });
      else await downloadFile(file, { partial, transport, newHasher, commit: plan.commit, signal, onProgress: tell });
      lengths[index] = partial.bytes;
      return partial.bytes;
    });
  }
  const model = await store.open(key);
  if (model === null) throw new TrilensError('storage_failed', `${plan.repo} was loaded, but the browser did not keep it; load it again.`);
  return model;
}

/** Whole, checked, and what the list says. @param {import('./partial_file.mjs').PartialFile} partial @param {RepositoryFile} file */
function isThere(partial, file) {
  return partial.complete && (file.bytes === null || partial.bytes === file.bytes) && (file.sha256 === '' || partial.note.sha256 === file.sha256);
}

/** @param {RepositoryFile} file @param {{partial: import('./partial_file.mjs').PartialFile, newHasher: import('./sha256.mjs').NewHasher, signal?: AbortSignal, onProgress: (progress: {loaded: number, total: number|null, fetched: number}) => void}} parts */
async function copyFile(file, { partial, newHasher, signal, onProgress }) {
  const source = /** @type {File} */ (file.file);
  if (/\.onnx(_data|\.data)?/.test(file.path) && source.size < 1024 && parsePointer(await source.text()) !== null) {
    throw new TrilensError('model_malformed', `${file.path} is a git-lfs pointer, not the file itself: the folder was cloned without its large files; run git lfs pull in it.`);
  }
  const hasher = await newHasher();
  await partial.restart();
  await partial.begin({ validator: '', total: source.size });
  const reader = source.stream().getReader();
  for (;;) {
    if (signal?.aborted) {
      await reader.cancel().catch(() => {});
      throw cancelled(file.path);
    }
    const { done, value } = await reader.read().catch((error) => {
      throw new TrilensError('model_missing', `${file.path} could not be read; it was moved or changed since it was dropped: drop it again.`, String(error));
    });
    if (done) break;
    await partial.append(value);
    hasher.update(value);
    onProgress({ loaded: partial.bytes, total: source.size, fetched: value.length });
  }
  await partial.finish({ sha256: hasher.digest() });
}
