// Time as what loads models sees it: now, waiting, chance. Tests hand in another (tests/support/fake_clock.mjs) and never sleep.

/**
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(millis: number, options: {why: 'retry'|'stall', signal?: AbortSignal}) => Promise<void>} wait rejects when aborted
 * @property {() => number} random in [0, 1)
 */

/** @type {Clock} */
export const kRealClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  wait: (millis, { signal }) => new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, millis);
    signal?.addEventListener('abort', stop, { once: true });
  }),
};

const kWindowMillis = 5000;

/** Bytes per second over the last few seconds, and the time that is left at that speed. */
export class SpeedMeter {
  /** @param {() => number} now */
  constructor(now) {
    this.now = now;
    /** @type {{at: number, bytes: number}[]} what came when; the first is where the window begins */
    this.window = [{ at: now(), bytes: 0 }];
  }

  /** @param {number} bytes that came just now */
  add(bytes) {
    const at = this.now();
    const last = this.window[this.window.length - 1];
    // chunks of one tenth of a second are one entry: a fast line brings thousands of them
    if (this.window.length > 1 && at - last.at < 100) last.bytes += bytes;
    else this.window.push({ at, bytes });
  }

  /** 0 where nothing came lately. @returns {number} */
  bytesPerSecond() {
    const now = this.now();
    while (this.window.length > 1 && now - this.window[1].at > kWindowMillis) this.window.shift();
    const began = Math.max(this.window[0].at, now - kWindowMillis);
    const bytes = this.window.slice(1).reduce((sum, entry) => sum + entry.bytes, 0);
    return bytes === 0 ? 0 : bytes / (Math.max(now - began, 100) / 1000);
  }

  /** @param {number|null} bytesLeft null: not known @returns {number|null} */
  secondsLeft(bytesLeft) {
    const speed = this.bytesPerSecond();
    return bytesLeft === null || speed === 0 ? null : bytesLeft / speed;
  }
}
