// Sessions of ONNX Runtime Web and the tensors that stay with it. The only file that calls ORT.
//
// One queue for everything that enters ORT's WebAssembly. It is one module with one C stack: while a run is suspended
// (JSPI and asyncify alike), a second run, even of another session, would save and restore the same stack pointer. Work on
// the GPU overlaps anyway; what is queued is only the entering. A failed job does not stop the queue.
//
// A WebGPU session leaves all outputs on the GPU; the ones that the caller wants here come back with one copy and one map.

import { classify, gpuLost, isFatal, TrilensError } from './errors.mjs';
import { GpuPasses } from './gpu_passes.mjs';
import { RemoteTensors } from './remote_tensors.mjs';

/** @typedef {import('onnxruntime-web')} Ort */
/** @typedef {import('onnxruntime-web').InferenceSession} InferenceSession */
/** @typedef {import('./gpu_device.mjs').Gpu} Gpu */
/** @typedef {import('./remote_tensors.mjs').Remote} Remote */
/** @typedef {'webgpu'|'wasm'} Provider */
/** @typedef {'float32'|'int32'|'int64'|'bool'} ElementType */
/** @typedef {{type: ElementType, dims: number[], data: Uint8Array}} Plain a tensor as bytes */
/** @typedef {{handle: number, type: ElementType, dims: number[]}} Handle a tensor that stays with the runtime */
/** @typedef {{name: string} & (Plain | {handle: number})} Feed */
/** @typedef {import('./remote_tensors.mjs').Lease} Lease */
/** @typedef {{provider: Provider, lease: Lease, remote: Set<string>, gpu: Gpu|null, source: Blob|null, broken: boolean}} Entry */

/** @type {Record<string, any>} */
const kArrayOf = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, bool: Uint8Array };

// How long ORT may take to notice that its device is gone.
const kPatienceMillis = 5000;

// y = Identity(x), x of one float. Opening it makes ORT load and compile its WebAssembly before the first model has arrived.
const kIdentityModel = Uint8Array.from([
  8, 8, 58, 55, 10, 16, 10, 1, 120, 18, 1, 121, 34, 8, 73, 100, 101, 110, 116, 105, 116, 121, 18, 1, 103, 90, 15, 10, 1, 120, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2,
  8, 1, 98, 15, 10, 1, 121, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2, 8, 1, 66, 4, 10, 0, 16, 13,
]);

export class OrtRuntime {
  /**
   * @param {object} options
   * @param {Ort} options.ort the module, its env.wasm already set
   * @param {import('./gpu_device.mjs').GpuDevices} options.devices
   * @param {string} options.rowStatisticsShader
   * @param {(error: TrilensError) => void} [options.onDead] ORT's WebAssembly has trapped and cannot be used again
   */
  constructor({ ort, devices, rowStatisticsShader, onDead = () => {} }) {
    this.ort = ort;
    this.devices = devices;
    this.rowStatisticsShader = rowStatisticsShader;
    this.onDead = onDead;
    /** @type {TrilensError|null} */
    this.dead = null;
    /** @type {Promise<unknown>} */
    this.tail = Promise.resolve();
    /** @type {Map<number, Entry>} */
    this.sessions = new Map();
    this.lastSession = 0;
    this.tensors = new RemoteTensors();
    /** @type {WeakMap<Gpu, GpuPasses>} */
    this.passes = new WeakMap();
    this.sweeping = false;
  }

  /**
   * Runs a job when all earlier ones have ended, well or not.
   * @template T @param {'create'|'run'} doing @param {() => Promise<T>} job @returns {Promise<T>}
   */
  enqueue(doing, job) {
    const result = this.tail.then(async () => {
      if (this.dead) throw this.dead;
      try {
        await this.tensors.sweep();
        return await job();
      } catch (error) {
        const known = classify(error, doing);
        if (isFatal(error)) this.die(known);
        throw known;
      }
    });
    this.tail = result.catch(() => {});
    return result;
  }

  /** @param {TrilensError} error */
  die(error) {
    if (this.dead) return;
    this.dead = error;
    this.onDead(error);
  }

  /** Loads and compiles ORT's WebAssembly. @returns {Promise<void>} */
  warm() {
    return this.enqueue('run', async () => {
      const session = await this.ort.InferenceSession.create(kIdentityModel, { executionProviders: ['wasm'], logSeverityLevel: 3 });
      await session.release();
    });
  }

