#include "analysis/choices.hpp"

#include <array>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <vector>

using namespace trilens;
using Catch::Approx;

TEST_CASE("a log probability is of the whole row") {
  const std::vector<float> row{0.0F, 1.0F, -std::numeric_limits<float>::infinity()};
  CHECK(analysis::log_probability(row, 1) == Approx(-0.31326168751822286));
  CHECK(analysis::log_probability(row, 0) == Approx(-1.3132616875182228));
  CHECK(analysis::log_probability(row, 2) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("the best choice is the highest, of equal ones the first") {
  CHECK(analysis::best(std::array{-3.0, -1.0, -2.0}) == 1);
  CHECK(analysis::best(std::array{-1.0, -1.0}) == 0);
}

TEST_CASE("shares are what the choices have among themselves, however unlikely they all are") {
  const std::vector<double> shares = analysis::shares(std::array{-800.0, -801.0});
  CHECK(shares[0] == Approx(0.7310585786300049));
  CHECK(shares[0] + shares[1] == Approx(1.0));
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  CHECK(analysis::shares(std::array{kNever, kNever}) == std::vector<double>{0.0, 0.0});
  CHECK(analysis::shares(std::vector<double>{}).empty());
}

// Right answers: Wilson's formula as written in textbooks, in Python's doubles.
TEST_CASE("the interval of a share is Wilson's") {
  struct Case {
    std::int64_t hits, items;
    double low, high;
  };
  for (const Case& c : {Case{0, 10, 0.0, 0.2775327998628892}, Case{9, 10, 0.5958499732047615, 0.9821237869049271},
                        Case{100, 200, 0.43136085960389187, 0.5686391403961082}, Case{1, 1, 0.20654931437723745, 1.0}}) {
    CAPTURE(c.hits, c.items);
    const analysis::Interval made = analysis::wilson(c.hits, c.items);
    CHECK(made.low == Approx(c.low).margin(1e-12));
    CHECK(made.high == Approx(c.high).margin(1e-12));
  }
  CHECK(analysis::wilson(0, 0).low == 0);
  CHECK(analysis::wilson(0, 0).high == 1);
}
