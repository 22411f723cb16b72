#include <algorithm>

#include "onnx/origin.hpp"
#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

constexpr std::int64_t kUnknown = -1;

// Ranks by the operators' definitions, and beside them the lengths of vectors, because a Reshape's shape is one.
class Ranker {
 public:
  explicit Ranker(const Model& m) : m_(m), rank_(m.values.size(), kUnknown), length_(m.values.size(), kUnknown) {}

  std::vector<std::int8_t> run(const std::vector<NodeId>& by_rank) {
    for (ValueId v = 0; v < m_.values.size(); ++v) {
      if (m_.values[v].tensor != kNone) set_constant(v, m_.tensors[m_.values[v].tensor]);
    }
    const Graph& main = m_.graphs[kMainGraph];
    for (std::size_t i = 0; i < main.inputs.size(); ++i) {
      if (m_.values[main.inputs[i]].tensor == kNone) rank_[main.inputs[i]] = declared(main.input_infos[i]);
    }
    for (const NodeId n : by_rank) visit(m_.nodes[n]);
    std::vector<std::int8_t> out(rank_.size());
    for (std::size_t v = 0; v < out.size(); ++v) out[v] = static_cast<std::int8_t>(rank_[v] > static_cast<std::int64_t>(Limits::rank) ? kUnknown : rank_[v]);
    return out;
  }

 private:
  void set_constant(ValueId v, const TensorFacts& t) {
    rank_[v] = static_cast<std::int64_t>(t.dims.size());
    if (t.dims.size() == 1) length_[v] = t.dims[0];
  }

  // Of a ValueInfoProto; a shape without dimensions is not told from no shape.
  static std::int64_t declared(wire::Bytes info) {
    std::int64_t dims = 0;
    const auto each = [](wire::Bytes bytes, std::uint32_t number, const auto& next) {
      wire::Reader r(bytes);
      while (r.next()) {
        if (const auto inner = r.field().bytes_of(number)) next(*inner);
      }
    };
    each(info, schema::value_info::type, [&](wire::Bytes type) {
      each(type, schema::type::tensor_type, [&](wire::Bytes tensor) {
        each(tensor, schema::tensor_type::shape, [&](wire::Bytes shape) { each(shape, schema::shape::dim, [&](wire::Bytes) { ++dims; }); });
      });
    });
    return dims == 0 ? kUnknown : dims;
  }

  std::int64_t rank(const Node& n, std::size_t i) const {
    const ValueId v = Model::input(n, i);
    return v == kNone ? kUnknown : rank_[v];
  }
  std::int64_t length(const Node& n, std::size_t i) const {
    const ValueId v = Model::input(n, i);
    return v == kNone ? kUnknown : length_[v];
  }
  // Of broadcasting: unknown where one is.
  std::int64_t widest(const Node& n) const {
    std::int64_t out = 0;
    for (std::size_t i = 0; i < n.inputs.size(); ++i) out = rank(n, i) == kUnknown || out == kUnknown ? kUnknown : std::max(out, rank(n, i));
    return out;
  }
  std::int64_t longest(const Node& n) const {
    std::int64_t out = kUnknown;
    for (std::size_t i = 0; i < n.inputs.size(); ++i) out = std::max(out, length(n, i));
    return out;
  }
  std::int64_t axes(const Node& n) const { return n.inputs.size() > 1 ? length(n, 1) : n.axes != 0 ? std::int64_t{n.axes} : kUnknown; }

  void visit(const Node& n) {
    const ValueId v = Model::output(n);
    if (v == kNone || m_.values[v].tensor != kNone || !n.subgraphs.empty()) return;
    const std::int64_t by_operator = result_rank(n);
    const std::int64_t r = by_operator != kUnknown ? by_operator : rank_by_readers(v);
    rank_[v] = r;
    length_[v] = r == 1 ? result_length(n) : kUnknown;
    for (std::size_t i = 1; n.op == "Split" && i < n.outputs.size(); ++i) {
      if (n.outputs[i] != kNone) rank_[n.outputs[i]] = r;
    }
  }

  // A Transpose of the value lists its dimensions.
  std::int64_t rank_by_readers(ValueId v) const {
    for (const NodeId c : m_.uses(v)) {
      const Node& n = m_.nodes[c];
      if (Model::is(n, "Transpose") && !n.perm.empty()) return static_cast<std::int64_t>(n.perm.size());
    }
    return kUnknown;
  }

