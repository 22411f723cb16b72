// Small ONNX models made by hand, well formed or not, for tests.
#pragma once

#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/schema.hpp"
#include "onnx/wire.hpp"

namespace trilens::onnx::testing {

using wire::Buffer;

inline Buffer fixture(const std::string& name) {
  std::ifstream file(std::string(TRILENS_FIXTURES) + "/onnx/" + name, std::ios::binary);
  return Buffer(std::istreambuf_iterator<char>(file), {});
}

using Names = std::initializer_list<std::string_view>;

inline Buffer node(std::string_view op, Names inputs, Names outputs, const Buffer& attributes = {}) {
  Buffer out;
  for (const auto name : inputs) wire::put_text_field(out, schema::node::input, name);
  for (const auto name : outputs) wire::put_text_field(out, schema::node::output, name);
  wire::put_text_field(out, schema::node::op_type, op);
  wire::put_raw(out, attributes);
  return out;
}

inline Buffer graph_attribute(std::string_view name, const Buffer& graph) {
  Buffer attribute, out;
  wire::put_text_field(attribute, schema::attribute::name, name);
  wire::put_bytes_field(attribute, schema::attribute::g, graph);
  wire::put_bytes_field(out, schema::node::attribute, attribute);
  return out;
}

// f32 with the given dimensions; `bytes` of raw data, each of them `fill`.
inline Buffer tensor(std::string_view name, std::initializer_list<std::int64_t> dims, std::size_t bytes, std::uint8_t fill = 0) {
  Buffer out;
  for (const std::int64_t d : dims) wire::put_varint_field(out, schema::tensor::dims, static_cast<std::uint64_t>(d));
  wire::put_varint_field(out, schema::tensor::data_type, static_cast<std::uint64_t>(DataType::f32));
  wire::put_text_field(out, schema::tensor::name, name);
  wire::put_bytes_field(out, schema::tensor::raw_data, Buffer(bytes, fill));
  return out;
}

struct GraphParts {
  std::vector<Buffer> nodes;
  std::vector<Buffer> initializers;
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> outputs;
};

inline Buffer graph(const GraphParts& parts) {
  Buffer out;
  for (const Buffer& n : parts.nodes) wire::put_bytes_field(out, schema::graph::node, n);
  for (const Buffer& t : parts.initializers) wire::put_bytes_field(out, schema::graph::initializer, t);
  const auto port = [&out](std::uint32_t field, std::string_view name) {
    Buffer tensor_type, type, info;
    wire::put_varint_field(tensor_type, schema::tensor_type::elem_type, static_cast<std::uint64_t>(DataType::f32));
    wire::put_bytes_field(type, schema::type::tensor_type, tensor_type);
    wire::put_text_field(info, schema::value_info::name, name);
    wire::put_bytes_field(info, schema::value_info::type, type);
    wire::put_bytes_field(out, field, info);
  };
  for (const auto name : parts.inputs) port(schema::graph::input, name);
  for (const auto name : parts.outputs) port(schema::graph::output, name);
  return out;
}

inline Buffer model(const Buffer& graph_bytes) {
  Buffer opset, out;
  wire::put_varint_field(opset, schema::opset::version, 17);
  wire::put_varint_field(out, 1, 8);  // ir_version
  wire::put_bytes_field(out, schema::model::graph, graph_bytes);
  wire::put_bytes_field(out, schema::model::opset_import, opset);
  return out;
}

// q and k and v are inputs: softmax(q k) v.
inline GraphParts one_attention() {
  return {.nodes = {node("MatMul", {"q", "k"}, {"product"}), node("Softmax", {"product"}, {"weights"}), node("MatMul", {"weights", "v"}, {"y"})},
          .initializers = {},
          .inputs = {"q", "k", "v"},
          .outputs = {"y"}};
}

}  // namespace trilens::onnx::testing
