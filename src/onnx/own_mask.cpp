#include "onnx/own_mask.hpp"

#include <algorithm>
#include <unordered_map>

#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

constexpr std::size_t kMaxMaskNodes = 256;
constexpr int kMaxDepth = 32;

using Rest = MaskEntry::Rest;

struct PathStep {
  NodeId node = kNone;
  ValueId from = kNone;  // the input that comes from the product
};

// From the product forward to the Softmax's input; empty and false where the way is not found.
bool find_path(const Model& m, const Attention& a, std::vector<PathStep>& path) {
  const ValueId product = Model::output(m.nodes[a.product]);
  std::unordered_map<ValueId, PathStep> came{{product, {}}};
  std::vector<ValueId> queue{product};
  for (std::size_t at = 0; at < queue.size() && queue.size() < kMaxMaskNodes && !came.contains(a.scores); ++at) {
    for (const NodeId c : m.uses(queue[at])) {
      const Node& n = m.nodes[c];
      if (!one_of(n.op, {"Mul", "Div", "Add", "Sum", "Min", "Max", "Where", "Sub", "Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Dropout", "Clip", "Expand"})) continue;
      const ValueId out = Model::output(n);
      if (out != kNone && came.emplace(out, PathStep{c, queue[at]}).second) queue.push_back(out);
    }
  }
  for (ValueId v = a.scores; v != product;) {
    const auto step = came.find(v);
    if (step == came.end()) return false;
    path.push_back(step->second);
    v = step->second.from;
  }
  std::ranges::reverse(path);
  return true;
}

class MaskFinder {
 public:
  MaskFinder(const Model& m, const Origins& o) : m_(m), o_(o) {}

  OwnMask run(const Attention& a) {
    std::vector<PathStep> path;
    if (!find_path(m_, a, path)) stop(Obstacle::mask_unknown);
    for (const PathStep& step : path) {
      out_.path.push_back(step.node);
      visit_step(step);
    }
    check_probabilities(a);
    return std::move(out_);
  }

 private:
  void stop(Obstacle why) {
    if (!out_.obstacle) out_.obstacle = why;
  }
  bool maskish(ValueId v) const { return o_.has(v, Origin::huge) || o_.has(v, Origin::mask); }
  void enter(NodeId n, std::size_t input, Rest rest) { out_.entries.push_back({n, input, rest}); }

  void visit_step(const PathStep& step) {
    const Node& n = m_.nodes[step.node];
    const auto on_path = [&](std::size_t i) { return n.inputs[i] == step.from; };
    if (n.op == "Where") return visit_where(step.node, n, on_path(1) ? 1 : 2, true);
    if (n.op == "Sub" && !on_path(0)) return stop(Obstacle::mask_unknown);
    for (std::size_t i = 0; i < n.inputs.size(); ++i) {
      if (on_path(i)) continue;
      if (one_of(n.op, {"Add", "Sum", "Sub"})) {
        visit_addend(step.node, i, 0);
      } else if (one_of(n.op, {"Mul", "Div"})) {
        visit_factor(step.node, i);
      } else if (one_of(n.op, {"Min", "Max"}) && !m_.values[n.inputs[i]].constant) {
        stop(Obstacle::mask_unknown);
      }
    }
  }

  // Scales stay. A factor with truth values in it is a mask where a product's other operand is scores.
  void visit_factor(NodeId id, std::size_t i) {
    const ValueId v = m_.nodes[id].inputs[i];
    if (!m_.dynamic(v) || !(o_.has(v, Origin::logic) || maskish(v))) return;
    if (!o_.plain(v) || o_.has(v, Origin::huge) || m_.nodes[id].op != "Mul") return stop(Obstacle::mask_unknown);
    enter(id, i, Rest::one);
  }

  // Where(condition, a, b), of which input `kept` is what the mask is laid over: scores, or a bias.
  void visit_where(NodeId id, const Node& n, std::size_t kept, bool scores) {
    const std::size_t other = kept == 1 ? 2 : 1;
    if (n.inputs.size() < 3 || !o_.has(n.inputs[other], Origin::huge) || !o_.plain(n.inputs[other]) || !o_.plain(n.inputs[0])) return stop(Obstacle::mask_unknown);
    enter(id, 0, kept == 1 ? Rest::keep : Rest::drop);
    if (!scores) visit_addend(id, kept, 1);
  }

  void visit_addend(NodeId id, std::size_t i, int depth) {
    const ValueId v = m_.nodes[id].inputs[i];
    if (v == kNone || out_.obstacle) return;
    if (!maskish(v)) {
      // No huge number, so no mask; but truth values and nothing else may become one by log(0).
      if (o_.plain(v) && o_.has(v, Origin::logic)) return stop(Obstacle::mask_unknown);
      out_.position_bias = out_.position_bias || !o_.plain(v);
      return;
    }
    if (o_.plain(v)) return enter(id, i, Rest::zero);
    const NodeId made_by = m_.values[v].producer;
    if (made_by == kNone || depth >= kMaxDepth || out_.inner.size() >= kMaxMaskNodes) return stop(Obstacle::mask_mixed);
    out_.inner.push_back(made_by);
    visit_mixture(made_by, depth + 1);
  }

  // A value with a mask and weights in it: what it was put together from.
  void visit_mixture(NodeId id, int depth) {
    const Node& n = m_.nodes[id];
    if (one_of(n.op, {"Add", "Sum", "Sub"})) {
      for (std::size_t i = 0; i < n.inputs.size() && i < 8; ++i) visit_addend(id, i, depth);
    } else if (n.op == "Where" && n.inputs.size() == 3) {
      const bool second_is_mask = o_.has(n.inputs[2], Origin::huge) && o_.plain(n.inputs[2]);
      visit_where(id, n, second_is_mask ? 1 : 2, false);
    } else if (one_of(n.op, {"Cast", "Identity", "Reshape", "Unsqueeze", "Squeeze", "Transpose", "Expand", "Slice", "Dropout", "Tile"})) {
      visit_addend(id, 0, depth);
    } else if (one_of(n.op, {"Mul", "Div"}) && n.inputs.size() == 2 && m_.scalar(n.inputs[1])) {
      visit_addend(id, 0, depth);
    } else {
      stop(Obstacle::mask_mixed);
    }
  }

  // Between the Softmax and the product with v nothing may act but a guard against NaN.
  void check_probabilities(const Attention& a) {
    const ValueId softmax = Model::output(m_.nodes[a.softmax]);
    for (const ValueId v : {softmax, a.probabilities}) {
      for (const NodeId c : m_.uses(v)) {
        const Node& n = m_.nodes[c];
        if (n.op != "Mul" || n.inputs.size() != 2) continue;
        const ValueId other = n.inputs[n.inputs[0] == v ? 1 : 0];
        if (m_.dynamic(other) && o_.has(other, Origin::logic)) stop(Obstacle::mask_after_softmax);
      }
    }
    if (a.probabilities == softmax) return;
    const Node* guard = m_.producer_of(a.probabilities);
    const Node* condition = guard == nullptr ? nullptr : m_.producer_of(Model::input(*guard, 0));
    if (condition == nullptr || condition->op != "IsNaN") stop(Obstacle::mask_after_softmax);
  }

  const Model& m_;
  const Origins& o_;
  OwnMask out_;
};

}  // namespace

OwnMask find_own_mask(const Model& model, const Origins& origins, const Attention& attention) { return MaskFinder(model, origins).run(attention); }

}  // namespace trilens::onnx
