// The page as a picture: all of it, not only what is scrolled into sight, and with the sentence in its field, which is no part of the canvas.
//
// Not here: how the canvas is drawn (src/app/page). What is on screen is the same afterwards.
//
//   const picture = wholePicture({ canvas, field, height: 2100, show });
//   picture.toBlob((blob) => saveFile('trilens.png', blob));

const kMostSide = 8192;  // of a canvas, in device pixels: what every WebGL2 has

/** A line is as many words as fit; a word that does not is a line of its own. @param {CanvasRenderingContext2D} context @param {string} text @param {number} width @returns {string[]} */
export function wrapped(context, text, width) {
  const lines = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(/(?<=\s)/)) {
      if (line !== '' && context.measureText((line + word).trimEnd()).width > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += word;
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

/** @param {CanvasRenderingContext2D} context in CSS pixels @param {HTMLTextAreaElement} field */
function paintField(context, field) {
  const box = field.getBoundingClientRect();
  const style = getComputedStyle(field);
  const tall = Number.parseFloat(style.lineHeight) || Number.parseFloat(style.fontSize) * 1.4;
  const left = Number.parseFloat(style.paddingLeft);
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textBaseline = 'middle';
  wrapped(context, field.value, box.width - left - Number.parseFloat(style.paddingRight)).forEach((line, i) => {
    context.fillText(line, box.x + left, box.y + Number.parseFloat(style.paddingTop) + (i + 0.5) * tall);
  });
  context.restore();
}

/**
 * @param {{canvas: HTMLCanvasElement, field: HTMLTextAreaElement, height: number,
 *          show: (height: number, top: number) => void}} page  height: of the whole page, in CSS pixels; show: draws so much of it
 * @returns {HTMLCanvasElement}
 */
export function wholePicture({ canvas, field, height, show }) {
  const before = { width: canvas.width, height: canvas.height };
  const ratio = before.width / canvas.clientWidth;
  const picture = document.createElement('canvas');
  try {
    canvas.height = Math.min(kMostSide, Math.max(before.height, Math.ceil(height * ratio)));
    show(canvas.height / ratio, 0);
    picture.width = canvas.width;
    picture.height = canvas.height;
    const context = picture.getContext('2d');
    if (context) {
      context.drawImage(canvas, 0, 0);
      context.scale(ratio, ratio);
      paintField(context, field);
    }
  } finally {
    canvas.height = before.height;
    show(before.height / ratio, window.scrollY);
  }
  return picture;
}
