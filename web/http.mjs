// One request to a model's host: tried again where that can help, and what went wrong in a sentence. hub.mjs and download.mjs use it.
//
// Not here: bodies (download.mjs). No header is sent that a browser would ask about first (CORS preflight): the Hub's storage hosts
// answer such questions with an error (huggingface/datasets issue 7931). `Range: bytes=N-` needs none.
// Errors: cancelled, model_gated (401, 403), model_missing (404, 410), network (all else, after the tries).
//
//   const response = await ask({ fetch, clock }, url, { what: 'config.json', accept: [206, 416] });

import { TrilensError, describe } from './errors.mjs';

/**
 * @typedef {object} Transport
 * @property {typeof globalThis.fetch} fetch
 * @property {import('./clock.mjs').Clock} clock
 * @property {number} [tries] per request; absent: 5
 */
/**
 * @typedef {object} AskOptions
 * @property {string} what the file (or list) as an error names it
 * @property {'GET'|'HEAD'} [method]
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 * @property {number[]} [accept] statuses to hand back beside 200 to 299
 */

const kTries = 5;
const kStallMillis = 45_000;
const kFirstWaitMillis = 1000;
const kLongestWaitMillis = 30_000;
/** A host that asks for more patience than this is left alone. */
const kLongestRetryAfterMillis = 120_000;

/** @param {Transport} transport @param {string} url @param {AskOptions} options @returns {Promise<Response>} */
export async function ask(transport, url, options) {
  const tries = transport.tries ?? kTries;
  const retries = new Retries(transport.clock, tries, options.signal);
  for (;;) {
    /** @type {Response} */
    let response;
    const silent = new AbortController();
    const watch = new Watchdog(transport.clock, (why) => silent.abort(why));
    try {
      options.signal?.throwIfAborted();
      response = await transport.fetch(url, {
        method: options.method ?? 'GET', headers: options.headers ?? {}, signal: options.signal ? AbortSignal.any([options.signal, silent.signal]) : silent.signal,
        // no cookies, no address of the page; and what we store ourselves, the browser need not store once more
        credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store',
      });
    } catch (error) {
      if (options.signal?.aborted) throw cancelled(options.what);
      if (error instanceof TrilensError) throw error;
      await retries.again(() => unreachable(options.what, url, silent.signal.aborted ? silent.signal.reason : error));
      continue;
    } finally {
      watch.end();
    }
    if (response.ok || options.accept?.includes(response.status)) return response;
    const failure = failureOf(response, options.what, url);
    await drop(response);
    if (response.status !== 408 && response.status !== 429 && response.status < 500) throw failure;
    await retries.again(() => failure, retryAfterMillis(response, transport.clock.now()));
  }
}

/** Counts failures and waits between them: 1, 2, 4 … 30 s, a little at random so that a class does not come back as one. */
export class Retries {
  /** @param {import('./clock.mjs').Clock} clock @param {number} tries @param {AbortSignal} [signal] */
  constructor(clock, tries, signal) {
    this.clock = clock;
    this.tries = tries;
    this.signal = signal;
    this.failures = 0;
  }

  /** Something went well: the next failure is the first again. */
  reset() {
    this.failures = 0;
  }

  /**
   * @param {() => TrilensError} failure thrown if that was the last try
   * @param {number|null} [askedMillis] what the host asked for
   */
  async again(failure, askedMillis = null) {
    if (++this.failures >= this.tries) throw failure();
    if (askedMillis !== null && askedMillis > kLongestRetryAfterMillis) {
      const { code, message, detail } = failure();
      throw new TrilensError(code, message, `${detail}; it asks to wait ${Math.ceil(askedMillis / 60_000)} minutes`);
    }
    const backoff = Math.min(kFirstWaitMillis * 2 ** (this.failures - 1), kLongestWaitMillis);
    try {
      await this.clock.wait(askedMillis ?? backoff * (0.75 + 0.5 * this.clock.random()), { why: 'retry', signal: this.signal });
    } catch (error) {
      if (this.signal?.aborted) throw cancelled('the model');
      throw error;
    }
  }
}