  /**
   * @param {{model: Uint8Array, provider: Provider, remoteOutputs: readonly string[]}} options the bytes are read now and not kept
   * @returns {Promise<{session: number, inputs: readonly string[], outputs: readonly string[]}>}
   */
  async createSession({ model, provider, remoteOutputs }) {
    const gpu = provider === 'webgpu' ? await this.devices.get() : null;
    /** @type {Entry} */
    const entry = { provider, gpu, remote: new Set(remoteOutputs), broken: false, source: null, lease: /** @type {any} */ (null) };
    entry.lease = await this.enqueue('create', () => this.open(model, entry));
    // Where a failed run spoils the session (see run), it is opened again from here. A Blob may live on disk.
    if (gpu) {
      entry.source = new Blob([/** @type {any} */ (model)]);
      // While the first run is prepared; who needs it will hear what went wrong.
      this.passesOf(gpu).warm().catch(() => {});
    }
    const id = ++this.lastSession;
    this.sessions.set(id, entry);
    return { session: id, inputs: entry.lease.session.inputNames, outputs: entry.lease.session.outputNames };
  }

  /** @param {Uint8Array} model @param {Pick<Entry, 'provider'|'gpu'>} entry @returns {Promise<Lease>} */
  async open(model, { provider, gpu }) {
    if (gpu && gpu.lost !== null) throw gpuLost(gpu.lost);
    const work = this.ort.InferenceSession.create(model, {
      logSeverityLevel: 3,
      graphOptimizationLevel: 'all',
      executionProviders: [gpu ? /** @type {any} */ ({ name: 'webgpu', device: gpu.device, validationMode: 'disabled' }) : provider],
      ...(gpu && { preferredOutputLocation: 'gpu-buffer' }),
    });
    return { session: await this.settled(work, gpu), tensors: 0, retired: false };
  }

  /**
   * Work that has entered ORT. When the device is lost under it, ORT fails by itself a moment later; the queue must not go
   * on before, because until then ORT's stack is in use. If it never does, this ORT is done for.
   * @template T @param {Promise<T>} work @param {Gpu|null} gpu @returns {Promise<T>}
   */
  async settled(work, gpu) {
    if (!gpu) return work;
    try {
      return await gpu.orLost(work);
    } catch (error) {
      if (gpu.lost === null) throw error;
      const lost = gpuLost(gpu.lost);
      const ended = await Promise.race([work.then(() => true, () => true), new Promise((resolve) => setTimeout(resolve, kPatienceMillis, false))]);
      if (!ended) this.die(lost);
      throw lost;
    }
  }

  /** Its tensors may be used on. @param {number} id */
  releaseSession(id) {
    const entry = this.sessions.get(id);
    if (!entry) return;
    this.sessions.delete(id);
    // After what is queued for it; the sweep behind it does the rest.
    this.enqueue('run', async () => this.tensors.retire(entry.lease)).catch(() => {});
    this.sweepSoon();
  }

  /**
   * @param {number} id @param {Feed[]} feeds their bytes are read before this returns to the event loop only if they are copies
   * @param {readonly string[]} fetches
   * @returns {Promise<(Plain|Handle)[]>} in the order of `fetches`
   */
  async run(id, feeds, fetches) {
    const entry = this.entry(id);
    /** @type {Record<string, any>} */
    const inputs = {};
    for (const feed of feeds) inputs[feed.name] = 'handle' in feed ? this.tensors.get(feed.handle).tensor : this.plainTensor(feed);
    checkNames(entry.lease.session, inputs, fetches);
    const { outputs, lease } = await this.enqueue('run', () => this.runNow(entry, inputs, fetches));
    return entry.gpu ? this.collect(entry, entry.gpu, lease, outputs, fetches) : this.keep(entry, outputs, fetches);
  }

  /** @param {Entry} entry @param {Record<string, any>} inputs @param {readonly string[]} fetches */
  async runNow(entry, inputs, fetches) {
    const { gpu } = entry;
    if (gpu && gpu.lost !== null) throw gpuLost(gpu.lost);
    if (entry.broken && entry.source) {
      // ORT 1.30 marks a session's inputs as bound before a run and takes that back only after a good one; after a failed
      // one it would go on with the old, freed inputs. A session opened anew is the only way out.
      const model = new Uint8Array(await entry.source.arrayBuffer());
      this.tensors.retire(entry.lease);
      entry.lease = await this.open(model, entry);
      entry.broken = false;
    }
    const { lease } = entry;
    try {
      /** @type {Record<string, any>} */
      const outputs = await this.settled(lease.session.run(inputs, [...fetches]), gpu);
      this.tensors.claim(lease, Object.values(outputs));
      return { outputs, lease };
    } catch (error) {
      entry.broken = true;
      throw error;
    }
  }

