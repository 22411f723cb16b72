// Models beyond the bundled ones, in the worker: a name or a dropped folder becomes a plan, a plan is fetched, what is kept is read.
// The JavaScript half of src/app/engine/browser_library.cpp; its answers are src/protocol/shelf.hpp's, field by field.
//
// Not here: hosts (hub.mjs), choosing files (repository.mjs), fetching (get_model.mjs), keeping (model_store.mjs), whether a model's
// config.json can be opened: the engine says that, so a plan's answer carries the file's text, and what the files lack as `refusal`.
// Only plan() of a name that is not kept and fetch() use the network. Where the browser has no room, models stay in memory until the
// page is closed, and the shelf says so. Errors: TrilensError, with those modules' codes.
//
//   const library = new Library({ transport, newHasher, machine, loadYaml });
//   const { plan } = await library.plan({ name: 'Xenova/distilgpt2', base: '', variant: '' }, { signal });
//   await library.fetch({ plan: plan.plan }, { signal, onProgress });
//   const source = await library.source({ name: plan.name });
//   const bytes = await library.read(`${source.path}/config.json`);

import { TrilensError } from './errors.mjs';
import { getModel, keyOf } from './get_model.mjs';
import { Hub, hostOfBase, parseModelName } from './hub.mjs';
import { filesOf, kLibraryPrefix, nameOf, partsOfName, sourceOf, storedView } from './library_views.mjs';
import { readCard } from './model_card.mjs';
import { folderName, ModelStore } from './model_store.mjs';
import { planModel } from './repository.mjs';

/** @typedef {import('./repository_files.mjs').Listing} Listing */
/** @typedef {import('./repository.mjs').Plan} Plan */
/** @typedef {import('./model_store.mjs').StoredModel} StoredModel */
/** @typedef {{signal?: AbortSignal, onProgress?: (progress: object) => void}} Options */
/** @typedef {(path: string) => Promise<string>} ReadText empty where there is no such file */
/**
 * @typedef {object} LibraryParts
 * @property {import('./http.mjs').Transport} transport
 * @property {import('./sha256.mjs').NewHasher} newHasher
 * @property {import('./repository.mjs').Machine} machine
 * @property {() => Promise<(text: string) => unknown>} loadYaml js-yaml's `load`; where it cannot be had, cards stay short
 * @property {() => Promise<ModelStore>} [openStore] absent: the browser's
 * @property {() => void} [onKept] a model came and stays: the moment to ask the browser not to clear it away
 */

const kMostPlans = 32;
const kMostDropped = 8;
const kMostTextBytes = 1 << 20;
const kBetweenProgressMillis = 100;

export class Library {
  /** @param {LibraryParts} parts */
  constructor({ transport, newHasher, machine, loadYaml, openStore = () => ModelStore.open(), onKept = () => {} }) {
    this.transport = transport;
    this.newHasher = newHasher;
    this.machine = machine;
    this.loadYaml = loadYaml;
    this.openStore = openStore;
    this.onKept = onKept;
    /** @type {Promise<ModelStore>|null} */
    this.opening = null;
    /** Where models go that the browser has no room for. @type {ModelStore|null} */
    this.memory = null;
    /** @type {Map<number, Plan|StoredModel>} */
    this.plans = new Map();
    this.lastPlan = 0;
    /** @type {Map<string, Listing>} */
    this.dropped = new Map();
  }

  /** @returns {Promise<ModelStore>} */
  store() {
    this.opening ??= this.openStore();
    return this.opening;
  }

  /** Files that somebody dropped or chose, known as "disk:<id>" from here on. @param {string} id @param {Listing} listing */
  takeDropped(id, listing) {
    this.dropped.set(id, listing);
    for (const [oldest] of this.dropped) {
      if (this.dropped.size <= kMostDropped) break;
      this.dropped.delete(oldest);
    }
  }

  // --- Plans ---

