// READMEs as strangers write them → a short card.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstParagraph, readCard, yamlFrom } from '../../web/model_card.mjs';

const loadYaml = yamlFrom('js-yaml');
const kNothing = { task: '', license: '', languages: [] };
/** @param {string} readme @param {typeof kNothing} [about] */
const card = (readme, about = kNothing) => readCard(readme, about, loadYaml);

test('front matter gives licence, languages, task and base model; the first paragraph is the summary', async () => {
  const readme = '---\nlicense: apache-2.0\nlanguage:\n- en\n- fr\npipeline_tag: fill-mask\nbase_model: google-bert/bert-base-uncased\n---\n\n# BERT base model (uncased)\n\nPretrained model on **English** language using a [masked\nlanguage modeling](https://arxiv.org/abs/1810.04805) (MLM) objective.\n\nMore.\n';
  assert.deepEqual(await card(readme), {
    license: 'apache-2.0', languages: ['en', 'fr'], task: 'fill-mask', base_model: 'google-bert/bert-base-uncased',
    summary: 'Pretrained model on English language using a masked language modeling (MLM) objective.', model_type: '', layers: 0, heads: 0, hidden: 0, vocabulary: 0,
  });
});

test('one value where a list may be, several where one may be, and the Norwegian that YAML takes for false', async () => {
  assert.deepEqual((await card('---\nlanguage: en\n---\n')).languages, ['en']);
  assert.deepEqual((await card('---\nlanguage: [no, nb]\n---\n')).languages, ['no', 'nb']);
  assert.deepEqual((await card('---\nlanguage: false\n---\n')).languages, ['no']);
  assert.equal((await card('---\nlicense: [mit, bsd]\nbase_model: [a/b, c/d]\n---\n')).license, 'mit, bsd');
  assert.equal((await card('---\nlicense: other\nlicense_name: llama\n---\n')).license, 'llama');
  assert.equal((await card('\uFEFF---\r\nlicense: mit\r\n---\r\n\r\nA model of three words.\r\n')).license, 'mit');
});

test('what the README does not say, the host may', async () => {
  const got = await card('Only a text without front matter.', { task: 'text-generation', license: 'mit', languages: ['de'] });
  assert.deepEqual([got.task, got.license, got.languages, got.summary], ['text-generation', 'mit', ['de'], 'Only a text without front matter.']);
});

test('front matter that is broken, hostile or of another kind costs the card its fields and nothing else', async () => {
  const deep = `---\nlicense: &a [mit]\n${Array.from({ length: 30 }, (_, i) => `x${i}: [*a, *a]`).join('\n')}\n---\nThree words here.\n`;
  for (const front of ['---\n: : :\n  - [\n---\n', '---\n- a\n- b\n---\n', '---\nlicense: {a: 1}\nlanguage: {b: 2}\npipeline_tag: [[1]]\n---\n', '---\n---\n', `---\nx: "${'a'.repeat(300_000)}"\nlicense: mit\n---\n`, '---\nlicense: !!js/function "f"\n---\n']) {
    const got = await card(`${front}Three words here.`);
    assert.deepEqual([got.license, got.languages, got.task], ['', [], ''], front.slice(0, 60));
    assert.equal(got.summary, 'Three words here.', front.slice(0, 60));
  }
  assert.equal((await card(deep)).summary, 'Three words here.');
  assert.equal((await card(`---\nlicense: "m\\u0007i\\u202Et"\n---\n`)).license, 'm i t');
  assert.equal((await readCard('---\nlicense: mit\n---\nThree words here.', kNothing, () => Promise.reject(new Error('offline')))).summary, 'Three words here.');
});

test('the first paragraph is text: no headings, badges, lists, tables, code, comments or tags', () => {
  const before = ['# Title', 'Title\n=====', '[![badge](a.svg)](b)', '![picture](x.png)', '- one\n- two\n- three words here', '| a | b |\n|---|---|', '```\nsome code that is long\n\nmore code that follows\n```',
    '<!-- a comment of several words\n\nover lines -->', '<p align="center"><img src="x"></p>', '    indented code of words', '***', '[ref]: https://x.example/ some words'];
  for (const one of before) assert.equal(firstParagraph(`${one}\n\nThe model reads texts.`), 'The model reads texts.', one);
  assert.equal(firstParagraph(`${before.join('\n\n')}\n\nThe model reads texts.`), 'The model reads texts.');
  assert.equal(firstParagraph('# Heading\nThe model reads texts.'), 'The model reads texts.');
  assert.equal(firstParagraph('> [!NOTE]\n> The model reads texts.'), 'The model reads texts.');
  assert.equal(firstParagraph('The `model` *reads* __texts__ of <b>all</b> [kinds](https://x.example/a_(b)), snake_case &amp; 2 \\* 3.'), 'The model reads texts of all kinds, snake_case & 2 * 3.');
  assert.equal(firstParagraph('<script>alert(1)</script>'), '');
  assert.equal(firstParagraph(''), '');
});

test('a long paragraph ends at a word, within 600 characters', () => {
  const got = firstParagraph('reading words '.repeat(100));
  assert.ok(got.length <= 600 && got.length > 580, String(got.length));
  assert.match(got, /(reading|words)…$/);
  assert.ok(firstParagraph(`a b c ${'😀'.repeat(400)}`).isWellFormed?.() ?? true);
});

test('a README made to cost time does not', () => {
  const began = performance.now();
  for (const bad of ['['.repeat(60_000), '*'.repeat(60_000), '<a '.repeat(20_000), '`'.repeat(60_000), '![x]('.repeat(10_000), '_a'.repeat(30_000), '[a]('.repeat(15_000), '<!--'.repeat(15_000), '```\n'.repeat(15_000), '**a '.repeat(15_000)]) firstParagraph(`three words here ${bad}`);
  assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`);
});
