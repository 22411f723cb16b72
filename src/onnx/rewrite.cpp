#include "onnx/rewrite.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "onnx/attention.hpp"

namespace trilens::onnx {
namespace {

using wire::Buffer;
using Names = std::vector<std::uint32_t>;  // indices into the list of distinct names, sorted

class Rewriter {
 public:
  Rewriter(const Model& m, const std::vector<Exposure>& exposures) : m_(m), outputs_(m.graphs.size()), own_(m.graphs.size()), touched_(m.nodes.size()) {
    std::map<std::string_view, std::uint32_t> index;
    for (const Exposure& e : exposures) {
      const auto [at, added] = index.emplace(e.name, static_cast<std::uint32_t>(names_.size()));
      if (added) names_.push_back(e.name);
      own_[e.graph].emplace(at->second, e);
    }
  }

  Buffer run(std::vector<std::string>& accepted) {
    restrict(kMainGraph, offers(kMainGraph));
    for (GraphId g = 0; g < m_.graphs.size(); ++g) choose_renames(g);
    for (const auto& [value, name] : renames_) touch(value);
    for (NodeId n = 0; n < m_.nodes.size(); ++n) {
      if (m_.nodes[n].edited) touch_up(n);
    }
    for (GraphId g = 0; g < m_.graphs.size(); ++g) {
      if (!m_.graphs[g].made_first.empty() || !m_.graphs[g].made_after.empty()) touch_up(m_.graphs[g].owner);
    }
    for (GraphId g = 0; g < m_.graphs.size(); ++g) {
      if (!outputs_[g].empty()) touch_up(m_.graphs[g].owner);
    }
    for (const std::uint32_t n : outputs_[kMainGraph]) accepted.push_back(names_[n]);
    return write_model();
  }

 private:
  // What a graph can give out: its own values, and what all branches of an If in it can.
  Names offers(GraphId g) {
    Names out;
    for (const auto& [name, exposure] : own_[g]) out.push_back(name);
    for (const NodeId n : m_.graphs[g].order) {
      const std::span<const GraphId> all = branches(m_.nodes[n]);
      if (all.empty()) continue;
      Names common = offers(all[0]);
      for (const GraphId branch : all.subspan(1)) {
        const Names more = offers(branch);
        Names both;
        std::ranges::set_intersection(common, more, std::back_inserter(both));
        common = std::move(both);
      }
      Names fresh;
      std::ranges::set_difference(common, out, std::back_inserter(fresh));
      if (fresh.empty()) continue;
      from_if_[n] = fresh;
      out.insert(out.end(), fresh.begin(), fresh.end());
      std::ranges::sort(out);
    }
    return out;
  }

  // What it shall give out, which is what the graph around it takes.
  void restrict(GraphId g, const Names& wanted) {
    outputs_[g] = wanted;
    for (const NodeId n : m_.graphs[g].order) {
      const auto found = from_if_.find(n);
      Names taken;
      if (found != from_if_.end()) std::ranges::set_intersection(found->second, wanted, std::back_inserter(taken));
      for (const GraphId branch : branches(m_.nodes[n])) restrict(branch, taken);
      if (found != from_if_.end()) found->second = std::move(taken);
    }
  }

  // What graph g itself gives out under a name; nullptr where it comes from an If in it.
  const Exposure* own(GraphId g, std::uint32_t name) const {
    const auto found = own_[g].find(name);
    return found == own_[g].end() ? nullptr : &found->second;
  }

  void choose_renames(GraphId g) {
    for (const std::uint32_t n : outputs_[g]) {
      const Exposure* exposure = own(g, n);
      if (exposure == nullptr || exposure->swap_rank != 0) continue;
      const ValueId id = exposure->value;
      const Value& v = m_.values[id];
      if (v.graph == g && v.producer != kNone && !v.graph_output && !v.constant && v.type == DataType::f32) renames_.emplace(id, names_[n]);
    }
  }

