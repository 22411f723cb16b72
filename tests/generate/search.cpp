// What a search promises beyond the reference's tokens.
#include "generate/search.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <cmath>
#include <limits>
#include <set>

#include "base/random.hpp"
#include "toy.hpp"

namespace trilens::generate::test {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();

// Logits in steps of `grain`: coarse ones tie often.
ToyModel random_model(std::uint64_t seed, std::size_t vocabulary, double grain) {
  ToyModel model{.table = {}, .vocabulary = vocabulary, .pad = 0, .contexts = 3};
  Random random(seed);
  for (std::size_t i = 0; i < 3 * vocabulary * vocabulary; ++i) {
    const double normal = random.uniform() + random.uniform() + random.uniform() + random.uniform() - 2;
    model.table.push_back(static_cast<float>(std::round(5 * normal / grain) * grain));
  }
  return model;
}

Continuation run(const ToyModel& model, const GenerationOptions& options, Deliver deliver = Deliver::full) {
  auto search = Search::begin({5, 4}, options);
  REQUIRE(search.has_value());
  Driver driver{.model = model, .deliver = deliver, .cache = {}};
  driver.run(*search);
  return search->result();
}

std::vector<RowAnswer> full_row(const std::vector<float>& logits) { return {std::span<const float>(logits)}; }

GenerationOptions beam_options(std::int64_t beams) {
  GenerationOptions options;
  options.strategy = Strategy::beam;
  options.num_beams = beams;
  options.max_new_tokens = 12;
  options.eos_ids = {1};
  return options;
}

GenerationOptions random_options(Random& random) {
  const auto one_of = [&random](auto... values) {
    const std::array<double, sizeof...(values)> all{static_cast<double>(values)...};
    return all[random.next() % all.size()];
  };
  GenerationOptions o;
  o.strategy = static_cast<Strategy>(random.next() % 3);
  o.max_new_tokens = 15;
  o.min_new_tokens = static_cast<std::int64_t>(one_of(0, 0, 5));
  o.temperature = one_of(1, 1, 0.6, 2.5);
  o.top_k = static_cast<std::int64_t>(one_of(0, 1, 5, 40, 63, 64));
  o.top_p = one_of(1, 0.9, 0.3);
  o.num_beams = static_cast<std::int64_t>(one_of(2, 3, 5, 16));
  o.repetition_penalty = one_of(1, 1, 1.3, 5, 0.7);
  o.no_repeat_ngram_size = static_cast<std::int64_t>(one_of(0, 0, 1, 2));
  o.length_penalty = one_of(1, 0, 2);
  o.seed = random.next();
  o.eos_ids = {1};
  if (random.next() % 3 == 0) {
    for (std::int32_t id = 10; id < 60; ++id) o.banned_ids.push_back(id);
  }
  return o;
}

}  // namespace

TEST_CASE("winners alone lead to the very tokens that full rows lead to, with many ties and few") {
  Random random(23);
  std::int64_t escalations = 0;
  std::int64_t by_winners = 0;
  for (int i = 0; i < 240; ++i) {
    const std::array<std::size_t, 3> sizes{70, 65, 150};
    const std::array<double, 3> grains{1e-4, 0.25, 1.0};
    const std::size_t size = sizes[random.next() % 3];  // one draw a statement: the order of arguments is the compiler's choice
    const double grain = grains[random.next() % 3];
    const ToyModel model = random_model(random.next(), size, grain);
    const GenerationOptions options = random_options(random);
    auto by_rows = Search::begin({5, 4}, options);
    auto by_top = by_rows;
    Driver rows{.model = model, .deliver = Deliver::full, .cache = {}};
    Driver top{.model = model, .deliver = Deliver::as_needed, .cache = {}};
    rows.run(*by_rows);
    by_winners += by_top->needs().full_rows ? 0 : 1;
    top.run(*by_top);
    escalations += top.escalations;
    INFO("case " << i << ", strategy " << static_cast<int>(options.strategy));
    CHECK(by_rows->result().ids == by_top->result().ids);
    CHECK(by_rows->result().score == by_top->result().score);
    CHECK(rows.runs == top.runs);
  }
  CHECK(by_winners > 100);
  CHECK(escalations > 0);
}

