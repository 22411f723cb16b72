#include "onnx/cut.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace trilens::onnx {
namespace {

using wire::Buffer;

constexpr std::uint64_t kOldestIr = 4;  // before it, initializers had to be inputs too
constexpr std::string_view kRows = "trilens/head/rows";

class Cutter {
 public:
  Cutter(const Model& m, const Cut& cut) : m_(m), cut_(cut) {
    used_.insert(std::string(cut.from.name));
    for (const CutPort& port : cut.to) used_.insert(std::string(port.name));
  }

  Buffer run() {
    Buffer graph;
    wire::put_text_field(graph, kGraphName, "head");
    const DataType type = m_.values[cut_.from.value].type;
    const std::string input(cut_.from.name);
    if (type == DataType::f32) {
      names_.emplace(cut_.from.value, input);
    } else {
      put_cast(graph, input, name_of(cut_.from.value), type);
    }
    if (!cut_.reshaped.empty()) put_rows(graph);
    for (const ValueId v : cut_.initializers) put_initializer(graph, v);
    for (const NodeId n : cut_.nodes) put_node(graph, n);
    put_port(graph, schema::graph::input, input, {"batch", "sequence", "hidden"});
    for (const CutPort& port : cut_.to) {
      if (m_.values[resolved(port.value)].type == DataType::f32) {
        put_simple(graph, "Identity", {name_of(port.value)}, std::string(port.name), {});
      } else {
        put_cast(graph, name_of(port.value), std::string(port.name), DataType::f32);
      }
      put_port(graph, schema::graph::output, std::string(port.name), {"batch", "sequence", std::string(port.name) + ".width"});
    }
    return model_around(graph);
  }

 private:
  static constexpr std::uint32_t kGraphName = 2, kIrVersion = 1;

  ValueId resolved(ValueId v) const {
    const auto found = cut_.same.find(v);
    return found == cut_.same.end() ? v : found->second;
  }

  std::string name_of(ValueId v) {
    if (v == kNone) return {};
    v = resolved(v);
    const auto found = names_.find(v);
    if (found != names_.end()) return found->second;
    std::string name(m_.values[v].name);
    for (int copy = 2; name.starts_with("trilens/") || !used_.insert(name).second; ++copy) name = "~" + std::to_string(copy) + std::string(m_.values[v].name);
    names_.emplace(v, name);
    return name;
  }

  // Only what says which operators are meant, and who made them.
  Buffer model_around(const Buffer& graph) const {
    Buffer out;
    bool version = false;
    wire::Reader r(m_.bytes);
    while (r.next()) {
      const wire::Field& f = r.field();
      if (const auto v = f.varint_of(kIrVersion)) {
        wire::put_varint_field(out, kIrVersion, std::max(*v, kOldestIr));
        version = true;
      } else if (f.bytes_of(schema::model::producer_name) || f.bytes_of(schema::model::opset_import)) {
        wire::put_raw(out, f.raw);
      }
    }
    if (!version) wire::put_varint_field(out, kIrVersion, kOldestIr);
    wire::put_bytes_field(out, schema::model::graph, graph);
    return out;
  }

  void put_initializer(Buffer& out, ValueId v) {
    const std::size_t begun = wire::begin_message(out, schema::graph::initializer);
    wire::Reader r(m_.tensors[m_.values[v].tensor].body);
    while (r.next()) {
      if (!r.field().text_of(schema::tensor::name)) wire::put_raw(out, r.field().raw);
    }
    wire::put_text_field(out, schema::tensor::name, name_of(v));
    wire::end_message(out, begun);
  }

  void put_node(Buffer& out, NodeId id) {
    const Node& n = m_.nodes[id];
    const bool rows = std::ranges::find(cut_.reshaped, id) != cut_.reshaped.end();
    std::size_t input = 0, output = 0;
    const std::size_t begun = wire::begin_message(out, schema::graph::node);
    wire::Reader r(n.body);
    while (r.next()) {
      const wire::Field& f = r.field();
      if (f.text_of(schema::node::input)) {
        wire::put_text_field(out, schema::node::input, rows && input == 1 ? std::string(kRows) : name_of(n.inputs[input]));
        ++input;
      } else if (f.text_of(schema::node::output)) {
        wire::put_text_field(out, schema::node::output, name_of(n.outputs[output++]));
      } else {
        wire::put_raw(out, f.raw);
      }
    }
    wire::end_message(out, begun);
  }