  void touch_up(NodeId n) {
    for (; n != kNone && !touched_[n]; n = m_.graphs[m_.nodes[n].graph].owner) touched_[n] = true;
  }
  void touch(ValueId v) {
    touch_up(m_.values[v].producer);
    for (const NodeId c : m_.values[v].consumers) touch_up(c);
  }

  std::string_view name_of(ValueId v) const {
    if (v == kNone) return {};
    const auto renamed = renames_.find(v);
    return renamed == renames_.end() ? m_.values[v].name : std::string_view(renamed->second);
  }

  Buffer write_model() const {
    Buffer out;
    out.reserve(m_.bytes.size() + 4096 + 512 * names_.size());
    wire::Reader r(m_.bytes);
    while (r.next()) {
      if (!r.field().bytes_of(schema::model::graph)) {
        wire::put_raw(out, r.field().raw);
        continue;
      }
      const std::size_t begun = wire::begin_message(out, schema::model::graph);
      write_graph(out, kMainGraph);
      wire::end_message(out, begun);
    }
    return out;
  }

  void write_graph(Buffer& out, GraphId id) const {
    const Graph& g = m_.graphs[id];
    std::size_t node = 0;
    for (const NodeId n : g.made_first) write_made(out, n);
    wire::Reader r(g.body);
    while (r.next()) {
      const wire::Field& f = r.field();
      if (f.bytes_of(schema::graph::node)) {
        const NodeId n = g.nodes[node++];
        if (touched_[n]) {
          write_node(out, n);
        } else {
          wire::put_raw(out, f.raw);
        }
        if (const auto made = g.made_after.find(n); made != g.made_after.end()) {
          for (const NodeId after : made->second) write_made(out, after);
        }
      } else if (f.bytes_of(schema::graph::value_info) || f.bytes_of(schema::graph::quantization_annotation)) {
        write_named(out, g, f);
      } else {
        wire::put_raw(out, f.raw);
      }
    }
    for (const wire::Bytes input : g.made_inputs) wire::put_bytes_field(out, schema::graph::input, input);
    for (const std::uint32_t n : outputs_[id]) {
      write_exit(out, id, n);
      write_output(out, n);
    }
  }

  // ValueInfoProto and TensorAnnotation both have the value's name in field 1.
  void write_named(Buffer& out, const Graph& g, const wire::Field& field) const {
    wire::Reader names(field.payload);
    ValueId value = kNone;
    while (names.next()) {
      if (const auto name = names.field().text_of(schema::value_info::name)) {
        const auto found = g.names.find(*name);
        value = found == g.names.end() ? kNone : found->second;
      }
    }
    if (names.failed() || value == kNone || !renames_.contains(value)) return wire::put_raw(out, field.raw);
    const std::size_t begun = wire::begin_message(out, field.number);
    wire::Reader r(field.payload);
    while (r.next()) {
      if (!r.field().text_of(schema::value_info::name)) wire::put_raw(out, r.field().raw);
    }
    wire::put_text_field(out, schema::value_info::name, name_of(value));
    wire::end_message(out, begun);
  }

  void write_node(Buffer& out, NodeId id) const {
    const Node& n = m_.nodes[id];
    std::size_t input = 0, output = 0, subgraph = 0;
    const std::size_t begun = wire::begin_message(out, schema::graph::node);
    wire::Reader r(n.body);
    while (r.next()) {
      const wire::Field& f = r.field();
      if (f.text_of(schema::node::input)) {
        wire::put_text_field(out, schema::node::input, name_of(n.inputs[input++]));
      } else if (f.text_of(schema::node::output)) {
        wire::put_text_field(out, schema::node::output, name_of(n.outputs[output++]));
      } else if (const auto attribute = f.bytes_of(schema::node::attribute)) {
        write_attribute(out, n, *attribute, subgraph);
      } else {
        wire::put_raw(out, f.raw);
      }
    }
    if (const auto added = from_if_.find(id); added != from_if_.end()) {
      for (const std::uint32_t name : added->second) wire::put_text_field(out, schema::node::output, names_[name]);
    }
    wire::end_message(out, begun);
  }

