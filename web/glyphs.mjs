// Letters that our own fonts lack (other scripts, symbols, emoji), painted by the browser from the fonts of the device.
//
// So no sentence turns into empty boxes as long as the device can show it anywhere; for emoji and many scripts two fonts of our own
// are fetched when they are first needed (web/page.css). Used by src/app/page/browser_glyphs.cpp.

const kFamilies = 'Inter, system-ui, "Noto Sans", "Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", "Trilens letters", "Trilens emoji", sans-serif';
const kFetched = '16px "Trilens letters", "Trilens emoji"';

export class Glyphs {
  /** @param {() => void} onFonts letters painted before may look different now */
  constructor(onFonts) {
    this.onFonts = onFonts;
    this.canvas = document.createElement('canvas');
    this.canvas.width = this.canvas.height = 8;
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d', { willReadFrequently: true }));
  }

  /** @param {string} text */
  #fetchFontsFor(text) {
    if (document.fonts.check(kFetched, text)) return;
    document.fonts.load(kFetched, text).then((faces) => { if (faces.length > 0) this.onFonts(); }, () => {});  // offline: the device's own letters stay
  }

  /** @param {number} codepoint @param {number} size em in device pixels @returns {number} how far to go on, in device pixels */
  advance(codepoint, size) {
    this.context.font = `${size}px ${kFamilies}`;
    return this.context.measureText(String.fromCodePoint(codepoint)).width;
  }

  /**
   * @param {number} codepoint
   * @param {number} size em in device pixels
   * @returns {{width: number, height: number, left: number, top: number, advance: number, colored: boolean, pixels: Uint8ClampedArray}}
   *   RGBA, not premultiplied; `left` and `top` from the pen on the baseline to the first pixel.
   */
  paint(codepoint, size) {
    const text = String.fromCodePoint(codepoint);
    const { context } = this;
    this.#fetchFontsFor(text);
    context.font = `${size}px ${kFamilies}`;
    const m = context.measureText(text);
    const left = Math.floor(-m.actualBoundingBoxLeft) - 1;
    const top = Math.floor(-m.actualBoundingBoxAscent) - 1;
    const width = Math.min(512, Math.max(0, Math.ceil(m.actualBoundingBoxRight) + 1 - left));
    const height = Math.min(512, Math.max(0, Math.ceil(m.actualBoundingBoxDescent) + 1 - top));
    if (m.actualBoundingBoxRight + m.actualBoundingBoxLeft <= 0 || width === 0 || height === 0) {
      return { width: 0, height: 0, left: 0, top: 0, advance: m.width, colored: false, pixels: new Uint8ClampedArray() };
    }
    if (this.canvas.width < width || this.canvas.height < height) {
      this.canvas.width = Math.max(this.canvas.width, width);
      this.canvas.height = Math.max(this.canvas.height, height);
      context.font = `${size}px ${kFamilies}`;  // a resized canvas forgets
    }
    context.clearRect(0, 0, width, height);
    context.fillStyle = '#fff';
    context.textBaseline = 'alphabetic';
    context.fillText(text, -left, -top);
    const { data } = context.getImageData(0, 0, width, height);
    let colored = false;
    for (let i = 0; i < data.length && !colored; i += 4) {
      colored = data[i + 3] > 8 && (Math.abs(data[i] - data[i + 1]) > 24 || Math.abs(data[i + 1] - data[i + 2]) > 24);
    }
    if (!colored) for (let i = 0; i < data.length; i += 4) data[i] = data[i + 1] = data[i + 2] = 255;
    return { width, height, left, top, advance: m.width, colored, pixels: data };
  }
}
