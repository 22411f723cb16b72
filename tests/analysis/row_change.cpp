#include "analysis/row_change.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace trilens::analysis {
namespace {

using Catch::Approx;
using Row = std::vector<float>;

float logit(double probability) { return static_cast<float>(std::log(probability)); }

}  // namespace

TEST_CASE("what moved between two predictions: share, entropies, words by falling change") {
  const RowChange c = row_change(Row{logit(0.5), logit(0.25), logit(0.125), logit(0.125)}, Row{logit(0.0625), logit(0.25), logit(0.1875), logit(0.5)}, 2);
  CHECK(c.entropy_before == Approx(1.75));
  CHECK(c.entropy_after == Approx(1.7028195));
  CHECK(c.moved == Approx(0.4375));
  REQUIRE(c.words.size() == 3);  // 0 and 1 before, 3 and 1 after
  CHECK(c.words[0].id == 0);
  CHECK(c.words[0].rank_before == 1);
  CHECK(c.words[0].rank_after == 4);
  CHECK(c.words[1].id == 3);
  CHECK(c.words[1].rank_before == 4);  // equal logits: the smaller id first
  CHECK(c.words[1].rank_after == 1);
  CHECK(c.words[1].after == Approx(0.5));
  CHECK(c.words[2].id == 1);
  CHECK(c.words[2].before == Approx(c.words[2].after));
}

TEST_CASE("logits that never are have no probability, and a row of them moves nothing but what the other has") {
  const float never = -std::numeric_limits<float>::infinity();
  const RowChange c = row_change(Row{0, never, std::numeric_limits<float>::quiet_NaN()}, Row{never, never, never}, 5);
  CHECK(c.entropy_before == 0);
  CHECK(c.entropy_after == 0);
  CHECK(c.moved == 0.5);
  CHECK(c.words.size() == 3);
  CHECK(c.words[0].after == 0);
  CHECK(row_change(Row{}, Row{}, 3).words.empty());
}

}  // namespace trilens::analysis
