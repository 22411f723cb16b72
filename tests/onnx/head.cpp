// Heads: what is copied, what is refused and why, rows of the projection in every form that it is stored in, hostile files. That the numbers are
// transformers' own is tested where they can be run: tests/scripts/heads.test.mjs.
#include <algorithm>
#include <bit>
#include <cstring>
#include <set>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "base/random.hpp"
#include "graph_builder.hpp"
#include "onnx/graph.hpp"
#include "onnx/head.hpp"

namespace trilens::onnx {
namespace {

using testing::Buffer;
using testing::graph;
using testing::GraphParts;
using testing::model;
using testing::node;
using Dims = std::initializer_list<std::int64_t>;

Buffer number(std::string_view name, std::int64_t value) {
  Buffer attribute, out;
  wire::put_text_field(attribute, schema::attribute::name, name);
  wire::put_varint_field(attribute, schema::attribute::i, static_cast<std::uint64_t>(value));
  wire::put_bytes_field(out, schema::node::attribute, attribute);
  return out;
}

Buffer real(std::string_view name, float value) {
  Buffer attribute, out;
  wire::put_text_field(attribute, schema::attribute::name, name);
  wire::put_varint(attribute, (schema::attribute::f << 3) | 5u);  // fixed32
  for (unsigned i = 0; i < 4; ++i) attribute.push_back(static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>(value) >> (8 * i)));
  wire::put_bytes_field(out, schema::node::attribute, attribute);
  return out;
}

Buffer operator+(Buffer a, const Buffer& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

template <class T>
Buffer stored(std::string_view name, DataType type, Dims dims, const std::vector<T>& values) {
  Buffer out;
  for (const std::int64_t d : dims) wire::put_varint_field(out, schema::tensor::dims, static_cast<std::uint64_t>(d));
  wire::put_varint_field(out, schema::tensor::data_type, static_cast<std::uint64_t>(type));
  wire::put_text_field(out, schema::tensor::name, name);
  Buffer raw(values.size() * sizeof(T));
  if (!raw.empty()) std::memcpy(raw.data(), values.data(), raw.size());
  wire::put_bytes_field(out, schema::tensor::raw_data, raw);
  return out;
}

Buffer floats(std::string_view name, Dims dims, const std::vector<float>& values) { return stored(name, DataType::f32, dims, values); }
Buffer whole(std::string_view name, Dims dims, const std::vector<std::int64_t>& values) { return stored(name, DataType::i64, dims, values); }

std::vector<float> counted(std::size_t n) {
  std::vector<float> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<float>(i) * 0.25f - 1;
  return out;
}

// One block on x [B, S, 2] with the norm before it, and the final norm "n"; what makes logits of it is the caller's.
GraphParts block() {
  return {.nodes = {node("MatMul", {"x", "wq"}, {"q"}), node("MatMul", {"x", "wq"}, {"k"}), node("MatMul", {"q", "k"}, {"scores"}), node("Softmax", {"scores"}, {"weights"}),
                    node("MatMul", {"weights", "x"}, {"context"}), node("Add", {"x", "context"}, {"sum"}), node("LayerNormalization", {"sum", "gain", "shift"}, {"n"})},
          .initializers = {floats("wq", {2, 2}, {1, 0, 0, 1}), floats("gain", {2}, {1, 1}), floats("shift", {2}, {0, 0}), floats("w", {2, 3}, counted(6))},
          .inputs = {"x"},
          .outputs = {"logits"}};
}

GraphParts with(std::vector<Buffer> nodes, std::vector<Buffer> constants = {}) {
  GraphParts parts = block();
  std::ranges::move(nodes, std::back_inserter(parts.nodes));
  std::ranges::move(constants, std::back_inserter(parts.initializers));
  return parts;
}

Head taken(const GraphParts& parts) {
  auto head = head_of(model(graph(parts)));
  INFO((head ? std::string() : head.error().message));
  REQUIRE(head.has_value());
  return std::move(*head);
}

ProjectionRow row(const Head& head, std::uint32_t token) {
  auto out = projection_row(head.model, token);
  INFO((out ? std::string() : out.error().message));
  REQUIRE(out.has_value());
  return std::move(*out);
}

std::string why_not(const Buffer& bytes) {
  const auto head = head_of(bytes);
  REQUIRE_FALSE(head.has_value());
  CHECK(head.error().code == ErrorCode::model_unsupported);
  return head.error().message;
}

std::multiset<std::string> operators(const Buffer& bytes) {
  const auto read = read_model(bytes);
  REQUIRE(read.has_value());
  std::multiset<std::string> out;
  for (const Node& n : read->nodes) out.emplace(n.op);
  return out;
}

TEST_CASE("a head holds the nodes and constants between the last block and the logits, and no others") {
  const Head head = taken(with({node("MatMul", {"n", "w"}, {"logits"})}));
  CHECK(operators(head.model) == std::multiset<std::string>{"LayerNormalization", "MatMul", "Identity", "Identity", "Identity"});
  const auto read = read_model(head.model);
  CHECK(read->graphs[kMainGraph].initializers.size() == 3);
  CHECK(read->graphs[kMainGraph].output_names == std::vector<std::string_view>{"final_norm", "projected_from", "logits"});
  CHECK(head.norm == NormKind::layer_norm);
  CHECK_FALSE(head.normed_blocks);
  CHECK_FALSE(head.bias);
  CHECK(head.width == 2);
  CHECK(head.vocabulary == 3);
}

TEST_CASE("a norm after each block is the block's own: the head begins behind it and has no final norm") {
  const auto head = head_of(testing::fixture("bert_dynamo.onnx"));
  REQUIRE(head.has_value());
  CHECK(head->norm == NormKind::none);
  CHECK(head->normed_blocks);
  CHECK(operators(head->model).count("LayerNormalization") == 1);  // the transform's
  CHECK(operators(head->model).count("Softmax") == 0);
}

TEST_CASE("a head behind an If is taken from behind it, with the layers in its branch") {
  GraphParts inside = block();
  inside.nodes.pop_back();  // the norm
  inside.inputs.clear();
  inside.outputs = {"sum"};
  const Buffer branch = graph(inside);
  GraphParts parts = with({node("MatMul", {"n", "w"}, {"logits"})});
  parts.inputs.push_back("condition");
  parts.nodes = {node("If", {"condition"}, {"after"}, testing::graph_attribute("then_branch", branch) + testing::graph_attribute("else_branch", branch)),
                 node("LayerNormalization", {"after", "gain", "shift"}, {"n"}), node("MatMul", {"n", "w"}, {"logits"})};
  const Head head = taken(parts);
  CHECK(head.norm == NormKind::layer_norm);
  CHECK(operators(head.model) == std::multiset<std::string>{"LayerNormalization", "MatMul", "Identity", "Identity", "Identity"});
}

TEST_CASE("sizes that a Reshape took from the model's input are taken from the hidden state") {
  const Head head = taken(with({node("Shape", {"x"}, {"size"}), node("Gather", {"size", "first_two"}, {"outer"}), node("Concat", {"outer", "rest"}, {"all"}, number("axis", 0)),
                                node("Reshape", {"n", "all"}, {"flat"}), node("MatMul", {"flat", "w"}, {"logits"})},
                               {whole("first_two", {2}, {0, 1}), whole("rest", {1}, {2})}));
  const auto read = read_model(head.model);
  REQUIRE(read.has_value());
  CHECK(read->graphs[kMainGraph].inputs.size() == 1);
  CHECK(operators(head.model).count("Concat") == 1);
  CHECK(row(head, 1).weights == std::vector<float>{-0.75f, 0});
}

TEST_CASE("what is no language model's head is refused with the reason") {
  CHECK(why_not(model(graph(with({node("Gather", {"n", "first"}, {"one"}, number("axis", 1)), node("MatMul", {"one", "w"}, {"logits"})}, {whole("first", {}, {0})})))).find("\"Gather\"") !=
        std::string::npos);
  GraphParts beside = with({node("Mul", {"n", "extra"}, {"m"}), node("MatMul", {"m", "w"}, {"logits"})});
  beside.inputs.push_back("extra");
  CHECK(why_not(model(graph(beside))).find("\"extra\"") != std::string::npos);
  GraphParts nothing = block();
  nothing.outputs = {"n"};
  CHECK(why_not(model(graph(nothing))).find("no language model's head") != std::string::npos);
  CHECK(why_not(model(graph(with({node("Relu", {"n"}, {"logits"})})))).find("no projection") != std::string::npos);
  CHECK(why_not(testing::fixture("t5_encoder.onnx")).find("last_hidden_state") != std::string::npos);
  CHECK(why_not(testing::fixture("bert_fused.onnx")).find("without optimization") != std::string::npos);
  CHECK(why_not(model(graph(testing::one_attention()))).find("followed") != std::string::npos);
}

TEST_CASE("labels for tokens are not taken for words") {
  GraphParts parts = with({node("MatMul", {"n", "w"}, {"logits"})}, {floats("table", {100, 2}, counted(200))});
  parts.nodes.insert(parts.nodes.begin(), node("Gather", {"table", "input_ids"}, {"x"}));
  parts.inputs = {"input_ids"};
  CHECK(why_not(model(graph(parts))).find("3 labels, not the 100 words") != std::string::npos);
}

TEST_CASE("a row is the token's column of the weight, with every bias and scale behind the product") {
  const Head head = taken(with({node("MatMul", {"n", "w"}, {"a"}), node("Add", {"b", "a"}, {"c"}), node("Mul", {"c", "two"}, {"d"}), node("Sub", {"d", "e"}, {"logits"})},
                               {floats("b", {1, 3}, {1, 2, 3}), floats("two", {}, {2}), floats("e", {1}, {0.5f})}));
  CHECK(head.bias);
  for (std::uint32_t t = 0; t < 3; ++t) {
    const ProjectionRow got = row(head, t);
    const auto w = counted(6);
    CHECK(got.weights == std::vector<float>{2 * w[t], 2 * w[3 + t]});
    CHECK(got.bias == 2 * static_cast<float>(t + 1) - 0.5f);
  }
  const auto none = projection_row(head.model, 3);
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a Gemm's transposition, alpha and beta are in its rows") {
  const Head head = taken(with({node("Gemm", {"n", "v", "b"}, {"logits"}, number("transB", 1) + real("alpha", 3) + real("beta", 0.5f))},
                               {floats("v", {3, 2}, counted(6)), floats("b", {3}, {1, 2, 3})}));
  const ProjectionRow got = row(head, 2);
  CHECK(got.weights == std::vector<float>{0, 0.75f});
  CHECK(got.bias == 1.5f);
}

TEST_CASE("weights in 8 bits are dequantized by axis, by tensor, and through Cast, Mul and Transpose") {
  const std::vector<std::int8_t> q{10, -20, 30, -40, 50, -60};
  const Head axis = taken(with({node("DequantizeLinear", {"bytes", "s", "z"}, {"y"}, number("axis", 1)), node("MatMul", {"n", "y"}, {"logits"})},
                               {stored("bytes", DataType::i8, {2, 3}, q), floats("s", {3}, {1, 2, 4}), stored<std::int8_t>("z", DataType::i8, {3}, {0, 1, 2})}));
  CHECK(row(axis, 2).weights == std::vector<float>{112, -248});
  const Head tensor = taken(with({node("Transpose", {"bytes"}, {"t"}), node("DequantizeLinear", {"t", "s"}, {"y"}), node("MatMul", {"n", "y"}, {"logits"})},
                                 {stored("bytes", DataType::i8, {3, 2}, q), floats("s", {}, {0.5f})}));
  CHECK(row(tensor, 1).weights == std::vector<float>{15, -20});
  const Head scaled = taken(with({node("Cast", {"bytes"}, {"f"}, number("to", 1)), node("Mul", {"f", "s"}, {"y"}), node("Transpose", {"y"}, {"t"}), node("MatMul", {"n", "t"}, {"logits"})},
                                 {stored("bytes", DataType::i8, {3, 2}, q), floats("s", {3, 1}, {1, 2, 4})}));
  CHECK(row(scaled, 2).weights == std::vector<float>{200, -240});
}

TEST_CASE("a weight of half precision, and one in typed fields, are read exactly") {
  const Head half = taken(with({node("Cast", {"h"}, {"y"}, number("to", 1)), node("MatMul", {"n", "y"}, {"logits"})},
                               {stored<std::uint16_t>("h", DataType::f16, {2, 3}, {0x3C00, 0xC000, 0x0001, 0x7BFF, 0x3555, 0x8000})}));
  CHECK(row(half, 0).weights == std::vector<float>{1, 65504});
  CHECK(row(half, 1).weights == std::vector<float>{-2, 0.333251953125f});
  CHECK(row(half, 2).weights == std::vector<float>{0x1p-24f, -0.0f});
  Buffer typed, packed;
  for (const std::int64_t d : {2, 3}) wire::put_varint_field(typed, schema::tensor::dims, static_cast<std::uint64_t>(d));
  wire::put_varint_field(typed, schema::tensor::data_type, static_cast<std::uint64_t>(DataType::f32));
  wire::put_text_field(typed, schema::tensor::name, "y");
  for (const float x : counted(6)) {
    for (unsigned i = 0; i < 4; ++i) packed.push_back(static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>(x) >> (8 * i)));
  }
  wire::put_bytes_field(typed, schema::tensor::float_data, packed);
  CHECK(row(taken(with({node("MatMul", {"n", "y"}, {"logits"})}, {typed})), 1).weights == std::vector<float>{-0.75f, 0});
}

// K = 20 in blocks of 16: two blocks for each of two rows, 8 bytes each, low nibble first.
GraphParts packed(bool zero_points) {
  std::vector<std::uint8_t> b(32);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<std::uint8_t>((i % 16) | (((i + 5) % 16) << 4));
  Buffer n = zero_points ? node("MatMulNBits", {"n", "packed", "s", "z"}, {"logits"}, number("K", 20) + number("N", 2) + number("bits", 4) + number("block_size", 16))
                         : node("MatMulNBits", {"n", "packed", "s"}, {"logits"}, number("K", 20) + number("N", 2) + number("bits", 4) + number("block_size", 16));
  wire::put_text_field(n, schema::node::domain, "com.microsoft");
  return with({n}, {stored("packed", DataType::u8, {2, 2, 8}, b), floats("s", {2, 2}, {1, 2, 4, 8}), stored<std::uint8_t>("z", DataType::u8, {2, 1}, {0x21, 0x43})});
}

TEST_CASE("rows of MatMulNBits are unpacked block by block, about 8 or their own zero points") {
  const Head head = taken(packed(false));
  CHECK(head.projection == Projection::four_bits);
  CHECK(head.width == 20);
  const ProjectionRow first = row(head, 0), second = row(head, 1);
  REQUIRE(first.weights.size() == 20);
  CHECK(first.weights[0] == 0 - 8);
  CHECK(first.weights[1] == 5 - 8);
  CHECK(first.weights[15] == 12 - 8);
  CHECK(first.weights[16] == 2 * (8 - 8));
  CHECK(first.weights[19] == 2 * (14 - 8));
  CHECK(second.weights[17] == 8 * (13 - 8));
  const Head own = taken(packed(true));
  CHECK(row(own, 0).weights[1] == 5 - 1);
  CHECK(row(own, 0).weights[16] == 2 * (8 - 2));
  CHECK(row(own, 1).weights[0] == 4 * (0 - 3));
  CHECK(row(own, 1).weights[17] == 8 * (13 - 4));
}

TEST_CASE("a product of integers gives its rows in the weight's own steps, and says that it rounds what it reads") {
  const Head head = taken(with({node("DynamicQuantizeLinear", {"n"}, {"nq", "ns", "nz"}), node("MatMulInteger", {"nq", "bytes", "nz", "qz"}, {"i"}),
                                node("Cast", {"i"}, {"f"}, number("to", 1)), node("Mul", {"ns", "s"}, {"steps"}), node("Mul", {"f", "steps"}, {"a"}), node("Add", {"a", "b"}, {"logits"})},
                               {stored<std::int8_t>("bytes", DataType::i8, {2, 3}, {1, 2, 3, 4, 5, 6}), stored<std::int8_t>("qz", DataType::i8, {}, {1}), floats("s", {3}, {1, 2, 4}),
                                floats("b", {3}, {7, 8, 9})}));
  CHECK(head.projection == Projection::integers);
  CHECK(row(head, 2).weights == std::vector<float>{8, 20});
  CHECK(row(head, 2).bias == 9);
}

TEST_CASE("logits that are more than a product and a bias have a head but no rows") {
  const Head head = taken(with({node("MatMul", {"n", "w"}, {"a"}), node("Tanh", {"a"}, {"logits"})}));
  CHECK(head.projection == Projection::nonlinear);
  CHECK_FALSE(projection_row(head.model, 0).has_value());
}

TEST_CASE("values called as the ports are do not stand in the way") {
  GraphParts parts = with({node("MatMul", {"n", "w"}, {"final_norm"}), node("Add", {"final_norm", "hidden"}, {"trilens/head/rows"}), node("Relu", {"trilens/head/rows"}, {"logits"})},
                          {floats("hidden", {3}, {1, 2, 3})});
  CHECK(read_model(taken(parts).model).has_value());
}

TEST_CASE("a file cut short at any byte gives a head, or an error that says so; the head cut short gives no row or a whole one") {
  const Buffer file = testing::fixture("bert_dynamo.onnx");
  const auto head = head_of(file);
  REQUIRE(head.has_value());
  std::size_t refusals = 0;
  for (std::size_t n = 0; n < file.size(); ++n) {
    const auto cut = head_of(std::span(file).first(n));
    refusals += cut ? 0 : 1;
    if (!cut && cut.error().code != ErrorCode::model_malformed && cut.error().code != ErrorCode::model_unsupported) FAIL("byte " << n);
  }
  CHECK(refusals > file.size() - 100);
  for (std::size_t n = 0; n < head->model.size(); ++n) {
    const auto got = projection_row(std::span(head->model).first(n), 3);
    if (got && got->weights.size() != head->width) FAIL("byte " << n);
  }
}

TEST_CASE("changed bytes give a head that can be read, or an error") {
  const std::string name = GENERATE(as<std::string>{}, "bert_dynamo.onnx", "bert_quantized.onnx", "t5_merged.onnx", "../hub/bart/onnx/decoder_model_merged_q4.onnx");
  const Buffer file = testing::fixture(name);
  Random random(23);
  for (int round = 0; round < 300; ++round) {
    Buffer bytes = file;
    const std::uint64_t changes = 1 + random.next() % 8;
    for (std::uint64_t i = 0; i < changes; ++i) bytes[random.next() % bytes.size()] = static_cast<std::uint8_t>(random.next());
    const auto head = head_of(bytes);
    if (!head) continue;
    CHECK(read_model(head->model).has_value());
    (void)projection_row(head->model, 3);
  }
}

TEST_CASE("nodes in a circle and a constant that doubles with every step are answered in good time") {
  GraphParts circle = with({node("MatMul", {"n", "w"}, {"logits"}), node("Relu", {"b"}, {"a"}), node("Relu", {"a"}, {"b"})});
  const auto refused = head_of(model(graph(circle)));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::model_malformed);
  std::vector<std::string> names{"w"};
  for (int i = 0; i < 64; ++i) names.push_back("d" + std::to_string(i));
  std::vector<Buffer> nodes;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) nodes.push_back(node("Add", {names[i], names[i]}, {names[i + 1]}));
  nodes.push_back(node("MatMul", {"n", names.back()}, {"logits"}));
  CHECK(why_not(model(graph(with(nodes)))).find("no projection") != std::string::npos);
}