  /**
   * @param {{name: string, base?: string, variant?: string}} request @param {Options} [options]
   * @returns {Promise<{config: string, generation: string, graph_bytes: number, plan?: any, refusal?: object}>}
   */
  async plan({ name, base = '', variant = '' }, { signal } = {}) {
    if (name.startsWith('disk:')) {
      const listing = this.dropped.get(name.slice('disk:'.length));
      if (!listing) throw new TrilensError('invalid_argument', 'These files are not at hand any more; drop or choose them again.');
      return this.planListing(listing, fromDisk(listing), variant);
    }
    const kept = await this.find(name, variant);
    if (kept !== null && (base === '' || kept.card.host === hostOfBase(base))) return this.planKept(kept);
    const hub = new Hub({ ...(base === '' ? {} : { base }), ...this.transport });
    const listing = await hub.list(parseModelName(name), { signal });
    return this.planListing(listing, (path) => (listing.files.some((file) => file.path === path) ? hub.readText(listing, path, { signal }) : Promise.resolve('')), variant);
  }

  /** @param {Listing} listing @param {ReadText} readText @param {string} variant */
  async planListing(listing, readText, variant) {
    const options = { machine: this.machine, externalData: /** @type {const} */ ('refuse'), ...(variant === '' ? {} : { variant: /** @type {any} */ (variant) }) };
    if (!listing.files.some((file) => file.path === 'config.json')) planModel(listing, options); // says what is missing
    const [config, generation, readme] = await Promise.all([readText('config.json'), readText('generation_config.json'), quietly(readText('README.md'))]);
    const told = { config, generation };
    /** @type {Plan} */
    let plan;
    try {
      plan = planModel(listing, { ...options, modelType: modelTypeOf(config) });
    } catch (error) {
      if (!(error instanceof TrilensError)) throw error;
      return { ...told, graph_bytes: 0, refusal: { code: error.code, message: error.message, detail: error.detail } };
    }
    const graphs = Object.values(plan.graphs);
    return {
      ...told,
      graph_bytes: plan.files.reduce((sum, file) => sum + (graphs.includes(file.path) ? file.bytes ?? 0 : 0), 0),
      plan: {
        plan: this.remember(plan), name: nameOf(plan), repo: plan.repo, revision: plan.revision, commit: plan.commit, host: plan.host, family: plan.family,
        variant: plan.variant, provider: plan.provider, reason: plan.reason, total_bytes: plan.totalBytes, missing_bytes: await this.missingBytes(plan),
        unknown_lengths: plan.unknownLengths, memory_bytes: 0, memory_sentence: '',
        variants: plan.variants.map(({ variant: one, provider, usable, why, bytes }) => ({ variant: one, provider, usable, why, bytes })),
        card: await readCard(readme, listing.about, this.loadYaml),
      },
    };
  }

  /** What is kept needs no network and nothing fetched. @param {StoredModel} model */
  async planKept(model) {
    const { card } = model;
    const readText = async (/** @type {string} */ path) => (card.files.includes(path) ? new TextDecoder().decode(await model.read(path)) : '');
    const [config, generation, readme, files] = await Promise.all([readText('config.json'), readText('generation_config.json'), quietly(readText('README.md')), filesOf(model)]);
    const graphs = Object.values(card.graphs);
    const sum = (/** @type {typeof files} */ some) => some.reduce((all, file) => all + file.bytes, 0);
    const bytes = sum(files.filter((file) => graphs.includes(file.name)));
    return {
      config, generation, graph_bytes: bytes,
      plan: {
        plan: this.remember(model), name: nameOf(card), repo: card.repo, revision: card.revision, commit: card.commit, host: card.host, family: card.family,
        variant: card.variant, provider: card.provider, reason: card.reason, total_bytes: sum(files), missing_bytes: 0,
        unknown_lengths: [], memory_bytes: 0, memory_sentence: '',
        variants: [{ variant: card.variant, provider: card.provider, usable: true, why: 'it is kept in this browser', bytes }],
        card: await readCard(readme, { task: '', license: '', languages: [] }, this.loadYaml),
      },
    };
  }

