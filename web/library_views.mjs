// What is kept, as the engine is told of it: src/protocol/shelf.hpp's StoredModel and src/model/source.hpp's Source. Pure but for the notes.

import { readNote } from './partial_file.mjs';
import { onlyOn } from './repository.mjs';

export const kLibraryPrefix = 'library:';

/**
 * @typedef {object} StoredView
 * @property {string} key @property {string} name @property {string} repo @property {string} revision @property {string} commit @property {string} host
 * @property {string} variant @property {string} provider @property {string} [family] @property {number} bytes
 * @property {boolean} complete @property {boolean} damaged @property {boolean} persistent @property {number} saved_at
 */
/**
 * @typedef {object} SourceView
 * @property {string} id @property {string} family @property {string} path @property {string} variant @property {string} [only_on] @property {string} why
 * @property {{role: string, file: string}[]} graphs @property {{name: string, bytes: number, sha256: string}[]} files
 */

/** Roles of repository.mjs → those of model::GraphRole. @type {Record<string, string>} */
const kRoles = { model: 'model', encoder: 'encoder', decoder: 'decoder', decoderWithPast: 'decoder_with_past' };

/** By which it is loaded: of dropped files, which have no revision, by their fingerprint. @param {{repo: string, revision: string, commit: string, host: string}} card */
export const nameOf = ({ repo, revision, commit, host }) => `${repo}@${host === '' ? commit : revision}`;

/** @param {string} name @returns {{repo: string, revision: string}} of whatever was typed */
export function partsOfName(name) {
  const trimmed = name.trim();
  const at = trimmed.indexOf('@');
  return at < 0 ? { repo: trimmed, revision: 'main' } : { repo: trimmed.slice(0, at), revision: trimmed.slice(at + 1) };
}

/** @param {import('./model_store.mjs').Stored} stored @param {boolean} persistent @returns {StoredView} */
export function storedView(stored, persistent) {
  const { key, repo = '', revision = '', commit = '', host = '', variant = '', provider = '', family = '', bytes, complete, damaged, savedAt = 0 } = stored;
  return {
    key, name: repo === '' ? '' : nameOf({ repo, revision, commit, host }), repo, revision, commit, host, variant, provider, bytes, complete, damaged, persistent, saved_at: savedAt,
    ...(['encoder', 'decoder', 'encoder_decoder'].includes(family) ? { family } : {}),
  };
}

/** All that belongs to it. @param {import('./model_store.mjs').StoredModel} model @returns {Promise<{name: string, bytes: number}[]>} */
export const filesOf = ({ folder, card }) => Promise.all(card.files.map(async (name) => ({ name, bytes: (await readNote(folder, name))?.kept ?? 0 })));

/** Checked when it was kept, so there is no hash to check again. @param {import('./model_store.mjs').StoredModel} model @returns {Promise<SourceView>} */
export async function sourceOf(model) {
  const { card } = model;
  const only = onlyOn(/** @type {any} */ (card.variant));
  const files = await filesOf(model);
  return {
    id: nameOf(card), family: card.family, path: `${kLibraryPrefix}${model.key}`, variant: card.variant, ...(only === null ? {} : { only_on: only }), why: card.reason,
    graphs: Object.entries(card.graphs).map(([role, file]) => ({ role: kRoles[role] ?? role, file })),
    files: files.filter(({ name }) => name !== 'README.md').map((file) => ({ ...file, sha256: '' })),
  };
}