TEST_CASE("absurd sizes of a packed weight are refused without memory for them") {
  const auto sized = [](std::int64_t k, std::int64_t n, std::int64_t bits, std::int64_t block) {
    Buffer packed_node = node("MatMulNBits", {"n", "packed", "s"}, {"logits"}, number("K", k) + number("N", n) + number("bits", bits) + number("block_size", block));
    wire::put_text_field(packed_node, schema::node::domain, "com.microsoft");
    return head_of(model(graph(with({packed_node}, {stored<std::uint8_t>("packed", DataType::u8, {1}, {0}), floats("s", {1}, {1})}))));
  };
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  CHECK_FALSE(sized(kHuge, 2, 4, 16).has_value());
  CHECK_FALSE(sized(2, kHuge, 4, 16).has_value());
  CHECK_FALSE(sized(-1, 2, 4, 16).has_value());
  for (const auto& [bits, block] : {std::pair<std::int64_t, std::int64_t>{4, 0}, {4, -16}, {0, 16}, {64, 16}, {4, kHuge}, {4, 17}, {4, 16}}) {
    const auto head = sized(1000, 2, bits, block);
    REQUIRE(head.has_value());
    CHECK_FALSE(projection_row(head->model, 1).has_value());
  }
}

TEST_CASE("rows are only read out of a head") {
  const auto none = projection_row(testing::fixture("bert_dynamo.onnx"), 0);
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().code == ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace trilens::onnx
