// The text fields beside the sentence (the shelf's, forced prefixes): real <input>s lying over the places that the drawing keeps free for them, scrolling with it.
//
// Not here: the sentence (text_field.mjs), what the texts mean (src/state/shelf.cpp). Paste, input methods and a phone's keyboard are the
// browser's own. Escape goes back to the drawing and is told to it, Enter commits.

export class LineFields {
  /**
   * @param {HTMLInputElement[]} elements by PanelState::Field of src/ui
   * @param {{text: (which: number, text: string) => void, commit: (which: number) => void, leave: () => void}} page
   */
  constructor(elements, page) {
    this.elements = elements;
    this.composing = false;
    elements.forEach((element, which) => {
      const changed = () => page.text(which, element.value);
      element.addEventListener('compositionstart', () => { this.composing = true; });
      element.addEventListener('compositionend', () => { this.composing = false; changed(); });
      element.addEventListener('input', () => { if (!this.composing) changed(); });
      element.addEventListener('keydown', (event) => {
        if (event.isComposing) return;
        if (event.key === 'Enter') { event.preventDefault(); page.commit(which); }
        if (event.key === 'Escape') page.leave();
      });
    });
  }

  /**
   * @param {number} which @param {number} x @param {number} y @param {number} width 0: there is none now @param {number} height
   * @param {number} top what lies above is hidden @param {number} bottom what lies below is hidden @param {number} size of its letters
   */
  place(which, x, y, width, height, top, bottom, size) {
    const element = this.elements[which];
    const seen = width > 0 && y < bottom && y + height > top;
    const focused = document.activeElement === element;
    element.hidden = width <= 0;
    if (width <= 0) return;
    const { style } = element;
    style.left = `${x}px`;
    style.top = `${y}px`;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.fontSize = `${Math.max(size, focused ? 16 : size)}px`;
    style.clipPath = seen ? `inset(${Math.max(0, top - y)}px 0 ${Math.max(0, y + height - bottom)}px 0)` : 'inset(50%)';
    style.pointerEvents = seen ? '' : 'none';
  }

  /** @param {number} which @param {{label: string, placeholder: string, value: string}} words */
  words(which, { label, placeholder, value }) {
    const element = this.elements[which];
    element.setAttribute('aria-label', label);
    element.placeholder = placeholder;
    if (element.value !== value && !this.composing) element.value = value;
  }

  /** @param {number} which */
  focus(which) {
    const element = this.elements[which];
    element.hidden = false;
    element.focus({ preventScroll: true });
  }
}
