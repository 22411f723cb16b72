// From the list of a model's files, what to load on this machine, and why: one variant of the graphs that its family needs.
//
// Not here: lists (hub.mjs, dropped.mjs), fetching (get_model.mjs), whether a graph can be opened (src/onnx). Pure: nothing is fetched.
// What a provider can run is from FACTS: WebGPU has no MatMulInteger (q8, int8, uint8 → WASM), fp16 needs shader-f16.
// Errors of planModel(): model_missing (names the files), model_unsupported (names the reason).
//
//   const plan = planModel(listing, { machine: { webgpu: true, shaderF16: false, memoryBytes: null }, modelType: 'gpt2' });
//   ask(`${plan.repo}: ${inWords(plan.totalBytes)} from ${plan.host}. ${plan.reason}`);

import { TrilensError } from './errors.mjs';
import { inWords, kGraphFolders, kNeeded, kSuffixes, kWanted } from './repository_files.mjs';

/** @typedef {import('./repository_files.mjs').Listing} Listing */
/** @typedef {import('./repository_files.mjs').RepositoryFile} RepositoryFile */
/** @typedef {import('./repository_files.mjs').Variant} Variant */
/** @typedef {'encoder'|'decoder'|'encoder_decoder'} Family */
/**
 * @typedef {object} Machine
 * @property {boolean} webgpu
 * @property {boolean} shaderF16 the adapter's `shader-f16`
 * @property {number|null} memoryBytes what the browser tells of the machine's memory (navigator.deviceMemory, at most 8 GiB); null: nothing
 */
/**
 * @typedef {object} PlanOptions
 * @property {Machine} machine
 * @property {string} [modelType] model_type of config.json; absent: the listing's, else the family is told by the files' names
 * @property {Variant} [variant] the user's own choice; absent: the best for this machine
 * @property {'webgpu'|'wasm'} [provider] likewise
 * @property {'include'|'refuse'} [externalData] weights beside their graph (model.onnx_data); absent: include
 */
/**
 * @typedef {object} VariantChoice
 * @property {Variant} variant
 * @property {'webgpu'|'wasm'} provider
 * @property {boolean} usable
 * @property {string} why a clause without its full stop
 * @property {string[]} graphs paths
 * @property {RepositoryFile[]} files graphs and what lies beside them
 * @property {number} bytes known ones
 */
/**
 * @typedef {object} Plan
 * @property {string} repo @property {string} revision @property {string} commit @property {string} host
 * @property {Family} family
 * @property {Variant} variant
 * @property {'webgpu'|'wasm'} provider
 * @property {string} reason a sentence or two
 * @property {{encoder?: string, decoder?: string, decoderWithPast?: string, model?: string}} graphs role → path
 * @property {RepositoryFile[]} files small ones first
 * @property {number} totalBytes of the files whose length is known
 * @property {string[]} unknownLengths paths of the others
 * @property {VariantChoice[]} variants all there are, best first
 */

/** `model_type` → family; what is not here is refused by name before weights are fetched. */
export const kModelTypes = /** @type {const} */ ({
  bert: 'encoder', distilbert: 'encoder', roberta: 'encoder', gpt2: 'decoder', gpt_neo: 'decoder',
  t5: 'encoder_decoder', mt5: 'encoder_decoder', bart: 'encoder_decoder', marian: 'encoder_decoder',
});

/** What each family's exports consist of, the one to prefer first. */
const kLayouts = /** @type {Record<Family, Record<string, string>[]>} */ ({
  encoder: [{ model: 'model' }],
  decoder: [{ model: 'model' }, { decoder: 'decoder_model_merged' }, { decoder: 'decoder_model', decoderWithPast: 'decoder_with_past_model' }, { decoder: 'decoder_model' }],
  encoder_decoder: [
    { encoder: 'encoder_model', decoder: 'decoder_model_merged' },
    { encoder: 'encoder_model', decoder: 'decoder_model', decoderWithPast: 'decoder_with_past_model' },
    { encoder: 'encoder_model', decoder: 'decoder_model' },
  ],
});

