// Whole sampled continuations against transformers' processors and the same random numbers
// (tests/oracles/sampled_search_oracle.py).
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "toy.hpp"

namespace trilens::generate::test {
namespace {

GenerationOptions options_of(const nlohmann::json& o, std::int32_t eos) {
  GenerationOptions out;
  out.strategy = Strategy::sample;
  out.max_new_tokens = o["max_new_tokens"];
  out.min_new_tokens = o["min_new_tokens"];
  out.temperature = o["temperature"];
  out.top_k = o["top_k"];
  out.top_p = o["top_p"];
  out.repetition_penalty = o["repetition_penalty"];
  out.no_repeat_ngram_size = o["no_repeat_ngram_size"];
  out.seed = o["seed"];
  out.eos_ids = {eos};
  out.banned_ids = o["banned_ids"].get<Ids>();
  return out;
}

}  // namespace

TEST_CASE("sampling finds the reference's tokens, probabilities and entropies, from full rows and from winners") {
  const std::map<std::string, ToyModel> models = toy_models(fixture("search.json"));
  const nlohmann::json json = fixture("sampled_search.json");
  for (const nlohmann::json& c : json["cases"]) {
    for (const Deliver deliver : {Deliver::full, Deliver::as_needed}) {
      INFO(c.dump());
      auto search = Search::begin(c["prompt"].get<Ids>(), options_of(c["options"], json["eos_token_id"]));
      REQUIRE(search.has_value());
      Driver driver{.model = models.at(c["table"].get<std::string>()), .deliver = deliver, .cache = {}};
      driver.run(*search);
      const Continuation result = search->result();
      REQUIRE(result.ids == c["ids"].get<Ids>());
      // Half a unit in the last place of a log-sum-exp below 16, in single precision: 4.8e-7.
      for (std::size_t i = 0; i < result.steps.size(); ++i) {
        CHECK_THAT(result.steps[i].probability, Catch::Matchers::WithinAbs(c["probabilities"][i].get<double>(), 5e-7));
        CHECK_THAT(result.steps[i].entropy_nats, Catch::Matchers::WithinAbs(c["entropies"][i].get<double>(), 5e-7));
      }
    }
  }
  CHECK(json["cases"].size() >= 300);
}

}  // namespace trilens::generate::test
