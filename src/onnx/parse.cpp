#include <bit>

#include "onnx/graph.hpp"

namespace trilens::onnx {

namespace {

using wire::Bytes;
using wire::Reader;

class Parser {
 public:
  explicit Parser(Bytes bytes) { model_.bytes = bytes; }

  Result<Model> run() {
    if (model_.bytes.size() >= Limits::file_bytes) return malformed("it is larger than 2 GiB, which no ONNX file is");
    std::optional<Bytes> graph;
    bool has_opset = false;
    Reader r(model_.bytes);
    while (r.next()) {
      const wire::Field& f = r.field();
      if (const auto body = f.bytes_of(schema::model::graph)) {
        if (graph) return malformed("it holds two graphs");
        graph = body;
      } else if (const auto opset = f.bytes_of(schema::model::opset_import)) {
        has_opset = true;
        if (const Result<void> ok = read_opset(*opset); !ok) return std::unexpected(ok.error());
      } else if (const auto name = f.text_of(schema::model::producer_name)) {
        model_.producer = *name;
      }
    }
    if (r.failed()) return malformed("its outermost message breaks off or is not one of ONNX");
    if (!graph) return malformed("it holds no graph");
    if (!has_opset) return malformed("it names no operator set");
    const Result<GraphId> main = read_graph(*graph, kNone, 0);
    if (!main) return std::unexpected(main.error());
    if (model_.graphs[kMainGraph].nodes.empty()) return malformed("its graph has no nodes");
    if (model_.graphs[kMainGraph].outputs.empty() && model_.graphs[kMainGraph].output_names.empty()) {
      return malformed("its graph has no outputs");
    }
    return std::move(model_);
  }

 private:
  Result<void> read_opset(Bytes bytes) {
    std::string_view domain;
    std::int64_t version = 0;
    Reader r(bytes);
    while (r.next()) {
      if (const auto d = r.field().text_of(schema::opset::domain)) domain = *d;
      if (const auto v = r.field().varint_of(schema::opset::version)) version = static_cast<std::int64_t>(*v);
    }
    if (r.failed()) return malformed("an operator set breaks off");
    if (domain.empty() || domain == "ai.onnx") model_.opset = version;
    return {};
  }

  Result<GraphId> read_graph(Bytes bytes, GraphId parent, std::uint32_t depth) {
    if (depth > Limits::depth) return malformed("its subgraphs are nested more than " + std::to_string(Limits::depth) + " deep");
    if (model_.graphs.size() >= Limits::graphs) return malformed("it has too many subgraphs");
    const auto id = static_cast<GraphId>(model_.graphs.size());
    Graph& graph = model_.graphs.emplace_back();
    graph.body = bytes;
    graph.parent = parent;
    graph.depth = depth;
    Reader r(bytes);
    while (r.next()) {
      if (Result<void> ok = read_graph_field(id, r.field()); !ok) return std::unexpected(ok.error());
    }
    if (r.failed()) return malformed("a graph breaks off");
    return id;
  }

  Result<void> read_graph_field(GraphId id, const wire::Field& f) {
    if (const auto b = f.bytes_of(schema::graph::node)) return read_node(id, *b);
    if (const auto b = f.bytes_of(schema::graph::initializer)) return read_initializer(id, *b);
    if (const auto b = f.bytes_of(schema::graph::input)) return read_port(id, *b, true);
    if (const auto b = f.bytes_of(schema::graph::output)) return read_port(id, *b, false);
    return {};
  }

  // A value that the graph defines. A name defined twice is refused, but an initializer may be a graph input too (IR < 4).
  Result<ValueId> define(GraphId graph, std::string_view name) {
    const auto id = static_cast<ValueId>(model_.values.size());
    if (!model_.graphs[graph].names.emplace(name, id).second) return malformed("the value " + quoted(name) + " is defined twice");
    Value& value = model_.values.emplace_back();
    value.name = name;
    value.graph = graph;
    return id;
  }

