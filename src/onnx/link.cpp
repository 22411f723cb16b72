#include <algorithm>
#include <functional>
#include <queue>

#include "onnx/graph.hpp"

namespace trilens::onnx {
namespace {

class Linker {
 public:
  explicit Linker(Model& model) : m_(model) {}

  Result<void> run() {
    for (NodeId n = 0; n < m_.nodes.size(); ++n) {
      if (Result<void> ok = resolve_inputs(n); !ok) return ok;
    }
    for (Graph& g : m_.graphs) {
      if (Result<void> ok = resolve_outputs(g); !ok) return ok;
    }
    for (GraphId g = 0; g < m_.graphs.size(); ++g) {
      if (Result<void> ok = sort(g); !ok) return ok;
    }
    mark(kMainGraph);
    return {};
  }

 private:
  ValueId lookup(GraphId graph, std::string_view name) const {
    for (GraphId g = graph; g != kNone; g = m_.graphs[g].parent) {
      const auto found = m_.graphs[g].names.find(name);
      if (found != m_.graphs[g].names.end()) return found->second;
    }
    return kNone;
  }

  Result<void> resolve_inputs(NodeId id) {
    Node& node = m_.nodes[id];
    wire::Reader r(node.body);
    while (r.next()) {
      const auto name = r.field().text_of(schema::node::input);
      if (!name) continue;
      ValueId value = kNone;
      if (!name->empty()) {
        value = lookup(node.graph, *name);
        if (value == kNone) return malformed("the value " + quoted(*name) + " is used and nothing makes it");
        std::vector<NodeId>& consumers = m_.values[value].consumers;
        if (consumers.empty() || consumers.back() != id) consumers.push_back(id);
      }
      node.inputs.push_back(value);
    }
    return {};
  }

  Result<void> resolve_outputs(Graph& g) {
    const auto id = static_cast<GraphId>(&g - m_.graphs.data());
    for (const std::string_view name : g.output_names) {
      const ValueId value = lookup(id, name);
      if (value == kNone) return malformed("the output " + quoted(name) + " is made by no node");
      g.outputs.push_back(value);
      m_.values[value].graph_output = true;
    }
    return {};
  }

  // The node of graph `g` that is, or holds in a subgraph, node `n`; kNone where n lies elsewhere.
  NodeId at_level(GraphId g, NodeId n) const {
    while (n != kNone && m_.nodes[n].graph != g) n = m_.graphs[m_.nodes[n].graph].owner;
    return n;
  }

  // Kahn's algorithm. Keeps the file's order where that is sorted already.
  Result<void> sort(GraphId id) {
    Graph& g = m_.graphs[id];
    std::unordered_map<NodeId, std::uint32_t> waiting;
    const auto for_each_dependent = [&](NodeId n, const auto& visit) {
      for (const ValueId v : m_.nodes[n].outputs) {
        if (v == kNone) continue;
        for (const NodeId consumer : m_.values[v].consumers) {
          const NodeId dependent = at_level(id, consumer);
          if (dependent != kNone) visit(dependent);
        }
      }
    };
    for (const NodeId n : g.nodes) for_each_dependent(n, [&](NodeId d) { ++waiting[d]; });
    std::priority_queue<NodeId, std::vector<NodeId>, std::greater<>> ready;
    for (const NodeId n : g.nodes) {
      if (!waiting.contains(n)) ready.push(n);
    }
    while (!ready.empty()) {
      const NodeId n = ready.top();
      ready.pop();
      g.order.push_back(n);
      for_each_dependent(n, [&](NodeId d) {
        if (--waiting[d] == 0) ready.push(d);
      });
    }
    if (g.order.size() != g.nodes.size()) return malformed("its nodes depend on each other in a circle");
    return {};
  }

  // Ranks, constants and element types, each node after what it needs. Depth is bounded by Limits::depth.
  void mark(GraphId id) {
    for (const ValueId v : m_.graphs[id].initializers) {
      m_.values[v].type = m_.tensors[m_.values[v].tensor].type;
      m_.values[v].constant = true;
    }
    const Graph& g = m_.graphs[id];
    for (std::size_t i = 0; i < g.inputs.size(); ++i) mark_input(g.inputs[i], g.input_infos[i]);
    for (const NodeId n : g.order) {
      m_.nodes[n].rank = next_rank_++;
      for (const GraphId sub : m_.nodes[n].subgraphs) mark(sub);
      mark_outputs(m_.nodes[n]);
    }
  }