  // A node with one output; the attribute, where there is one, is an integer.
  static void put_simple(Buffer& out, std::string_view op, const std::vector<std::string>& inputs, const std::string& output, std::pair<std::string_view, std::int64_t> attribute) {
    constexpr std::uint64_t kInt = 2;  // AttributeProto.AttributeType
    const std::size_t begun = wire::begin_message(out, schema::graph::node);
    for (const std::string& name : inputs) wire::put_text_field(out, schema::node::input, name);
    wire::put_text_field(out, schema::node::output, output);
    wire::put_text_field(out, schema::node::op_type, op);
    if (!attribute.first.empty()) {
      const std::size_t inner = wire::begin_message(out, schema::node::attribute);
      wire::put_text_field(out, schema::attribute::name, attribute.first);
      wire::put_varint_field(out, schema::attribute::i, static_cast<std::uint64_t>(attribute.second));
      wire::put_varint_field(out, schema::attribute::type, kInt);
      wire::end_message(out, inner);
    }
    wire::end_message(out, begun);
  }

  static void put_cast(Buffer& out, const std::string& from, const std::string& to, DataType type) {
    put_simple(out, "Cast", {from}, to, {"to", static_cast<std::int64_t>(type)});
  }

  static void put_integers(Buffer& out, std::string_view name, std::initializer_list<std::int64_t> values) {
    Buffer raw;
    for (const std::int64_t v : values) {
      for (unsigned i = 0; i < 8; ++i) raw.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(v) >> (8 * i)));
    }
    const std::size_t begun = wire::begin_message(out, schema::graph::initializer);
    wire::put_varint_field(out, schema::tensor::dims, values.size());
    wire::put_varint_field(out, schema::tensor::data_type, static_cast<std::uint64_t>(DataType::i64));
    wire::put_text_field(out, schema::tensor::name, name);
    wire::put_bytes_field(out, schema::tensor::raw_data, raw);
    wire::end_message(out, begun);
  }

  // [batch, sequence, -1]
  void put_rows(Buffer& out) const {
    put_integers(out, "trilens/head/first_two", {0, 1});
    put_integers(out, "trilens/head/rest", {-1});
    put_simple(out, "Shape", {std::string(cut_.from.name)}, "trilens/head/shape", {});
    put_simple(out, "Gather", {"trilens/head/shape", "trilens/head/first_two"}, "trilens/head/outer", {"axis", 0});
    put_simple(out, "Concat", {"trilens/head/outer", "trilens/head/rest"}, std::string(kRows), {"axis", 0});
  }

  static void put_port(Buffer& out, std::uint32_t field, const std::string& name, const std::vector<std::string>& dims) {
    const std::size_t begun = wire::begin_message(out, field);
    wire::put_text_field(out, schema::value_info::name, name);
    const std::size_t type = wire::begin_message(out, schema::value_info::type);
    const std::size_t tensor = wire::begin_message(out, schema::type::tensor_type);
    wire::put_varint_field(out, schema::tensor_type::elem_type, static_cast<std::uint64_t>(DataType::f32));
    const std::size_t shape = wire::begin_message(out, schema::tensor_type::shape);
    for (const std::string& d : dims) {
      const std::size_t dim = wire::begin_message(out, schema::shape::dim);
      wire::put_text_field(out, schema::dimension::parameter, d);
      wire::end_message(out, dim);
    }
    wire::end_message(out, shape);
    wire::end_message(out, tensor);
    wire::end_message(out, type);
    wire::end_message(out, begun);
  }

  const Model& m_;
  const Cut& cut_;
  std::set<std::string> used_;
  std::unordered_map<ValueId, std::string> names_;
};

}  // namespace

wire::Buffer write_cut(const Model& model, const Cut& cut) { return Cutter(model, cut).run(); }

}  // namespace trilens::onnx
