#include "model/cache_layout.hpp"

#include <catch2/catch_test_macros.hpp>

namespace trilens::model {
namespace {

using Names = std::vector<std::string>;

Config config() {
  Config c;
  c.heads = 2;
  c.head_size = 12;
  c.decoder_heads = 4;
  c.decoder_head_size = 6;
  return c;
}

TEST_CASE("a GPT-2's past is matched with its present, layer by layer") {
  const auto layout = cache_layout({"input_ids", "past_key_values.0.key", "past_key_values.0.value", "attention_mask"},
                                   {"logits", "present.0.value", "present.0.key"}, config());
  REQUIRE(layout.has_value());
  REQUIRE(layout->entries.size() == 2);
  CHECK(layout->entries[0].output == "present.0.key");
  CHECK(layout->entries[1].output == "present.0.value");
  CHECK_FALSE(layout->entries[0].cross);
  CHECK(layout->empty_shape(layout->entries[0], 3) == Shape{3, 4, 0, 6});
}

TEST_CASE("the source's keys and values are told from the decoder's own") {
  const auto layout = cache_layout({"past_key_values.0.decoder.key", "past_key_values.0.encoder.key"}, {"present.0.decoder.key", "present.0.encoder.key"}, config());
  REQUIRE(layout.has_value());
  CHECK_FALSE(layout->entries[0].cross);
  CHECK(layout->entries[1].cross);
}

TEST_CASE("a graph without a past has an empty cache") {
  const auto layout = cache_layout({"input_ids", "attention_mask"}, {"logits"}, config());
  REQUIRE(layout.has_value());
  CHECK(layout->entries.empty());
}

TEST_CASE("a past without its present and names of another make are refused by name") {
  const auto lost = cache_layout({"past_key_values.0.key"}, {"logits"}, config());
  REQUIRE_FALSE(lost.has_value());
  CHECK(lost.error().code == ErrorCode::model_unsupported);
  CHECK(lost.error().message.find("past_key_values.0.key") != std::string::npos);
  const auto other = cache_layout({"past_0"}, {"present_0"}, config());
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().message.find("past_0") != std::string::npos);
}

}  // namespace
}  // namespace trilens::model
