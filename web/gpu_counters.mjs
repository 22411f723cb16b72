// Counts what every GPUDevice of this worker is asked to do: ONNX Runtime's work and ours together, because ORT's
// WebAssembly calls the same JavaScript objects. The gate in CI is these counts, which do not depend on the machine.

/**
 * @typedef {object} GpuCounters
 * @property {number} dispatches
 * @property {number} submits
 * @property {number} buffers_created
 * @property {number} buffers_destroyed
 * @property {number} maps
 * @property {number} bytes_read    mapped for reading
 * @property {number} bytes_written writeBuffer, and buffers mapped at creation
 * @property {number} pipelines_created
 */

/** @returns {GpuCounters} */
const zero = () => ({
  dispatches: 0, submits: 0, buffers_created: 0, buffers_destroyed: 0, maps: 0, bytes_read: 0, bytes_written: 0, pipelines_created: 0,
});

const counts = zero();
const destroyed = new WeakSet();
let installed = false;

/**
 * Puts `before(this, args)` in front of a method.
 * @param {object|undefined} prototype
 * @param {string} method
 * @param {(self: any, args: any[]) => void} before
 */
function tap(prototype, method, before) {
  const original = /** @type {any} */ (prototype)?.[method];
  if (typeof original !== 'function') return;
  /** @type {any} */ (prototype)[method] = function (/** @type {any[]} */ ...args) {
    before(this, args);
    return original.apply(this, args);
  };
}

/** Starts counting; once per worker, before a device is made. Does nothing without WebGPU. */
export function installGpuCounters() {
  if (installed || typeof globalThis.GPUDevice === 'undefined') return;
  installed = true;
  tap(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => void counts.dispatches++);
  tap(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', () => void counts.dispatches++);
  tap(GPUQueue.prototype, 'submit', () => void counts.submits++);
  tap(GPUQueue.prototype, 'writeBuffer', (_, [, , data, offset = 0, size]) => {
    const unit = data.BYTES_PER_ELEMENT ?? 1;
    counts.bytes_written += size === undefined ? data.byteLength - offset * unit : size * unit;
  });
  tap(GPUDevice.prototype, 'createBuffer', (_, [descriptor]) => {
    counts.buffers_created++;
    if (descriptor.mappedAtCreation) counts.bytes_written += descriptor.size;
  });
  tap(GPUDevice.prototype, 'createComputePipeline', () => void counts.pipelines_created++);
  tap(GPUDevice.prototype, 'createComputePipelineAsync', () => void counts.pipelines_created++);
  tap(GPUBuffer.prototype, 'destroy', (self) => {
    if (destroyed.has(self)) return;
    destroyed.add(self);
    counts.buffers_destroyed++;
  });
  tap(GPUBuffer.prototype, 'mapAsync', (self, [mode, offset = 0, size]) => {
    counts.maps++;
    if ((mode & GPUMapMode.READ) !== 0) counts.bytes_read += size ?? self.size - offset;
  });
}

/** @returns {GpuCounters} a copy, since the worker started */
export function gpuCounters() {
  return { ...counts };
}

/**
 * What happened in between. @param {GpuCounters} before @param {GpuCounters} [after] @returns {GpuCounters}
 */
export function countersSince(before, after = counts) {
  const difference = zero();
  for (const key of /** @type {(keyof GpuCounters)[]} */ (Object.keys(difference))) difference[key] = after[key] - before[key];
  return difference;
}
