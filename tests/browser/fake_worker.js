// A worker that answers like the engine, at once and always the same, so that the page can be tested without models.
// Served in the place of web/worker.js by tests/browser/page_support.mjs. Not part of the product.
'use strict';

const settings = new URL(self.location.href).searchParams;  // fail=encoder: its model is malformed; slow=ms: before each answer
const post = (message) => self.postMessage({ type: 'message', json: JSON.stringify(message) });
const utf8 = (text) => new TextEncoder().encode(text).length;
const kMask = { encoder: '[MASK]', decoder: '___', encoder_decoder: '<extra_id_0>' };

function hash(text) {
  let value = 2166136261;
  for (const c of text) value = Math.imul(value ^ c.codePointAt(0), 16777619);
  return (value >>> 0) % 8000;
}

// Words, their tails cut off beyond six letters, with byte offsets.
function pieces(family, text) {
  const list = [];
  const special = (name) => list.push({ id: hash(name), text: name, display: name, start: 0, end: 0, special: true });
  if (family === 'encoder') special('[CLS]');
  for (const match of text.matchAll(/___+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)) {
    const start = utf8(text.slice(0, match.index));
    if (match[0].startsWith('___')) {
      if (family === 'decoder') break;
      list.push({ id: hash(kMask[family]), text: kMask[family], display: kMask[family], start, end: start + utf8(match[0]), special: true });
      continue;
    }
    const letters = [...match[0]];
    for (let at = 0, byte = start; at < letters.length; at += 6) {
      const part = letters.slice(at, at + 6).join('');
      const name = family === 'encoder' ? (at ? '##' : '') + part.toLowerCase() : (at ? '' : family === 'decoder' ? 'Ġ' : '▁') + part;
      list.push({ id: hash(name), text: name, display: part, start: byte, end: byte + utf8(part), special: false });
      byte += utf8(part);
    }
  }
  if (family === 'encoder') special('[SEP]');
  if (family === 'encoder_decoder') special('</s>');
  return list;
}

const kWords = ['was', 'were', 'is', 'looked', 'got', 'felt', 'seemed', 'ran'];
const candidates = (seed, count = 8) => kWords.slice(0, count).map((word, i) => {
  const probability = [0.6213, 0.1734, 0.0812, 0.0421, 0.0198, 0.0077, 0.0021, 0.0003][(i + (seed % 2 ? 0 : 0)) % 8];
  return { id: hash(word), token: word, display: word, probability, logit: Math.log(probability) + 12 };
});

function map(rows, columns, triangle) {
  const values = rows.map((_, r) => {
    const row = columns.map((__, c) => (triangle && c > r ? 0 : Math.exp(2.2 * Math.sin(1.7 * r + 2.3 * c) + (c === r - 1 ? 1.5 : 0) + (c === 0 ? 1 : 0))));
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value) => value / sum);
  });
  return { rows: rows.map((p) => p.text), columns: columns.map((p) => p.text), values, row_pieces: rows, column_pieces: columns, layers: 4, heads: 4 };
}

const kOutput = { decoder: ['was', 'very', 'tired', 'and', 'went', 'home', '.', '<|end|>'], encoder_decoder: ['<extra_id_0>', 'was', '<extra_id_1>', '</s>'] };
const outputPieces = () => ['<pad>', ...kOutput.encoder_decoder].map((text, i) => ({ id: hash(text), text, display: text, start: i, end: i, special: text.startsWith('<') }));
const searches = {};

// Who sits where; and the library: what is kept, the plan that was made last, the fetch under way.
const kBundled = { encoder: 'trilens-bert', decoder: 'trilens-gpt2', encoder_decoder: 'trilens-t5' };
const kHomes = { left: 'encoder', middle: 'decoder', right: 'encoder_decoder' };
const seated = { ...kHomes };
const familyOfName = (name, seat) => (/gpt/.test(name) ? 'decoder' : /bert|MiniLM/.test(name) ? 'encoder' : /t5|bart/.test(name) ? 'encoder_decoder' : kHomes[seat]);
const library = { kept: [], plan: null, fetching: null, loaded: 0 };
const shelf = () => ({ kind: 'shelf', result: { persistent: settings.get('persistent') !== 'no', why: settings.get('persistent') === 'no' ? 'The browser may clear it away when the disk runs full.' : '',
  models_bytes: library.kept.reduce((sum, model) => sum + model.bytes, 0), used_bytes: 612000000, quota_bytes: 64000000000, models: library.kept } });

