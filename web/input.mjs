// What people do to the canvas, handed to the page module as it comes.
//
// Not here: what it means (src/ui). Scrolling is the browser's own (touch-action: pan-y pinch-zoom), and so is every key
// that the page module does not say it took: Tab always leaves, browser shortcuts and zoom are never swallowed.

export const Pointer = Object.freeze({ move: 0, down: 1, up: 2, leave: 3 });
export const Modifier = Object.freeze({ shift: 1, ctrl: 2, alt: 4, meta: 8 });

/** @param {KeyboardEvent} event */
function modifiers(event) {
  return (event.shiftKey ? Modifier.shift : 0) | (event.ctrlKey ? Modifier.ctrl : 0) | (event.altKey ? Modifier.alt : 0) |
    (event.metaKey ? Modifier.meta : 0);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLTextAreaElement} field
 * @param {{pointer: (kind: number, x: number, y: number, touch: boolean) => void,
 *          key: (key: string, modifiers: number) => boolean,
 *          focus: (focused: boolean) => void}} page
 * @returns {() => void} stops listening
 */
export function listen(canvas, field, page) {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  /** @type {number | null} the finger or button that went down first; others belong to the browser (pinch) */
  let held = null;

  /** @param {number} kind @param {PointerEvent} event */
  const send = (kind, event) => page.pointer(kind, event.clientX, event.clientY, event.pointerType === 'touch');

  canvas.addEventListener('pointermove', (event) => {
    if (held === null || held === event.pointerId) send(Pointer.move, event);
  }, options);
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || held !== null) return;
    held = event.pointerId;
    canvas.focus({ preventScroll: true });
    if (event.pointerType !== 'touch') canvas.setPointerCapture(event.pointerId);
    send(Pointer.down, event);
  }, options);
  canvas.addEventListener('pointerup', (event) => {
    if (held !== event.pointerId) return;
    held = null;
    send(Pointer.up, event);
  }, options);
  for (const type of /** @type {const} */ (['pointercancel', 'pointerleave'])) {
    canvas.addEventListener(type, (event) => {
      if (held !== null && held !== event.pointerId) return;
      held = null;
      send(Pointer.leave, event);
    }, options);
  }

  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.isComposing || event.key === 'Tab') return;
    if (page.key(event.key, modifiers(event))) event.preventDefault();
  };
  canvas.addEventListener('keydown', onKey, options);
  // With nothing focused, the keys are the canvas's; F6 goes round from everywhere.
  document.addEventListener('keydown', (event) => {
    const nobody = document.activeElement === document.body || document.activeElement === null;
    if (event.target === canvas || (!nobody && event.key !== 'F6')) return;
    if (event.key === 'F6') canvas.focus({ preventScroll: true });
    onKey(event);
  }, options);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.isComposing) page.key('Escape', 0);
  }, options);
  canvas.addEventListener('focus', () => page.focus(true), options);
  canvas.addEventListener('blur', () => page.focus(false), options);
  return () => stop.abort();
}