  /**
   * Outputs of a WebGPU run: the remote ones become handles, the others are read with one map.
   * @param {Entry} entry @param {Gpu} gpu @param {Lease} lease @param {Record<string, any>} outputs @param {readonly string[]} fetches
   * @returns {Promise<(Plain|Handle)[]>}
   */
  async collect(entry, gpu, lease, outputs, fetches) {
    /** @type {import('./gpu_passes.mjs').Piece[]} */
    const pieces = [];
    /** @type {any[]} */
    const done = [];
    const answers = fetches.map((name) => {
      const tensor = outputs[name];
      // Without elements there is no buffer, and ORT hands it out on the CPU.
      if (entry.remote.has(name)) return () => this.tensors.add(tensor, { gpu, lease });
      const head = { type: elementType(name, tensor), dims: [...tensor.dims] };
      if (tensor.location === 'cpu') return () => ({ ...head, data: bytesOf(tensor.data) });
      const place = pieces.push({ buffer: tensor.gpuBuffer, offset: 0, bytes: tensor.size * kArrayOf[tensor.type].BYTES_PER_ELEMENT }) - 1;
      done.push(tensor);
      return (/** @type {Uint8Array[]} */ read) => ({ ...head, data: read[place] });
    });
    try {
      const read = pieces.length > 0 ? await this.passesOf(gpu).read(pieces) : [];
      return answers.map((answer) => answer(read));
    } catch (error) {
      throw classify(error, 'gpu');
    } finally {
      for (const tensor of done) this.tensors.discard(tensor, lease);
      this.sweepSoon();
    }
  }

  /** @param {Entry} entry @param {Record<string, any>} outputs @param {readonly string[]} fetches @returns {(Plain|Handle)[]} */
  keep(entry, outputs, fetches) {
    return fetches.map((name) => {
      const tensor = outputs[name];
      if (entry.remote.has(name)) return this.tensors.add(tensor);
      return { type: elementType(name, tensor), dims: [...tensor.dims], data: bytesOf(tensor.data) };
    });
  }

  /** Copies a tensor here. @param {number} handle @returns {Promise<Plain>} */
  async read(handle) {
    const remote = this.tensors.get(handle);
    const head = { type: remote.type, dims: remote.dims };
    if (!remote.gpu || !remote.buffer) return { ...head, data: bytesOf(remote.tensor.data) };
    const [data] = await this.onGpu(remote.gpu, (passes) => passes.read([{ buffer: /** @type {GPUBuffer} */ (remote.buffer), offset: 0, bytes: remote.bytes }]));
    return { ...head, data };
  }

  /** out[i] = in[indices[i]]. @param {number} handle @param {readonly number[]} indices @returns {Promise<Handle>} */
  async gatherBatch(handle, indices) {
    const remote = this.tensors.get(handle);
    const [batch, ...inner] = remote.dims;
    if (batch === undefined || indices.some((i) => !(Number.isInteger(i) && i >= 0 && i < batch))) {
      throw new TrilensError('runtime_failed', `Rows ${indices.join(', ')} are asked of a tensor of [${remote.dims.join(', ')}].`);
    }
    const dims = [indices.length, ...inner];
    const rowBytes = remote.bytes / Math.max(1, batch);
    if (remote.gpu && remote.buffer && indices.length > 0) {
      const { gpu, buffer } = remote;
      const gathered = await this.onGpu(gpu, async (passes) => passes.gather(buffer, rowBytes, indices));
      const tensor = this.ort.Tensor.fromGpuBuffer(gathered, { dataType: remote.type, dims });
      return this.tensors.add(tensor, { gpu, recycle: () => this.passesOf(gpu).recycle(gathered) });
    }
    const source = bytesOf(remote.tensor.data);
    const data = new Uint8Array(rowBytes * indices.length);
    indices.forEach((from, i) => data.set(source.subarray(from * rowBytes, (from + 1) * rowBytes), i * rowBytes));
    return this.tensors.add(this.plainTensor({ type: remote.type, dims, data }));
  }