TEST_CASE("full rows are asked for once penalties have pushed the winners below what was left out") {
  ToyModel model{.table = {}, .vocabulary = 100, .pad = 0, .contexts = 1};
  for (int last = 0; last < 100; ++last) {
    for (int id = 0; id < 100; ++id) model.table.push_back(1 - 0.01F * static_cast<float>(id));
  }
  Ids prompt;  // every one of the 64 winners has occurred
  for (std::int32_t id = 0; id < 64; ++id) prompt.push_back(id);
  for (const Strategy strategy : {Strategy::greedy, Strategy::sample, Strategy::beam}) {
    GenerationOptions options = beam_options(2);
    options.strategy = strategy;
    options.top_k = 1;
    options.repetition_penalty = 5;
    options.max_new_tokens = 1;
    auto search = Search::begin(prompt, options);
    REQUIRE_FALSE(search->needs().full_rows);
    Driver driver{.model = model, .deliver = Deliver::as_needed, .cache = {}};
    driver.run(*search);
    INFO(static_cast<int>(strategy));
    CHECK(driver.escalations == 1);
    CHECK(search->result().ids == Ids{64});
  }
}

TEST_CASE("of equal candidates the smaller ids become beams, of the better rows first") {
  auto search = Search::begin({0}, beam_options(3));
  const std::vector<float> equal(9, 1);
  REQUIRE(search->feed(full_row(equal)).has_value());
  CHECK(search->wants().tokens == Ids{0, 2, 3});  // 1 ends
  std::vector<RowAnswer> rows(3, std::span<const float>(equal));
  REQUIRE(search->feed(rows).has_value());
  CHECK(search->wants().parents == Ids{0, 0, 0});
  CHECK(search->wants().tokens == Ids{0, 2, 3});
}

TEST_CASE("winners suffice where nothing changes the scores, and full rows are asked for where they do not") {
  GenerationOptions options;
  CHECK_FALSE(Search::begin({1}, options)->needs().full_rows);
  CHECK(Search::begin({1}, options)->needs().top_k == 10);
  options.alternatives = 0;
  CHECK(Search::begin({1}, options)->needs().top_k == 1);
  options.repetition_penalty = 1.2;
  CHECK_FALSE(Search::begin({1}, options)->needs().full_rows);
  CHECK(Search::begin({1}, options)->needs().top_k == kMaxStatistics);
  options.repetition_penalty = 0.9;  // may lift a token from below the winners
  CHECK(Search::begin({1}, options)->needs().full_rows);
  options.repetition_penalty = 1;
  options.strategy = Strategy::sample;
  CHECK(Search::begin({1}, options)->needs().full_rows);
  options.top_k = 50;
  CHECK_FALSE(Search::begin({1}, options)->needs().full_rows);
  CHECK(Search::begin({1}, options)->needs().top_k == 51);
  options.top_k = 64;
  CHECK(Search::begin({1}, options)->needs().full_rows);
  CHECK(Search::begin({1}, beam_options(5))->needs().top_k == 10);
  CHECK(Search::begin({1}, beam_options(16))->needs().top_k == 32);
}

TEST_CASE("greedy takes the smaller id among equals and treats NaN as nothing") {
  auto search = Search::begin({0}, {});
  const std::vector<float> logits{std::numeric_limits<float>::quiet_NaN(), 2, 3, 3, kNothing};
  REQUIRE(search->feed(full_row(logits)).has_value());
  CHECK(search->result().ids == Ids{2});
}

TEST_CASE("the first batch is the prompt, later ones the newest token of each row") {
  auto search = Search::begin({7, 8, 9}, {});
  CHECK(search->wants().tokens == Ids{7, 8, 9});
  CHECK(search->wants().width == 3);
  CHECK(search->wants().parents.empty());
  const std::vector<float> logits{0, 5, 1};
  REQUIRE(search->feed(full_row(logits)).has_value());
  CHECK(search->wants().tokens == Ids{1});
  CHECK(search->wants().past == 3);
  CHECK_FALSE(search->wants().reorder);
}

TEST_CASE("beams spread from the one row of the prompt") {
  auto search = Search::begin({0}, beam_options(3));
  const std::vector<float> logits{0, -9, 3, 2, 1};
  REQUIRE(search->feed(full_row(logits)).has_value());
  CHECK(search->wants().tokens == Ids{2, 3, 4});
  CHECK(search->wants().parents == Ids{0, 0, 0});
  CHECK(search->wants().reorder);
}

