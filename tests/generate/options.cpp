#include "generate/options.hpp"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <limits>
#include <string>

namespace trilens::generate {
namespace {

struct Wrong {
  std::string option;
  std::string value;
  std::function<void(GenerationOptions&)> set;
};

const double kNaN = std::numeric_limits<double>::quiet_NaN();
const double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("the options' defaults are allowed, and so are their extremes") {
  CHECK(validate({}).has_value());
  GenerationOptions o;
  o.max_new_tokens = 1024;
  o.min_new_tokens = 1024;
  o.num_beams = 16;
  o.top_k = 1'000'000;
  o.top_p = 1e-9;
  o.temperature = 1e-6;
  o.length_penalty = -3;
  o.alternatives = 64;
  CHECK(validate(o).has_value());
}

TEST_CASE("an option out of range is refused with its name, its value and what is allowed") {
  const Wrong wrong[] = {
      {"max_new_tokens", "0", [](GenerationOptions& o) { o.max_new_tokens = 0; }},
      {"max_new_tokens", "1025", [](GenerationOptions& o) { o.max_new_tokens = 1025; }},
      {"min_new_tokens", "-1", [](GenerationOptions& o) { o.min_new_tokens = -1; }},
      {"min_new_tokens", "33", [](GenerationOptions& o) { o.min_new_tokens = 33; }},
      {"temperature", "0", [](GenerationOptions& o) { o.temperature = 0; }},
      {"temperature", "-0.5", [](GenerationOptions& o) { o.temperature = -0.5; }},
      {"temperature", "nan", [](GenerationOptions& o) { o.temperature = kNaN; }},
      {"temperature", "inf", [](GenerationOptions& o) { o.temperature = kInfinity; }},
      {"temperature", "1e-60", [](GenerationOptions& o) { o.temperature = 1e-60; }},
      {"top_k", "-3", [](GenerationOptions& o) { o.top_k = -3; }},
      {"top_p", "0", [](GenerationOptions& o) { o.top_p = 0; }},
      {"top_p", "1.5", [](GenerationOptions& o) { o.top_p = 1.5; }},
      {"top_p", "nan", [](GenerationOptions& o) { o.top_p = kNaN; }},
      {"num_beams", "0", [](GenerationOptions& o) { o.num_beams = 0; }},
      {"num_beams", "17", [](GenerationOptions& o) { o.num_beams = 17; }},
      {"length_penalty", "inf", [](GenerationOptions& o) { o.length_penalty = kInfinity; }},
      {"repetition_penalty", "0", [](GenerationOptions& o) { o.repetition_penalty = 0; }},
      {"no_repeat_ngram_size", "-1", [](GenerationOptions& o) { o.no_repeat_ngram_size = -1; }},
      {"alternatives", "65", [](GenerationOptions& o) { o.alternatives = 65; }},
      {"eos_ids", "-1", [](GenerationOptions& o) { o.eos_ids = {1, -1}; }},
      {"banned_ids", "-2", [](GenerationOptions& o) { o.banned_ids = {-2}; }},
  };
  for (const Wrong& w : wrong) {
    GenerationOptions options;
    w.set(options);
    const Result<void> result = validate(options);
    INFO(w.option << " = " << w.value);
    REQUIRE_FALSE(result.has_value());
    INFO(result.error().message);
    CHECK(result.error().code == ErrorCode::invalid_argument);
    CHECK(result.error().message.find(w.option) != std::string::npos);
    CHECK(result.error().message.find(w.value) != std::string::npos);
    CHECK(result.error().message.back() == '.');
  }
}

}  // namespace trilens::generate
