#include <array>

#include <catch2/catch_test_macros.hpp>

#include "graph_builder.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {
namespace {

using testing::Buffer;

// A 64 by 128 matrix of f32 whose elements differ, or its transpose.
Buffer matrix(std::string_view name, bool transposed) {
  Buffer raw(64 * 128 * 4);
  for (std::size_t i = 0; i < 64; ++i) {
    for (std::size_t j = 0; j < 128; ++j) {
      const std::size_t at = (transposed ? j * 64 + i : i * 128 + j) * 4;
      raw[at] = static_cast<std::uint8_t>(i);
      raw[at + 1] = static_cast<std::uint8_t>(j);
    }
  }
  Buffer out = transposed ? testing::tensor(name, {128, 64}, 0) : testing::tensor(name, {64, 128}, 0);
  wire::put_bytes_field(out, schema::tensor::raw_data, raw);  // of a field given twice the last one counts
  return out;
}

// The attribute of a Cast to f32.
Buffer to_f32() {
  Buffer to, out;
  wire::put_text_field(to, schema::attribute::name, "to");
  wire::put_varint_field(to, schema::attribute::i, static_cast<std::uint64_t>(DataType::f32));
  wire::put_bytes_field(out, schema::node::attribute, to);
  return out;
}

Result<Surgery> opened_with(std::vector<Buffer> initializers) {
  testing::GraphParts parts = testing::one_attention();
  parts.initializers = std::move(initializers);
  return open_up(testing::model(testing::graph(parts)), {});
}

TEST_CASE("single numbers are no parameters, vectors and matrices are") {
  const auto opened = opened_with({testing::tensor("epsilon", {}, 4), testing::tensor("one", {1}, 4), testing::tensor("bias", {3}, 12),
                                   testing::tensor("weight", {3, 5}, 60)});
  REQUIRE(opened.has_value());
  CHECK(opened->parameter_count == 18);
}

TEST_CASE("a matrix and its transposed copy count once, in one file and over two") {
  const auto both = opened_with({matrix("embedding", false), matrix("head", true)});
  REQUIRE(both.has_value());
  CHECK(both->parameter_count == 64 * 128);
  const auto one = opened_with({matrix("shared", false), testing::tensor("bias", {7}, 28)});
  REQUIRE(one.has_value());
  CHECK(count_parameters(std::array<const Surgery*, 2>{&*both, &*one}) == 64 * 128 + 7);
}

TEST_CASE("scales and zero points of quantized weights do not count") {
  const auto plain = open_up(testing::fixture("bert_opset14.onnx"), {});
  const auto quantized = open_up(testing::fixture("bert_quantized.onnx"), {});
  const auto half = open_up(testing::fixture("bert_half.onnx"), {});
  REQUIRE((plain.has_value() && quantized.has_value() && half.has_value()));
  CHECK(quantized->parameter_count == plain->parameter_count);
  CHECK(half->parameter_count == plain->parameter_count);
}

// weight = int8 steps as f32, times one scale for each row: what the bundled models are stored as.
TEST_CASE("the scale of a weight that is stored as integers and multiplied out by plain operators does not count") {
  Buffer steps = testing::tensor("weight.i8", {64, 128}, 64 * 128, 3);
  wire::put_varint_field(steps, schema::tensor::data_type, static_cast<std::uint64_t>(DataType::i8));
  testing::GraphParts parts = testing::one_attention();
  parts.nodes.insert(parts.nodes.begin(),
                     {testing::node("Cast", {"weight.i8"}, {"weight.f32"}, to_f32()), testing::node("Mul", {"weight.f32", "scale"}, {"weight"}),
                      testing::node("MatMul", {"x", "weight"}, {"q"})});
  parts.initializers = {steps, testing::tensor("scale", {64, 1}, 64 * 4)};
  parts.inputs = {"x", "k", "v"};
  const auto opened = open_up(testing::model(testing::graph(parts)), {});
  REQUIRE(opened.has_value());
  CHECK(opened->parameter_count == 64 * 128);
  REQUIRE(opened->attentions.size() == 1);
  CHECK(opened->attentions[0].q_scale == 1.0);
}

TEST_CASE("a vector that scales what a model computes is a weight, also where it was an integer before") {
  testing::GraphParts parts = testing::one_attention();
  parts.nodes.insert(parts.nodes.begin(),
                     {testing::node("Cast", {"x"}, {"x.f32"}, to_f32()), testing::node("Mul", {"x.f32", "norm"}, {"q"})});
  parts.initializers = {testing::tensor("norm", {128}, 128 * 4)};
  parts.inputs = {"x", "k", "v"};
  const auto opened = open_up(testing::model(testing::graph(parts)), {});
  REQUIRE(opened.has_value());
  CHECK(opened->parameter_count == 128);
}

}  // namespace
}  // namespace trilens::onnx
