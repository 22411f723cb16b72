// Our own passes on tensors that ONNX Runtime left on the GPU: row statistics, rows gathered along the batch, bytes read
// back. Buffers are pooled: in a steady state nothing is created.
//
// Order: whatever ORT did before `run()` answered is submitted, so a pass submitted now comes after it; and a buffer given
// back to the pool is written again only by later submissions.

import { TrilensError } from './errors.mjs';

/** @typedef {import('./gpu_device.mjs').Gpu} Gpu */
/** @typedef {{buffer: GPUBuffer, offset: number, bytes: number}} Piece */
/** @typedef {{log_sum_exp: number, entropy_nats: number, largest: number, top: {id: number, logit: number}[]}} RowStatistics */

export const kMaxTop = 64;
const kHeader = 4;
const kWorkgroupSize = 256;

/** Buffers of one usage, by size class (powers of two: the waste is bounded, the hits are many). */
class BufferPool {
  /** @param {GPUDevice} device @param {GPUBufferUsageFlags} usage @param {string} label */
  constructor(device, usage, label) {
    this.device = device;
    this.usage = usage;
    this.label = label;
    /** @type {Map<number, GPUBuffer[]>} */
    this.free = new Map();
  }

  /** @param {number} bytes @returns {GPUBuffer} */
  take(bytes) {
    const size = Math.max(256, 2 ** Math.ceil(Math.log2(Math.max(1, bytes))));
    // A pool that was generous once must not break a limit: from 64 MiB on, exact sizes.
    const chosen = size > 1 << 26 ? Math.ceil(bytes / 256) * 256 : size;
    return this.free.get(chosen)?.pop() ?? this.device.createBuffer({ size: chosen, usage: this.usage, label: this.label });
  }

  /** @param {GPUBuffer} buffer */
  give(buffer) {
    const list = this.free.get(buffer.size);
    if (!list) this.free.set(buffer.size, [buffer]);
    else if (list.length < 64) list.push(buffer);
    else buffer.destroy();
  }

  drain() {
    for (const list of this.free.values()) for (const buffer of list) buffer.destroy();
    this.free.clear();
  }
}

/** Our passes on one device. */
export class GpuPasses {
  /** @param {Gpu} gpu @param {string} shader text of shaders/row_statistics.wgsl @param {number} [workgroup] a power of two from 64 on */
  constructor(gpu, shader, workgroup = kWorkgroupSize) {
    this.gpu = gpu;
    this.device = gpu.device;
    this.shader = shader;
    this.workgroup = Math.min(workgroup, this.device.limits.maxComputeInvocationsPerWorkgroup);
    this.staging = new BufferPool(this.device, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST, 'trilens staging');
    this.storage = new BufferPool(this.device, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST, 'trilens storage');
    this.uniform = new BufferPool(this.device, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST, 'trilens uniform');
    /** @type {Promise<GPUComputePipeline>|null} */
    this.pipeline = null;
  }

  /**
   * Copies pieces of buffers to this side with one submission and one map. What WebGPU objects to is an error here: a pass
   * that it refused would leave old bytes behind, and those must not pass for an answer.
   * @param {Piece[]} pieces offsets are multiples of 4
   * @param {(encoder: GPUCommandEncoder) => void} [encode] adds the passes that write them
   * @returns {Promise<Uint8Array[]>}
   */
  async read(pieces, encode = () => {}) {
    /** @type {number[]} */
    const starts = [];
    let total = 0;
    for (const { bytes } of pieces) {
      starts.push(total);
      total += Math.ceil(bytes / 4) * 4;
    }
    if (total === 0) return pieces.map(() => new Uint8Array(0));
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
    const staging = this.staging.take(total);
    const encoder = this.device.createCommandEncoder();
    encode(encoder);
    pieces.forEach(({ buffer, offset, bytes }, i) => {
      if (bytes > 0) encoder.copyBufferToBuffer(buffer, offset, staging, starts[i], Math.ceil(bytes / 4) * 4);
    });
    this.device.queue.submit([encoder.finish()]);
    const refusals = [this.device.popErrorScope(), this.device.popErrorScope()];
    const [invalid, tooLarge, unmapped] = await this.gpu.orLost(Promise.all([...refusals, mapped(staging, total)]));
    const refused = invalid ?? unmapped;
    if (tooLarge ?? refused) staging.destroy();
    if (tooLarge) throw new TrilensError('out_of_memory', 'The GPU has not enough memory for this; take a smaller model or a shorter text.', tooLarge.message);
    if (refused) throw new TrilensError('runtime_failed', 'The GPU refused a computation on the model\'s output.', refused.message);
    const range = staging.getMappedRange(0, total);
    const out = pieces.map(({ bytes }, i) => new Uint8Array(range.slice(starts[i], starts[i] + bytes)));
    staging.unmap();
    this.staging.give(staging);
    return out;
  }

