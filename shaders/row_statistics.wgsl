// Softmax statistics and the k best of rows of logits: log-sum-exp, entropy, top-k. One workgroup a row.
// CPU twin: src/tensor/statistics.cpp. Binding contract: shaders/README.md.
//
// -inf and NaN logits have probability 0 and never win; WGSL lets a compiler assume that neither occurs, so they are
// told by their bits and take no part in arithmetic. Ties are won by the smaller id.
// The k-th best is found by radix selection on order-preserving keys (four passes of 8 bits), then, where ties cross
// the border, by selection on the id among those: any V, k <= 64, no per-thread lists.

override workgroup_size: u32 = 256u;   // a power of two, at least 64

const kMaxTop = 64u;
const kHeader = 4u;                    // log-sum-exp, entropy, winners, largest logit
const kMinusInfinity = 0xff800000u;
const kInfinity = 0x7f800000u;
const kInfinityKey = 0xff800000u;      // key_of(kInfinity)

struct Parameters {
  vocabulary: u32,   // V: the length of a row
  top: u32,          // k
  rows: u32,         // how many entries of row_index count
  offset: u32,       // element at which row 0 of the tensor begins
}

@group(0) @binding(0) var<storage, read> logits: array<u32>;            // [.., V] f32, as bits
@group(0) @binding(1) var<storage, read> row_index: array<u32>;         // [rows]
@group(0) @binding(2) var<storage, read_write> results: array<u32>;     // [rows, 4 + 2 k]
@group(0) @binding(3) var<uniform> parameters: Parameters;

var<workgroup> partial_a: array<f32, workgroup_size>;
var<workgroup> partial_b: array<f32, workgroup_size>;
var<workgroup> partial_key: array<u32, workgroup_size>;
var<workgroup> partial_count: array<u32, workgroup_size>;
var<workgroup> histogram: array<atomic<u32>, 256>;
var<workgroup> digit_found: u32;
var<workgroup> wanted_left: u32;
var<workgroup> winner_count: atomic<u32>;
var<workgroup> winner_key: array<u32, kMaxTop>;
var<workgroup> winner_id: array<u32, kMaxTop>;

