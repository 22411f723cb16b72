// The browser as the page module knows it: frames, size, timers, clipboard, the text field, the engine's letterbox.
//
// The JavaScript half of src/app/page/host.cpp: the module calls the methods below "called by the module"; it hands in its
// own functions through attach(). A frame is drawn only when something woke us; `frames` counts them.

import { listen } from './input.mjs';
import { TextField } from './text_field.mjs';
import { LineFields } from './line_fields.mjs';
import { Glyphs } from './glyphs.mjs';
import { wholePicture } from './picture.mjs';
import { linkTo, saveFile } from './share.mjs';

/**
 * The module's functions. Times are performance.now(), lengths CSS pixels.
 * @typedef {{
 *   asset: (name: string, bytes: Uint8Array) => void,
 *   start: (json: string) => string,
 *   resize: (width: number, height: number, ratio: number) => void,
 *   environment: (json: string) => void,
 *   strings: (language: string, json: string) => void,
 *   frame: (now: number) => number,
 *   tick: (now: number) => void,
 *   receive: (json: string) => void,
 *   engineLost: (json: string) => void,
 *   command: (json: string, ticket: number) => void,
 *   shared: (json: string) => void,
 *   snapshot: () => string,
 *   scroll: (y: number) => void,
 *   pointer: (kind: number, x: number, y: number, touch: number) => void,
 *   key: (key: string, modifiers: number) => number,
 *   focus: (focused: number) => void,
 *   text: (text: string) => void,
 *   commit: () => void,
 *   boxText: (which: number, text: string) => void,
 *   boxCommit: (which: number) => void,
 *   filesChosen: (json: string) => void,
 *   selection: (begin: number, end: number) => void,
 *   fieldHeight: (height: number) => void,
 *   contextLost: () => void,
 *   contextRestored: () => void,
 *   fontsChanged: () => void,
 * }} PageFunctions
 */

