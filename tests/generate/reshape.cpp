// What the sliders leave of a row, and why the rest is out, against transformers' warpers (tests/oracles/sampling_oracle.py).
#include "generate/reshape.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <algorithm>
#include <cmath>
#include <limits>

#include "toy.hpp"

namespace trilens::generate::test {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();

std::vector<float> row_of(const nlohmann::json& row) {
  std::vector<float> out;
  for (const nlohmann::json& x : row) out.push_back(x.is_null() ? kNothing : x.get<float>());
  return out;
}

GenerationOptions options_from(const nlohmann::json& o) {
  GenerationOptions out;  // greedy: what is drawn from does not depend on the strategy
  out.temperature = o["temperature"];
  out.top_k = o["top_k"];
  out.top_p = o["top_p"];
  out.repetition_penalty = o["repetition_penalty"];
  out.no_repeat_ngram_size = o["no_repeat_ngram_size"];
  return out;
}

}  // namespace

TEST_CASE("a row under the sliders is what the reference's processors leave of it") {
  const nlohmann::json json = fixture("sampling.json");
  for (const nlohmann::json& c : json["cases"]) {
    INFO(c["row"] << " " << c["options"].dump());
    const std::vector<float> logits = row_of(json["rows"][c["row"].get<std::string>()]);
    const Ids history = c["history"];
    const Reshaped r = reshape({.logits = logits, .history = history, .prompt_length = history.size()}, options_from(c["options"]), logits.size());
    double largest = 0, sum = 0;
    for (const float s : logits) largest = std::isfinite(s) ? std::max(largest, std::abs(double{s})) : largest;
    const double tolerance = 1e-6 + 40 * 0x1p-24 * largest;
    for (const nlohmann::json& p : c["probabilities"]) {
      const auto at = std::ranges::find(r.entries, p[0].get<std::int32_t>(), &ReshapedEntry::id);
      REQUIRE(at != r.entries.end());
      CHECK_THAT(at->after, Catch::Matchers::WithinRel(p[1].get<double>(), tolerance));
      CHECK(at->cut == Cut::none);
    }
    for (const ReshapedEntry& e : r.entries) {
      sum += e.after;
      CHECK((e.cut == Cut::none || e.after == 0));
    }
    CHECK_THAT(sum, Catch::Matchers::WithinAbs(1.0, 1e-9));
    const auto alive = std::ranges::count_if(r.entries, [](const ReshapedEntry& e) { return e.after > 0; });
    CHECK(alive == c["left"].get<std::int64_t>());
    const auto finite = std::ranges::count_if(logits, [](float s) { return s > kNothing; });
    CHECK(r.left + r.forbidden + r.cut_by_top_k + r.cut_by_top_p == finite);
  }
}

TEST_CASE("each cut has its own name, and the running sum is of what top-p looks at") {
  // Probabilities 1/2, 1/4, 1/8, 1/16, 1/16.
  std::vector<float> logits;
  for (const double p : {0.5, 0.25, 0.125, 0.0625, 0.0625}) logits.push_back(static_cast<float>(std::log(p)));
  const Ids history{1};
  GenerationOptions options;
  options.top_k = 3;
  options.top_p = 0.8;
  options.banned_ids = {1};
  const Reshaped r = reshape({.logits = logits, .history = history, .prompt_length = 1}, options, 5);
  REQUIRE(r.entries.size() == 5);
  CHECK(r.entries.front().id == 0);
  CHECK(r.entries.back().cut == Cut::forbidden);
  CHECK(r.forbidden == 1);
  CHECK(r.cut_by_top_k == 0);  // the two that tie for the third place stay
  // Left to top-p: 1/2, 1/8, 1/16, 1/16 of 3/4.
  CHECK_THAT(r.entries[0].cumulative, Catch::Matchers::WithinAbs(2.0 / 3, 1e-6));
  CHECK_THAT(r.entries[1].cumulative, Catch::Matchers::WithinAbs(5.0 / 6, 1e-6));
  CHECK(r.cut_by_top_p == 2);
  CHECK_THAT(r.kept, Catch::Matchers::WithinAbs(0.625, 1e-6));
  CHECK_THAT(r.entries[0].after, Catch::Matchers::WithinAbs(0.8, 1e-6));
  CHECK_THAT(r.entries[0].before, Catch::Matchers::WithinAbs(0.5, 1e-6));
  options.top_k = 1;
  options.banned_ids = {};
  const Reshaped one = reshape({.logits = logits, .history = history, .prompt_length = 1}, options, 5);
  CHECK(one.cut_by_top_k == 4);
  CHECK(one.left == 1);
  CHECK(one.entropy_after_nats == 0);
}

}  // namespace trilens::generate::test
