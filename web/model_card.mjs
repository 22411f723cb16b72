// A repository's README.md as a short card: what its front matter says (https://huggingface.co/docs/hub/model-cards), and its first
// paragraph as plain text. Written by strangers: whatever it holds, only short strings without markup or control characters come out.
//
// Not here: fetching it. Never fails: a README that makes no sense gives an empty card.
//
//   await readCard(text, listing.about, loadYaml) → { license: 'mit', languages: ['en'], task: 'fill-mask', base_model: '…', summary: '…', … }

const kMostFrontMatter = 256 << 10;
const kMostSummary = 600;
/** Enough for any beginning, and for a paragraph of which a short one is made. */
const kMostRead = 32 << 10;
const kMostBlock = 1500;
const kMostWord = 100;
const kMostLanguages = 40;

/**
 * @typedef {object} Card as src/protocol/shelf.hpp's ModelCard; the counts are filled in by the engine
 * @property {string} license @property {string[]} languages @property {string} task @property {string} base_model @property {string} summary
 * @property {string} model_type @property {number} layers @property {number} heads @property {number} hidden @property {number} vocabulary
 */

/**
 * @param {string} readme @param {{task: string, license: string, languages: string[]}} about what the host says, where the README does not
 * @param {() => Promise<(text: string) => unknown>} loadYaml @returns {Promise<Card>}
 */
export async function readCard(readme, about, loadYaml) {
  const { front, body } = split(readme.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'));
  const said = /** @type {Record<string, unknown>} */ (await parsedFront(front, loadYaml));
  const licenses = words(said.license);
  const license = licenses[0] === 'other' ? words(said.license_name)[0] ?? 'other' : licenses.join(', ');
  const languages = words(said.language);
  return {
    license: license || word(about.license), languages: languages.length > 0 ? languages : about.languages.map(word).filter(Boolean),
    task: words(said.pipeline_tag)[0] ?? word(about.task), base_model: words(said.base_model).join(', '), summary: firstParagraph(body),
    model_type: '', layers: 0, heads: 0, hidden: 0, vocabulary: 0,
  };
}

/** @param {string} text @returns {{front: string, body: string}} */
function split(text) {
  const found = /^---[ \t]*\n([\s\S]*?\n)?---[ \t]*(\n|$)/.exec(text);
  return found ? { front: found[1] ?? '', body: text.slice(found[0].length) } : { front: '', body: text };
}

/** @param {string} front @param {() => Promise<(text: string) => unknown>} loadYaml @returns {Promise<object>} */
async function parsedFront(front, loadYaml) {
  if (front.trim() === '' || front.length > kMostFrontMatter) return {};
  try {
    const value = (await loadYaml())(front);
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}

/** @param {unknown} value */
const word = (value) => (typeof value === 'string' || typeof value === 'number' ? plain(String(value)).slice(0, kMostWord) : '');
/** One or several. `language: no` is YAML's way to say false, and Norwegian is what is meant. @param {unknown} value @returns {string[]} */
const words = (value) => [value ?? []].flat().slice(0, kMostLanguages).map((one) => (one === false ? 'no' : word(one))).filter(Boolean);

/** Neither control characters nor what turns the direction of writing. @param {string} text */
// eslint-disable-next-line no-control-regex
const plain = (text) => text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, ' ').replace(/\s+/g, ' ').trim();

/** @param {string} body Markdown @returns {string} the first block that is neither heading, list, table, code nor badges */
export function firstParagraph(body) {
  for (const block of withoutCode(withoutComments(body.slice(0, kMostRead))).split(/\n[ \t]*\n/)) {
    const lines = block.slice(0, kMostBlock).split('\n').filter((line) => !/^ {0,3}(#{1,6}(\s|$)|\||[-*+]\s|\d+[.)]\s|[-=*_]{3,}\s*$|\[[^\]]+\]:|!\[|\[!\[)/.test(line) && !/^(\t| {4})/.test(line));
    if (/^[ \t]*(=+|-+)[ \t]*$/.test(block.slice(0, kMostBlock).trimEnd().split('\n').slice(1).at(-1) ?? '')) continue; // a heading by its underline
    const text = plain(withoutMarks(lines.map((line) => line.replace(/^\s{0,3}>\s?(\[![A-Z]+\])?/, '')).join('\n')));
    if (text.split(' ').filter((one) => /\p{L}/u.test(one)).length >= 3) return shortened(text);
  }
  return '';
}

/** @param {string} text */
function withoutComments(text) {
  let out = '';
  for (let at = 0; ;) {
    const begin = text.indexOf('<!--', at);
    if (begin < 0) return out + text.slice(at);
    out += text.slice(at, begin);
    const end = text.indexOf('-->', begin + 4);
    if (end < 0) return out;
    at = end + 3;
  }
}

/** Fenced code goes. @param {string} text */
function withoutCode(text) {
  let fence = '';
  return text.split('\n').filter((line) => {
    const mark = /^ {0,3}(```|~~~)/.exec(line)?.[1] ?? '';
    if (fence === '' && mark === '') return true;
    if (fence === '') fence = mark;
    else if (mark === fence) fence = '';
    return false;
  }).join('\n');
}

/** @param {string} text of at most kMostBlock characters: some of these look ahead to its end at every place */
function withoutMarks(text) {
  return text
    .replace(/<\/?[A-Za-z][^<>]{0,1000}>/g, ' ')
    .replace(/!\[[^\]]*\](\([^()]*\)|\[[^\]]*\])/g, ' ')
    .replace(/\[([^[\]]*)\](\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])/g, '$1')
    .replace(/<(https?:[^<>\s]+)>/g, '$1')
    .replace(/(\*\*|__|~~|`+)(?=\S)([\s\S]*?\S)\1/g, '$2')
    .replace(/(^|[\s(])([*_])(?=\S)([^*_\n]*\S)\2(?=$|[\s).,;:!?])/g, '$1$3')
    .replace(/\\([\\`*_{}[\]()#+.!|<>~-])/g, '$1')
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_whole, /** @type {string} */ name) => /** @type {Record<string, string>} */ ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' })[name]);
}

/** At a word's end. @param {string} text */
function shortened(text) {
  if (text.length <= kMostSummary) return text;
  const cut = text.slice(0, kMostSummary - 1);
  const space = cut.lastIndexOf(' ');
  return `${(space > kMostSummary / 2 ? cut.slice(0, space) : cut).replace(/[\uD800-\uDBFF]$/, '').replace(/[\s.,;:]+$/, '')}…`;
}

/** @param {string} module URL of js-yaml's ESM build (`vendor/js-yaml.mjs` of the site) @returns {() => Promise<(text: string) => unknown>} */
export function yamlFrom(module) {
  /** @type {Promise<(text: string) => unknown>|null} */
  let loading = null;
  return () => {
    // dates and the like stay the strings that they were written as
    loading ??= import(module).then((yaml) => (/** @type {string} */ text) => yaml.load(text, { schema: yaml.CORE_SCHEMA })).catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}
