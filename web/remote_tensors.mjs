// Tensors that stay with the runtime, by number. A number is handed out once and never again.
//
// A tensor that ORT made on the GPU is freed by its session's allocator: it must be disposed of before that session is
// released, or ORT calls into nothing. So a session is only retired here, and released when its last tensor has gone.

import { TrilensError } from './errors.mjs';

/** @typedef {import('./ort_session.mjs').ElementType} ElementType */
/** @typedef {import('./gpu_device.mjs').Gpu} Gpu */
/** A session and how many of its tensors are alive. @typedef {{session: import('onnxruntime-web').InferenceSession, tensors: number, retired: boolean}} Lease */
/**
 * @typedef {object} Remote
 * @property {any} tensor an ort.Tensor
 * @property {ElementType} type
 * @property {number[]} dims
 * @property {number} bytes
 * @property {Gpu|null} gpu where the buffer lives; null on the CPU
 * @property {GPUBuffer|null} buffer
 * @property {Lease|null} lease the session whose allocator frees it
 * @property {(() => void)|null} recycle for buffers of our own, which the tensor does not free
 */

const kBytes = { float32: 4, int32: 4, int64: 8, bool: 1 };

export class RemoteTensors {
  constructor() {
    /** @type {Map<number, Remote>} */
    this.alive = new Map();
    this.last = 0;
    /** @type {{tensor: any, lease: Lease|null}[]} to be disposed of when no run is in ORT's WebAssembly */
    this.garbage = [];
    /** @type {Set<Lease>} sessions to be released when their tensors have gone */
    this.retired = new Set();
  }

  /**
   * @param {any} tensor
   * @param {{gpu?: Gpu|null, lease?: Lease|null, recycle?: (() => void)|null}} [owner] `lease` must count the tensor already (see claim)
   * @returns {import('./ort_session.mjs').Handle}
   */
  add(tensor, { gpu = null, lease = null, recycle = null } = {}) {
    const type = /** @type {ElementType} */ (tensor.type);
    if (!(type in kBytes)) {
      this.discard(tensor, lease);
      throw new TrilensError('model_unsupported', `The model hands out a tensor of type ${type}, which Trilens does not read.`);
    }
    const onGpu = tensor.location === 'gpu-buffer';
    const dims = [...tensor.dims];
    const handle = ++this.last;
    this.alive.set(handle, {
      tensor, type, dims, lease, recycle, bytes: tensor.size * kBytes[type], gpu: onGpu ? gpu : null, buffer: onGpu ? tensor.gpuBuffer : null,
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
    else this.discard(remote.tensor, remote.lease);
  }

  /** Counts what a run left on the GPU, before anything else can happen to its session. @param {Lease} lease @param {Iterable<any>} tensors */
  claim(lease, tensors) {
    for (const tensor of tensors) if (tensor.location === 'gpu-buffer') lease.tensors++;
  }

  /** @param {any} tensor nobody needs it any more @param {Lease|null} lease */
  discard(tensor, lease) {
    if (tensor.location === 'gpu-buffer') this.garbage.push({ tensor, lease });
  }

  /** @param {Lease} lease */
  retire(lease) {
    lease.retired = true;
    this.retired.add(lease);
  }

  /** Precondition: no run is in ORT's WebAssembly, and none starts before this has ended. */
  async sweep() {
    for (const { tensor, lease } of this.garbage.splice(0)) {
      tensor.dispose();
      if (lease) lease.tensors--;
    }
    for (const lease of this.retired) {
      if (lease.tensors > 0) continue;
      this.retired.delete(lease);
      await lease.session.release();
    }
  }
}
