// The public models that the page offers by name (assets/catalog.json): read, checked, filtered.
//
// Not here: the bundled ones (assets/models/catalog.json), fetching. Sizes are approximate and for choosing only: before anything is
// fetched the host is asked. Errors: model_malformed, naming entry and field.
//
//   const models = filterCatalog(parseCatalog(text), { family: 'decoder', language: 'en', mostBytes: 200e6 });

import { TrilensError } from './errors.mjs';
import { parseModelName } from './hub.mjs';
import { kModelTypes } from './repository.mjs';
import { kSuffixes } from './repository_files.mjs';

/**
 * @typedef {object} CatalogModel
 * @property {string} id owner/name
 * @property {string} title
 * @property {import('./repository.mjs').Family} family
 * @property {string} model_type
 * @property {string[]} tasks of kTasks
 * @property {string[]} languages ISO 639-1; "multilingual": more than are worth listing
 * @property {string} license SPDX-like, as the model's card says
 * @property {number} parameters
 * @property {Partial<Record<import('./repository_files.mjs').Variant, number>>} bytes approximate, of the graphs
 * @property {string} from the model that was converted
 * @property {string} note one sentence: what it is good to look at for
 * @property {boolean} checked whether sizes, licence and files were compared with the host
 */

export const kTasks = ['fill_mask', 'embed', 'classify', 'next_token', 'generate', 'translate', 'summarize'];

/** @param {string} json @returns {CatalogModel[]} */
export function parseCatalog(json) {
  /** @type {any} */
  let value;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw malformed('it is not JSON', String(error));
  }
  if (!Array.isArray(value?.models)) throw malformed('"models" is not a list');
  const seen = new Set();
  return value.models.map((/** @type {any} */ model, /** @type {number} */ index) => {
    const name = `models[${index}]${typeof model?.id === 'string' ? ` (${model.id})` : ''}`;
    const fault = faultOf(model);
    if (fault) throw malformed(`${name}: ${fault}`);
    if (seen.has(model.id)) throw malformed(`${name} stands there twice`);
    seen.add(model.id);
    return model;
  });
}

/** @param {any} model @returns {string} empty: none */
function faultOf(model) {
  const strings = ['id', 'title', 'family', 'model_type', 'license', 'from', 'note'];
  const missing = strings.find((field) => typeof model?.[field] !== 'string' || model[field] === '');
  if (missing) return `"${missing}" is missing`;
  try {
    for (const id of [model.id, model.from]) if (parseModelName(id).revision !== 'main') return `"${id}" has a revision`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!Object.hasOwn(kModelTypes, model.model_type)) return `"model_type" ${model.model_type} cannot be opened`;
  if (kModelTypes[/** @type {keyof typeof kModelTypes} */ (model.model_type)] !== model.family) return '"family" and "model_type" do not fit';
  if (!isList(model.tasks) || model.tasks.some((/** @type {string} */ task) => !kTasks.includes(task))) return `"tasks" are not of ${kTasks.join(', ')}`;
  if (!isList(model.languages) || model.languages.some((/** @type {string} */ code) => !/^([a-z]{2}|multilingual)$/.test(code))) return '"languages" are not codes of two letters';
  if (!Number.isSafeInteger(model.parameters) || model.parameters <= 0) return '"parameters" is not a count';
  const sizes = Object.entries(model.bytes ?? {});
  if (sizes.length === 0 || sizes.some(([variant, bytes]) => !Object.hasOwn(kSuffixes, variant) || !Number.isSafeInteger(bytes) || bytes <= 0)) return '"bytes" are not lengths by variant';
  return typeof model.checked === 'boolean' ? '' : '"checked" is missing';
}

/** @param {unknown} value */
const isList = (value) => Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');

/** @param {string} why @param {string} [detail] */
const malformed = (why, detail) => new TrilensError('model_malformed', `The catalog of public models is damaged: ${why}; reload the page.`, detail);

/**
 * Those that meet every wish; a wish that is absent or empty is none.
 * @param {CatalogModel[]} models
 * @param {{family?: string, task?: string, language?: string, license?: string, mostBytes?: number, text?: string}} wishes mostBytes: of the smallest variant
 * @returns {CatalogModel[]}
 */
export function filterCatalog(models, { family, task, language, license, mostBytes, text }) {
  const words = (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter((model) => (!family || model.family === family)
    && (!task || model.tasks.includes(task))
    && (!language || model.languages.includes(language) || model.languages.includes('multilingual'))
    && (!license || model.license === license)
    && (!mostBytes || Math.min(...Object.values(model.bytes)) <= mostBytes)
    && words.every((word) => `${model.id} ${model.title} ${model.from} ${model.note}`.toLowerCase().includes(word)));
}