TEST_CASE("probabilities of steps are those of the whole vocabulary at temperature 1, whatever the options") {
  const std::vector<float> logits{1, 2, 3, 0.5F};
  double sum = 0;
  for (const float x : logits) sum += std::exp(double{x});
  GenerationOptions options;
  options.strategy = Strategy::sample;
  options.temperature = 0.1;
  options.top_k = 1;
  options.repetition_penalty = 2;
  options.alternatives = 3;
  auto search = Search::begin({0, 2}, options);
  REQUIRE(search->feed(full_row(logits)).has_value());
  const Step step = search->result().steps.front();
  CHECK(step.id == 1);  // the penalty halved the other's logit
  CHECK_THAT(step.probability, Catch::Matchers::WithinAbs(std::exp(2.0) / sum, 1e-6));
  CHECK_THAT(step.log_probability, Catch::Matchers::WithinAbs(2.0 - std::log(sum), 1e-6));
  REQUIRE(step.alternatives.size() == 3);
  CHECK(step.alternatives[0].id == 2);
  CHECK(step.alternatives[0].logit == 3);
  CHECK_THAT(step.alternatives[0].probability, Catch::Matchers::WithinAbs(std::exp(3.0) / sum, 1e-6));
}

TEST_CASE("an end token ends it, is part of the result, and does not come before min_new_tokens") {
  GenerationOptions options;
  options.eos_ids = {2, 1};
  const std::vector<float> logits{0, 1, 5, 3};
  auto search = Search::begin({0}, options);
  REQUIRE(search->feed(full_row(logits)).has_value());
  CHECK(search->done());
  CHECK(search->result().ids == Ids{2});
  CHECK(search->result().stop_reason == StopReason::eos);
  options.min_new_tokens = 2;
  search = Search::begin({0}, options);
  for (int i = 0; i < 3; ++i) REQUIRE(search->feed(full_row(logits)).has_value());
  CHECK(search->result().ids == Ids{3, 3, 2});
}

TEST_CASE("max_new_tokens ends it") {
  GenerationOptions options;
  options.max_new_tokens = 2;
  auto search = Search::begin({0}, options);
  const std::vector<float> logits{0, 1};
  REQUIRE(search->feed(full_row(logits)).has_value());
  CHECK(search->result().stop_reason == StopReason::running);
  REQUIRE(search->feed(full_row(logits)).has_value());
  CHECK(search->done());
  CHECK(search->result().stop_reason == StopReason::length);
  CHECK_FALSE(search->feed(full_row(logits)).has_value());
}

TEST_CASE("when every token is banned the search ends with what it has") {
  for (const Strategy strategy : {Strategy::greedy, Strategy::sample, Strategy::beam}) {
    GenerationOptions options = beam_options(2);
    options.strategy = strategy;
    options.no_repeat_ngram_size = 1;
    auto search = Search::begin({0}, options);
    const std::vector<float> logits{3, kNothing, 1, kNothing};
    for (int i = 0; i < 2 && !search->done(); ++i) {
      std::vector<RowAnswer> rows(search->wants().rows, std::span<const float>(logits));
      REQUIRE(search->feed(rows).has_value());
    }
    INFO(static_cast<int>(strategy));
    CHECK(search->done());
    CHECK(search->result().ids == Ids{2});
    CHECK(search->result().stop_reason == StopReason::exhausted);
  }
}

TEST_CASE("a beam that ended is the result when the others run out of tokens") {
  GenerationOptions options = beam_options(2);
  options.no_repeat_ngram_size = 1;
  auto search = Search::begin({0}, options);
  const std::vector<float> logits{3, 0, 1, kNothing};
  while (!search->done()) {
    std::vector<RowAnswer> rows(search->wants().rows, std::span<const float>(logits));
    REQUIRE(search->feed(rows).has_value());
  }
  CHECK(search->result().stop_reason == StopReason::eos);
}

