// Processors and the draw against transformers' logits processors (tests/oracles/sampling_oracle.py).
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <algorithm>
#include <cmath>
#include <limits>

#include "generate/processors/processors.hpp"
#include "generate/sampler.hpp"
#include "tensor/softmax.hpp"
#include "toy.hpp"

namespace trilens::generate::test {
namespace {

GenerationOptions options_of(const nlohmann::json& o) {
  GenerationOptions out;
  out.strategy = Strategy::sample;
  out.temperature = o["temperature"];
  out.top_k = o["top_k"];
  out.top_p = o["top_p"];
  out.repetition_penalty = o["repetition_penalty"];
  out.no_repeat_ngram_size = o["no_repeat_ngram_size"];
  return out;
}

std::vector<float> logits_of(const nlohmann::json& row) {
  std::vector<float> out;
  for (const nlohmann::json& x : row) out.push_back(x.is_null() ? -std::numeric_limits<float>::infinity() : x.get<float>());
  return out;
}

// The reference worked in double precision; a score s in single precision is off by up to 2^-24 * |s|, twice with a penalty.
void check_case(const nlohmann::json& c, const ScoreRow& row) {
  const double log_sum = log_sum_exp(row.scores());
  double largest = 0;
  for (const float s : row.scores()) largest = std::isfinite(s) ? std::max(largest, std::abs(double{s})) : largest;
  const double tolerance = 1e-6 + 4 * 0x1p-24 * largest;
  std::size_t left = 0;
  for (const float s : row.scores()) left += std::exp(double{s} - log_sum) > 0 ? 1 : 0;
  CHECK(left == c["left"].get<std::size_t>());
  for (const nlohmann::json& p : c["probabilities"]) {
    const double actual = std::exp(double{row.score(p[0].get<std::size_t>())} - log_sum);
    CHECK_THAT(actual, Catch::Matchers::WithinRel(p[1].get<double>(), tolerance));
  }
  for (const nlohmann::json& d : c["draws"]) {
    const auto drawn = draw(row, d[0].get<double>());
    REQUIRE(drawn.has_value());
    CHECK(row.id(*drawn) == d[1].get<std::int32_t>());
  }
}

}  // namespace

TEST_CASE("processors leave the reference's probabilities and the same random number draws the same token") {
  const nlohmann::json json = fixture("sampling.json");
  for (const nlohmann::json& c : json["cases"]) {
    INFO(c["row"] << " " << c["options"].dump() << " " << c["history"].dump());
    const std::vector<float> logits = logits_of(json["rows"][c["row"].get<std::string>()]);
    const GenerationOptions options = options_of(c["options"]);
    const Ids history = c["history"];
    ScoreRow row = ScoreRow::of(std::span<const float>(logits), 0);
    process(processors_for(options, history.size()), history, row);
    REQUIRE(warp(warpers_for(options), row));
    check_case(c, row);
  }
  CHECK(json["cases"].size() > 200);
}

TEST_CASE("a partial row draws the same token as the full one, or says that it cannot tell") {
  const nlohmann::json json = fixture("sampling.json");
  std::size_t settled = 0;
  for (const nlohmann::json& c : json["cases"]) {
    const GenerationOptions options = options_of(c["options"]);
    if (options.top_k == 0 || options.repetition_penalty < 1) continue;
    INFO(c["row"] << " " << c["options"].dump() << " " << c["history"].dump());
    const std::vector<float> logits = logits_of(json["rows"][c["row"].get<std::string>()]);
    const Ids history = c["history"];
    for (const std::uint32_t k : {1U, 4U, 12U, 64U}) {
      ScoreRow row = ScoreRow::of(row_statistics(logits, k), k);
      process(processors_for(options, history.size()), history, row);
      if (!warp(warpers_for(options), row)) continue;
      ++settled;
      for (const nlohmann::json& d : c["draws"]) {
        const auto drawn = draw(row, d[0].get<double>());
        REQUIRE(drawn.has_value());
        CHECK(row.id(*drawn) == d[1].get<std::int32_t>());
      }
    }
  }
  CHECK(settled > 100);
}

}  // namespace trilens::generate::test
