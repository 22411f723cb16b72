#include "onnx/weights.hpp"

#include <algorithm>
#include <cstring>

#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

constexpr std::uint64_t kSharedFrom = 4096;  // smaller matrices are not looked for in other places

bool is_quantized(DataType t) { return t == DataType::i8 || t == DataType::u8 || t == DataType::i4 || t == DataType::u4; }

// The input that holds a scale, a zero point or a table for them, by the operator's definition.
bool is_quantization_detail(const Model& m, const Node& n, std::size_t i) {
  if (one_of(n.op, {"DequantizeLinear", "QuantizeLinear"})) return i == 1 || i == 2;
  if (one_of(n.op, {"MatMulInteger", "ConvInteger", "MatMulNBits", "GatherBlockQuantized"})) return i >= 2;
  if (n.op != "Mul" || n.inputs.size() != 2) return false;
  const ValueId other = n.inputs[i == 0 ? 1 : 0];
  const Node* p = m.producer_of(other);
  if (p == nullptr) return false;
  // scale of the input times scale of the weight, in dynamically quantized files
  if (p->op == "DynamicQuantizeLinear") return m.values[other].output_index == 1;
  // Integers that become a weight by Cast and Mul, without operators for quantization.
  const ValueId steps = Model::input(*p, 0);
  return p->op == "Cast" && !m.dynamic(steps) && steps != kNone && is_quantized(m.values[steps].type);
}

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// A sum over the elements, so that a transposed copy has the same.
std::uint64_t fingerprint(const TensorFacts& t) {
  const unsigned bytes = data_type_bits(t.type) / 8;
  if (t.dims.size() != 2 || t.elements < kSharedFrom || bytes == 0 || t.raw.size() != t.elements * bytes) return 0;
  std::uint64_t sum = static_cast<std::uint64_t>(t.type);
  for (std::size_t at = 0; at < t.raw.size(); at += bytes) {
    std::uint64_t element = 0;
    std::memcpy(&element, t.raw.data() + at, bytes);
    sum += mix(element + 0x9E3779B97F4A7C15u);
  }
  return sum != 0 ? sum : 1;
}

// MatMulNBits packs several weights into a byte and says their number itself.
std::uint64_t elements_of(const Model& m, const Value& value) {
  for (const NodeId c : m.uses(value)) {
    const Node& n = m.nodes[c];
    if (n.op != "MatMulNBits" || n.inputs.size() < 2 || &m.values[n.inputs[1] == kNone ? n.inputs[0] : n.inputs[1]] != &value) continue;
    const std::int64_t k = n.k_elements.value_or(0), columns = n.n_elements.value_or(0);
    constexpr std::int64_t kMost = std::int64_t{1} << 20;
    if (k > 0 && columns > 0 && k < kMost && columns < kMost) return static_cast<std::uint64_t>(k) * static_cast<std::uint64_t>(columns);
  }
  return m.tensors[value.tensor].elements;
}

bool is_detail(const Model& m, ValueId id) {
  const Value& value = m.values[id];
  return !value.consumers.empty() && std::ranges::all_of(value.consumers, [&](NodeId c) {
    const Node& n = m.nodes[c];
    constexpr std::size_t kMostInputs = 8;
    if (n.inputs.size() > kMostInputs) return false;
    for (std::size_t i = 0; i < n.inputs.size(); ++i) {
      if (n.inputs[i] == id && !is_quantization_detail(m, n, i)) return false;
    }
    return true;
  });
}

}  // namespace

std::vector<Weight> find_weights(const Model& model) {
  std::vector<Weight> out;
  for (const Graph& g : model.graphs) {
    for (const ValueId id : g.initializers) {
      const TensorFacts& t = model.tensors[model.values[id].tensor];
      const bool weight = (is_floating(t.type) && t.elements > 1) || (is_quantized(t.type) && t.dims.size() >= 2);
      if (weight && !is_detail(model, id)) out.push_back({elements_of(model, model.values[id]), fingerprint(t)});
    }
  }
  return out;
}

std::uint64_t count_weights(std::vector<Weight> weights) {
  std::ranges::sort(weights, {}, &Weight::fingerprint);
  std::uint64_t sum = 0, last = 0;
  for (const Weight& w : weights) {
    if (w.fingerprint == 0 || w.fingerprint != last) sum += w.elements;
    last = w.fingerprint;
  }
  return sum;
}

std::uint64_t count_parameters(std::span<const Surgery* const> files) {
  std::vector<Weight> all;
  for (const Surgery* s : files) all.insert(all.end(), s->weights.begin(), s->weights.end());
  return count_weights(std::move(all));
}

}  // namespace trilens::onnx