TEST_CASE("a search refuses what it did not ask for and stands where it stood") {
  CHECK(Search::begin({}, {}).error().code == ErrorCode::invalid_argument);
  CHECK(Search::begin({3, -1}, {}).error().code == ErrorCode::invalid_argument);
  GenerationOptions options;
  options.temperature = -1;
  CHECK_FALSE(Search::begin({1}, options).has_value());
  auto search = Search::begin({0}, {});
  const std::vector<float> good{0, 2, 1};
  const std::vector<float> nothing{kNothing, std::numeric_limits<float>::quiet_NaN()};
  const std::vector<float> infinite{0, std::numeric_limits<float>::infinity()};
  CHECK(search->feed({}).error().code == ErrorCode::invalid_argument);
  CHECK(search->feed(full_row(nothing)).error().code == ErrorCode::runtime_failed);
  CHECK(search->feed(full_row(infinite)).error().code == ErrorCode::runtime_failed);
  CHECK(search->feed(full_row({})).error().code == ErrorCode::runtime_failed);
  CHECK(search->feed(std::vector<RowAnswer>{row_statistics(nothing, 10)}).error().code == ErrorCode::runtime_failed);
  CHECK(search->generated() == 0);
  REQUIRE(search->feed(full_row(good)).has_value());
  CHECK(search->result().ids == Ids{1});
  options = {};
  options.strategy = Strategy::sample;
  auto sampled = Search::begin({0}, options);
  CHECK(sampled->feed(std::vector<RowAnswer>{row_statistics(good, 64)}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a copy is a bookmark: both go on to the same end, each on its own") {
  const ToyModel model = random_model(9, 40, 1e-4);
  for (const Strategy strategy : {Strategy::greedy, Strategy::sample, Strategy::beam}) {
    GenerationOptions options = beam_options(4);
    options.strategy = strategy;
    options.eos_ids = {};
    options.seed = 77;
    auto search = Search::begin({5, 4}, options);
    Driver driver{.model = model, .deliver = Deliver::full, .cache = {}};
    for (int i = 0; i < 5; ++i) driver.turn(*search);
    Search copy = *search;
    Driver copied = {.model = model, .deliver = Deliver::full, .cache = driver.cache};
    driver.run(*search);
    CHECK(copy.generated() == 5);
    copied.run(copy);
    CHECK(copy.result().ids == search->result().ids);
    CHECK(search->result().ids == run(model, options).ids);
  }
}

TEST_CASE("the same seed gives the same text, another seed another") {
  const ToyModel model = random_model(11, 60, 1e-4);
  GenerationOptions options;
  options.strategy = Strategy::sample;
  options.seed = 5;
  const Ids first = run(model, options).ids;
  CHECK(run(model, options).ids == first);
  options.seed = 6;
  CHECK(run(model, options).ids != first);
}

TEST_CASE("one beam is greedy search, as in the reference") {
  const ToyModel model = random_model(12, 40, 1e-4);
  GenerationOptions options = beam_options(1);
  options.repetition_penalty = 1.3;
  const Ids beam = run(model, options).ids;
  options.strategy = Strategy::greedy;
  CHECK(beam == run(model, options).ids);
  CHECK(Search::begin({1}, beam_options(1))->beam_tree() == nullptr);
}

TEST_CASE("the beam tree holds every candidate, its path and its fate") {
  const ToyModel model = random_model(13, 30, 1e-4);
  auto search = Search::begin({5, 4}, beam_options(3));
  Driver driver{.model = model, .deliver = Deliver::full, .cache = {}};
  while (!search->done()) {
    driver.turn(*search);
    const BeamTree& tree = *search->beam_tree();
    CHECK(tree.live.size() == (search->done() && tree.live.empty() ? 0 : 3));
    for (const std::int32_t live : tree.live) CHECK(tree.nodes[static_cast<std::size_t>(live)].depth + 1 == search->generated());
  }
  const BeamTree& tree = *search->beam_tree();
  REQUIRE_FALSE(tree.best.empty());
  std::set<std::int32_t> parents;
  for (const BeamTree::Node& node : tree.nodes) {
    const BeamTree::Expansion& from = tree.expansions[static_cast<std::size_t>(node.expansion)];
    CHECK(from.node == node.parent);
    parents.insert(node.parent);
    if (node.parent < 0) {
      CHECK(node.depth == 0);
      CHECK_THAT(node.score, Catch::Matchers::WithinAbs(node.log_probability, 1e-5));
      continue;
    }
    const BeamTree::Node& parent = tree.nodes[static_cast<std::size_t>(node.parent)];
    CHECK(parent.fate == BeamTree::Fate::growing);
    CHECK(node.depth == parent.depth + 1);
    CHECK_THAT(node.score, Catch::Matchers::WithinAbs(parent.score + node.log_probability, 1e-5));
  }
  const Continuation result = search->result();
  CHECK(tree.nodes[static_cast<std::size_t>(tree.best.front())].id == result.ids.back());
  CHECK(tree.nodes[static_cast<std::size_t>(tree.best.front())].final_score == result.score);
  double sum = 0;
  for (const Step& step : result.steps) sum += step.log_probability;
  CHECK_THAT(result.score, Catch::Matchers::WithinAbs(sum / static_cast<double>(result.ids.size()), 1e-5));
}

TEST_CASE("while it runs the result is the best beam still growing") {
  auto search = Search::begin({0}, beam_options(2));
  CHECK(search->result().ids.empty());
  const std::vector<float> logits{0, -9, 3, 2, 1};
  REQUIRE(search->feed(full_row(logits)).has_value());
  CHECK(search->result().ids == Ids{2});
  CHECK(search->results().size() == 2);
  CHECK(search->result().stop_reason == StopReason::running);
}

}  // namespace trilens::generate::test