/** Best first. On a GPU numbers as exact as fit; on the CPU what was made for it. */
const kOrder = /** @type {Record<'webgpu'|'wasm', Variant[]>} */ ({
  webgpu: ['fp32', 'fp16', 'q4f16', 'q4'],
  wasm: ['q8', 'int8', 'uint8', 'fp32', 'q4', 'bnb4'],
});
/** Where one provider alone runs such files. @param {Variant} variant @returns {'webgpu'|'wasm'|null} */
export function onlyOn(variant) {
  const onGpu = kOrder.webgpu.includes(variant);
  return onGpu === kOrder.wasm.includes(variant) ? null : onGpu ? 'webgpu' : 'wasm';
}
/** Above this fp32 gives way to whatever is smaller: a class does not wait for it. */
const kComfortableBytes = 400e6;
/** A model is in memory as a file and as the runtime's own copy. */
const kCopies = 2;
const kWasmBytes = 4 * 2 ** 30;

/** @param {string} modelType @param {string} repo @returns {Family} */
export function familyOf(modelType, repo) {
  if (Object.hasOwn(kModelTypes, modelType)) return kModelTypes[/** @type {keyof typeof kModelTypes} */ (modelType)];
  throw new TrilensError('model_unsupported', `${repo} is a "${modelType.slice(0, 60)}" model, which Trilens cannot open; it opens ${Object.keys(kModelTypes).join(', ')}.`);
}

/** @param {Listing} listing @param {PlanOptions} options @returns {Plan} */
export function planModel(listing, options) {
  const byPath = new Map(listing.files.map((file) => [file.path, file]));
  const modelType = options.modelType ?? listing.about.modelType;
  // an unknown type is the first thing to say: that the files are missing too would send people looking for them
  const told = modelType === '' ? null : familyOf(modelType, listing.repo);
  const family = told ?? familyByNames(byPath);
  const found = variantsOf(listing, byPath, family);
  const missing = kNeeded.filter((name) => !byPath.has(name));
  if (missing.length > 0 || found.length === 0) throw missingFiles(listing, missing, found.length === 0 ? family : null);

  const judged = rank(found.map((one) => judge(one, options)));
  const chosen = choose(listing, judged, options);
  const small = [...kNeeded, ...kWanted].flatMap((name) => byPath.get(name) ?? []);
  const files = [...small, ...chosen.files];
  return {
    repo: listing.repo, revision: listing.revision, commit: listing.commit, host: listing.host,
    family, variant: chosen.variant, provider: chosen.provider, graphs: chosen.roles, files,
    reason: reasonFor(chosen, judged, options),
    totalBytes: files.reduce((sum, file) => sum + (file.bytes ?? 0), 0),
    unknownLengths: files.filter((file) => file.bytes === null).map((file) => file.path),
    variants: judged.map(({ roles: _roles, ...rest }) => rest),
  };
}

/** @param {Map<string, RepositoryFile>} byPath @returns {Family} `model.onnx` alone may be either: config.json tells, and the engine reads that */
function familyByNames(byPath) {
  const names = [...byPath.keys()].map((path) => path.slice(path.lastIndexOf('/') + 1));
  if (names.some((name) => /^encoder_model.*\.onnx$/.test(name))) return 'encoder_decoder';
  return names.some((name) => /^decoder_.*\.onnx$/.test(name)) ? 'decoder' : 'encoder';
}

/** @typedef {{variant: Variant, roles: Record<string, string>, graphs: string[], files: RepositoryFile[], external: string[], bytes: number}} Found */
/** @typedef {VariantChoice & {roles: Record<string, string>}} Judged */

