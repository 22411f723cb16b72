#include "analysis/attention_account.hpp"

#include <fstream>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace trilens::analysis {

using Catch::Approx;

TEST_CASE("a dot product is the sum of its products, in double precision") {
  const std::vector<float> a{1e8F, 1, -1e8F, 0.5F}, b{1, 1, 1, 2};
  CHECK(dot(a, b) == 2.0);  // in f32 the 1 would be lost
  CHECK(products(a, b) == std::vector<float>{1e8F, 1, -1e8F, 1});
}

TEST_CASE("the mix weighs each key's values") {
  const std::vector<float> weights{0.25F, 0.75F}, values{4, 8, 0, -4};
  CHECK(mix(weights, values) == std::vector<float>{1, -1});
  CHECK(mix({}, {}).empty());
}

TEST_CASE("the largest gap, and the terms that weigh most to either side") {
  const std::vector<float> a{1, 5, -3, 0, -1}, b{1, 4, -3.5F, 0, -1};
  CHECK(largest_gap(a, b) == 1.0);
  CHECK(largest_gap(a, {}) == 0.0);
  const Heaviest h = heaviest(a, 2);
  CHECK(h.up == std::vector<std::size_t>{1, 0});
  CHECK(h.down == std::vector<std::size_t>{2, 4});
  CHECK(heaviest(std::vector<float>{1, 2}, 3).down.empty());
}

TEST_CASE("every distance falls into the bucket that transformers' T5 gives it") {
  std::ifstream in(std::string(TRILENS_FIXTURES) + "/models/numbers.json");
  const auto fixture = nlohmann::json::parse(in, nullptr, false);
  REQUIRE(fixture.contains("buckets"));
  REQUIRE(fixture["buckets"].size() == 6);
  for (const auto& rule : fixture["buckets"]) {
    const BucketRule of{rule["both_sides"].get<bool>(), rule["buckets"].get<std::int64_t>(), rule["max_distance"].get<std::int64_t>()};
    std::int64_t distance = rule["first"].get<std::int64_t>();
    for (const auto& bucket : rule["of"]) {
      INFO("distance " << distance << ", " << of.buckets << " buckets to " << of.max_distance << (of.both_sides ? ", both sides" : ", one side"));
      CHECK(relative_bucket(distance++, of) == bucket.get<std::int64_t>());
    }
  }
}

TEST_CASE("odd sizes of bucket tables stay inside them") {
  for (const std::int64_t buckets : {1, 2, 3, 5}) {
    for (std::int64_t distance = -40; distance <= 40; ++distance) {
      for (const bool both : {true, false}) {
        const std::int64_t at = relative_bucket(distance, {both, buckets, 16});
        CHECK(at >= 0);
        CHECK(at < std::max<std::int64_t>(buckets, 1));
      }
    }
  }
}

}  // namespace trilens::analysis
