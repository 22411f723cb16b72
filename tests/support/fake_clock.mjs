// Time for tests: a wait is over at once and moves the clock by as much; `waits` says what was waited for. Waits of the watchdog
// (why: 'stall') last until stall() is called or they are ended.

export class FakeClock {
  constructor(now = Date.UTC(2026, 0, 1)) {
    this.time = now;
    /** @type {number[]} */
    this.waits = [];
    /** @type {Set<() => void>} */
    this.watchdogs = new Set();
    this.now = () => this.time;
    this.random = () => 0.5;
    /** @type {(() => void)|null} called when somebody begins to wait */
    this.onWait = null;
    /** @param {number} millis @param {{why: 'retry'|'stall', signal?: AbortSignal}} options */
    this.wait = (millis, { why, signal }) => new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (why === 'stall') {
        const bark = () => (this.watchdogs.delete(bark), resolve(undefined));
        this.watchdogs.add(bark);
        signal?.addEventListener('abort', () => (this.watchdogs.delete(bark), reject(signal.reason)), { once: true });
        return;
      }
      this.waits.push(millis);
      this.time += millis;
      this.onWait?.();
      if (signal?.aborted) return reject(signal.reason);
      resolve(undefined);
    });
  }

  /** All that watch for silence have waited long enough, twice: the first time clears what came before. */
  async stall() {
    for (let turn = 0; turn < 2; ++turn) {
      for (const bark of [...this.watchdogs]) bark();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