  // A node of edit.hpp, whose body holds attributes only.
  void write_made(Buffer& out, NodeId id) const {
    const Node& n = m_.nodes[id];
    const std::size_t begun = wire::begin_message(out, schema::graph::node);
    for (const ValueId v : n.inputs) wire::put_text_field(out, schema::node::input, name_of(v));
    for (const ValueId v : n.outputs) wire::put_text_field(out, schema::node::output, name_of(v));
    wire::put_text_field(out, schema::node::name, m_.values[n.outputs[0]].name);
    wire::put_text_field(out, schema::node::op_type, n.op);
    wire::put_raw(out, n.body);
    wire::end_message(out, begun);
  }

  void write_attribute(Buffer& out, const Node& n, wire::Bytes attribute, std::size_t& subgraph) const {
    const std::size_t begun = wire::begin_message(out, schema::node::attribute);
    wire::Reader r(attribute);
    while (r.next()) {
      const wire::Field& f = r.field();
      if (f.bytes_of(schema::attribute::g) || f.bytes_of(schema::attribute::graphs)) {
        const std::size_t inner = wire::begin_message(out, f.number);
        write_graph(out, n.subgraphs[subgraph++]);
        wire::end_message(out, inner);
      } else {
        wire::put_raw(out, f.raw);
      }
    }
    wire::end_message(out, begun);
  }

  // The nodes that give a value out under a further name, where it could not take that name itself.
  void write_exit(Buffer& out, GraphId g, std::uint32_t name) const {
    const Exposure* exposure = own(g, name);
    if (exposure == nullptr || name_of(exposure->value) == names_[name]) return;
    std::string source(name_of(exposure->value));
    const bool cast = m_.values[exposure->value].type != DataType::f32;
    const bool swap = exposure->swap_rank != 0;
    if (cast) {
      const std::string target = swap ? "trilens/" + names_[name] + "/f32" : names_[name];
      if (m_.values[exposure->value].type == DataType::f16) {
        const std::string aside = "trilens/" + names_[name] + "/aside";
        write_aside(out, source, aside);
        source = aside;
      }
      write_unary(out, "Cast", source, target, {"to", {static_cast<std::int64_t>(DataType::f32)}, false});
      source = target;
    }
    if (swap) write_swapped(out, source, names_[name], exposure->swap_rank);
    if (!cast && !swap) write_unary(out, "Identity", source, names_[name], {});
  }

  // The last two dimensions exchanged: by Einsum, as ONNX Runtime would move a Transpose of ours into the model's own, and with it what is run in f16.
  void write_swapped(Buffer& out, std::string_view source, std::string_view target, std::uint32_t rank) const {
    constexpr std::uint64_t kString = 3;            // AttributeProto.AttributeType
    constexpr std::int64_t kFirstEinsum = 12;       // operator set
    Attribute perm{"perm", {}, true};
    std::string from, to;
    for (std::uint32_t i = 0; i < rank; ++i) {
      const std::uint32_t other = i + 2 < rank ? i : i + 1 == rank ? i - 1 : i + 1;
      perm.values.push_back(other);
      from += static_cast<char>('a' + i);
      to += static_cast<char>('a' + other);
    }
    if (m_.opset < kFirstEinsum) return write_unary(out, "Transpose", source, target, perm);
    const std::size_t begun = wire::begin_message(out, schema::graph::node);
    wire::put_text_field(out, schema::node::input, source);
    wire::put_text_field(out, schema::node::output, target);
    wire::put_text_field(out, schema::node::name, "trilens/Einsum/" + std::string(target));
    wire::put_text_field(out, schema::node::op_type, "Einsum");
    const std::size_t inner = wire::begin_message(out, schema::node::attribute);
    wire::put_text_field(out, schema::attribute::name, "equation");
    wire::put_text_field(out, schema::attribute::s, from + "->" + to);
    wire::put_varint_field(out, schema::attribute::type, kString);
    wire::end_message(out, inner);
    wire::end_message(out, begun);
  }

