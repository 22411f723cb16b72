#include "onnx/stream.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

struct Sum {
  ValueId stream = kNone;  // the operand that is not the attention's
  ValueId result = kNone;
};

// The first sum of what comes from `context` with a computed value that does not: output projection, bias and reshaping lie between.
// Nodes are taken in order of computation, so that a sum is met before what follows it.
Sum residual_sum(const Model& m, ValueId context) {
  constexpr int kMaxNodes = 96;
  const auto by_rank = [&m](NodeId a, NodeId b) { return m.nodes[a].rank < m.nodes[b].rank; };
  std::set<NodeId, decltype(by_rank)> waiting(by_rank);
  std::set<ValueId> reached{context};
  for (const NodeId c : m.uses(context)) waiting.insert(c);
  for (int taken = 0; !waiting.empty() && taken < kMaxNodes; ++taken) {
    const Node& n = m.nodes[*waiting.begin()];
    waiting.erase(waiting.begin());
    if (n.op == "Shape" || !n.subgraphs.empty()) continue;
    if (n.op == "Add" && n.inputs.size() == 2) {
      const bool a = reached.contains(n.inputs[0]), b = reached.contains(n.inputs[1]);
      const ValueId other = n.inputs[a ? 1 : 0];
      if (a != b && m.dynamic(other)) return {other, Model::output(n)};
    }
    for (const ValueId v : n.outputs) {
      if (v == kNone || !reached.insert(v).second) continue;
      for (const NodeId c : m.uses(v)) waiting.insert(c);
    }
  }
  return {};
}

// The residual sum that takes the stream itself as an operand: the one around the feed-forward layer.
ValueId next_sum(const Model& m, ValueId stream) {
  const std::vector<ValueId> same = aliases(m, stream);
  for (const ValueId v : same) {
    for (const NodeId c : m.uses(v)) {
      const Node& n = m.nodes[c];
      if (n.op != "Add" || n.inputs.size() != 2) continue;
      const ValueId other = n.inputs[n.inputs[0] == v ? 1 : 0];
      if (m.dynamic(other) && std::ranges::find(same, other) == same.end()) return Model::output(n);
    }
  }
  return kNone;
}

// From the last attention's residual sum to the end: past the feed-forward layer's sum, and past the norms between sums.
StreamEnd end_of_stream(const Model& m, GraphId graph, ValueId sum) {
  constexpr int kMaxSums = 8;
  bool normed_between = false;  // norms after: what a norm gives is carried on
  for (int sums = 0; sums < kMaxSums && sum != kNone; ++sums) {
    if (const ValueId next = next_sum(m, sum); next != kNone) {
      sum = next;
      continue;
    }
    const ValueId norm = norm_of(m, sum).value;
    const ValueId next = norm == kNone ? kNone : next_sum(m, norm);
    if (next == kNone) return normed_between && norm != kNone ? StreamEnd{graph, norm, kNone, true} : StreamEnd{graph, sum, norm, false};
    normed_between = true;
    sum = next;
  }
  return {.graph = graph};
}

using Group = std::vector<const Attention*>;

std::map<GraphId, Group> groups_of(const std::vector<Attention>& attentions) {
  std::map<GraphId, Group> groups;
  for (const Attention& a : attentions) groups[a.graph].push_back(&a);
  return groups;
}

// The layers of one graph; empty where the stream is lost.
std::vector<HiddenState> states_of(const Model& m, GraphId graph, const Group& group, StreamEnd& end) {
  std::vector<HiddenState> out;
  ValueId last_sum = kNone;
  AttentionKind kind = AttentionKind::self;
  for (const Attention* a : group) {
    const Sum sum = residual_sum(m, a->context);
    if (sum.result == kNone) return {};
    last_sum = sum.result;
    if (a->kind == AttentionKind::cross) continue;
    kind = a->kind;
    if (a->layer != out.size()) return {};
    out.push_back({a->kind, a->layer, graph, sum.stream});
  }
  end = end_of_stream(m, graph, last_sum);
  const ValueId last = end.norm != kNone ? end.norm : end.stream;
  if (last == kNone || out.empty()) return {};
  out.push_back({kind, static_cast<std::uint32_t>(out.size()), graph, last});
  return out;
}

}  // namespace

std::vector<HiddenState> find_hidden_states(const Model& model, const std::vector<Attention>& attentions) {
  std::vector<HiddenState> out;
  for (const auto& [graph, group] : groups_of(attentions)) {
    StreamEnd end;
    const std::vector<HiddenState> states = states_of(model, graph, group, end);
    out.insert(out.end(), states.begin(), states.end());
  }
  return out;
}

std::vector<StreamEnd> find_stream_ends(const Model& model, const std::vector<Attention>& attentions) {
  std::vector<StreamEnd> out;
  for (const auto& [graph, group] : groups_of(attentions)) {
    StreamEnd end;
    if (!states_of(model, graph, group, end).empty()) out.push_back(end);
  }
  return out;
}

}  // namespace trilens::onnx
