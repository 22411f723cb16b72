// Our GPUDevice, which ONNX Runtime is given as well: made by us so that it has all that the adapter offers, so that we
// hear of its loss, and so that a successor can be made. One device at a time; nothing here throws away work.

import { describe, gpuLost, webgpuUnavailable } from './errors.mjs';

// What ONNX Runtime's kernels and our shaders can make use of.
const kFeatures = ['shader-f16', 'subgroups', 'timestamp-query', 'chromium-experimental-subgroup-matrix', 'chromium-experimental-timestamp-query-inside-passes'];
const kLimits = [
  'maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize', 'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX', 'maxComputeWorkgroupSizeY', 'maxComputeWorkgroupSizeZ', 'maxComputeWorkgroupsPerDimension',
  'maxStorageBuffersPerShaderStage',
];

/** A device and what belongs to it; `lost` tells whether it can still be used. */
export class Gpu {
  /** @param {GPUDevice} device @param {string} name */
  constructor(device, name) {
    this.device = device;
    this.name = name;
    /** @type {string|null} the reason, once lost */
    this.lost = null;
    /** Rejects when the device is lost; races against work that would never answer. @type {Promise<never>} */
    this.loss = device.lost.then((info) => {
      this.lost = info.message || info.reason || 'unknown';
      throw gpuLost(this.lost);
    });
    this.loss.catch(() => {});
    /** Errors that no scope caught: named in `detail` of the next failure. @type {string} */
    this.lastError = '';
    device.addEventListener('uncapturederror', (event) => {
      this.lastError = /** @type {GPUUncapturedErrorEvent} */ (event).error.message;
    });
  }

  /** @template T @param {Promise<T>} work @returns {Promise<T>} */
  orLost(work) {
    return Promise.race([work, this.loss]);
  }
}

export class GpuDevices {
  /** @param {{off?: boolean}} [options] off: as if there were no WebGPU */
  constructor({ off = false } = {}) {
    this.off = off;
    /** @type {Gpu|null} */
    this.current = null;
    /** @type {Promise<Gpu>|null} */
    this.making = null;
  }

  /** Whether there is an adapter, its name or why there is none, and whether it has 16-bit shaders. @returns {Promise<{available: boolean, name: string, shaderF16: boolean}>} */
  static async probe() {
    if (typeof navigator === 'undefined' || !navigator.gpu) return { available: false, name: 'this browser has no WebGPU', shaderF16: false };
    try {
      const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
      return adapter ? { available: true, name: adapterName(adapter), shaderF16: adapter.features.has('shader-f16') } : { available: false, name: 'no graphics adapter was found', shaderF16: false };
    } catch (error) {
      return { available: false, name: describe(error), shaderF16: false };
    }
  }

  /** The device in use; a new one when there is none or the last was lost. @returns {Promise<Gpu>} */
  async get() {
    if (this.off) throw webgpuUnavailable('switched off');
    if (this.current && this.current.lost === null) return this.current;
    this.making ??= makeGpu().finally(() => {
      this.making = null;
    });
    this.current = await this.making;
    return this.current;
  }
}

/** @returns {Promise<Gpu>} */
async function makeGpu() {
  if (typeof navigator === 'undefined' || !navigator.gpu) throw webgpuUnavailable('navigator.gpu is missing');
  try {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw webgpuUnavailable('requestAdapter answered null');
    const requiredFeatures = /** @type {GPUFeatureName[]} */ (kFeatures.filter((name) => adapter.features.has(name)));
    /** @type {Record<string, number>} */
    const requiredLimits = {};
    for (const name of kLimits) {
      const value = /** @type {any} */ (adapter.limits)[name];
      if (typeof value === 'number') requiredLimits[name] = value;
    }
    return new Gpu(await adapter.requestDevice({ requiredFeatures, requiredLimits }), adapterName(adapter));
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.name === 'TrilensError' ? error : webgpuUnavailable(describe(error));
  }
}

/** @param {GPUAdapter} adapter */
function adapterName(adapter) {
  const { vendor, architecture, description, device } = adapter.info;
  return [vendor, architecture, description || device].filter(Boolean).join(' ') || 'unnamed adapter';
}
