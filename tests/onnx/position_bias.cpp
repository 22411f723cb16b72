// T5's table of position biases out of the shipped files, against transformers' compute_bias (tests/oracles/numbers_oracle.py); and the taps of
// what the product with v gives.
#include "onnx/position_bias.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace trilens::onnx {
namespace {

std::vector<std::uint8_t> file(const std::string& name) {
  std::ifstream in(std::string(TRILENS_SOURCE_DIR) + "/assets/models/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Distances this near have a bucket of their own: bucket = distance back, 16 + distance ahead (an encoder's).
std::int64_t near_bucket(std::int64_t distance, bool both_sides) { return distance <= 0 ? -distance : both_sides ? 16 + distance : 0; }

}  // namespace

TEST_CASE("the table of a T5's encoder and of its decoder holds what transformers adds") {
  std::ifstream in(std::string(TRILENS_FIXTURES) + "/models/numbers.json");
  const auto fixture = nlohmann::json::parse(in, nullptr, false);
  REQUIRE(fixture.contains("t5_cells"));
  const auto encoder = position_table(file("trilens-t5/onnx/encoder_model.onnx"), AttentionKind::self);
  const auto decoder = position_table(file("trilens-t5/onnx/decoder_model_merged.onnx"), AttentionKind::decoder_self);
  REQUIRE(encoder);
  REQUIRE(decoder);
  CHECK(encoder->buckets == 32);
  for (const auto& cell : fixture["t5_cells"]) {
    if (cell["kind"] == "cross") continue;
    const bool both = cell["kind"] == "self";
    const PositionTable& table = both ? *encoder : *decoder;
    const std::int64_t bucket = near_bucket(cell["key"].get<std::int64_t>() - cell["query"].get<std::int64_t>(), both);
    CHECK(table.values[static_cast<std::size_t>(bucket * table.heads + cell["head"].get<std::int64_t>())] == Catch::Approx(cell["bias"].get<double>()).epsilon(1e-5));
  }
}

TEST_CASE("a file without such a table says so, and one that is cut short is refused") {
  const auto bert = position_table(file("trilens-bert/onnx/model.onnx"), AttentionKind::self);
  REQUIRE_FALSE(bert);
  CHECK(bert.error().code == ErrorCode::model_unsupported);
  const auto cross = position_table(file("trilens-t5/onnx/decoder_model_merged.onnx"), AttentionKind::cross);
  REQUIRE_FALSE(cross);
  CHECK(cross.error().code == ErrorCode::model_unsupported);
  const std::vector<std::uint8_t> whole = file("trilens-t5/onnx/encoder_model.onnx");
  for (const std::size_t part : {std::size_t{0}, std::size_t{100}, whole.size() / 2}) {
    CHECK_FALSE(position_table(std::span(whole).first(part), AttentionKind::self));
  }
}

TEST_CASE("the mix of values is tapped where that is asked for") {
  const std::vector<std::uint8_t> bytes = file("trilens-t5/onnx/decoder_model_merged.onnx");
  const auto plain = open_up(bytes, {.switches = true});
  const auto with = open_up(bytes, {.context = true, .switches = true});
  REQUIRE(plain);
  REQUIRE(with);
  CHECK_FALSE(plain->has("cross.0.context"));
  CHECK(with->has("cross.0.context"));
  CHECK(with->has("decoder_self.1.context"));
  CHECK(with->taps.size() == plain->taps.size() + with->attentions.size());
}

}  // namespace trilens::onnx
