// The shape that a model's files have for Trilens, wherever they come from (hub.mjs, dropped.mjs), and the names they go by.
//
// Not here: choosing among them (repository.mjs).

/**
 * @typedef {object} RepositoryFile
 * @property {string} path from the model's folder, "onnx/model.onnx"
 * @property {number|null} bytes null: the host does not say
 * @property {string} sha256 lower-case hexadecimal; empty: the host names none
 * @property {string} [url] where to fetch it
 * @property {File} [file] or the file that somebody dropped
 */
/**
 * @typedef {object} Listing
 * @property {string} repo "owner/name", or a dropped folder's name
 * @property {string} revision as asked for
 * @property {string} commit what that is just now, all files being of it; empty: the host does not say
 * @property {string} host as the page names it; empty: from disk
 * @property {'api'|'tree'|'probe'|'dropped'} how the list was had; 'probe' knows only the names that it tried
 * @property {boolean} gated files may need a log-in
 * @property {{task: string, modelType: string, license: string, languages: string[]}} about as the host says; empty: it does not
 * @property {RepositoryFile[]} files
 */

/** Endings of ONNX files as Optimum and transformers.js write them. */
export const kSuffixes = /** @type {const} */ ({ fp32: '', fp16: '_fp16', q8: '_quantized', int8: '_int8', uint8: '_uint8', q4: '_q4', q4f16: '_q4f16', bnb4: '_bnb4' });
/** @typedef {keyof typeof kSuffixes} Variant */

export const kStems = ['model', 'encoder_model', 'decoder_model', 'decoder_model_merged', 'decoder_with_past_model'];
/** Where the graphs lie: on the Hub in onnx/, from an exporter beside config.json. */
export const kGraphFolders = ['onnx/', ''];

export const kNeeded = ['config.json', 'tokenizer.json'];
export const kWanted = ['generation_config.json', 'tokenizer_config.json', 'README.md'];

/** What a host without a list is asked for. */
export const kCandidates = [
  ...kNeeded, ...kWanted,
  ...kGraphFolders.flatMap((folder) => Object.values(kSuffixes).flatMap((suffix) => kStems.map((stem) => `${folder}${stem}${suffix}.onnx`))),
];

/**
 * A path that stays in its folder and means the same everywhere, or null.
 * @param {unknown} path @returns {string|null}
 */
export function checkedPath(path) {
  if (typeof path !== 'string' || path === '' || path.length > 512) return null;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return null;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') ? path : null;
}

/** @param {number} bytes @returns {string} "3.4 MB"; decimal, as hosts count */
export function inWords(bytes) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    ++unit;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}
