// The engine's worker, first lines. A classic script, because on file:// a module worker cannot start from a blob. It
// knows no addresses: the page's `configure` names the module to go on with, and messages wait until that has loaded.
'use strict';

/** @type {((message: any) => void) | null} */
let deliver = null;
/** @type {any[]} */
const waiting = [];

/** @param {string} message @param {unknown} cause */
function fatal(message, cause) {
  const detail = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const code = /out of memory|allocation failed/i.test(detail) ? 'out_of_memory' : 'internal';
  self.postMessage({ type: 'fatal', code, message, detail });
}

self.addEventListener('error', (event) => fatal('The engine stopped working and is started again.', event.error ?? event.message));
self.addEventListener('unhandledrejection', (event) => fatal('The engine stopped working and is started again.', event.reason));

self.addEventListener('message', (event) => {
  const message = event.data;
  if (deliver) deliver(message);
  else if (message.type !== 'configure') waiting.push(message);
  else {
    import(message.config.host)
      .then((host) => host.startEngine(message.config, (/** @type {any} */ answer) => self.postMessage(answer)))
      .then((receive) => {
        deliver = receive;
        for (const early of waiting.splice(0)) deliver?.(early);
      })
      .catch((error) => fatal('The engine could not be loaded; reload the page.', error));
  }
});
