#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "base/random.hpp"
#include "graph_builder.hpp"
#include "onnx/graph.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {
namespace {

using testing::Buffer;
using testing::graph;
using testing::GraphParts;
using testing::model;
using testing::node;
using testing::one_attention;

ErrorCode code_of(const Buffer& bytes) {
  const auto opened = open_up(bytes, {.allow_closed = true});
  return opened ? ErrorCode::cancelled : opened.error().code;  // cancelled: no error
}

TEST_CASE("a file cut short at any byte is refused as malformed, or still is a model") {
  const std::string name = GENERATE(as<std::string>{}, "bert_dynamo.onnx", "t5_merged.onnx");
  const Buffer whole = testing::fixture(name);
  REQUIRE(code_of(whole) == ErrorCode::cancelled);
  const std::size_t step = name == "bert_dynamo.onnx" ? 1 : 61;
  std::size_t refused = 0;
  for (std::size_t n = 0; n < whole.size(); n += step) {
    const ErrorCode code = code_of(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
    if (code == ErrorCode::model_malformed) ++refused;
    if (code != ErrorCode::model_malformed && code != ErrorCode::cancelled) FAIL("byte " << n);
  }
  CHECK(refused > whole.size() / step - 100);  // past the graph there is little that can be missed
}

TEST_CASE("changed bytes give a model that can be read, or one of two errors") {
  const std::string name = GENERATE(as<std::string>{}, "bert_dynamo.onnx", "bert_quantized.onnx", "gpt2_sdpa.onnx", "t5_merged.onnx", "bert_fused.onnx");
  const Buffer whole = testing::fixture(name);
  Random random(7);
  for (int round = 0; round < 400; ++round) {
    Buffer bytes = whole;
    const std::uint64_t changes = 1 + random.next() % 8;
    for (std::uint64_t i = 0; i < changes; ++i) bytes[random.next() % bytes.size()] = static_cast<std::uint8_t>(random.next());
    const auto opened = open_up(bytes, {.allow_closed = true});
    if (opened) {
      CHECK(read_model(opened->model).has_value());
    } else {
      CHECK((opened.error().code == ErrorCode::model_malformed || opened.error().code == ErrorCode::model_unsupported));
    }
  }
}

TEST_CASE("random bytes are refused") {
  Random random(11);
  for (int round = 0; round < 2000; ++round) {
    Buffer bytes(random.next() % 200);
    for (std::uint8_t& b : bytes) b = static_cast<std::uint8_t>(random.next());
    CHECK(code_of(bytes) == ErrorCode::model_malformed);
  }
  CHECK(code_of({}) == ErrorCode::model_malformed);
  const std::string_view page = "<!DOCTYPE html><html><body>404: not found</body></html>";
  CHECK(code_of(Buffer(page.begin(), page.end())) == ErrorCode::model_malformed);
}

TEST_CASE("nodes that need each other in a circle are refused") {
  GraphParts parts = one_attention();
  parts.nodes.push_back(node("Add", {"a", "b"}, {"c"}));
  parts.nodes.push_back(node("Relu", {"c"}, {"a"}));
  parts.inputs.push_back("b");
  CHECK(code_of(model(graph(parts))) == ErrorCode::model_malformed);
  GraphParts self = one_attention();
  self.nodes.push_back(node("Relu", {"x"}, {"x"}));
  CHECK(code_of(model(graph(self))) == ErrorCode::model_malformed);
}

TEST_CASE("a branch that needs its own If is refused") {
  const Buffer branch = graph({.nodes = {node("Relu", {"z"}, {"inner"})}, .initializers = {}, .inputs = {}, .outputs = {"inner"}});
  GraphParts parts = one_attention();
  parts.inputs.push_back("condition");
  parts.nodes.push_back(node("If", {"condition"}, {"z"}, testing::graph_attribute("then_branch", branch)));
  CHECK(code_of(model(graph(parts))) == ErrorCode::model_malformed);
}

TEST_CASE("subgraphs nested past the limit are refused") {
  Buffer inner = graph({.nodes = {node("Relu", {"q"}, {"r"})}, .initializers = {}, .inputs = {}, .outputs = {"r"}});
  for (int depth = 0; depth < 300; ++depth) {
    inner = graph({.nodes = {node("If", {"q"}, {"r"}, testing::graph_attribute("then_branch", inner))}, .initializers = {}, .inputs = {}, .outputs = {"r"}});
  }
  GraphParts parts = one_attention();
  parts.nodes.push_back(node("If", {"q"}, {"s"}, testing::graph_attribute("then_branch", inner)));
  CHECK(code_of(model(graph(parts))) == ErrorCode::model_malformed);
}

TEST_CASE("absurd, negative and untrue dimensions are refused") {
  const auto with = [](const Buffer& tensor) {
    GraphParts parts = one_attention();
    parts.initializers.push_back(tensor);
    return code_of(model(graph(parts)));
  };
  constexpr std::int64_t kHuge = std::int64_t{1} << 40;
  CHECK(with(testing::tensor("w", {2, 2}, 16)) == ErrorCode::cancelled);
  CHECK(with(testing::tensor("w", {2, 2}, 15)) == ErrorCode::model_malformed);
  CHECK(with(testing::tensor("w", {kHuge, kHuge}, 16)) == ErrorCode::model_malformed);
  CHECK(with(testing::tensor("w", {kHuge, kHuge, 0, kHuge}, 0)) == ErrorCode::model_malformed);
  CHECK(with(testing::tensor("w", {-1, 4}, 16)) == ErrorCode::model_malformed);
  CHECK(with(testing::tensor("w", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 4)) == ErrorCode::model_malformed);
  CHECK(with(testing::tensor("", {1}, 4)) == ErrorCode::model_malformed);
  Buffer no_data;
  wire::put_varint_field(no_data, schema::tensor::dims, 4);
  wire::put_text_field(no_data, schema::tensor::name, "w");
  CHECK(with(no_data) == ErrorCode::model_malformed);
}

TEST_CASE("names that are made twice or never are refused") {
  GraphParts twice = one_attention();
  twice.nodes.push_back(node("Relu", {"q"}, {"product"}));
  CHECK(code_of(model(graph(twice))) == ErrorCode::model_malformed);
  GraphParts never = one_attention();
  never.nodes.push_back(node("Relu", {"nothing"}, {"r"}));
  CHECK(code_of(model(graph(never))) == ErrorCode::model_malformed);
  GraphParts output = one_attention();
  output.outputs.push_back("nothing");
  CHECK(code_of(model(graph(output))) == ErrorCode::model_malformed);
}

TEST_CASE("too many nodes are refused before they cost much") {
  GraphParts parts = one_attention();
  const Buffer empty = node("Relu", {"q"}, {});
  parts.nodes.resize(Limits::nodes + 2, empty);
  CHECK(code_of(model(graph(parts))) == ErrorCode::model_malformed);
}

TEST_CASE("a value used a million times and a node with a million inputs are read in good time") {
  GraphParts parts = one_attention();
  Buffer many;
  for (int i = 0; i < 900'000; ++i) wire::put_text_field(many, schema::node::input, "product");
  wire::put_text_field(many, schema::node::output, "sum");
  wire::put_text_field(many, schema::node::op_type, "Sum");
  parts.nodes.push_back(many);
  for (int i = 0; i < 2000; ++i) parts.nodes.push_back(node("Softmax", {"sum"}, {std::string_view("")}));
  CHECK(code_of(model(graph(parts))) == ErrorCode::cancelled);
}

TEST_CASE("weights in a second file are named as such") {
  Buffer entry, tensor;
  wire::put_text_field(entry, 1, "location");
  wire::put_text_field(entry, 2, "model.onnx_data");
  wire::put_varint_field(tensor, schema::tensor::dims, 2);
  wire::put_text_field(tensor, schema::tensor::name, "big");
  wire::put_bytes_field(tensor, schema::tensor::external_data, entry);
  GraphParts parts = one_attention();
  parts.initializers.push_back(tensor);
  const auto opened = open_up(model(graph(parts)), {});
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::model_unsupported);
  CHECK(opened.error().message.find("second file") != std::string::npos);
}

TEST_CASE("two graphs, no operator set and a graph without nodes are refused") {
  Buffer two = model(graph(one_attention()));
  wire::put_raw(two, model(graph(one_attention())));
  CHECK(code_of(two) == ErrorCode::model_malformed);
  Buffer bare;
  wire::put_bytes_field(bare, schema::model::graph, graph(one_attention()));
  CHECK(code_of(bare) == ErrorCode::model_malformed);
  CHECK(code_of(model(graph({.nodes = {}, .initializers = {}, .inputs = {"x"}, .outputs = {"x"}}))) == ErrorCode::model_malformed);
}

TEST_CASE("an error shows a name from the file only as valid text of bounded length") {
  GraphParts never = one_attention();
  const std::string name = "\xFF\xFE" + std::string(1000, 'n');
  never.nodes.push_back(node("Relu", {name}, {"r"}));
  const auto opened = open_up(model(graph(never)), {});
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().message.size() < 300);
  CHECK(opened.error().message.find('\xFF') == std::string::npos);
}

}  // namespace
}  // namespace trilens::onnx