  Result<void> read_port(GraphId graph, Bytes bytes, bool input) {
    std::string_view name;
    Reader r(bytes);
    while (r.next()) {
      if (const auto n = r.field().text_of(schema::value_info::name)) name = *n;
    }
    if (r.failed() || name.empty()) return malformed("an input or output of a graph breaks off or has no name");
    if (++ports_ > Limits::tensors) return malformed("it has too many inputs and outputs");
    Graph& g = model_.graphs[graph];
    if (!input) {
      g.output_names.push_back(name);
      g.output_infos.push_back(bytes);
      return {};
    }
    const auto known = g.names.find(name);
    ValueId id = known == g.names.end() ? kNone : known->second;
    if (id != kNone && (model_.values[id].tensor == kNone || model_.values[id].graph_input)) {
      return malformed("the value " + quoted(name) + " is defined twice");
    }
    if (id == kNone) {
      const Result<ValueId> made = define(graph, name);
      if (!made) return std::unexpected(made.error());
      id = *made;
    }
    model_.values[id].graph_input = true;
    model_.graphs[graph].inputs.push_back(id);
    model_.graphs[graph].input_infos.push_back(bytes);
    return {};
  }

  Result<void> read_initializer(GraphId graph, Bytes bytes) {
    const Result<TensorId> tensor = add_tensor(bytes);
    if (!tensor) return std::unexpected(tensor.error());
    const std::string_view name = model_.tensors[*tensor].name;
    if (name.empty()) return malformed("an initializer has no name");
    const auto known = model_.graphs[graph].names.find(name);
    ValueId id = kNone;
    if (known != model_.graphs[graph].names.end() && model_.values[known->second].graph_input && model_.values[known->second].tensor == kNone) {
      id = known->second;
    } else {
      const Result<ValueId> made = define(graph, name);
      if (!made) return std::unexpected(made.error());
      id = *made;
    }
    model_.values[id].tensor = *tensor;
    model_.graphs[graph].initializers.push_back(id);
    return {};
  }

  Result<TensorId> add_tensor(Bytes bytes) {
    if (model_.tensors.size() >= Limits::tensors) return malformed("it has too many constants");
    Result<TensorFacts> facts = read_tensor(bytes);
    if (!facts) return std::unexpected(facts.error());
    model_.tensors.push_back(std::move(*facts));
    return static_cast<TensorId>(model_.tensors.size() - 1);
  }

  Result<void> read_node(GraphId graph, Bytes bytes) {
    if (model_.nodes.size() >= Limits::nodes) return malformed("it has more than " + std::to_string(Limits::nodes) + " nodes");
    const auto id = static_cast<NodeId>(model_.nodes.size());
    Node& node = model_.nodes.emplace_back();
    node.graph = graph;
    node.body = bytes;
    model_.graphs[graph].nodes.push_back(id);
    Reader r(bytes);
    while (r.next()) {
      const wire::Field& f = r.field();
      if (const auto op = f.text_of(schema::node::op_type)) model_.nodes[id].op = *op;
      if (const auto domain = f.text_of(schema::node::domain)) model_.nodes[id].domain = *domain;
      const auto input = f.text_of(schema::node::input);
      const auto output = f.text_of(schema::node::output);
      if ((input || output) && ++edges_ > Limits::edges) return malformed("its nodes have too many inputs and outputs");
      if (output) {
        if (Result<void> ok = add_output(id, *output); !ok) return ok;
      } else if (const auto a = f.bytes_of(schema::node::attribute)) {
        if (Result<void> ok = read_attribute(id, *a); !ok) return ok;
      }
    }
    if (r.failed()) return malformed("a node breaks off");
    if (model_.nodes[id].op.empty()) return malformed("a node names no operator");
    return {};
  }