function plan({ name, base, variant }) {
  const [repo, revision = 'main'] = name.split('@');
  const q8 = (variant || 'q8') === 'q8';
  const total = q8 ? 66364928 : 265000000;
  const disk = name.startsWith('disk:');
  return { plan: ++library.loaded, name: disk ? `${name}@local` : `${repo}@${revision}`, repo, revision, commit: '5f2a9d1c0b7e6f8a9b0c1d2e3f405162738495a6', host: disk ? '' : base ? 'models.school.example' : 'hub.example',
    family: familyOfName(repo, 'left'), variant: variant || 'q8', provider: 'wasm', reason: 'There is no WebGPU here, and of what the processor runs q8 is the smallest',
    total_bytes: total, missing_bytes: total, unknown_lengths: [], memory_bytes: 2 * total + 18500000,
    memory_sentence: 'The file, the runtime’s own copy of it, and 18.5 MB for a text of 512 tokens.',
    variants: [{ variant: 'q8', provider: 'wasm', usable: true, why: 'the smallest that the processor runs well', bytes: 66364928 },
      { variant: 'fp32', provider: 'wasm', usable: true, why: 'full precision', bytes: 265000000 },
      { variant: 'fp16', provider: 'webgpu', usable: false, why: 'this graphics processor has no shader-f16', bytes: 132500000 }],
    card: { license: 'apache-2.0', languages: ['en'], task: 'fill-mask', base_model: 'distilbert/distilbert-base-uncased', model_type: 'distilbert', layers: 6, heads: 12, hidden: 768, vocabulary: 30522,
      summary: 'A distilled version of the BERT base model: it was introduced with the claim that it keeps most of what BERT knows with 40 % fewer parameters. This model is uncased: it does not tell english from English.' } };
}
const kept = ({ plan: made, complete = true }) => ({ key: `${made.repo}/${made.variant}`, name: made.name, repo: made.repo, revision: made.revision, commit: made.commit, host: made.host, variant: made.variant,
  provider: made.provider, family: made.family, bytes: complete ? made.total_bytes : Math.round(made.total_bytes * 0.4), complete, damaged: false, persistent: true, saved_at: 1795600000000 });
const keep = (model) => { library.kept = [...library.kept.filter((one) => one.key !== model.key), model]; };

// Ten steps of progress, then it is kept; hold=steps: stays there.
function fetchModel(id) {
  const made = library.plan;
  const hold = Number(settings.get('hold') ?? 99);
  let step = 0;
  const next = () => {
    step += 1;
    post({ id, progress: { stage: 'fetch', file: 'onnx/model_quantized.onnx', loaded_bytes: Math.round((made.total_bytes * step) / 10), total_bytes: made.total_bytes, bytes_per_second: 5400000, seconds_left: 7.3 } });
    if (step >= hold) return;
    if (step < 10) library.fetching.timer = setTimeout(next, 30);
    else {
      library.fetching = null;
      keep(kept({ plan: made }));
      post({ id, kind: 'stored_model', result: kept({ plan: made }) });
    }
  };
  library.fetching = { id, timer: 0 };
  next();
}

