// Tensors that stay with the runtime, by number. A number is handed out once and never again.

import { TrilensError } from './errors.mjs';

/** @typedef {import('./ort_session.mjs').ElementType} ElementType */
/** @typedef {import('./gpu_device.mjs').Gpu} Gpu */
/**
 * @typedef {object} Remote
 * @property {any} tensor an ort.Tensor
 * @property {ElementType} type
 * @property {number[]} dims
 * @property {number} bytes
 * @property {Gpu|null} gpu where the buffer lives; null on the CPU
 * @property {GPUBuffer|null} buffer
 * @property {(() => void)|null} recycle for buffers of our own, which the tensor does not free
 */

const kBytes = { float32: 4, int32: 4, int64: 8, bool: 1 };

export class RemoteTensors {
  constructor() {
    /** @type {Map<number, Remote>} */
    this.alive = new Map();
    this.last = 0;
    /** @type {any[]} tensors of ORT's to be disposed when no run is in its WebAssembly */
    this.garbage = [];
  }

  /**
   * @param {any} tensor @param {Gpu|null} gpu @param {(() => void)|null} [recycle]
   * @returns {import('./ort_session.mjs').Handle}
   */
  add(tensor, gpu, recycle = null) {
    const type = /** @type {ElementType} */ (tensor.type);
    if (!(type in kBytes)) {
      this.garbage.push(tensor);
      throw new TrilensError('model_unsupported', `The model hands out a tensor of type ${type}, which Trilens does not read.`);
    }
    const onGpu = tensor.location === 'gpu-buffer';
    const dims = [...tensor.dims];
    const handle = ++this.last;
    this.alive.set(handle, {
      tensor, type, dims, recycle, bytes: tensor.size * kBytes[type], gpu: onGpu ? gpu : null, buffer: onGpu ? tensor.gpuBuffer : null,
    });
    return { handle, type, dims };
  }

  /** @param {number} handle @returns {Remote} */
  get(handle) {
    const remote = this.alive.get(handle);
    if (!remote) throw new TrilensError('internal', `Tensor ${handle} is gone.`);
    return remote;
  }

  /** @param {number} handle */
  release(handle) {
    const remote = this.alive.get(handle);
    if (!remote) return;
    this.alive.delete(handle);
    if (remote.recycle) remote.recycle();
    else this.discard(remote.tensor);
  }

  /** @param {any} tensor one of ORT's that nobody needs any more */
  discard(tensor) {
    if (tensor.location === 'gpu-buffer') this.garbage.push(tensor);
  }

  /** Precondition: no run is in ORT's WebAssembly. */
  sweep() {
    for (const tensor of this.garbage.splice(0)) tensor.dispose();
  }
}
