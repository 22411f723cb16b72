// What went wrong, under a stable code (src/base/error.hpp lists them): sentences for people, the cause in `detail`.

/**
 * @typedef {'invalid_argument'|'model_missing'|'model_malformed'|'model_unsupported'|'network'|'webgpu_unavailable'|'gpu_lost'|'runtime_failed'|'out_of_memory'
 *   |'cancelled'|'model_gated'|'storage_full'|'storage_failed'|'internal'} Code
 */

export class TrilensError extends Error {
  /**
   * @param {Code} code
   * @param {string} message one sentence: what is wrong, where, what to do
   * @param {string} [detail] what the lower layer said
   */
  constructor(code, message, detail = '') {
    super(message);
    this.name = 'TrilensError';
    this.code = code;
    this.detail = detail;
  }
}

/** @param {unknown} error */
export function describe(error) {
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}

/** Whether the WebAssembly module that said this cannot be used again. @param {unknown} error */
export function isFatal(error) {
  if (typeof WebAssembly === 'object' && error instanceof WebAssembly.RuntimeError) return true;
  return /\bAborted\(|memory access out of bounds|unreachable executed/i.test(describe(error));
}

/** @param {unknown} error */
function isOutOfMemory(error) {
  return /Array buffer allocation|Invalid (array buffer|typed array) length|out of memory|bad_alloc|failed to allocate|Cannot enlarge memory|allocation failed/i.test(describe(error));
}

/**
 * @param {unknown} error what ONNX Runtime (or WebGPU) threw
 * @param {'create'|'run'|'gpu'} doing
 * @returns {TrilensError}
 */
export function classify(error, doing) {
  if (error instanceof TrilensError) return error;
  const detail = describe(error);
  if (isOutOfMemory(error)) {
    return new TrilensError('out_of_memory', 'There is not enough memory for this; close other tabs, or take a smaller model or a shorter text.', detail);
  }
  if (/device (was |is )?lost|DXGI_ERROR_DEVICE|device.*destroyed/i.test(detail)) return gpuLost(detail);
  if (doing === 'create') {
    if (/Failed to get GPU adapter|WebGPU is not supported|no available adapter|no available backend/i.test(detail)) return webgpuUnavailable(detail);
    if (/NOT_IMPLEMENTED|not implemented|Could not find an implementation|is not a registered function|No Op registered for|Unsupported model IR version|opset .* is under development/i.test(detail)) {
      return new TrilensError('model_unsupported', 'ONNX Runtime does not know an operation of this model; try another export of it.', detail);
    }
    return new TrilensError('model_malformed', 'ONNX Runtime refused this model file: it is damaged or not an ONNX model.', detail);
  }
  return new TrilensError('runtime_failed', 'ONNX Runtime could not run the model.', detail);
}

/** @param {string} [detail] */
export function gpuLost(detail) {
  return new TrilensError('gpu_lost', 'The graphics device was lost; the models have to be loaded again.', detail);
}

/** @param {string} [detail] */
export function webgpuUnavailable(detail) {
  return new TrilensError('webgpu_unavailable', 'This browser offers no WebGPU device; the models run on WebAssembly instead.', detail);
}