const answers = {
  plan_model: (request) => { library.plan = plan(request); return { kind: 'model_plan', result: library.plan }; },
  stored_models: shelf,
  remove_model: ({ key }) => { library.kept = library.kept.filter((model) => model.key !== key); return shelf(); },
  load: ({ family, model }) => ({ kind: 'loaded', result: {
    family, model: model || kBundled[family], provider: 'wasm', bytes: 6128063, load_ms: 213.4,
    parameters: 4210688, layers: 4, decoder_layers: family === 'encoder_decoder' ? 4 : 0, heads: 4, vocabulary: 8000, hidden: 192, max_tokens: 128, taps: ['attention'], switches: [],
    report: { provider: 'wasm', reason: 'Faster than WebGPU here: 2.1 against 8.4 ms.', webgpu_ms: 8.4, wasm_ms: 2.1, max_difference: 3e-6 } } }),
  read: ({ family, text, top_k: k }) => {
    const tokens = pieces(family, text);
    const blanks = tokens.flatMap((p, i) => (p.text === kMask[family] && family !== 'decoder' ? [i] : []));
    const at = family === 'decoder' ? [Math.max(0, tokens.length - 1)] : blanks;
    return { kind: 'reading', result: {
      task: family === 'decoder' ? 'continue' : blanks.length ? 'fill' : family === 'encoder' ? 'guess' : 'translate', prompt: text.replace(/___+/g, kMask[family]), tokens,
      output: family === 'encoder_decoder' ? outputPieces() : [],
      predictions: (at.length ? at : [1]).map((position) => ({ position, top: candidates(position, k), entropy_bits: 1.83 })), answer: text.replace(/___+.*/, (m) => m.replace(/___+/, 'was')),
      prefill_ms: 4.21, per_token_ms: family === 'encoder' ? 0 : 1.3, passes: 1, cache_bytes: family === 'encoder' ? 0 : 36864 } };
  },
  attention: ({ family, kind, text }) => {
    const source = pieces(family, text);
    if (kind === 'decoder_self') return { kind: 'attention', result: map(outputPieces(), outputPieces(), true) };
    if (kind === 'cross') return { kind: 'attention', result: map(outputPieces(), source, false) };
    return { kind: 'attention', result: map(source, source, family === 'decoder') };
  },
  begin_generation: ({ family }) => { searches[family] = 0; return { kind: 'done', result: {} }; },
  advance: ({ family, tokens = 1 }) => {
    const words = kOutput[family] ?? ['was'];
    searches[family] = Math.min(words.length, (searches[family] ?? 0) + tokens);
    const steps = words.slice(0, searches[family]).map((word, i) => ({ id: hash(word), token: word, display: word, probability: 0.62 - i * 0.05, entropy_bits: 1.4, millis: 1.27, top: candidates(i), forced: false }));
    const finished = searches[family] === words.length;
    return { kind: 'generated', result: { text: words.slice(0, searches[family]).filter((w) => !w.startsWith('<')).join(' '), ids: steps.map((s) => s.id), steps, forced_texts: [], depth: steps.length, prefill_ms: 3.9,
      decode_ms: 1.27 * steps.length, cache_bytes: 36864 + 3072 * steps.length, finished, stop_reason: finished ? 'eos' : '' } };
  },
  cancel: ({ request }) => {
    if (library.fetching && library.fetching.id === request) {
      clearTimeout(library.fetching.timer);
      library.fetching = null;
      keep(kept({ plan: library.plan, complete: false }));
      post({ id: request, error: { code: 'cancelled', message: 'Fetching was stopped; what has come is kept.', detail: '' } });
    }
    return { kind: 'done', result: {} };
  },
};

self.addEventListener('message', ({ data }) => {
  if (data.type === 'configure') {
    self.postMessage({ type: 'ready', info: { webgpu: false, adapter: '' } });
    return;
  }
  const request = JSON.parse(data.json);
  const { id } = request;
  if (request.type === 'load') seated[request.seat] = request.family ?? familyOfName(request.model, request.seat);
  if (request.seat) request.family = seated[request.seat];
  if (request.type === 'fetch_model') return void fetchModel(id);
  const refusal = settings.get('refuse');  // refuse=model_gated: no plan
  if (request.type === 'plan_model' && refusal) {
    return void post({ id, error: { code: refusal, message: `${request.name} is handed out by hub.example only after a log-in.`, detail: '401' } });
  }
  if (request.type === 'load') {
    post({ id, progress: { stage: 'fetch', file: 'onnx/model.onnx', loaded_bytes: 2500000, total_bytes: 6128063 } });
    if (settings.get('fail') === request.family) {
      post({ id, error: { code: 'model_malformed', message: 'The file onnx/model.onnx of trilens-bert ends in the middle of a tensor; fetch the model again.', detail: 'wire type 2 at byte 6128000' } });
      return;
    }
    if (settings.get('hang') === request.family) return;
  }
  const answer = answers[request.type];
  const reply = answer ? { id, ...answer(request) } : { id, error: { code: 'unknown_command', message: `The fake engine does not know ${request.type}.`, detail: '' } };
  setTimeout(() => post(reply), Number(settings.get('slow') ?? 0));
});