/** Seconds or a date. @param {Response} response @param {number} now @returns {number|null} */
export function retryAfterMillis(response, now) {
  const value = response.headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** @param {string} what */
export function cancelled(what) {
  return new TrilensError('cancelled', `Loading ${what} was stopped; what has arrived is kept.`);
}

/** @param {string} what @param {string} url @param {unknown} cause */
export function unreachable(what, url, cause) {
  return new TrilensError('network', `${hostOf(url)} could not be reached for ${what}; check the connection and try again.`, describe(cause));
}

/** @param {string} url */
export function hostOf(url) {
  try {
    return new URL(url).host || url;
  } catch {
    return url;
  }
}

/** @param {Response} response @param {string} what @param {string} url @returns {TrilensError} */
export function failureOf(response, what, url) {
  const host = hostOf(url);
  const { status } = response;
  const word = response.headers.get('x-error-code');
  const detail = [`HTTP ${status}`, word, response.headers.get('x-error-message')].filter(Boolean).join(', ').slice(0, 300);
  if (status === 401 || status === 403) {
    // The Hub answers 401 for what does not exist, too: it does not tell strangers which private models there are.
    const gated = word === 'GatedRepo' || (word === null && status === 403);
    const why = gated ? 'asks for a log-in at its host' : 'asks for a log-in at its host, or does not exist (check the spelling)';
    return new TrilensError('model_gated', `This model ${why}: ${what} was not handed out by ${host}. Download the model there and drop its folder here.`, detail);
  }
  if (status === 404 || status === 410) {
    if (word === 'RevisionNotFound') return new TrilensError('model_missing', `The model has no such revision on ${host} (${what}); check what follows the @.`, detail);
    if (word === 'RepoNotFound') return new TrilensError('model_missing', `There is no such model on ${host} (${what}); check the spelling.`, detail);
    return new TrilensError('model_missing', `There is no ${what} on ${host}; check the name.`, detail);
  }
  if (status === 429) return new TrilensError('network', `${host} is asked too often just now and did not hand out ${what}; try again in some minutes.`, detail);
  if (status >= 500 || status === 408) return new TrilensError('network', `${host} has trouble of its own and did not hand out ${what}; try again later.`, detail);
  return new TrilensError('network', `${host} did not hand out ${what}.`, detail);
}

/** Ends a response whose body nobody wants. @param {Response} response */
export async function drop(response) {
  await response.body?.cancel().catch(() => {});
}

/**
 * A small text body: refuses one that is longer than it should be.
 * @param {Response} response @param {{what: string, url: string, limit: number}} options @returns {Promise<string>}
 */
export async function readText(response, { what, url, limit }) {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  while (reader) {
    const { done, value } = await reader.read().catch((error) => {
      throw unreachable(what, url, error);
    });
    if (done) break;
    bytes += value.length;
    if (bytes > limit) {
      await reader.cancel().catch(() => {});
      throw new TrilensError('model_malformed', `${what} from ${hostOf(url)} is longer than ${limit} bytes: it is not what its name says.`);
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

/** Ends a request whose host has fallen silent: connections die without a word when a laptop is closed. */
export class Watchdog {
  /** @param {import('./clock.mjs').Clock} clock @param {(why: Error) => void} bark */
  constructor(clock, bark) {
    this.stop = new AbortController();
    this.alive = true;
    const { signal } = this.stop;
    const watch = async () => {
      while (!signal.aborted) {
        this.alive = false;
        await clock.wait(kStallMillis, { why: 'stall', signal });
        if (!this.alive && !signal.aborted) return bark(new Error(`nothing came for ${kStallMillis / 1000} seconds`));
      }
    };
    watch().catch(() => {});
  }

  moved() {
    this.alive = true;
  }

  end() {
    this.stop.abort();
  }
}
