// Says in the page's own text what went wrong and what can be done, where the canvas cannot.

/**
 * @typedef {{title: string, message: string, offers?: {label: string, act: () => void}[]}} Failure
 */

/** @param {HTMLElement} place @param {Failure | null} failure null: all is well again */
export function showFailure(place, failure) {
  place.replaceChildren();
  place.hidden = failure === null;
  if (!failure) return;
  const title = document.createElement('h2');
  title.textContent = failure.title;
  const text = document.createElement('p');
  text.textContent = failure.message;
  place.append(title, text);
  for (const offer of failure.offers ?? []) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = offer.label;
    button.addEventListener('click', offer.act);
    place.append(button);
  }
}
