#include "onnx/origin.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

constexpr double kHuge = 1000;  // exporters write -1e4, -65504, -3.4e38 or -inf

constexpr std::uint8_t bit(Origin o) { return static_cast<std::uint8_t>(o); }

// Of an f16 as its bits: zero, one, or 1000 and more.
bool half_is_huge(std::uint16_t bits) { return (bits & 0x7FFFu) >= 0x63D0u; }

template <class T>
T element(wire::Bytes raw, std::size_t i) {
  T out{};
  std::memcpy(&out, raw.data() + i * sizeof(T), sizeof(T));
  return out;
}

// A constant of many floating numbers: a mask holds 0 and huge ones, a triangle 0 and 1; anything else is a table.
std::uint8_t many_floats(const TensorFacts& t) {
  const std::size_t size = t.type == DataType::f32 ? 4 : t.type == DataType::f16 ? 2 : 0;
  if (size == 0 || t.raw.size() != t.elements * size) return bit(Origin::table) | bit(Origin::opaque);
  bool huge = false, one = false;
  for (std::size_t i = 0; i < t.elements; ++i) {
    bool zero_here = false, one_here = false, huge_here = false;
    if (size == 4) {
      const auto x = element<float>(t.raw, i);
      zero_here = x == 0;
      one_here = x == 1;
      huge_here = std::abs(x) >= static_cast<float>(kHuge);
    } else {
      const auto x = element<std::uint16_t>(t.raw, i);
      zero_here = (x & 0x7FFFu) == 0;
      one_here = x == 0x3C00u;
      huge_here = half_is_huge(x);
    }
    if (!zero_here && !one_here && !huge_here) return bit(Origin::table);
    huge = huge || huge_here;
    one = one || one_here;
  }
  if (huge && one) return bit(Origin::table);
  return static_cast<std::uint8_t>(bit(Origin::logic) | (huge ? bit(Origin::huge) : 0));
}

std::uint8_t scalar_origin(std::optional<double> x, DataType type) {
  return is_floating(type) && x && std::abs(*x) >= kHuge ? bit(Origin::huge) : 0;
}

std::uint8_t constant_origin(const TensorFacts& t) {
  if (t.elements <= 1) return scalar_origin(t.scalar, t.type);
  if (is_floating(t.type)) return many_floats(t);
  if (t.type == DataType::boolean) return bit(Origin::logic);
  if (t.type != DataType::u8 && t.type != DataType::i8) return 0;  // positions, shapes
  const bool truth = t.raw.size() == t.elements && std::ranges::all_of(t.raw, [](std::uint8_t x) { return x <= 1; });
  return truth ? bit(Origin::logic) : bit(Origin::table);          // else weights, quantized
}

std::uint8_t input_origin(const Value& v) {
  if (is_floating(v.type)) return v.name.find("mask") != std::string_view::npos ? bit(Origin::mask) : bit(Origin::opaque);
  return v.type == DataType::i64 || v.type == DataType::i32 || v.type == DataType::boolean ? bit(Origin::logic) : bit(Origin::opaque);
}

class Tracer {
 public:
  explicit Tracer(const Model& m) : m_(m), of_(m.values.size(), 0) {}

  std::vector<std::uint8_t> run(const std::vector<NodeId>& by_rank) {
    for (ValueId v = 0; v < m_.values.size(); ++v) {
      const Value& value = m_.values[v];
      if (value.tensor != kNone) {
        of_[v] = constant_origin(m_.tensors[value.tensor]);
      } else if (value.producer == kNone) {
        of_[v] = value.graph == kMainGraph ? input_origin(value) : bit(Origin::opaque);
      }
    }
    for (const NodeId n : by_rank) {
      const std::uint8_t origin = node_origin(m_.nodes[n]);
      for (const ValueId v : m_.nodes[n].outputs) {
        if (v != kNone && m_.values[v].tensor == kNone) of_[v] = origin;
      }
    }
    return std::move(of_);
  }

 private:
  std::uint8_t at(const Node& n, std::size_t i) const {
    const ValueId v = Model::input(n, i);
    return v == kNone ? 0 : of_[v];
  }
  std::uint8_t all(const Node& n) const {
    std::uint8_t out = 0;
    for (std::size_t i = 0; i < n.inputs.size(); ++i) out |= at(n, i);
    return out;
  }

  std::uint8_t node_origin(const Node& n) const {
    if (!(n.domain.empty() || n.domain == "ai.onnx") || !n.subgraphs.empty()) return bit(Origin::opaque);
    if (n.op == "Constant") return scalar_origin(n.number, DataType::f32);
    if (one_of(n.op, {"Shape", "Size", "Range", "NonZero"})) return 0;
    if (n.op == "ConstantOfShape") return n.tensor == kNone ? 0 : constant_origin(m_.tensors[n.tensor]);
    if (n.op == "DequantizeLinear") return m_.scalar(Model::input(n, 0)) ? all(n) : bit(Origin::table);
    // What indices pick out of is what counts, not the indices.
    if (one_of(n.op, {"Gather", "GatherElements", "GatherND"})) return at(n, 0);
    if (one_of(n.op, {"Reshape", "Expand", "Unsqueeze", "Squeeze", "Transpose", "Flatten", "Slice", "Tile", "Cast", "CastLike", "Identity", "Dropout", "Split",
                      "Pad", "Neg", "Abs", "Sign", "Floor", "Ceil", "Round", "Sqrt", "Reciprocal", "Log", "CumSum", "ReduceSum", "ReduceMin", "ReduceMax"})) {
      return at(n, 0);
    }
    if (one_of(n.op, {"Where", "Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Concat", "Pow", "Mod", "Clip"})) return all(n);
    if (one_of(n.op, {"ScatterND", "ScatterElements"})) return at(n, 0) | at(n, 2);
    if (one_of(n.op, {"Trilu", "EyeLike", "Not", "IsNaN", "IsInf"})) return at(n, 0) | bit(Origin::logic);
    if (one_of(n.op, {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor"})) return all(n) | bit(Origin::logic);
    return bit(Origin::opaque);
  }

  const Model& m_;
  std::vector<std::uint8_t> of_;
};

}  // namespace

Origins find_origins(const Model& model) {
  std::vector<NodeId> by_rank(model.nodes.size());
  for (NodeId n = 0; n < model.nodes.size(); ++n) by_rank[model.nodes[n].rank] = n;
  return {Tracer(model).run(by_rank), find_ranks(model, by_rank)};
}

}  // namespace trilens::onnx
