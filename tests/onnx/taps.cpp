#include <algorithm>
#include <cmath>
#include <set>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "graph_builder.hpp"
#include "onnx/graph.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {
namespace {

using testing::Buffer;

struct Expected {
  std::string file;
  std::vector<AttentionKind> kinds;
  AttentionKind stream;  // whose hidden states
  double score_scale;
};

constexpr std::uint32_t kLayers = 2;  // tests/oracles/onnx_graphs.py

const std::vector<Expected>& plain_exports() {
  using enum AttentionKind;
  static const std::vector<Expected> all{
      {"bert_opset14.onnx", {self}, self, 0.5},
      {"bert_half.onnx", {self}, self, 0.5},
      {"bert_dynamo.onnx", {self}, self, 0.5},
      {"bert_quantized.onnx", {self}, self, 0.5},
      {"gpt2_opset14.onnx", {self}, self, 0.5},
      {"gpt2_sdpa.onnx", {self}, self, 0.5},
      {"t5_encoder.onnx", {self}, self, 1.0},
      {"t5_merged.onnx", {decoder_self, cross}, decoder_self, 1.0},
      {"bart_merged.onnx", {decoder_self, cross}, decoder_self, 0.5},
  };
  return all;
}

std::set<std::string> expected_names(const Expected& e) {
  using enum Quantity;
  std::set<std::string> names;
  for (std::uint32_t layer = 0; layer < kLayers; ++layer) {
    for (const AttentionKind kind : e.kinds) {
      for (const Quantity quantity : {probabilities, scores, q, k, v}) names.insert(tap_name(kind, layer, quantity));
    }
  }
  for (std::uint32_t i = 0; i <= kLayers; ++i) names.insert(hidden_name(e.stream, i));
  return names;
}

std::set<std::string> names_of(const std::vector<Tap>& taps) {
  std::set<std::string> names;
  for (const Tap& t : taps) names.insert(t.name);
  return names;
}

std::vector<std::string> output_names(const Buffer& bytes) {
  const auto model = read_model(bytes);
  REQUIRE(model.has_value());
  return {model->graphs[kMainGraph].output_names.begin(), model->graphs[kMainGraph].output_names.end()};
}

TEST_CASE("every layer of a plain export gives out probabilities, scores, q, k, v and hidden states") {
  const Expected e = GENERATE(from_range(plain_exports()));
  CAPTURE(e.file);
  const auto opened = open_up(testing::fixture(e.file), {});
  REQUIRE(opened.has_value());
  CHECK(names_of(opened->taps) == expected_names(e));
  for (const AttentionKind kind : e.kinds) CHECK(opened->layers(kind) == kLayers);
}

TEST_CASE("the graph's own scale is found, and k lies as [B, H, K, D] however the exporter wrote it") {
  const Expected e = GENERATE(from_range(plain_exports()));
  CAPTURE(e.file);
  const auto opened = open_up(testing::fixture(e.file), {});
  REQUIRE(opened.has_value());
  for (const AttentionFacts& fact : opened->attentions) {
    CHECK(fact.key_layout == KeyLayout::key_major);
    REQUIRE(fact.score_scale.has_value());
    CHECK(std::abs(*fact.score_scale * fact.q_scale.value_or(0) * fact.k_scale.value_or(0) - e.score_scale) < 1e-6);
  }
}

TEST_CASE("the opened file has the old outputs first, as they were, and then one output for each tap") {
  const Expected e = GENERATE(from_range(plain_exports()));
  CAPTURE(e.file);
  const Buffer before = testing::fixture(e.file);
  const auto opened = open_up(before, {});
  REQUIRE(opened.has_value());
  const std::vector<std::string> old = output_names(before), now = output_names(opened->model);
  REQUIRE(now.size() == old.size() + opened->taps.size());
  CHECK(std::equal(old.begin(), old.end(), now.begin()));
  CHECK(std::set<std::string>(now.begin() + static_cast<std::ptrdiff_t>(old.size()), now.end()) == names_of(opened->taps));
  CHECK(opened->outputs.size() == old.size());
}

TEST_CASE("a merged decoder gives each tap out of both branches of its If") {
  const std::string file = GENERATE(as<std::string>{}, "t5_merged.onnx", "bart_merged.onnx");
  const auto opened = open_up(testing::fixture(file), {});
  REQUIRE(opened.has_value());
  const auto model = read_model(opened->model);
  REQUIRE(model.has_value());
  for (const Node& n : model->nodes) {
    if (n.op != "If") continue;
    REQUIRE(n.subgraphs.size() == 2);
    for (const GraphId branch : n.subgraphs) {
      CHECK(model->graphs[branch].outputs.size() == n.outputs.size());
      for (const Tap& tap : opened->taps) CHECK(std::ranges::count(model->graphs[branch].output_names, tap.name) == 1);
    }
  }
}

TEST_CASE("only what is asked for is given out") {
  const auto opened = open_up(testing::fixture("gpt2_opset14.onnx"), {.scores = false, .qkv = false, .hidden = false});
  REQUIRE(opened.has_value());
  CHECK(names_of(opened->taps) == std::set<std::string>{"self.0.probabilities", "self.1.probabilities"});
}

TEST_CASE("with nothing asked for, the graph is copied byte for byte") {
  const Buffer before = testing::fixture("t5_merged.onnx");
  const auto opened = open_up(before, {.probabilities = false, .scores = false, .qkv = false, .hidden = false});
  REQUIRE(opened.has_value());
  const auto a = read_model(before), b = read_model(opened->model);
  REQUIRE((a.has_value() && b.has_value()));
  CHECK(std::ranges::equal(a->graphs[kMainGraph].body, b->graphs[kMainGraph].body));
}

TEST_CASE("renaming a tapped value costs no node: a BERT gets a transposition for each k and nothing else") {
  const Buffer before = testing::fixture("bert_opset14.onnx");
  const auto opened = open_up(before, {});
  REQUIRE(opened.has_value());
  const auto a = read_model(before), b = read_model(opened->model);
  CHECK(b->nodes.size() == a->nodes.size() + kLayers);
}

TEST_CASE("fused attention is named with what to do, and opens without taps where that is allowed") {
  const Buffer bytes = testing::fixture("bert_fused.onnx");
  const auto refused = open_up(bytes, {});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::model_unsupported);
  CHECK(refused.error().message.find("com.microsoft.Attention") != std::string::npos);
  CHECK(refused.error().message.find("export") != std::string::npos);
  const auto closed = open_up(bytes, {.allow_closed = true});
  REQUIRE(closed.has_value());
  CHECK(closed->taps.empty());
  CHECK(closed->fused == std::vector<std::string>{"com.microsoft.Attention"});
}