  /** @param {Plan|StoredModel} plan @returns {number} */
  remember(plan) {
    this.plans.set(++this.lastPlan, plan);
    this.plans.delete(this.lastPlan - kMostPlans);
    return this.lastPlan;
  }

  /** @param {Plan} plan */
  async missingBytes(plan) {
    const store = await this.store();
    const kept = await Promise.all(plan.files.map((file) => store.kept(keyOf(plan), file.path)));
    return plan.files.reduce((sum, file, i) => sum + Math.max(0, (file.bytes ?? 0) - kept[i]), 0);
  }

  // --- Fetching ---

  /** @param {{plan: number}} request @param {Options} [options] */
  async fetch({ plan: number }, { signal, onProgress = () => {} } = {}) {
    const plan = this.plans.get(number);
    if (!plan) throw new TrilensError('invalid_argument', `There is no plan ${number} any more; ask for the model again.`);
    const model = 'card' in plan ? await this.reopen(plan) : await this.bring(plan, { signal, onProgress: this.told(onProgress) });
    const found = (await this.shelf()).find((one) => one.key === model.key);
    if (!found) throw new TrilensError('storage_failed', `${model.card.repo} was loaded, but the browser did not keep it; load it again.`);
    return found;
  }

  /** @param {StoredModel} kept @returns {Promise<StoredModel>} */
  async reopen({ card }) {
    const model = await this.open(folderName(card));
    if (model === null) throw new TrilensError('model_missing', `${card.repo} was removed from this browser meanwhile; ask for the model again.`);
    return model;
  }

  /** @param {Plan} plan @param {{signal?: AbortSignal, onProgress: (progress: import('./get_model.mjs').Progress) => void}} options */
  async bring(plan, options) {
    const parts = { transport: this.transport, newHasher: this.newHasher, ...options };
    const store = await this.store();
    try {
      const model = await getModel(plan, { store, ...parts });
      if (store.persistent) this.onKept();
      return model;
    } catch (error) {
      if (!(error instanceof TrilensError) || error.code !== 'storage_full' || !store.persistent) throw error;
    }
    // what came of it takes room and could not be completed there
    await store.remove(folderName(keyOf(plan))).catch(() => {});
    this.memory ??= ModelStore.inMemory();
    return getModel(plan, { store: this.memory, ...parts });
  }

  /** A host's chunks come faster than anybody reads. @param {(progress: object) => void} onProgress @returns {(progress: import('./get_model.mjs').Progress) => void} */
  told(onProgress) {
    const { now } = this.transport.clock;
    let last = { at: -Infinity, file: '' };
    return ({ file, loaded, total, bytesPerSecond, secondsLeft }) => {
      if (file === last.file && loaded !== total && now() - last.at < kBetweenProgressMillis) return;
      last = { at: now(), file };
      onProgress({ stage: 'fetch', file, loaded_bytes: loaded, total_bytes: total ?? 0, bytes_per_second: bytesPerSecond, ...(secondsLeft === null ? {} : { seconds_left: secondsLeft }) });
    };
  }

  // --- What is kept ---

  /** @returns {Promise<ModelStore[]>} memory first: what is there is newer */
  async stores() {
    return [...(this.memory ? [this.memory] : []), await this.store()];
  }

  /** @returns {Promise<import('./library_views.mjs').StoredView[]>} newest first; what is in memory hides what could not be completed */
  async shelf() {
    /** @type {Map<string, import('./library_views.mjs').StoredView>} */
    const found = new Map();
    for (const store of await this.stores()) {
      for (const one of await store.list()) if (!found.has(one.key)) found.set(one.key, storedView(one, store.persistent));
    }
    return [...found.values()].sort((a, b) => b.saved_at - a.saved_at);
  }