  struct Attribute {
    std::string_view name;
    std::vector<std::int64_t> values;
    bool list = false;
  };

  static void write_unary(Buffer& out, std::string_view op, std::string_view source, std::string_view target, const Attribute& attribute) {
    constexpr std::uint64_t kInt = 2, kInts = 7;  // AttributeProto.AttributeType
    const std::size_t begun = wire::begin_message(out, schema::graph::node);
    wire::put_text_field(out, schema::node::input, source);
    wire::put_text_field(out, schema::node::output, target);
    wire::put_text_field(out, schema::node::name, "trilens/" + std::string(op) + "/" + std::string(target));
    wire::put_text_field(out, schema::node::op_type, op);
    if (!attribute.values.empty()) {
      const std::size_t inner = wire::begin_message(out, schema::node::attribute);
      wire::put_text_field(out, schema::attribute::name, attribute.name);
      for (const std::int64_t v : attribute.values) {
        wire::put_varint_field(out, attribute.list ? schema::attribute::ints : schema::attribute::i, static_cast<std::uint64_t>(v));
      }
      wire::put_varint_field(out, schema::attribute::type, attribute.list ? kInts : kInt);
      wire::end_message(out, inner);
    }
    wire::end_message(out, begun);
  }

  // The same numbers by an operator that ONNX Runtime's CPU has for f32 alone. A Cast as the reader would tell it that somebody wants the value in f16,
  // and a node that it can run in f16 and otherwise takes to f32 with all of its neighbours (IsIsolatedFp16NodeOnCpu in its
  // core/optimizer/insert_cast_transformer.cc) would be run in f16: other numbers.
  static void write_aside(Buffer& out, std::string_view source, std::string_view target) {
    constexpr std::uint64_t kFloat = 1;             // AttributeProto.AttributeType
    constexpr std::uint32_t kOne = 0x3F800000;      // 1.0f
    const std::size_t begun = wire::begin_message(out, schema::graph::node);
    wire::put_text_field(out, schema::node::input, source);
    wire::put_text_field(out, schema::node::output, target);
    wire::put_text_field(out, schema::node::name, target);
    wire::put_text_field(out, schema::node::op_type, "LeakyRelu");
    const std::size_t inner = wire::begin_message(out, schema::node::attribute);
    wire::put_text_field(out, schema::attribute::name, "alpha");
    wire::put_fixed32_field(out, schema::attribute::f, kOne);
    wire::put_varint_field(out, schema::attribute::type, kFloat);
    wire::end_message(out, inner);
    wire::end_message(out, begun);
  }

  // f32 of any rank and size: the runtime knows the shape when it runs.
  void write_output(Buffer& out, std::uint32_t name) const {
    const std::size_t begun = wire::begin_message(out, schema::graph::output);
    wire::put_text_field(out, schema::value_info::name, names_[name]);
    const std::size_t type = wire::begin_message(out, schema::value_info::type);
    const std::size_t tensor = wire::begin_message(out, schema::type::tensor_type);
    wire::put_varint_field(out, schema::tensor_type::elem_type, static_cast<std::uint64_t>(DataType::f32));
    wire::end_message(out, tensor);
    wire::end_message(out, type);
    wire::end_message(out, begun);
  }

  const Model& m_;
  std::vector<std::string> names_;
  std::vector<Names> outputs_;                             // per graph, what is appended to its outputs
  std::vector<std::map<std::uint32_t, Exposure>> own_;     // per graph
  std::unordered_map<NodeId, Names> from_if_;
  std::unordered_map<ValueId, std::string> renames_;
  std::vector<bool> touched_;
};

}  // namespace

wire::Buffer rewrite(const Model& model, const std::vector<Exposure>& exposures, std::vector<std::string>& accepted) {
  return Rewriter(model, exposures).run(accepted);
}

}  // namespace trilens::onnx
