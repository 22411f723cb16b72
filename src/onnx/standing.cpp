#include "onnx/standing.hpp"

#include <initializer_list>

#include "onnx/schema.hpp"
#include "onnx/wire.hpp"

namespace trilens::onnx {
namespace {

using wire::Buffer;
using Names = std::initializer_list<std::string_view>;

constexpr std::uint64_t kIrVersion = 8, kOpset = 13;
constexpr std::uint32_t kIrField = 1, kGraphName = 2, kAttributeInt = 2;  // AttributeProto.AttributeType.INT

Buffer integer(std::string_view name, std::int64_t value) {
  Buffer out;
  wire::put_text_field(out, schema::attribute::name, name);
  wire::put_varint_field(out, schema::attribute::i, static_cast<std::uint64_t>(value));
  wire::put_varint_field(out, schema::attribute::type, kAttributeInt);
  return out;
}

void put_node(Buffer& graph, std::string_view op, Names names, std::initializer_list<Buffer> attributes = {}) {
  Buffer node;  // the last of the names is the output
  for (const std::string_view* name = names.begin(); name != names.end(); ++name) {
    wire::put_text_field(node, name + 1 == names.end() ? schema::node::output : schema::node::input, *name);
  }
  wire::put_text_field(node, schema::node::op_type, op);
  for (const Buffer& attribute : attributes) wire::put_bytes_field(node, schema::node::attribute, attribute);
  wire::put_bytes_field(graph, schema::graph::node, node);
}

// [1] i64
void put_axis(Buffer& graph, std::string_view name, std::int64_t value) {
  Buffer tensor;
  wire::put_varint_field(tensor, schema::tensor::dims, 1);
  wire::put_varint_field(tensor, schema::tensor::data_type, static_cast<std::uint64_t>(DataType::i64));
  wire::put_text_field(tensor, schema::tensor::name, name);
  Buffer raw;
  for (unsigned i = 0; i < 8; ++i) raw.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
  wire::put_bytes_field(tensor, schema::tensor::raw_data, raw);
  wire::put_bytes_field(graph, schema::graph::initializer, tensor);
}

struct Port {
  std::string_view name;
  DataType type;
  std::string_view last;  // dimension; "": 1
};

void put_port(Buffer& graph, std::uint32_t field, const Port& port) {
  Buffer shape;
  for (const std::string_view dim : {std::string_view("batch"), std::string_view("sequence"), port.last}) {
    Buffer dimension;
    if (dim.empty()) wire::put_varint_field(dimension, schema::dimension::value, 1);
    else wire::put_text_field(dimension, schema::dimension::parameter, dim);
    wire::put_bytes_field(shape, schema::shape::dim, dimension);
  }
  Buffer tensor_type, type, info;
  wire::put_varint_field(tensor_type, schema::tensor_type::elem_type, static_cast<std::uint64_t>(port.type));
  wire::put_bytes_field(tensor_type, schema::tensor_type::shape, shape);
  wire::put_bytes_field(type, schema::type::tensor_type, tensor_type);
  wire::put_text_field(info, schema::value_info::name, port.name);
  wire::put_bytes_field(info, schema::value_info::type, type);
  wire::put_bytes_field(graph, field, info);
}

}  // namespace

std::vector<std::uint8_t> standing_model() {
  Buffer graph;
  put_node(graph, "GatherElements", {kStandingLogits, kStandingAnswer, kStandingLogit}, {integer("axis", 2)});
  put_node(graph, "Greater", {kStandingLogits, kStandingLogit, "greater"});
  put_node(graph, "Cast", {"greater", "ones"}, {integer("to", static_cast<std::int64_t>(DataType::f32))});
  put_node(graph, "ReduceSum", {"ones", "axis", kStandingAbove}, {integer("keepdims", 1)});
  wire::put_text_field(graph, kGraphName, "standing");
  put_axis(graph, "axis", 2);
  put_port(graph, schema::graph::input, {kStandingLogits, DataType::f32, "vocabulary"});
  put_port(graph, schema::graph::input, {kStandingAnswer, DataType::i32, {}});
  put_port(graph, schema::graph::output, {kStandingLogit, DataType::f32, {}});
  put_port(graph, schema::graph::output, {kStandingAbove, DataType::f32, {}});

  Buffer opset, out;
  wire::put_varint_field(opset, schema::opset::version, kOpset);
  wire::put_varint_field(out, kIrField, kIrVersion);
  wire::put_bytes_field(out, schema::model::opset_import, opset);
  wire::put_bytes_field(out, schema::model::graph, graph);
  return out;
}

}  // namespace trilens::onnx
