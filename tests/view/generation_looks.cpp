#include "view/generation_looks.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using testing::words;

protocol::ReshapedToken token(std::int32_t id, const char* word, double before, double after, double cumulative, const char* cut) {
  return {.id = id, .token = word, .display = word, .before = before, .after = after, .cumulative = cumulative, .cut = cut};
}

state::State writing() {
  state::State s;
  s.tab = state::Tab::generation;
  s.clock.cursor = 1;
  for (const Seat seat : kSeats) {
    s.column(seat).seat = seat;
    s.column(seat).family = family_at_home(seat);
  }
  s.column(Seat::middle).generation.steps.push_back({.id = 5, .token = "cat", .display = "cat", .probability = 0.6});
  return s;
}

template <class T>
void answer(state::State& s, state::Experiment e, T value) {
  s.column(Seat::middle).experiment(e).value = std::move(value);
  s.column(Seat::middle).experiment(e).asked = "asked";
}

protocol::BeamNode node(std::int64_t parent, const char* word, std::int64_t depth, double score, const char* fate) {
  return {.parent = parent, .id = 1, .token = word, .display = word, .depth = depth, .log_probability = -1, .score = score, .final_score = score / 2, .rank = 0, .fate = fate};
}

}  // namespace

TEST_CASE("a step's distribution says before, after and why the rest is out") {
  const auto strings = words("en");
  state::State s = writing();
  s.document.options.top_p = 0.8;
  protocol::Reshaped r{.step = 1, .chosen = 5, .vocabulary = 4096, .left = 2, .forbidden = 1, .cut_by_top_k = 4090, .cut_by_top_p = 3, .kept = 0.9, .entropy_bits = 3, .entropy_after_bits = 1};
  r.tokens = {token(5, "cat", 0.6, 0.75, 0.7, ""), token(6, "dog", 0.2, 0.25, 0.93, ""), token(7, "cow", 0.05, 0, 1, "top_p"), token(8, "elk", 0.01, 0, 1, "top_k"), token(9, "end", 0.3, 0, 1, "forbidden")};
  answer(s, state::Experiment::distribution, r);
  const view::DistributionView v = view::build_distribution(s, Seat::middle, view::words_of(strings));
  REQUIRE(v.shown);
  CHECK(v.title == "Step 1: before and after the sliders");
  REQUIRE(v.rows.size() == 5);
  CHECK(v.rows[0].chosen);
  CHECK(v.rows[0].before_length < v.rows[0].after_length);
  CHECK(v.rows[2].reason == "cut by top-p");
  CHECK(v.rows[3].reason == "cut by top-k");
  CHECK(v.rows[4].reason == "forbidden");
  CHECK(v.rows[4].percent.empty());
  CHECK(v.top_p == 0.8);
  CHECK(v.summary.find("top-p cut 3") != std::string::npos);
  CHECK(v.summary.find("forbidden: 1") != std::string::npos);
  CHECK_FALSE(view::build_distribution(s, Seat::left, view::words_of(strings)).shown);
  s.clock.cursor = 0;
  CHECK_FALSE(view::build_distribution(s, Seat::middle, view::words_of(strings)).shown);
}

TEST_CASE("the beam tree marks the way to the best, and only what ended has a score by length") {
  const auto strings = words("en");
  state::State s = writing();
  s.document.options.strategy = protocol::Strategy::beam;
  protocol::BeamTree tree{.num_beams = 2, .length_penalty = 1, .done = true};
  tree.nodes = {node(-1, "a", 0, -1, "growing"), node(-1, "b", 0, -2, "growing"), node(1, "c", 1, -2.5, "finished"), node(0, "d", 1, -3, "finished"), node(0, "e", 1, -9, "pruned")};
  tree.best = {2, 3};
  answer(s, state::Experiment::beams, tree);
  const view::BeamsView v = view::build_beams(s, Seat::middle, view::words_of(strings));
  REQUIRE(v.shown);
  std::vector<bool> winners;
  for (const view::BeamNodeView& n : v.nodes) winners.push_back(n.winner);
  CHECK(winners == std::vector<bool>{false, true, true, false, false});
  CHECK(v.nodes[2].final_score == "-1.25");
  CHECK(v.nodes[4].final_score.empty());
  CHECK(v.depths == 2);
  CHECK(v.rows == 3);
  CHECK(v.cursor == 0);
  CHECK(v.sentence.find("-1.250") != std::string::npos);
  s.document.options.strategy = protocol::Strategy::sample;
  CHECK_FALSE(view::build_beams(s, Seat::middle, view::words_of(strings)).shown);
}

TEST_CASE("the sliders above the columns are those that the strategy is about") {
  const auto strings = words("en");
  state::State s = writing();
  const auto names = [&] {
    std::vector<std::string> out;
    for (const view::OptionView& row : view::build_generation_intro(s, view::words_of(strings)).rows) out.push_back(row.name);
    return out;
  };
  CHECK(names() == std::vector<std::string>{"strategy", "temperature", "top_k", "top_p", "seed"});
  s.document.options.strategy = protocol::Strategy::beam;
  CHECK(names() == std::vector<std::string>{"strategy", "num_beams", "length_penalty"});
  s.tab = state::Tab::overview;
  CHECK(names().empty());
}

TEST_CASE("cross-attention grows with the clock, a row for each word that was chosen") {
  const auto strings = words("en");
  state::State s = writing();
  state::ColumnState& c = s.column(Seat::right);
  protocol::Reading reading;
  for (const char* word : {"the", "cat"}) reading.tokens.push_back({.id = 1, .text = word, .display = word});
  c.reading = reading;
  c.generation.steps.push_back({.id = 1, .token = "le", .display = "le", .cross = std::vector<float>{0.75F, 0.25F}});
  c.generation.steps.push_back({.id = 2, .token = "chat", .display = "chat", .cross = std::vector<float>{0.1F, 0.9F}});
  view::CrossView v = view::build_cross(s, Seat::right, view::words_of(strings));
  REQUIRE(v.rows.size() == 1);
  CHECK(v.rows[0].current);
  CHECK(v.scale == 0.75);
  s.clock.cursor = 2;
  v = view::build_cross(s, Seat::right, view::words_of(strings));
  REQUIRE(v.rows.size() == 2);
  CHECK_FALSE(v.rows[0].current);
  CHECK(v.columns == std::vector<std::string>{"the", "cat"});
}

}  // namespace trilens