/** @param {Listing} listing @param {Map<string, RepositoryFile>} byPath @param {Family} family @returns {Found[]} */
function variantsOf(listing, byPath, family) {
  return /** @type {Variant[]} */ (Object.keys(kSuffixes)).flatMap((variant) => {
    for (const folder of kGraphFolders) {
      for (const layout of kLayouts[family]) {
        const roles = Object.fromEntries(Object.entries(layout).map(([role, stem]) => [role, `${folder}${stem}${kSuffixes[variant]}.onnx`]));
        const graphs = Object.values(roles);
        if (!graphs.every((path) => byPath.has(path))) continue;
        const external = graphs.flatMap((path) => listing.files.filter((file) => isBeside(file.path, path)));
        const files = [...graphs.flatMap((path) => byPath.get(path) ?? []), ...external];
        return [{ variant, roles, graphs, files, external: external.map((file) => file.path), bytes: files.reduce((sum, file) => sum + (file.bytes ?? 0), 0) }];
      }
    }
    return [];
  });
}

/** Names of external data as exporters write them: X.onnx_data, X.onnx_data_1, X.onnx.data. @param {string} path @param {string} graph */
function isBeside(path, graph) {
  return path.startsWith(graph) && /^[_.]data(_\d+)?$/.test(path.slice(graph.length));
}

/** @param {Found} found @param {PlanOptions} options @returns {Judged} */
function judge(found, { machine, provider: wanted, externalData = 'include' }) {
  const { variant, roles, graphs, files, bytes, external } = found;
  /** @param {'webgpu'|'wasm'} provider @param {boolean} usable @param {string} why @returns {Judged} */
  const verdict = (provider, usable, why) => ({ variant, roles, graphs, files, bytes, provider, usable, why });
  const onGpu = kOrder.webgpu.includes(variant);
  const onCpu = kOrder.wasm.includes(variant);
  const half = variant === 'fp16' || variant === 'q4f16';
  const gpuReady = machine.webgpu && (!half || machine.shaderF16);
  const provider = onGpu && gpuReady && wanted !== 'wasm' ? 'webgpu' : 'wasm';
  if (external.length > 0 && externalData === 'refuse') return verdict(provider, false, `its weights lie beside the graph in ${external.join(', ')}, which cannot be opened yet`);
  if (half && provider === 'wasm') {
    return verdict('webgpu', false, !machine.webgpu ? 'its 16-bit numbers need WebGPU, which this browser does not offer'
      : !machine.shaderF16 ? 'its 16-bit numbers need shader-f16, which this graphics processor does not offer' : 'its 16-bit numbers run on WebGPU alone');
  }
  if (!onCpu && provider === 'wasm') return verdict(provider, false, 'it runs on WebGPU alone');
  if (wanted === 'webgpu' && provider !== 'webgpu') return verdict(provider, false, machine.webgpu ? 'its 8-bit operations do not run on WebGPU' : 'this browser offers no WebGPU');
  const need = kCopies * bytes;
  if (provider === 'wasm' && need > kWasmBytes) return verdict(provider, false, `it needs about ${inWords(need)} of memory, more than WebAssembly can have`);
  if (machine.memoryBytes !== null && need > 0.75 * machine.memoryBytes) {
    return verdict(provider, false, `it needs about ${inWords(need)} of memory, and this machine tells of ${inWords(machine.memoryBytes)}`);
  }
  return verdict(provider, true, kWhy[variant](provider));
}

/** @type {Record<Variant, (provider: 'webgpu'|'wasm') => string>} */
const kWhy = {
  fp32: (provider) => (provider === 'webgpu' ? 'its numbers are exact and WebGPU runs them' : 'its numbers are exact, and it runs on the processor (WASM)'),
  fp16: () => 'half the bytes, nearly the same numbers, and this graphics processor has 16-bit shaders',
  q4f16: () => 'the smallest that this graphics processor runs; its numbers are rounded to 4 bits',
  q4: (provider) => `its numbers are rounded to 4 bits; runs on ${provider === 'webgpu' ? 'WebGPU' : 'the processor (WASM)'}`,
  q8: () => 'its 8-bit operations were made for the processor (WASM); WebGPU does not have them',
  int8: () => 'its 8-bit operations were made for the processor (WASM); WebGPU does not have them',
  uint8: () => 'its 8-bit operations were made for the processor (WASM); WebGPU does not have them',
  bnb4: () => 'its numbers are rounded to 4 bits; runs on the processor (WASM) alone',
};