  /**
   * On the GPU: the shader's answer. Elsewhere: the rows themselves, for the CPU twin in C++.
   * @param {number} handle [.., V] f32 @param {readonly number[]} rows @param {number} top
   * @returns {Promise<{packed: Plain} | {rows: Plain}>} `packed`: [rows, 4 + 2 top], see unpackRow in gpu_passes.mjs
   */
  async rowStatistics(handle, rows, top) {
    const remote = this.tensors.get(handle);
    const vocabulary = remote.dims.at(-1) ?? 0;
    const count = vocabulary > 0 ? remote.bytes / 4 / vocabulary : 0;
    if (remote.type !== 'float32' || rows.some((row) => row >= count)) {
      throw new TrilensError('runtime_failed', `Rows ${rows.join(', ')} are asked of ${remote.type} logits of [${remote.dims.join(', ')}].`);
    }
    if (remote.gpu && remote.buffer && rows.length > 0) {
      const { gpu, buffer } = remote;
      const packed = await this.onGpu(gpu, (passes) => passes.rowStatistics(buffer, vocabulary, rows, top));
      return { packed: { type: 'int32', dims: [rows.length, packed.length / rows.length], data: bytesOf(packed) } };
    }
    const source = bytesOf(remote.tensor.data);
    const data = new Uint8Array(rows.length * vocabulary * 4);
    rows.forEach((row, i) => data.set(source.subarray(row * vocabulary * 4, (row + 1) * vocabulary * 4), i * vocabulary * 4));
    return { rows: { type: 'float32', dims: [rows.length, vocabulary], data } };
  }

  /** @param {number} handle */
  release(handle) {
    this.tensors.release(handle);
    this.sweepSoon();
  }

  // Disposing enters ORT's WebAssembly, so it waits until no run is in it.
  sweepSoon() {
    if (this.sweeping || this.dead) return;
    this.sweeping = true;
    this.enqueue('run', async () => {
      this.sweeping = false;
    }).catch(() => {
      this.sweeping = false;
    });
  }

  /** @template T @param {Gpu} gpu @param {(passes: GpuPasses) => Promise<T>} work @returns {Promise<T>} */
  async onGpu(gpu, work) {
    if (gpu.lost !== null) throw gpuLost(gpu.lost);
    try {
      return await work(this.passesOf(gpu));
    } catch (error) {
      if (gpu.lost !== null) throw gpuLost(gpu.lost);
      throw classify(error, 'gpu');
    }
  }

  /** @param {Gpu} gpu */
  passesOf(gpu) {
    let passes = this.passes.get(gpu);
    if (!passes) this.passes.set(gpu, (passes = new GpuPasses(gpu, this.rowStatisticsShader)));
    return passes;
  }

  /** @param {number} id @returns {Entry} */
  entry(id) {
    const entry = this.sessions.get(id);
    if (!entry) throw new TrilensError('internal', `Session ${id} is gone.`);
    return entry;
  }

  /** @param {Plain} plain */
  plainTensor({ type, dims, data }) {
    const Typed = kArrayOf[type];
    return new this.ort.Tensor(type, new Typed(data.buffer, data.byteOffset, data.byteLength / Typed.BYTES_PER_ELEMENT), dims);
  }
}

// What would fail in ORT's own checks, before it costs the session (see runNow).
/** @param {InferenceSession} session @param {Record<string, any>} inputs @param {readonly string[]} fetches */
function checkNames({ inputNames, outputNames }, inputs, fetches) {
  const missing = inputNames.find((name) => !(name in inputs));
  const extra = Object.keys(inputs).find((name) => !inputNames.includes(name));
  const unknown = fetches.find((name) => !outputNames.includes(name));
  if (missing !== undefined) throw new TrilensError('runtime_failed', `The model wants an input ${missing}, which was not given.`, `inputs: ${inputNames.join(', ')}`);
  if (extra !== undefined) throw new TrilensError('runtime_failed', `The model has no input ${extra}.`, `inputs: ${inputNames.join(', ')}`);
  if (unknown !== undefined) throw new TrilensError('runtime_failed', `The model has no output ${unknown}.`, `outputs: ${outputNames.join(', ')}`);
}

/** @param {string} name @param {any} tensor @returns {ElementType} */
function elementType(name, tensor) {
  if (tensor.type in kArrayOf) return tensor.type;
  throw new TrilensError('model_unsupported', `The model's output ${name} is of type ${tensor.type}, which Trilens does not read.`);
}

/** @param {ArrayBufferView} array */
function bytesOf(array) {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