  void mark_input(ValueId id, wire::Bytes info) {
    Value& value = m_.values[id];
    if (value.tensor != kNone) return;
    wire::Reader r(info);
    while (r.next()) {
      const auto type = r.field().bytes_of(schema::value_info::type);
      wire::Reader types(type.value_or(wire::Bytes{}));
      while (types.next()) {
        const auto tensor = types.field().bytes_of(schema::type::tensor_type);
        wire::Reader fields(tensor.value_or(wire::Bytes{}));
        while (fields.next()) {
          if (const auto e = fields.field().varint_of(schema::tensor_type::elem_type)) value.type = static_cast<DataType>(static_cast<std::int32_t>(*e));
        }
      }
    }
  }

  void mark_outputs(const Node& n) {
    const bool plain = n.subgraphs.empty();
    bool any = false, all = true;
    for (const ValueId v : n.inputs) {
      if (v == kNone) continue;
      any = true;
      all = all && m_.values[v].constant;
    }
    const bool constant = plain && (Model::is(n, "Constant") || (any && all));
    for (std::uint32_t i = 0; i < n.outputs.size(); ++i) {
      if (n.outputs[i] == kNone) continue;
      Value& out = m_.values[n.outputs[i]];
      out.constant = constant;
      out.type = output_type(n, i);
      if (Model::is(n, "Constant")) out.tensor = n.tensor;
    }
  }

  DataType input_type(const Node& n, std::size_t i) const {
    return i < n.inputs.size() && n.inputs[i] != kNone ? m_.values[n.inputs[i]].type : DataType::unknown;
  }

  // The element type that the operator's definition gives; unknown where we do not know the operator's rule.
  DataType output_type(const Node& n, std::uint32_t index) const {
    static constexpr std::string_view kInt64[] = {"Shape", "Size", "NonZero", "ArgMax", "ArgMin"};
    static constexpr std::string_view kBool[] = {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor", "Not", "IsNaN", "IsInf"};
    if (n.op == "If" && !n.subgraphs.empty()) {
      const Graph& branch = m_.graphs[n.subgraphs.front()];
      return index < branch.outputs.size() ? m_.values[branch.outputs[index]].type : DataType::unknown;
    }
    if (!n.subgraphs.empty()) return DataType::unknown;
    if (n.op == "Cast") return static_cast<DataType>(static_cast<std::int32_t>(n.to.value_or(0)));
    if (n.op == "Constant" || n.op == "ConstantOfShape") {
      if (n.tensor != kNone) return m_.tensors[n.tensor].type;
      return n.op == "ConstantOfShape" ? DataType::f32 : DataType::unknown;
    }
    if (std::ranges::find(kInt64, n.op) != std::end(kInt64)) return DataType::i64;
    if (std::ranges::find(kBool, n.op) != std::end(kBool)) return DataType::boolean;
    if (n.op == "TopK" && index == 1) return DataType::i64;
    if (n.op == "Where" || n.op == "DequantizeLinear" || n.op == "CastLike") return input_type(n, 1);
    if (n.op == "QuantizeLinear") return n.inputs.size() > 2 ? input_type(n, 2) : DataType::u8;
    if (n.op == "DynamicQuantizeLinear") return index == 1 ? DataType::f32 : DataType::u8;
    if (n.op == "MatMulInteger" || n.op == "ConvInteger") return DataType::i32;
    if (!n.domain.empty() && n.domain != "ai.onnx" && n.domain != "com.microsoft") return DataType::unknown;
    return input_type(n, 0);
  }

  Model& m_;
  std::uint32_t next_rank_ = 0;
};

}  // namespace

std::optional<double> Model::scalar(ValueId v) const {
  for (int steps = 0; v != kNone && values[v].constant && steps < 8; ++steps) {
    if (values[v].tensor != kNone) return tensors[values[v].tensor].scalar;
    const Node* p = producer_of(v);
    if (p == nullptr) return std::nullopt;
    if (p->op == "Constant") return p->number;
    if ((p->op != "Identity" && p->op != "Cast") || p->inputs.empty()) return std::nullopt;
    v = p->inputs[0];
  }
  return std::nullopt;
}

Result<void> link_model(Model& model) { return Linker(model).run(); }

}  // namespace trilens::onnx
