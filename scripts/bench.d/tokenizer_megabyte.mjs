// A megabyte of "^" and a megabyte of one unbroken word, with the tokenizer of every family: how long, and whether twice the text takes
// twice the time. Trilens alone: the peer is compared on 20,000 characters (tokenizer.mjs), where it can be waited for.

import { families, loadModule, millis, ours, tokenizerFile } from './lib/tokenizer.mjs';

const kCharacters = 1_000_000;
const kRounds = 5;
/** @type {Record<string, string>} */
const kHard = { '^': '^', a: 'a' };

/** @param {(text: string) => Int32Array} encode @param {string} text */
function fastest(encode, text) {
  let tokens = 0;
  const rounds = Array.from({ length: kRounds }, () => {
    const before = process.cpuUsage();
    const ms = millis(() => { tokens = encode(text).length; });
    const { user, system } = process.cpuUsage(before);
    return { ms, cpu_ms: (user + system) / 1000 };
  });
  return { ms: Math.min(...rounds.map((r) => r.ms)), cpu_ms: Math.min(...rounds.map((r) => r.cpu_ms)), tokens };
}

/** @param {string} root */
export default async function measure(root) {
  const module = await loadModule(root);
  const rows = [];
  console.log(`\nOne megabyte without a place to stop, Trilens (WebAssembly), best of ${kRounds}; CPU: what of it the processor worked;\ngrowth: that over the same of half a megabyte (2: linear)`);
  console.log('  tokenizer        text                ms     CPU ms   growth      tokens');
  for (const family of families(root)) {
    const encode = ours(module, tokenizerFile(root, family));
    for (const [name, character] of Object.entries(kHard)) {
      const half = fastest(encode, character.repeat(kCharacters / 2));
      const whole = fastest(encode, character.repeat(kCharacters));
      const growth = whole.cpu_ms / half.cpu_ms;
      rows.push({ family, text: name, characters: kCharacters, ...whole, growth });
      console.log(`  ${family.padEnd(16)} "${name}" × 1e6 ${whole.ms.toFixed(0).padStart(10)} ${whole.cpu_ms.toFixed(0).padStart(10)} ${growth.toFixed(1).padStart(8)} ${String(whole.tokens).padStart(11)}`);
    }
  }
  return rows;
}