  async list() {
    const store = await this.store();
    const models = await this.shelf();
    const { used, quota } = await store.usage();
    const passing = models.filter((model) => !model.persistent).map((model) => model.repo);
    const why = !store.persistent ? store.why : passing.length === 0 ? ''
      : `The browser has no room for ${passing.join(', ')}: kept in memory until the page is closed, and fetched again next time.`;
    return {
      persistent: store.persistent, why, models_bytes: models.reduce((sum, model) => sum + model.bytes, 0),
      ...(used === null ? {} : { used_bytes: used }), ...(quota === null ? {} : { quota_bytes: quota }), models,
    };
  }

  /** @param {{key: string}} request */
  async remove({ key }) {
    for (const store of await this.stores()) await store.remove(key);
    return this.list();
  }

  /** @param {{name: string}} request @returns {Promise<import('./library_views.mjs').SourceView>} */
  async source({ name }) {
    const model = await this.find(name, '');
    if (model !== null) return sourceOf(model);
    const { repo, revision } = partsOfName(name);
    const cut = (await this.shelf()).some((one) => one.repo === repo && (one.commit === revision || one.revision === revision));
    throw new TrilensError('model_missing', cut ? `${name} is kept in this browser in part only: fetch it again, it goes on where it was cut.` : `${name} is not kept in this browser: fetch it first.`);
  }

  /** The newest that is there whole, of any variant where none is named. @param {string} name @param {string} variant @returns {Promise<StoredModel|null>} */
  async find(name, variant) {
    const { repo, revision } = partsOfName(name);
    const fits = (/** @type {import('./library_views.mjs').StoredView} */ one) => one.complete && one.repo === repo && (one.commit === revision || one.revision === revision) && (variant === '' || one.variant === variant);
    const found = (await this.shelf()).find(fits);
    return found ? this.open(found.key) : null;
  }

  /** @param {string} key @returns {Promise<StoredModel|null>} */
  async open(key) {
    const [repo, commit, variant] = key.split('@').map(decodeURIComponent);
    for (const store of await this.stores()) {
      const model = await store.open({ repo, commit, variant });
      if (model !== null) return model;
    }
    return null;
  }

  /**
   * A file of a source, by its path: "library:<key>/<file>".
   * @param {string} path @param {{sha256?: string}} [options] sha256: hash it again; its value is the store's business @returns {Promise<Uint8Array>}
   */
  async read(path, { sha256 = '' } = {}) {
    const [, key, file] = /^library:([^/]+)\/(.+)$/.exec(path) ?? [];
    const model = key === undefined ? null : await this.open(key);
    if (model === null) throw new TrilensError('model_missing', `The model of ${path.slice(kLibraryPrefix.length)} is not kept in this browser any more: fetch it again.`);
    return model.read(file, sha256 === '' ? {} : { newHasher: this.newHasher });
  }
}

/** @param {Listing} listing @returns {ReadText} */
function fromDisk(listing) {
  return async (path) => {
    const file = listing.files.find((one) => one.path === path)?.file;
    if (!file) return '';
    if (file.size > 2 * kMostTextBytes) throw new TrilensError('model_malformed', `${path} has ${file.size} bytes; such a file is never that long.`);
    return file.text().catch((error) => {
      throw new TrilensError('model_missing', `${path} could not be read; it was moved or changed since it was dropped: drop it again.`, String(error));
    });
  };
}

/** What a model can do without. @param {Promise<string>} text @returns {Promise<string>} */
const quietly = (text) => text.catch((error) => {
  if (error instanceof TrilensError && error.code === 'cancelled') throw error;
  return '';
});

/** @param {string} config @returns {string} empty: it does not say, which the engine will tell */
function modelTypeOf(config) {
  try {
    const type = JSON.parse(config)?.model_type;
    return typeof type === 'string' ? type : '';
  } catch {
    return '';
  }
}