export class PageHost {
  /**
   * @param {{canvas: HTMLCanvasElement, field: HTMLTextAreaElement, boxes: HTMLInputElement[], extent: HTMLElement, focusWords: HTMLElement,
   *          chooseFiles: (folder: boolean) => void,
   *          send: (json: string) => void, settings: Storage | null,
   *          on: {changed: () => void, language: (language: string) => void, context: (lost: boolean) => void}}} options
   */
  constructor(options) {
    this.options = options;
    this.frames = 0;
    this.glyphs = new Glyphs(() => { this.page?.fontsChanged(); this.wake(); });
    /** @type {PageFunctions | null} */
    this.page = null;
    this.running = false;
    this.pending = 0;
    /** @type {Map<number, {resolve: (value: unknown) => void, reject: (reason: unknown) => void}>} */
    this.tickets = new Map();
    this.nextTicket = 1;
    /** @type {TextField | null} */
    this.field = null;
    this.boxes = new LineFields(options.boxes, {
      text: (which, text) => { this.#page.boxText(which, text); this.wake(); },
      commit: (which) => { this.#page.boxCommit(which); this.wake(); },
      leave: () => { options.canvas.focus({ preventScroll: true }); this.#page.key('Escape', 0); this.wake(); },
    });
  }

  /** Called by the module before its main() ends. @param {PageFunctions} functions */
  attach(functions) { this.page = functions; }

  /** @returns {PageFunctions} */
  get #page() {
    if (!this.page) throw new Error('the page module has not started');
    return this.page;
  }

  /** From here on events reach the module and frames are drawn. */
  run() {
    const { canvas, field } = this.options;
    this.running = true;
    this.field = new TextField(field, {
      text: (text) => { this.#page.text(text); this.wake(); },
      commit: () => { this.#page.commit(); this.wake(); },
      selection: (begin, end) => this.#page.selection(begin, end),
      lines: (height) => { this.#page.fieldHeight(height); this.wake(); },
    });
    listen(canvas, field, {
      pointer: (kind, x, y, touch) => { this.#page.pointer(kind, x, y, touch ? 1 : 0); this.wake(); },
      key: (key, modifiers) => { const taken = this.#page.key(key, modifiers) !== 0; if (taken) this.wake(); return taken; },
      focus: (focused) => { this.#page.focus(focused ? 1 : 0); this.wake(); },
    });
    window.addEventListener('scroll', () => { this.#page.scroll(window.scrollY); this.wake(); }, { passive: true });
    document.addEventListener('visibilitychange', () => this.wake());
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.#page.contextLost();
      this.options.on.context(true);
    });
    canvas.addEventListener('webglcontextrestored', () => {
      this.#page.contextRestored();
      this.options.on.context(false);
      this.wake();
    });
    this.#watchSize();
    this.wake();
  }

  #watchSize() {
    const { canvas } = this.options;
    /** @param {ResizeObserverEntry} [entry] */
    const measure = (entry) => {
      const ratio = window.devicePixelRatio || 1;
      const exact = entry?.devicePixelContentBoxSize?.[0];
      // An emulated ratio (developer tools) is not in the exact size: then the rounded one is the better guess.
      const wide = canvas.clientWidth * ratio;
      const tall = canvas.clientHeight * ratio;
      const trusted = exact && Math.abs(exact.inlineSize - wide) < 2 && Math.abs(exact.blockSize - tall) < 2;
      const width = trusted ? exact.inlineSize : Math.round(wide);
      const height = trusted ? exact.blockSize : Math.round(tall);
      canvas.width = Math.max(1, width);
      canvas.height = Math.max(1, height);
      this.#page.resize(width / ratio, height / ratio, ratio);
      this.#draw(performance.now());  // in the same turn: a resized canvas is empty until it is drawn
      this.wake();
    };
    const observer = new ResizeObserver((entries) => measure(entries[0]));
    try {
      observer.observe(canvas, { box: 'device-pixel-content-box' });
    } catch {
      observer.observe(canvas);
      const onRatio = () => { measure(); watchRatio(); };
      const watchRatio = () => matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener('change', onRatio, { once: true });
      watchRatio();
    }
    measure();
  }

  #draw(/** @type {number} */ now) {
    this.frames += 1;
    if (this.#page.frame(now) !== 0) this.wake();
  }

  /** Called by the module: draw soon. */
  wake() {
    if (!this.running || this.pending !== 0) return;
    this.pending = requestAnimationFrame((now) => {
      this.pending = 0;
      this.#draw(now);
    });
  }

  // --- called by the module ---

  /** @param {string} json */
  send(json) { this.options.send(json); }
  /** @param {number} millis */
  wakeAfter(millis) { setTimeout(() => { this.#page.tick(performance.now()); this.wake(); }, millis); }
  /** @param {number} ticket @param {string} json */
  resolve(ticket, json) {
    this.tickets.get(ticket)?.resolve(JSON.parse(json));
    this.tickets.delete(ticket);
  }
  /** @param {number} ticket @param {string} code @param {string} message */
  reject(ticket, code, message) {
    this.tickets.get(ticket)?.reject(Object.assign(new Error(message), { code }));
    this.tickets.delete(ticket);
  }
  /** @param {string} text */
  copy(text) { navigator.clipboard?.writeText(text).catch(() => {}); }
  /** The page as a link, to the clipboard and into the address. @param {string} json */
  share(json) {
    linkTo(json).then((link) => {
      history.replaceState(null, '', link);
      return navigator.clipboard?.writeText(link);
    }).catch(() => {});  // without a clipboard the address has it
  }
  /** @param {string} name @param {string} type @param {string} content */
  save(name, type, content) { saveFile(name, new Blob([content], { type })); }
  /** The whole page, when the frame that asked for it is over. */
  savePicture() {
    setTimeout(() => {
      const { canvas, field, extent } = this.options;
      const whole = Number.parseFloat(extent.style.height) || canvas.clientHeight;
      const show = (/** @type {number} */ height, /** @type {number} */ top) => {
        const ratio = canvas.width / canvas.clientWidth;
        this.#page.resize(canvas.clientWidth, height, ratio);
        this.#page.scroll(top);
        for (let i = 0; i < 3; ++i) this.#draw(performance.now());  // what lies where is known after the first
      };
      wholePicture({ canvas, field, height: whole, show }).toBlob((blob) => { if (blob) saveFile('trilens.png', blob); }, 'image/png');
    });
  }
  /** @param {string} json */
  remember(json) { try { this.options.settings?.setItem('trilens.settings', json); } catch { /* storage is full or closed: settings last for this visit */ } }
  /** @param {string} language */
  language(language) { this.options.on.language(language); }
  changed() { this.options.on.changed(); }
  /** @param {string} text */
  showText(text) { this.field?.show(text); }
  /** @param {number} x @param {number} y @param {number} width @param {number} height @param {number} size */
  placeField(x, y, width, height, size) { this.field?.place({ x, y, width, height, size }); }
  /** @param {[number, number, number, number, number, number, number, number]} place see LineFields.place */
  placeBox(...place) { this.boxes.place(...place); }
  /** @param {number} which @param {string} json */
  boxWords(which, json) { this.boxes.words(which, JSON.parse(json)); }
  /** @param {number} which */
  focusBox(which) { this.boxes.focus(which); }
  /** @param {boolean} folder */
  chooseFiles(folder) { this.options.chooseFiles(folder); }
  focusField() { this.options.field.focus({ preventScroll: true }); }
  /** @param {number} height */
  extent(height) { this.options.extent.style.height = `${height}px`; }
  /** @param {number} y */
  scrollTo(y) { window.scrollTo({ top: y }); }
  /** @param {string} cursor */
  cursor(cursor) { this.options.canvas.style.cursor = cursor; }
  /** @param {string} words */
  focusWords(words) { this.options.focusWords.textContent = words; }
  /** @param {string} json custom properties of web/page.css, and "scheme" */
  dress(json) {
    const root = document.documentElement;
    for (const [name, value] of Object.entries(JSON.parse(json))) {
      if (name === 'scheme') root.style.colorScheme = value;
      else root.style.setProperty(`--${name}`, value);
    }
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.removeAttribute('media');
      meta.setAttribute('content', JSON.parse(json).paper);
    }
  }

  // --- called by the page's JavaScript ---

  /** What was dropped or chosen: known to the engine by this name, or no model. @param {{name: string, title: string} | {code: string, message: string}} what */
  filesChosen(what) { this.#page.filesChosen(JSON.stringify(what)); this.wake(); }

  /** window.trilens.command @param {unknown} command @returns {Promise<unknown>} */
  command(command) {
    const ticket = this.nextTicket++;
    return new Promise((resolve, reject) => {
      this.tickets.set(ticket, { resolve, reject });
      this.#page.command(JSON.stringify(command ?? null), ticket);
      this.wake();
    });
  }
  /** @returns {any} */
  snapshot() { return JSON.parse(this.#page.snapshot()); }
}
