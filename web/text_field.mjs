// The sentence: a real <textarea> lying exactly over the place that the drawing keeps free for it.
//
// Not here: what the text means, undo across examples (src/state). Offsets that leave this file are bytes of UTF-8.

const encoder = new TextEncoder();

/** @param {string} text @param {number} unit an index in UTF-16 units @returns {number} the same place in bytes */
export function byteFromUnit(text, unit) {
  return encoder.encode(text.slice(0, unit)).length;
}

export class TextField {
  /**
   * @param {HTMLTextAreaElement} element
   * @param {{text: (text: string) => void, commit: () => void, selection: (begin: number, end: number) => void,
   *          lines: (height: number) => void}} page
   */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.composing = false;
    element.addEventListener('compositionstart', () => { this.composing = true; });
    element.addEventListener('compositionend', () => { this.composing = false; this.#changed(); });
    element.addEventListener('input', () => { if (!this.composing) this.#changed(); });
    element.addEventListener('blur', () => page.commit());
    element.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); page.commit(); }
    });
    document.addEventListener('selectionchange', () => {
      if (document.activeElement === element) this.#selected();
    });
  }

  /** Tells the page what is in the field now, and how much room it wants. */
  announce() { this.#changed(); }

  #changed() {
    this.page.text(this.element.value);
    this.#selected();
    this.measure();
  }

  #selected() {
    const { value, selectionStart, selectionEnd } = this.element;
    this.page.selection(byteFromUnit(value, selectionStart), byteFromUnit(value, selectionEnd));
  }

  /** The page changed the text itself (an example, a blank, undo, a script). @param {string} text */
  show(text) {
    const element = this.element;
    if (element.value === text || this.composing) return;
    const focused = document.activeElement === element;
    // Only what differs is replaced, through the editing command where there is one, so that the browser's undo survives.
    let head = 0;
    while (head < text.length && head < element.value.length && text[head] === element.value[head]) head += 1;
    let tail = 0;
    while (tail < text.length - head && tail < element.value.length - head && text.at(-1 - tail) === element.value.at(-1 - tail)) tail += 1;
    const inserted = text.slice(head, text.length - tail);
    if (focused) {
      element.setSelectionRange(head, element.value.length - tail);
      const done = inserted ? document.execCommand('insertText', false, inserted) : document.execCommand('delete');
      if (done && element.value === text) return;
    }
    element.value = text;
    if (focused) element.setSelectionRange(head + inserted.length, head + inserted.length);
    this.measure();
  }

  /** How high the text would like to be. */
  measure() {
    const { style } = this.element;
    const before = style.height;
    style.height = '0';
    const wanted = this.element.scrollHeight;
    style.height = before;
    this.page.lines(wanted);
    this.element.toggleAttribute('data-long', wanted > Number.parseFloat(before || '0') + 2);
  }

  /** @param {{x: number, y: number, width: number, height: number, size: number}} place in CSS pixels */
  place({ x, y, width, height, size }) {
    const { style } = this.element;
    const widthBefore = style.width;
    const sizeBefore = style.fontSize;
    style.left = `${x}px`;
    style.top = `${y}px`;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.fontSize = `${size}px`;
    style.lineHeight = `${Math.round(size * 1.45)}px`;
    style.padding = `${Math.round(size * 0.44)}px ${Math.round(size * 0.67)}px`;
    if (style.width !== widthBefore || style.fontSize !== sizeBefore) this.measure();
    else this.element.toggleAttribute('data-long', this.element.scrollHeight > height + 2);
  }
}