TEST_CASE("a graph without attention is refused, and opens where that is allowed") {
  const Buffer bytes = testing::model(testing::graph({.nodes = {testing::node("Relu", {"x"}, {"y"})}, .initializers = {}, .inputs = {"x"}, .outputs = {"y"}}));
  const auto refused = open_up(bytes, {});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::model_unsupported);
  CHECK(open_up(bytes, {.allow_closed = true}).has_value());
}

TEST_CASE("a file that was opened before is told from one as it was exported") {
  const auto once = open_up(testing::fixture("bert_dynamo.onnx"), {});
  REQUIRE(once.has_value());
  const auto twice = open_up(once->model, {});
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().code == ErrorCode::model_unsupported);
}

TEST_CASE("nodes in any order are read, and inputs and outputs are listed with type and dimensions") {
  testing::GraphParts parts = testing::one_attention();
  std::ranges::reverse(parts.nodes);
  const auto opened = open_up(testing::model(testing::graph(parts)), {});
  REQUIRE(opened.has_value());
  CHECK(opened->has("self.0.probabilities"));
  CHECK_FALSE(opened->has("hidden.0"));  // nothing is added to a stream here
  const auto real = open_up(testing::fixture("gpt2_sdpa.onnx"), {});
  REQUIRE(real.has_value());
  CHECK(real->inputs[0].name == "input_ids");
  CHECK(real->inputs[0].element_type == 7);
  CHECK(real->inputs[3].dims == std::vector<std::string>{"batch", "2", "past", "4"});
}

TEST_CASE("a softmax that feeds no product with v is no attention") {
  testing::GraphParts parts = testing::one_attention();
  parts.nodes.push_back(testing::node("Softmax", {"y"}, {"classes"}));
  parts.outputs.push_back("classes");
  const auto opened = open_up(testing::model(testing::graph(parts)), {});
  REQUIRE(opened.has_value());
  CHECK(opened->layers(AttentionKind::self) == 1);
}

}  // namespace
}  // namespace trilens::onnx
