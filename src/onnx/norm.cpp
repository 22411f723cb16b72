#include <algorithm>

#include "onnx/search.hpp"
#include "onnx/stream.hpp"

namespace trilens::onnx {
namespace {

bool among(const std::vector<ValueId>& values, ValueId v) { return std::ranges::find(values, v) != values.end(); }

// 1/sqrt(mean(..) + eps) or sqrt(mean(..) + eps), as decomposed norms end: looks a few steps back for a ReduceMean.
bool from_mean(const Model& m, ValueId v) {
  for (int steps = 0; steps < 8; ++steps) {
    const Node* p = m.producer_of(v);
    if (p == nullptr) return false;
    if (p->op == "ReduceMean") return true;
    if (!one_of(p->op, {"Sqrt", "Reciprocal", "Add", "Div", "Pow", "Cast", "Identity"})) return false;
    // eps + mean, 1 / sqrt: the computed operand leads on
    v = m.dynamic(Model::input(*p, 0)) ? Model::input(*p, 0) : Model::input(*p, 1);
  }
  return false;
}

// n = x / sqrt(..) or x * (1 / sqrt(..)) among the uses of x.
ValueId normalized(const Model& m, const std::vector<ValueId>& x) {
  for (const ValueId v : x) {
    for (const NodeId c : m.uses(v)) {
      const Node& n = m.nodes[c];
      if (n.op == "Div" && Model::input(n, 0) == v && m.dynamic(Model::input(n, 1)) && from_mean(m, Model::input(n, 1))) return Model::output(n);
      if (n.op != "Mul") continue;
      const ValueId other = Model::input(n, 0) == v ? Model::input(n, 1) : Model::input(n, 0);
      if (m.dynamic(other) && !among(x, other) && from_mean(m, other)) return Model::output(n);
    }
  }
  return kNone;
}

// x - mean(x) among the uses of x.
ValueId centered(const Model& m, const std::vector<ValueId>& x) {
  for (const ValueId v : x) {
    for (const NodeId c : m.uses(v)) {
      const Node& n = m.nodes[c];
      if (n.op != "Sub" || Model::input(n, 0) != v) continue;
      const Node* mean = m.producer_of(Model::input(n, 1));
      if (mean != nullptr && mean->op == "ReduceMean" && among(x, Model::input(*mean, 0))) return Model::output(n);
    }
  }
  return kNone;
}

// What the value becomes by one operation with a constant: the weight, then the bias.
ValueId with_constant(const Model& m, ValueId value, std::string_view op) {
  for (const ValueId v : aliases(m, value)) {
    for (const NodeId c : m.uses(v)) {
      const Node& n = m.nodes[c];
      if (n.op != op) continue;
      const ValueId other = Model::input(n, 0) == v ? Model::input(n, 1) : Model::input(n, 0);
      if (other != kNone && !m.dynamic(other)) return Model::output(n);
    }
  }
  return kNone;
}

}  // namespace

std::vector<ValueId> aliases(const Model& model, ValueId value) {
  constexpr std::size_t kMost = 16;
  std::vector<ValueId> out{value};
  for (std::size_t at = 0; at < out.size() && out.size() < kMost; ++at) {
    for (const NodeId c : model.uses(out[at])) {
      const Node& n = model.nodes[c];
      if (!one_of(n.op, {"Cast", "Identity", "Dropout"}) || Model::input(n, 0) != out[at] || Model::output(n) == kNone || out.size() >= kMost) continue;
      if (n.op == "Cast" && !is_floating(model.values[Model::output(n)].type)) continue;
      out.push_back(Model::output(n));
    }
  }
  return out;
}

Norm norm_of(const Model& model, ValueId value) {
  const std::vector<ValueId> x = aliases(model, value);
  for (const ValueId v : x) {
    for (const NodeId c : model.uses(v)) {
      const Node& n = model.nodes[c];
      if (one_of(n.op, {"LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization"}) && Model::input(n, 0) == v) {
        return {Model::output(n), n.op == "LayerNormalization"};
      }
    }
  }
  const ValueId d = centered(model, x);
  const ValueId n = normalized(model, d != kNone ? aliases(model, d) : x);
  if (n == kNone) return {};
  const ValueId weighted = with_constant(model, n, "Mul");
  if (weighted == kNone) return {n, d != kNone};
  const ValueId biased = d != kNone ? with_constant(model, weighted, "Add") : kNone;
  return {biased != kNone ? biased : weighted, d != kNone};
}

}  // namespace trilens::onnx
