// What heads do, and rollout, against numpy (tests/oracles/heads_oracle.py).
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "analysis/head_scores.hpp"
#include "analysis/rollout.hpp"

namespace trilens::analysis {
namespace {

using nlohmann::json;

json fixture() {
  std::ifstream file(std::string(TRILENS_FIXTURES) + "/analysis/heads.json");
  REQUIRE(file.good());
  return json::parse(file);
}

Tensor tensor(const Shape& shape, const json& values) { return Tensor::of<float>(shape, values.get<std::vector<float>>()); }

void check_close(std::span<const float> actual, const json& expected) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) CHECK(std::abs(double{actual[i]} - expected[i].get<double>()) <= 1e-7);
}

void check_score(const std::optional<double>& actual, const json& all, const char* name) {
  INFO(name);
  REQUIRE(actual.has_value() == all.contains(name));
  if (actual) CHECK(*actual == Catch::Approx(all[name].get<double>()).epsilon(1e-9).margin(1e-9));
}

Tensor map_of(const Shape& shape, const std::vector<float>& values) { return Tensor::of<float>(shape, values); }

}  // namespace

TEST_CASE("scores of heads equal the reference") {
  const json all = fixture();
  REQUIRE_FALSE(all["scores"].empty());
  for (const json& c : all["scores"]) {
    const Tensor map = tensor(c["shape"].get<Shape>(), c["values"]);
    const auto rows = c["row_words"].get<std::vector<std::int32_t>>(), columns = c["column_words"].get<std::vector<std::int32_t>>();
    const auto special = c["special"].get<std::vector<std::uint8_t>>();
    const HeadScores s = head_scores(map.view<float>(), {.row_words = rows, .column_words = columns, .special = special,
                                                         .same_text = c["same_text"].get<bool>(), .causal = c["causal"].get<bool>()});
    INFO(c["shape"].dump());
    check_score(s.previous, c["scores"], "previous");
    check_score(s.next, c["scores"], "next");
    check_score(s.first, c["scores"], "first");
    check_score(s.itself, c["scores"], "itself");
    check_score(s.same, c["scores"], "same");
    check_score(s.special, c["scores"], "special");
    check_score(s.broad, c["scores"], "broad");
  }
}

TEST_CASE("a row that sees one piece alone says nothing about its head") {
  const std::vector<std::int32_t> words{0, 1, 0};
  const Tensor map = map_of({3, 3}, {1, 0, 0, 1, 0, 0, 0.5F, 0.5F, 0});
  const HeadScores s = head_scores(map.view<float>(), {.row_words = words, .column_words = words, .same_text = true, .causal = true});
  CHECK(s.itself == 0);            // the first row could not do otherwise
  CHECK(s.previous == 0.75);
  CHECK(s.first == 0.75);
  CHECK(s.same == 0.5);            // by the last row alone: the first one's other place comes later
  CHECK_FALSE(s.next);
  CHECK_FALSE(s.special);
  CHECK(*s.broad == Catch::Approx(std::log(2.0) / std::log(3.0) / 2));
}

TEST_CASE("a row with nothing left does not count") {
  const std::vector<std::int32_t> words{0, 1};
  const Tensor map = map_of({2, 2}, {0, 0, 0.25F, 0.75F});
  const HeadScores s = head_scores(map.view<float>(), {.row_words = words, .column_words = words});
  CHECK(s.itself == 0.75);
  CHECK(s.previous == 0.25);
  CHECK_FALSE(s.next);
}

TEST_CASE("what later pieces get decides whether a map is causal") {
  const Tensor lower = map_of({1, 2, 2, 2}, {1, 0, 0.5F, 0.5F, 1, 0, 0.1F, 0.9F}), full = map_of({1, 2, 2, 2}, {1, 0, 0.5F, 0.5F, 1, 1e-30F, 0.1F, 0.9F});
  const Tensor bridge = map_of({1, 1, 1, 2}, {1, 0});
  CHECK(causal(std::vector{lower.view<float>()}));
  CHECK_FALSE(causal(std::vector{lower.view<float>(), full.view<float>()}));
  CHECK_FALSE(causal(std::vector{bridge.view<float>()}));
  CHECK_FALSE(causal({}));
}

TEST_CASE("rows that lose columns sum to 1 again, or stay empty") {
  const Tensor map = map_of({3, 3}, {0.5F, 0.25F, 0.25F, 1, 0, 0, 0.2F, 0.2F, 0.6F});
  const Tensor part = kept_parts(map.view<float>(), {.rows = {0, 1}, .columns = {1, 2}});
  CHECK(part.shape() == Shape{2, 2});
  CHECK(std::vector(part.data<float>().begin(), part.data<float>().end()) == std::vector<float>{0.5F, 0.5F, 0, 0});
}

TEST_CASE("a coarser picture keeps the largest weight of each block") {
  const Tensor map = map_of({3, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const Tensor half = coarser(map.view<float>(), 2);
  CHECK(half.shape() == Shape{2, 2});
  CHECK(std::vector(half.data<float>().begin(), half.data<float>().end()) == std::vector<float>{6, 8, 10, 12});
  const Tensor same = coarser(map.view<float>(), 24);
  CHECK(same.shape() == map.shape());
  CHECK(same.data<float>()[11] == 12);
}

TEST_CASE("rollout equals the reference") {
  const json all = fixture();
  REQUIRE_FALSE(all["rollout"].empty());
  for (const json& c : all["rollout"]) {
    const Tensor means = tensor(c["shape"].get<Shape>(), c["values"]);
    const auto after = rollout(means.view<float>());
    REQUIRE(after);
    check_close(after->data<float>(), c["after"]);
  }
  CHECK(rollout(Tensor::f32({2, 3, 4}).view<float>()).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("rollout through cross-attention equals the reference, and its two parts make one whole") {
  const json all = fixture();
  REQUIRE_FALSE(all["decoder_rollout"].empty());
  for (const json& c : all["decoder_rollout"]) {
    const std::int64_t layers = c["layers"], source = c["source"], target = c["target"];
    const Tensor encoder = tensor({source, source}, c["encoder"]), self = tensor({layers, target, target}, c["self"]), cross = tensor({layers, target, source}, c["cross"]);
    const auto after = decoder_rollout(encoder.view<float>(), self.view<float>(), cross.view<float>());
    REQUIRE(after);
    check_close(after->text.data<float>(), c["text"]);
    check_close(after->written.data<float>(), c["written"]);
    for (std::size_t row = 0; row < static_cast<std::size_t>(layers * target); ++row) {
      double sum = 0;
      for (const float v : after->text.data<float>().subspan(row * static_cast<std::size_t>(source), static_cast<std::size_t>(source))) sum += double{v};
      for (const float v : after->written.data<float>().subspan(row * static_cast<std::size_t>(target), static_cast<std::size_t>(target))) sum += double{v};
      CHECK(sum == Catch::Approx(1).margin(1e-6));
    }
  }
  CHECK_FALSE(decoder_rollout(Tensor::f32({2, 2}).view<float>(), Tensor::f32({1, 2, 2}).view<float>(), Tensor::f32({1, 2, 3}).view<float>()));
}

}  // namespace trilens::analysis