  Result<void> add_output(NodeId node, std::string_view name) {
    ValueId id = kNone;
    if (!name.empty()) {
      const Result<ValueId> made = define(model_.nodes[node].graph, name);
      if (!made) return std::unexpected(made.error());
      id = *made;
      model_.values[id].producer = node;
      model_.values[id].output_index = static_cast<std::uint32_t>(model_.nodes[node].outputs.size());
    }
    model_.nodes[node].outputs.push_back(id);
    return {};
  }

  Result<void> read_attribute(NodeId node, Bytes bytes) {
    std::string_view name;
    Reader names(bytes);
    while (names.next()) {
      if (const auto n = names.field().text_of(schema::attribute::name)) name = *n;
    }
    if (names.failed()) return malformed("an attribute breaks off");
    Reader r(bytes);
    while (r.next()) {
      const wire::Field& f = r.field();
      std::optional<Bytes> sub = f.bytes_of(schema::attribute::g);
      if (!sub) sub = f.bytes_of(schema::attribute::graphs);
      if (sub) {
        if (Result<void> ok = add_subgraph(node, name, *sub); !ok) return ok;
      } else if (const auto tensor = f.bytes_of(schema::attribute::t); tensor && name == "value") {
        const Result<TensorId> t = add_tensor(*tensor);
        if (!t) return std::unexpected(t.error());
        model_.nodes[node].tensor = *t;
      } else if (Result<void> ok = read_plain_attribute(node, name, f); !ok) {
        return ok;
      }
    }
    return {};
  }

  Result<void> add_subgraph(NodeId node, std::string_view name, Bytes bytes) {
    const GraphId parent = model_.nodes[node].graph;
    const Result<GraphId> sub = read_graph(bytes, parent, model_.graphs[parent].depth + 1);
    if (!sub) return std::unexpected(sub.error());
    model_.graphs[*sub].owner = node;
    model_.nodes[node].subgraphs.push_back(*sub);
    model_.nodes[node].subgraph_names.push_back(name);
    return {};
  }

  Result<void> read_plain_attribute(NodeId node, std::string_view name, const wire::Field& f) {
    Node& n = model_.nodes[node];
    if (f.number == schema::attribute::ints && name == "perm") {
      if (!wire::append_integers(f, Limits::perm, n.perm)) return malformed("a permutation is absurdly long");
    }
    if (f.number == schema::attribute::ints && name == "axes") {
      std::vector<std::int64_t> axes;
      if (wire::append_integers(f, Limits::rank, axes)) n.axes += static_cast<std::uint32_t>(axes.size());
    }
    if (f.number == schema::attribute::f && f.type == wire::Type::fixed32) {
      const double value = std::bit_cast<float>(static_cast<std::uint32_t>(f.value));
      if (name == "alpha") n.alpha = value;
      if (name == "beta") n.beta = value;
      if (name == "value_float") n.number = value;
    }
    if (const auto i = f.varint_of(schema::attribute::i)) {
      const auto value = static_cast<std::int64_t>(*i);
      if (name == "axis") n.axis = value;
      if (name == "to") n.to = value;
      if (name == "transA") n.trans_a = value;
      if (name == "transB") n.trans_b = value;
      if (name == "K") n.k_elements = value;
      if (name == "N") n.n_elements = value;
      if (name == "bits") n.bits = value;
      if (name == "block_size") n.block_size = value;
      if (name == "start") n.start = value;
      if (name == "end") n.end = value;
      if (name == "value_int") n.number = static_cast<double>(value);
    }
    return {};
  }

  Model model_;
  std::size_t edges_ = 0;
  std::size_t ports_ = 0;
};

}  // namespace

Result<Model> parse_model(Bytes bytes) { return Parser(bytes).run(); }

Result<Model> read_model(Bytes bytes) {
  Result<Model> model = parse_model(bytes);
  if (!model) return model;
  if (Result<void> ok = link_model(*model); !ok) return std::unexpected(ok.error());
  return model;
}

}  // namespace trilens::onnx
