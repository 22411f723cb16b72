// window.trilens: the page for tests, teachers' scripts and embedders (docs/automation.md).

/**
 * @param {{version: string, models: {id: string, family: string, tasks: string[], bytes: number}[],
 *          engine: Promise<{webgpu: boolean, adapter: string}>, settled: Promise<void>,
 *          command: (command: unknown) => Promise<unknown>, snapshot: () => any, open: (files: Iterable<File>) => Promise<{name: string, title: string}>}} page
 *   `settled`: the page draws, and each of the trio has loaded or has failed.
 */
export function offerAutomation(page) {
  const ready = Promise.all([page.engine, page.settled]).then(([{ webgpu, adapter }]) =>
    ({ version: page.version, webgpu, adapter, models: page.models }));
  ready.catch(() => {});  // who does not ask for it need not hear of it
  /** @type {any} */ (window).trilens = Object.freeze({
    ready,
    command: (/** @type {unknown} */ command) => page.command(command),
    snapshot: () => page.snapshot(),
    open: (/** @type {Iterable<File>} */ files) => page.open(files),
  });
}
