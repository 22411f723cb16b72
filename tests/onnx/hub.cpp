// Files as the Hub has them, by the exporters that wrote those (tests/fixtures/hub, scripts/models/tiny): every attention of every one is
// found and given out. What the taps' numbers are is checked against transformers by tests/oracles/hub_check.py.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "graph_builder.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {
namespace {

namespace fs = std::filesystem;
using enum AttentionKind;

constexpr std::uint32_t kLayers = 2;  // but for the decoder of flan-t5

struct Expected {
  std::string file;
  std::vector<AttentionKind> kinds;
  std::vector<double> scales;      // of the scores, by layer, as the architecture has it
  std::uint32_t layers = kLayers;
};

double root(double d) { return 1 / std::sqrt(d); }

const std::vector<Expected>& plain() {
  const auto same = [](double scale) { return std::vector<double>(kLayers, scale); };
  const std::vector<AttentionKind> one{self}, two{decoder_self, cross};
  static const std::vector<Expected> all{
      {"bert/onnx/model.onnx", one, same(root(8))},
      {"bert/onnx/model_fp16.onnx", one, same(root(8))},
      {"bert/onnx/model_quantized.onnx", one, same(root(8))},
      {"bert/onnx/model_q4.onnx", one, same(root(8))},
      {"bert/onnx/model_torchscript.onnx", one, same(root(8))},
      {"bert/onnx/model_dynamo.onnx", one, same(root(8))},
      {"sentence/onnx/model.onnx", one, same(root(6))},
      {"sentence/onnx/model_quantized.onnx", one, same(root(6))},
      {"distilbert/onnx/model.onnx", one, same(root(4))},
      {"distilbert/onnx/model_dynamo.onnx", one, same(root(4))},
      {"roberta/onnx/model.onnx", one, same(root(8))},
      {"gpt2/onnx/model.onnx", one, same(root(8))},
      {"gpt2/onnx/model_fp16.onnx", one, same(root(8))},
      {"gpt2/onnx/model_fp16_border.onnx", one, same(root(8))},
      {"gpt2/onnx/model_quantized.onnx", one, same(root(8))},
      {"gpt2/onnx/model_dynamo.onnx", one, same(root(8))},
      {"distilgpt2/onnx/model.onnx", one, {root(6), root(6) / 2}},
      {"gpt-neo/onnx/model.onnx", one, same(1)},
      {"t5/onnx/encoder_model.onnx", one, same(1)},
      {"t5/onnx/decoder_model_merged.onnx", two, same(1)},
      {"t5/onnx/decoder_model_merged_quantized.onnx", two, same(1)},
      {"flan-t5/onnx/encoder_model.onnx", one, same(1)},
      {"flan-t5/onnx/decoder_model.onnx", two, {1, 1, 1}, 3},
      {"flan-t5/onnx/decoder_with_past_model.onnx", two, {1, 1, 1}, 3},
      {"flan-t5/onnx/decoder_with_past_model_fp16.onnx", two, {1, 1, 1}, 3},
      {"mt5/onnx/encoder_model.onnx", one, same(1)},
      {"mt5/onnx/decoder_model_merged.onnx", two, same(1)},
      {"bart/onnx/encoder_model.onnx", one, same(root(8))},
      {"bart/onnx/decoder_model_merged.onnx", two, same(root(8))},
      {"bart/onnx/decoder_model_merged_q4.onnx", two, same(root(8))},
      {"marian/onnx/encoder_model.onnx", one, same(root(8))},
      {"marian/onnx/decoder_model.onnx", two, same(root(8))},
      {"marian/onnx/decoder_with_past_model.onnx", two, same(root(8))},
  };
  return all;
}

// Attention in one operator: the operator is named.
const std::map<std::string, std::string>& closed() {
  static const std::map<std::string, std::string> all{
      {"distilbert/onnx/model_O2.onnx", "com.microsoft.Attention"},
      {"gpt2/onnx/model_dynamo23.onnx", "ai.onnx.Attention"},
  };
  return all;
}

testing::Buffer hub(const std::string& file) { return testing::fixture("../hub/" + file); }

Surgery opened(const std::string& file) {
  auto surgery = open_up(hub(file), {});
  INFO((surgery ? std::string() : surgery.error().message));
  REQUIRE(surgery.has_value());
  return std::move(*surgery);
}

std::set<std::string> expected_taps(const Expected& e) {
  using enum Quantity;
  std::set<std::string> names;
  for (std::uint32_t layer = 0; layer < e.layers; ++layer) {
    for (const AttentionKind kind : e.kinds) {
      for (const Quantity quantity : {probabilities, scores, q, k, v}) names.insert(tap_name(kind, layer, quantity));
    }
  }
  for (std::uint32_t i = 0; i <= e.layers; ++i) names.insert(hidden_name(e.kinds.front(), i));
  return names;
}

TEST_CASE("every attention of every hub file is given out, of the right kind, with hidden states, and nothing else is") {
  const Expected e = GENERATE(from_range(plain()));
  CAPTURE(e.file);
  const Surgery surgery = opened(e.file);
  std::set<std::string> taps;
  for (const Tap& tap : surgery.taps) taps.insert(tap.name);
  CHECK(taps == expected_taps(e));
  for (const AttentionKind kind : {self, decoder_self, cross}) {
    CHECK(surgery.layers(kind) == (std::ranges::count(e.kinds, kind) != 0 ? e.layers : 0));
  }
}

// Where the graph computes the scale, too: from q's shape (torch.onnx, scaled_dot_product_attention), or as a root of it (GPT-2's eager attention).
TEST_CASE("the scale of every attention in every hub file is found, and is the architecture's") {
  const Expected e = GENERATE(from_range(plain()));
  CAPTURE(e.file);
  for (const AttentionFacts& fact : opened(e.file).attentions) {
    CAPTURE(fact.layer, static_cast<int>(fact.kind));
    CHECK(fact.key_layout == KeyLayout::key_major);
    REQUIRE(fact.score_scale);
    REQUIRE(fact.q_scale);
    REQUIRE(fact.k_scale);
    const double tolerance = e.file.contains("_fp16") ? 1e-3 : 1e-6;  // half precision has 11 bits
    CHECK(std::abs(*fact.score_scale * *fact.q_scale * *fact.k_scale - e.scales[fact.layer]) < tolerance);
  }
}

TEST_CASE("a hub file whose attention is one operator is refused by the operator's name") {
  const auto [file, op] = GENERATE(from_range(std::vector<std::pair<std::string, std::string>>(closed().begin(), closed().end())));
  CAPTURE(file);
  const auto refused = open_up(hub(file), {});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::model_unsupported);
  CHECK(refused.error().message.find(op) != std::string::npos);
  CHECK(refused.error().message.find("export it again without optimization") != std::string::npos);
  CHECK(refused.error().message.find("optimum-cli export onnx --model") != std::string::npos);
  const auto allowed = open_up(hub(file), {.allow_closed = true});
  REQUIRE(allowed.has_value());
  CHECK(allowed->fused == std::vector<std::string>{op});
}

TEST_CASE("no hub file goes untested") {
  std::set<std::string> listed, found;
  for (const Expected& e : plain()) listed.insert(e.file);
  for (const auto& [file, op] : closed()) listed.insert(file);
  const fs::path folder = fs::path(TRILENS_FIXTURES) / "hub";
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".onnx") found.insert(fs::relative(entry.path(), folder).generic_string());
  }
  CHECK(found == listed);
}

// Not a test: TRILENS_OPENED=FOLDER test_onnx "[.write]" leaves the opened files there for tests/oracles/hub_check.py.
TEST_CASE("opened hub files are written", "[.write]") {
  const char* target = std::getenv("TRILENS_OPENED");
  REQUIRE(target != nullptr);
  for (const Expected& e : plain()) {
    const Surgery surgery = opened(e.file);
    const fs::path path = fs::path(target) / e.file;
    fs::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(surgery.model.data()), static_cast<std::streamsize>(surgery.model.size()));
    REQUIRE(out.good());
  }
}

}  // namespace
}  // namespace trilens::onnx