  std::int64_t result_rank(const Node& n) const {
    const std::int64_t first = rank(n, 0);
    if (n.op == "Constant") return n.number ? 0 : kUnknown;
    if (n.op == "Transpose") return n.perm.empty() ? first : static_cast<std::int64_t>(n.perm.size());
    if (n.op == "Reshape") return length(n, 1);
    if (one_of(n.op, {"Shape", "Range"})) return 1;
    if (n.op == "ConstantOfShape") return length(n, 0);
    if (n.op == "Expand") return first == kUnknown || length(n, 1) == kUnknown ? kUnknown : std::max(first, length(n, 1));
    if (n.op == "Unsqueeze" || n.op == "Squeeze") {
      if (n.op == "Squeeze" && n.inputs.size() < 2 && n.axes == 0) return length(n, 0) == 1 ? 0 : kUnknown;
      if (first == kUnknown || axes(n) == kUnknown) return kUnknown;
      return std::max<std::int64_t>(n.op == "Unsqueeze" ? first + axes(n) : first - axes(n), kUnknown);
    }
    if (n.op == "Gather") return first == kUnknown || rank(n, 1) == kUnknown ? kUnknown : first - 1 + rank(n, 1);
    if (one_of(n.op, {"MatMul", "FusedMatMul", "MatMulInteger", "Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Where", "Pow", "Mod", "And", "Or", "Equal",
                      "Less", "LessOrEqual", "Greater", "GreaterOrEqual"})) {
      return n.op == "MatMulInteger" ? std::max(first, rank(n, 1)) : widest(n);
    }
    if (one_of(n.op, {"Cast", "CastLike", "Identity", "Dropout", "Softmax", "Slice", "Split", "Concat", "Tile", "Neg", "Abs", "Sqrt", "Not", "IsNaN", "Trilu",
                      "LayerNormalization", "DequantizeLinear", "MatMulNBits", "Clip", "Relu", "Pad", "ScatterND", "GatherElements"})) {
      return first;
    }
    return kUnknown;
  }

  // Of a Shape's result, which may be a part of the shape.
  std::int64_t shape_length(const Node& n) const {
    const std::int64_t r = rank(n, 0);
    if (r == kUnknown) return n.start == 0 && n.end == 1 ? 1 : kUnknown;
    const auto place = [r](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + r : i, 0, r); };
    return std::max<std::int64_t>(place(n.end.value_or(r)) - place(n.start.value_or(0)), 0);
  }

  // Of a vector from a constant start to a constant end, by ones.
  std::int64_t slice_length(const Node& n) const {
    const std::int64_t whole = length(n, 0);
    const std::optional<double> start = m_.scalar(Model::input(n, 1)), end = m_.scalar(Model::input(n, 2));
    const bool by_ones = Model::input(n, 4) == kNone || m_.scalar(n.inputs[4]) == 1.0;
    if (whole == kUnknown || !start || !end || !by_ones) return kUnknown;
    const auto place = [whole](double i) { return static_cast<std::int64_t>(std::clamp(i < 0 ? i + static_cast<double>(whole) : i, 0.0, static_cast<double>(whole))); };
    return std::max<std::int64_t>(place(*end) - place(*start), 0);
  }

  // Of a vector.
  std::int64_t result_length(const Node& n) const {
    if (n.op == "Shape") return shape_length(n);
    if (n.op == "Unsqueeze") return 1;
    if (n.op == "Slice") return slice_length(n);
    if (n.op == "Gather") return length(n, 1);
    if (n.op == "Concat") {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < n.inputs.size(); ++i) sum = length(n, i) == kUnknown || sum == kUnknown ? kUnknown : sum + length(n, i);
      return sum;
    }
    if (n.op == "Reshape" || one_of(n.op, {"Cast", "Identity", "Neg"})) return length(n, 0);
    if (one_of(n.op, {"Add", "Sub", "Mul", "Div", "Min", "Max", "Where", "Equal"})) return longest(n);
    return kUnknown;
  }

  const Model& m_;
  std::vector<std::int64_t> rank_, length_;
};

}  // namespace

std::vector<std::int8_t> find_ranks(const Model& model, const std::vector<NodeId>& by_rank) { return Ranker(model).run(by_rank); }

}  // namespace trilens::onnx
