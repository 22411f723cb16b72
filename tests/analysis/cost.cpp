#include "analysis/cost.hpp"

#include <array>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "analysis/norms.hpp"

using namespace trilens;
using namespace trilens::analysis;

TEST_CASE("the parts of a pass are the products that its formula names") {
  const ModelShape encoder{.encoder = StackShape{.layers = 2, .hidden = 10, .attention = 6, .feed_forward = 7, .gated = false}, .decoder = {}, .vocabulary = 11};
  const Flops f = read_flops(encoder, 5);
  CHECK(f.projections == 2 * 4 * (2 * 5 * 10 * 6));
  CHECK(f.attention == 2 * 2 * (2 * 5 * 5 * 6));
  CHECK(f.feed_forward == 2 * 2 * (2 * 5 * 10 * 7));
  CHECK(f.cross == 0);
  CHECK(f.head == 2 * 5 * 10 * 11 + 2 * 5 * 10 * 10);
  CHECK(f.total() == f.projections + f.attention + f.feed_forward + f.head);
  CHECK(step_flops(encoder, 5, 0).total() == 0);
  CHECK(cache_bytes(encoder, 5, 0).self == 0);
  ModelShape headless = encoder;
  headless.vocabulary = 0;
  CHECK(read_flops(headless, 5).head == 0);
}

TEST_CASE("reading step by step multiplies less than reading again each time, and looks at as many") {
  const ModelShape decoder{.encoder = {}, .decoder = StackShape{.layers = 3, .hidden = 8, .attention = 8, .feed_forward = 32, .gated = true}, .vocabulary = 20};
  Flops steps;
  for (std::int64_t past = 0; past < 6; ++past) {
    const Flops f = step_flops(decoder, past, 0);
    steps.projections += f.projections;
    steps.attention += f.attention;
    steps.head += f.head;
  }
  CHECK(steps.projections == read_flops(decoder, 6).projections);
  CHECK(steps.head == read_flops(decoder, 6).head);
  CHECK(steps.attention * 12 == read_flops(decoder, 6).attention * 7);  // n(n+1)/2 of n²
  CHECK(cache_bytes(decoder, 6, 99).self == 3 * 2 * 6 * 8 * 4);
  CHECK(cache_bytes(decoder, 6, 99).cross == 0);
}

TEST_CASE("the middle, the least and the most") {
  const Spread odd = spread(std::array{3.0, 9.0, 1.0});
  CHECK(odd.median == 3.0);
  CHECK(odd.low == 1.0);
  CHECK(odd.high == 9.0);
  CHECK(spread(std::array{4.0, 1.0}).median == 2.5);
}

TEST_CASE("one rate fits times best") {
  CHECK(fitted_rate(std::array{2e6, 4e6}, std::array{1.0, 2.0}) == Catch::Approx(2e9));
  // Σ(t - c/r)² by hand: r = Σc² / Σct.
  CHECK(fitted_rate(std::array{1.0, 3.0}, std::array{2.0, 3.0}) == Catch::Approx(1000.0 * 10 / 11));
  CHECK(fitted_rate({}, {}) == 0);
  CHECK(fitted_rate(std::array{5.0}, std::array{0.0}) == 0);
}

TEST_CASE("norms and cosines of states, position by position") {
  Tensor before = Tensor::f32({3, 2}), after = Tensor::f32({3, 2});
  const std::array values{3.0F, 4.0F, 1.0F, 0.0F, 0.0F, 0.0F}, others{6.0F, 8.0F, 0.0F, 2.0F, 1.0F, 1.0F};
  std::copy(values.begin(), values.end(), before.data<float>().begin());
  std::copy(others.begin(), others.end(), after.data<float>().begin());
  CHECK(norms(before.view<float>()) == std::vector<float>{5, 1, 0});
  CHECK(row_cosines(before.view<float>(), after.view<float>()) == std::vector<float>{1, 0, 0});
}