  /**
   * out[i] = in[indices[i]] along the first dimension. The buffer is ours: give it back with `recycle`.
   * @param {GPUBuffer} source @param {number} rowBytes a multiple of 4 @param {readonly number[]} indices
   * @returns {GPUBuffer}
   */
  gather(source, rowBytes, indices) {
    if (rowBytes % 4 !== 0) throw new TrilensError('runtime_failed', `Rows of ${rowBytes} bytes cannot be gathered on the GPU.`);
    const out = this.storage.take(rowBytes * indices.length);
    const encoder = this.device.createCommandEncoder();
    // Neighbours stay neighbours: one copy for each run of consecutive rows.
    for (let i = 0; i < indices.length; ) {
      let n = 1;
      while (i + n < indices.length && indices[i + n] === indices[i] + n) n++;
      encoder.copyBufferToBuffer(source, indices[i] * rowBytes, out, i * rowBytes, n * rowBytes);
      i += n;
    }
    this.device.queue.submit([encoder.finish()]);
    return out;
  }

  /** @param {GPUBuffer} buffer one that `gather` made */
  recycle(buffer) {
    if (this.gpu.lost === null) this.storage.give(buffer);
  }

  /**
   * @param {GPUBuffer} logits [.., V] f32 @param {number} vocabulary V @param {readonly number[]} rows @param {number} top at most kMaxTop
   * @returns {Promise<Uint32Array>} [rows, 4 + 2 top]: the shader's results (unpackRow reads one)
   */
  async rowStatistics(logits, vocabulary, rows, top) {
    const pipeline = await this.gpu.orLost(this.warm());
    const stride = kHeader + 2 * top;
    const index = this.storage.take(rows.length * 4);
    const results = this.storage.take(rows.length * stride * 4);
    const parameters = this.uniform.take(16);
    this.device.queue.writeBuffer(index, 0, Uint32Array.from(rows));
    this.device.queue.writeBuffer(parameters, 0, Uint32Array.of(vocabulary, top, rows.length, 0));
    const [bytes] = await this.read([{ buffer: results, offset: 0, bytes: rows.length * stride * 4 }], (encoder) => {
      const pass = encoder.beginComputePass({ label: 'row statistics' });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, this.device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [logits, index, results, parameters].map((buffer, binding) => ({ binding, resource: { buffer } })),
      }));
      const across = Math.min(rows.length, this.device.limits.maxComputeWorkgroupsPerDimension);
      pass.dispatchWorkgroups(across, Math.ceil(rows.length / across));
      pass.end();
    });
    this.storage.give(index);
    this.storage.give(results);
    this.uniform.give(parameters);
    return new Uint32Array(bytes.buffer);
  }

  /** Compiles the shader, once. @returns {Promise<GPUComputePipeline>} */
  warm() {
    this.pipeline ??= this.makePipeline();
    return this.pipeline;
  }

  async makePipeline() {
    const module = this.device.createShaderModule({ code: this.shader, label: 'row_statistics.wgsl' });
    return this.device.createComputePipelineAsync({ layout: 'auto', label: 'row statistics', compute: { module, entryPoint: 'main', constants: { workgroup_size: this.workgroup } } });
  }

  /** Frees the pools' idle buffers. */
  drain() {
    for (const pool of [this.staging, this.storage, this.uniform]) pool.drain();
  }
}

/**
 * Mapped, or, where the map failed, nothing: the error scopes say why. (If the device is lost, the caller's race says so.)
 * @param {GPUBuffer} buffer @param {number} bytes @returns {Promise<GPUError|null>}
 */
async function mapped(buffer, bytes) {
  try {
    await buffer.mapAsync(GPUMapMode.READ, 0, bytes);
    return null;
  } catch (error) {
    return new GPUInternalError(error instanceof Error ? error.message : String(error));
  }
}

/** @param {Uint32Array} results @param {number} row @param {number} top @returns {RowStatistics} */
export function unpackRow(results, row, top) {
  const start = row * (kHeader + 2 * top);
  const floats = new Float32Array(results.buffer, results.byteOffset, results.length);
  const winners = results[start + 2];
  return {
    log_sum_exp: floats[start],
    entropy_nats: floats[start + 1],
    largest: floats[start + 3],
    top: Array.from({ length: winners }, (_, i) => ({ id: results[start + kHeader + i], logit: floats[start + kHeader + top + i] })),
  };
}
