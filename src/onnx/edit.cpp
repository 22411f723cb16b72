#include "onnx/edit.hpp"

#include <bit>

namespace trilens::onnx {
namespace {

constexpr std::uint64_t kInteger = 2, kTensor = 4;  // AttributeProto.AttributeType

wire::Buffer text_bytes(std::string_view text) { return {text.begin(), text.end()}; }

void put_attribute(wire::Buffer& out, std::string_view name, std::uint64_t type, const wire::Buffer& payload) {
  const std::size_t begun = wire::begin_message(out, schema::node::attribute);
  wire::put_text_field(out, schema::attribute::name, name);
  wire::put_raw(out, payload);
  wire::put_varint_field(out, schema::attribute::type, type);
  wire::end_message(out, begun);
}

// Little-endian, as raw_data is.
template <class T>
void put_number(wire::Buffer& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace

std::string_view Editor::keep(wire::Buffer bytes) {
  const wire::Buffer& kept = m_.made.emplace_back(std::move(bytes));
  return {reinterpret_cast<const char*>(kept.data()), kept.size()};
}

ValueId Editor::input(std::string_view name, DataType type, std::uint32_t rank) {
  const auto id = static_cast<ValueId>(m_.values.size());
  Value& value = m_.values.emplace_back();
  value.name = keep(text_bytes(name));
  value.type = type;
  value.graph_input = true;
  wire::Buffer info;
  wire::put_text_field(info, schema::value_info::name, name);
  const std::size_t type_field = wire::begin_message(info, schema::value_info::type);
  const std::size_t tensor = wire::begin_message(info, schema::type::tensor_type);
  wire::put_varint_field(info, schema::tensor_type::elem_type, static_cast<std::uint64_t>(type));
  const std::size_t shape = wire::begin_message(info, schema::tensor_type::shape);
  for (std::uint32_t i = 0; i < rank; ++i) {
    const std::size_t dim = wire::begin_message(info, schema::shape::dim);
    wire::put_text_field(info, schema::dimension::parameter, std::string(name) + "." + std::to_string(i));
    wire::end_message(info, dim);
  }
  wire::end_message(info, shape);
  wire::end_message(info, tensor);
  wire::end_message(info, type_field);
  m_.graphs[kMainGraph].made_inputs.push_back(m_.made.emplace_back(std::move(info)));
  return id;
}

NodeId Editor::add_node(Place place, std::string_view op, std::vector<ValueId> inputs, DataType type) {
  const auto id = static_cast<NodeId>(m_.nodes.size());
  const auto out = static_cast<ValueId>(m_.values.size());
  Value& value = m_.values.emplace_back();
  value.name = keep(text_bytes(std::string(kMadePrefix) + std::string(op) + "/" + std::to_string(id)));
  value.graph = place.graph;
  value.producer = id;
  value.type = type;
  Node& node = m_.nodes.emplace_back();
  node.op = op;
  node.graph = place.graph;
  node.inputs = std::move(inputs);
  node.outputs = {out};
  places_.emplace(id, place);
  Graph& graph = m_.graphs[place.graph];
  (place.after == kNone ? graph.made_first : graph.made_after[place.after]).push_back(id);
  return id;
}

ValueId Editor::node(Place place, std::string_view op, std::vector<ValueId> inputs, DataType type, NodeAttribute attribute) {
  const NodeId id = add_node(place, op, std::move(inputs), type);
  if (!attribute.name.empty()) {
    wire::Buffer value, body;
    wire::put_varint_field(value, schema::attribute::i, static_cast<std::uint64_t>(attribute.value));
    put_attribute(body, attribute.name, kInteger, value);
    m_.nodes[id].body = m_.made.emplace_back(std::move(body));
  }
  return m_.nodes[id].outputs[0];
}

ValueId Editor::constant(Place place, const wire::Buffer& tensor, DataType type) {
  const NodeId id = add_node(place, "Constant", {}, type);
  wire::Buffer value, body;
  wire::put_bytes_field(value, schema::attribute::t, tensor);
  put_attribute(body, "value", kTensor, value);
  m_.nodes[id].body = m_.made.emplace_back(std::move(body));
  return m_.nodes[id].outputs[0];
}

ValueId Editor::integers(Place place, const std::vector<std::int64_t>& values, bool scalar) {
  wire::Buffer tensor, raw;
  if (!scalar) wire::put_varint_field(tensor, schema::tensor::dims, values.size());
  wire::put_varint_field(tensor, schema::tensor::data_type, static_cast<std::uint64_t>(DataType::i64));
  for (const std::int64_t v : values) put_number(raw, static_cast<std::uint64_t>(v));
  wire::put_bytes_field(tensor, schema::tensor::raw_data, raw);
  return constant(place, tensor, DataType::i64);
}

ValueId Editor::number(Place place, float value, DataType type) {
  wire::Buffer tensor, raw;
  wire::put_varint_field(tensor, schema::tensor::data_type, static_cast<std::uint64_t>(DataType::f32));
  put_number(raw, std::bit_cast<std::uint32_t>(value));
  wire::put_bytes_field(tensor, schema::tensor::raw_data, raw);
  const ValueId plain = constant(place, tensor, DataType::f32);
  return type == DataType::f32 ? plain : node(place, "Cast", {plain}, type, {"to", static_cast<std::int64_t>(type)});
}

void Editor::redirect(NodeId node, std::size_t input, ValueId to) {
  m_.nodes[node].inputs[input] = to;
  m_.nodes[node].edited = true;
}

Place Editor::behind(ValueId value) const {
  const Value& v = m_.values[value];
  if (v.producer == kNone) return {v.graph, kNone};
  const auto made = places_.find(v.producer);  // behind the same node: what was made stands there in the order of making
  return made != places_.end() ? made->second : Place{m_.nodes[v.producer].graph, v.producer};
}

}  // namespace trilens::onnx
