// The page as a link: its state in the part of the address after '#', which no browser sends anywhere.
//
// Not here: what a state is (src/state/share.hpp checks every field). Base64url of UTF-8 JSON, deflated where that is shorter; a link from
// anywhere is read with a limit on what it may grow to.
// Errors of readLink(): a sentence.
//
//   const address = await linkTo(json);   // "https://…/#p=…"
//   const json = await readLink(location.hash);  // null: there is none

const kMostBytes = 400_000;

/** @param {Uint8Array} bytes @returns {string} */
function toBase64Url(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @param {string} text @returns {Uint8Array} */
function fromBase64Url(text) {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
}

/** @param {ReadableStream<Uint8Array>} stream @returns {Promise<Uint8Array>} */
async function gather(stream) {
  /** @type {Uint8Array[]} */
  const parts = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > kMostBytes) {
      await reader.cancel().catch(() => {});
      throw new Error('it is longer than a page of Trilens can be');
    }
    parts.push(value);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
}

/** @param {Uint8Array} bytes @param {any} through @returns {Promise<Uint8Array>} */
const piped = (bytes, through) => gather(new Blob([/** @type {BlobPart} */ (bytes)]).stream().pipeThrough(through));

/** @param {string} json @param {string} [address] without its hash @returns {Promise<string>} */
export async function linkTo(json, address = location.href) {
  const plain = new TextEncoder().encode(json);
  const small = typeof CompressionStream === 'undefined' ? plain : await piped(plain, new CompressionStream('deflate-raw'));
  const code = small.length < plain.length ? `p=${toBase64Url(small)}` : `t=${toBase64Url(plain)}`;
  const url = new URL(address);
  url.searchParams.delete('text');
  url.hash = code;
  return url.href;
}

/** @param {string} hash of an address @returns {Promise<string|null>} null: there is no page in it */
export async function readLink(hash) {
  const [, form, code] = /^#([pt])=([A-Za-z0-9_-]*)$/.exec(hash) ?? [];
  if (form === undefined) return null;
  if (code.length > 2 * kMostBytes) throw new Error('it is longer than a page of Trilens can be');
  let bytes;
  try {
    bytes = fromBase64Url(code);
  } catch {
    throw new Error('it is cut short or damaged');
  }
  if (form === 'p') {
    if (typeof DecompressionStream === 'undefined') throw new Error('this browser is too old to read it');
    bytes = await piped(bytes, new DecompressionStream('deflate-raw')).catch((error) => {
      throw error instanceof TypeError ? new Error('it is cut short or damaged') : error;
    });
  }
  if (bytes.length > kMostBytes) throw new Error('it is longer than a page of Trilens can be');
  return new TextDecoder().decode(bytes);
}

/** Hands the browser a file to save. @param {string} name @param {Blob} content */
export function saveFile(name, content) {
  const url = URL.createObjectURL(content);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
