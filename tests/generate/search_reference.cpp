// The search against transformers' own generate, on table-driven models (tests/oracles/search_oracle.py).
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <map>

#include "toy.hpp"

namespace trilens::generate::test {
namespace {

struct Case {
  std::string table;
  Ids prompt;
  GenerationOptions options;
  std::vector<Ids> sequences;     // best first
  std::vector<double> scores;
  std::string text;               // for messages
};

struct Reference {
  std::map<std::string, ToyModel> models;
  std::vector<Case> cases;
};

EarlyStopping early_stopping(const nlohmann::json& value) {
  if (value.is_string()) return EarlyStopping::never;
  return value.get<bool>() ? EarlyStopping::when_full : EarlyStopping::heuristic;
}

Case read_case(const nlohmann::json& row, std::int32_t eos) {
  Case c{.table = row["table"], .prompt = row["prompt"], .options = {}, .sequences = {}, .scores = {}, .text = row.dump()};
  const nlohmann::json& o = row["options"];
  c.options.num_beams = o["num_beams"];
  c.options.strategy = c.options.num_beams == 1 ? Strategy::greedy : Strategy::beam;
  c.options.max_new_tokens = o["max_new_tokens"];
  // The reference takes a minimum over the maximum; it is then never reached.
  c.options.min_new_tokens = std::min(o["min_new_tokens"].get<std::int64_t>(), c.options.max_new_tokens);
  c.options.repetition_penalty = o["repetition_penalty"];
  c.options.no_repeat_ngram_size = o["no_repeat_ngram_size"];
  if (o.contains("length_penalty")) c.options.length_penalty = o["length_penalty"];
  if (o.contains("early_stopping")) c.options.early_stopping = early_stopping(o["early_stopping"]);
  c.options.eos_ids = {eos};
  c.options.alternatives = 3;
  for (const nlohmann::json& s : row["sequences"]) {
    c.sequences.push_back(s["ids"]);
    c.scores.push_back(s.value("score", 0.0));
  }
  return c;
}

Reference reference() {
  const nlohmann::json json = fixture("search.json");
  Reference out;
  out.models = toy_models(json);
  for (const nlohmann::json& row : json["cases"]) out.cases.push_back(read_case(row, json["eos_token_id"]));
  return out;
}

void check(const Reference& ref, Deliver deliver, bool last_alternatives) {
  std::size_t beams = 0;
  std::size_t others = 0;
  for (const Case& c : ref.cases) {
    INFO(c.text);
    auto search = Search::begin(c.prompt, c.options);
    REQUIRE(search.has_value());
    Driver driver{.model = ref.models.at(c.table), .deliver = deliver, .cache = {}};
    driver.run(*search);
    const Continuation result = search->result();
    CHECK(result.ids == c.sequences.front());
    if (c.options.strategy != Strategy::beam) continue;
    ++beams;
    CHECK_THAT(result.score, Catch::Matchers::WithinAbs(c.scores.front(), 2e-5) || Catch::Matchers::WithinRel(c.scores.front(), 1e-6));
    if (!last_alternatives) continue;
    const std::vector<Continuation> all = search->results();
    REQUIRE(all.size() <= c.sequences.size());
    if (all.size() < c.sequences.size()) WARN(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      CHECK(all[i].ids == c.sequences[i]);
      CHECK_THAT(all[i].score, Catch::Matchers::WithinAbs(c.scores[i], 2e-5) || Catch::Matchers::WithinRel(c.scores[i], 1e-6));
      ++others;
    }
  }
  CHECK(ref.cases.size() >= 400);
  CHECK(beams >= 100);
  if (last_alternatives) CHECK(others > 2 * beams);
}

}  // namespace

TEST_CASE("greedy and beam search find the reference's tokens and scores from full rows") {
  check(reference(), Deliver::full, true);
}

TEST_CASE("greedy and beam search find the reference's tokens from winners alone where these suffice") {
  check(reference(), Deliver::as_needed, false);
}

}  // namespace trilens::generate::test