// Larger logit, larger key; 0 for what never wins. -0 and +0 are equal.
fn key_of(bits: u32) -> u32 {
  if ((bits & 0x7f800000u) == 0x7f800000u && bits != 0x7f800000u) { return 0u; }   // NaN, -inf
  if (bits == 0x80000000u) { return 0x80000000u; }
  return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

fn bits_of(key: u32) -> u32 {
  return select(~key, key & 0x7fffffffu, (key & 0x80000000u) != 0u);
}

// What the selection looks at: a key of 32 bits, or, among equal keys, the id turned round so that the smaller wins.
fn candidate(id: u32, base: u32, tied_key: u32) -> u32 {
  let key = key_of(logits[base + id]);
  if (tied_key == 0u) { return key; }
  return select(0u, ~id, key == tied_key);
}

// The `wanted`-th largest candidate (1 is the largest), and in wanted_left how many candidates equal to it are wanted.
// All threads call it together. Precondition: at least `wanted` candidates are not 0.
fn select_largest(local: u32, base: u32, tied_key: u32, wanted: u32) -> u32 {
  var prefix = 0u;
  var left = wanted;
  for (var shift = 32u; shift > 0u; ) {
    shift -= 8u;
    for (var bin = local; bin < 256u; bin += workgroup_size) { atomicStore(&histogram[bin], 0u); }
    workgroupBarrier();
    for (var id = local; id < parameters.vocabulary; id += workgroup_size) {
      let value = candidate(id, base, tied_key);
      // Bits above the ones that are looked at; shifting by 32 is not allowed.
      if (value != 0u && (shift == 24u || (value >> (shift + 8u)) == prefix)) {
        atomicAdd(&histogram[(value >> shift) & 0xffu], 1u);
      }
    }
    workgroupBarrier();
    if (local == 0u) {
      var above = 0u;
      var bin = 255u;
      loop {
        let here = atomicLoad(&histogram[bin]);
        if (above + here >= left || bin == 0u) { break; }
        above += here;
        bin -= 1u;
      }
      digit_found = bin;
      wanted_left = left - above;
    }
    prefix = (prefix << 8u) | workgroupUniformLoad(&digit_found);
    left = workgroupUniformLoad(&wanted_left);
  }
  return prefix;
}

@compute @workgroup_size(workgroup_size)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = group.x + group.y * groups.x;
  if (row >= parameters.rows) { return; }
  let vocabulary = parameters.vocabulary;
  let base = parameters.offset + row_index[row] * vocabulary;
  let out = row * (kHeader + 2u * parameters.top);

  // The largest key and how many logits count.
  var largest = 0u;
  var valid = 0u;
  for (var id = local; id < vocabulary; id += workgroup_size) {
    let key = key_of(logits[base + id]);
    largest = max(largest, key);
    valid += select(0u, 1u, key != 0u);
  }
  partial_key[local] = largest;
  partial_count[local] = valid;
  workgroupBarrier();
  for (var step = workgroup_size / 2u; step > 0u; step /= 2u) {
    if (local < step) {
      partial_key[local] = max(partial_key[local], partial_key[local + step]);
      partial_count[local] += partial_count[local + step];
    }
    workgroupBarrier();
  }
  let best_key = workgroupUniformLoad(&partial_key[0]);
  let count = workgroupUniformLoad(&partial_count[0]);
  let winners = min(count, parameters.top);

  if (count == 0u) {
    if (local == 0u) {
      results[out] = kMinusInfinity;
      results[out + 1u] = 0u;
      results[out + 2u] = 0u;
      results[out + 3u] = kMinusInfinity;
    }
    return;
  }

  // s = sum of e^(x-m) over all but one largest, t = sum of (x-m) e^(x-m): log-sum-exp = m + log(1+s),
  // entropy = log(1+s) - t / (1+s). Leaving out the largest keeps a near-certain row's entropy exact.
  let m = bitcast<f32>(select(bits_of(best_key), 0u, best_key == kInfinityKey));
  var s = 0.0;
  var t = 0.0;
  var equal_to_best = 0u;
  for (var id = local; id < vocabulary; id += workgroup_size) {
    let key = key_of(logits[base + id]);
    if (key == best_key) {
      equal_to_best += 1u;
    } else if (key != 0u) {
      let d = bitcast<f32>(bits_of(key)) - m;
      if (d > -104.0) {   // e^-104 is 0 in f32
        let e = exp(d);
        s += e;
        t += d * e;
      }
    }
  }
  partial_a[local] = s;
  partial_b[local] = t;
  partial_count[local] = equal_to_best;
  workgroupBarrier();
  for (var step = workgroup_size / 2u; step > 0u; step /= 2u) {
    if (local < step) {
      partial_a[local] += partial_a[local + step];
      partial_b[local] += partial_b[local + step];
      partial_count[local] += partial_count[local + step];
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    let rest = partial_a[0] + f32(partial_count[0] - 1u);
    // log(1 + rest), by its series where 1 + rest would lose the rest's digits.
    let log_sum = select(log(1.0 + rest), rest * (1.0 - rest * (0.5 - rest * (1.0 / 3.0 - 0.25 * rest))), rest < 0.01);
    let endless = best_key == kInfinityKey;   // +inf swallows the rest; again by bits
    results[out] = select(bitcast<u32>(m + log_sum), kInfinity, endless);
    results[out + 1u] = select(bitcast<u32>(max(0.0, log_sum - partial_b[0] / (1.0 + rest))), 0u, endless);
    results[out + 2u] = winners;
    results[out + 3u] = bits_of(best_key);
  }

  if (winners == 0u) { return; }   // top = 0, the same for all threads

  let border_key = select_largest(local, base, 0u, winners);
  let tied = workgroupUniformLoad(&wanted_left);
  // Among the ids with the border's key the `tied` smallest win; ~id of the last of them.
  let border_id = ~select_largest(local, base, border_key, tied);

  if (local == 0u) { atomicStore(&winner_count, 0u); }
  workgroupBarrier();
  for (var id = local; id < vocabulary; id += workgroup_size) {
    let key = key_of(logits[base + id]);
    if (key > border_key || (key == border_key && id <= border_id)) {
      let slot = atomicAdd(&winner_count, 1u);
      winner_key[slot] = key;
      winner_id[slot] = id;
    }
  }
  workgroupBarrier();

  // Each winner finds its own place.
  for (var i = local; i < winners; i += workgroup_size) {
    let key = winner_key[i];
    let id = winner_id[i];
    var place = 0u;
    for (var j = 0u; j < winners; j += 1u) {
      let ahead = winner_key[j] > key || (winner_key[j] == key && winner_id[j] < id);
      place += select(0u, 1u, ahead);
    }
    results[out + kHeader + place] = id;
    results[out + kHeader + parameters.top + place] = logits[base + id];
  }
}