/** Usable first, GPU before CPU, then by kOrder; an uncomfortably long fp32 last. @param {Judged[]} all @returns {Judged[]} */
function rank(all) {
  /** @param {Judged} one */
  const place = (one) => (one.usable ? 0 : 1000) + (one.provider === 'webgpu' ? 0 : 100) + kOrder[one.provider].indexOf(one.variant)
    + (one.variant === 'fp32' && one.bytes > kComfortableBytes ? 150 : 0);
  return [...all].sort((a, b) => place(a) - place(b));
}

/** @param {Listing} listing @param {Judged[]} judged @param {PlanOptions} options @returns {Judged} */
function choose(listing, judged, { variant }) {
  const chosen = variant === undefined ? judged.find((one) => one.usable) : judged.find((one) => one.variant === variant);
  if (variant !== undefined && !chosen) throw new TrilensError('model_missing', `${listing.repo} has no ${variant} files; it has ${judged.map((one) => one.variant).join(', ')}.`);
  if (chosen?.usable) return chosen;
  const refused = judged.filter((one) => variant === undefined || one.variant === variant);
  throw new TrilensError('model_unsupported', `${listing.repo} cannot be loaded on this machine: ${refused.map((one) => `${one.variant}: ${one.why}`).join('; ')}.`);
}

/** @param {Judged} chosen @param {Judged[]} all @param {PlanOptions} options @returns {string} */
function reasonFor(chosen, all, { variant }) {
  const own = variant === undefined ? `${chosen.variant} was taken: ${chosen.why}.` : `${chosen.variant} was asked for: ${chosen.why}.`;
  const better = all.filter((one) => !one.usable && ['fp32', 'fp16', 'q4f16'].includes(one.variant));
  const refused = better.map((one) => `${one.variant} was not: ${one.why}`);
  const long = variant === undefined && chosen.variant !== 'fp32' ? all.find((one) => one.variant === 'fp32' && one.usable && one.bytes > kComfortableBytes) : undefined;
  if (long) refused.push(`fp32 would be ${inWords(long.bytes)}`);
  return [own, ...refused.map((one) => `${one}.`)].join(' ');
}

/** @param {Listing} listing @param {string[]} missing @param {Family|null} family null: the graphs are there */
function missingFiles(listing, missing, family) {
  const where = listing.host === '' ? 'the folder' : listing.repo;
  const hints = [];
  if (family !== null) {
    const graphs = listing.files.filter((file) => file.path.endsWith('.onnx')).map((file) => file.path);
    const [needed] = kLayouts[family];
    missing = [...missing, ...Object.values(needed).map((stem) => `onnx/${stem}.onnx`)];
    if (graphs.length > 0) hints.push(`there are ${graphs.slice(0, 6).join(', ')}${graphs.length > 6 ? ' …' : ''}, which do not make up one variant of such a model`);
    else if (listing.files.some((file) => /\.(safetensors|bin|h5|msgpack|pt)$/.test(file.path))) hints.push('its weights are there in another format only: take an ONNX conversion of it (often by Xenova or onnx-community) or export it, see docs/models.md');
  }
  if (missing.includes('tokenizer.json') && listing.files.some((file) => /(^|\/)(vocab\.(txt|json)|.*\.(model|spm))$/.test(file.path))) {
    hints.push('the tokenizer is there in an older form only: save it again as a fast tokenizer');
  }
  return new TrilensError('model_missing', `${where} lacks ${missing.join(', ')}${hints.length > 0 ? `; ${hints.join('; ')}` : ''}.`);
}
