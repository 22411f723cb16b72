// Row statistics and softmax against numpy in double precision (tests/oracles/statistics_oracle.py).
#include "tensor/statistics.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "base/random.hpp"
#include "tensor/softmax.hpp"

namespace trilens {
namespace {

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
constexpr float kNothing = -std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::vector<float> logits_of(const nlohmann::json& row) {
  std::vector<float> out;
  if (row.is_object()) {
    Random random(row["seed"].get<std::uint64_t>());
    const double scale = row["scale"];
    for (std::size_t i = 0; i < row["size"].get<std::size_t>(); ++i) out.push_back(static_cast<float>(scale * (2 * random.uniform() - 1)));
    return out;
  }
  for (const nlohmann::json& x : row) out.push_back(x.is_null() ? kNothing : x.is_string() ? kNaN : x.get<float>());
  return out;
}

nlohmann::json fixture() {
  std::ifstream file(std::string(TRILENS_FIXTURES) + "/tensor/statistics.json");
  REQUIRE(file.good());
  return nlohmann::json::parse(file);
}

void check_top(const RowStatistics& statistics, const nlohmann::json& expected) {
  REQUIRE(statistics.top.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(statistics.top[i].id == expected[i][0].get<std::int32_t>());
    CHECK(statistics.top[i].logit == expected[i][1].get<float>());
  }
}

}  // namespace

TEST_CASE("row statistics equal the reference on ties, gaps, NaN, odd sizes and whole vocabularies") {
  const nlohmann::json json = fixture();
  for (const nlohmann::json& c : json["cases"]) {
    INFO(c["name"] << ", top " << c["top_k"]);
    const std::vector<float> logits = logits_of(c["logits"]);
    const RowStatistics statistics = row_statistics(logits, c["top_k"].get<std::uint32_t>());
    check_top(statistics, c["top"]);
    if (c["log_sum_exp"].is_null()) {
      CHECK(statistics.log_sum_exp == kNothing);
      CHECK(statistics.entropy_nats == 0);
      continue;
    }
    CHECK_THAT(double{statistics.log_sum_exp}, WithinRel(c["log_sum_exp"].get<double>(), 6.0e-8) || WithinAbs(c["log_sum_exp"].get<double>(), 1e-7));
    CHECK_THAT(double{statistics.entropy_nats}, WithinRel(c["entropy"].get<double>(), 6.0e-8) || WithinAbs(c["entropy"].get<double>(), 1e-7));
    CHECK(statistics.entropy_nats >= 0);
  }
  CHECK(json["cases"].size() >= 100);
}

TEST_CASE("softmax equals the reference and sums to one") {
  const nlohmann::json json = fixture();
  for (const nlohmann::json& c : json["cases"]) {
    if (c["log_sum_exp"].is_null()) continue;
    INFO(c["name"]);
    const std::vector<float> logits = logits_of(c["logits"]);
    std::vector<float> probabilities(logits.size());
    softmax(logits, probabilities);
    for (const nlohmann::json& p : c["probabilities"]) {
      const double expected = p[1];
      CHECK_THAT(double{probabilities[p[0].get<std::size_t>()]}, WithinRel(expected, 6.0e-8) || WithinAbs(expected, 1e-44));
    }
    CHECK_THAT(std::accumulate(probabilities.begin(), probabilities.end(), 0.0), WithinAbs(1.0, 1e-6));
    CHECK_THAT(log_sum_exp(logits), WithinRel(c["log_sum_exp"].get<double>(), 1e-12) || WithinAbs(c["log_sum_exp"].get<double>(), 1e-12));
  }
}

TEST_CASE("the probability of a winner is that of the whole row, however few winners are asked for") {
  const std::vector<float> logits{1, 2, 3, 4};
  const RowStatistics statistics = row_statistics(logits, 1);
  REQUIRE(statistics.top.size() == 1);
  CHECK_THAT(statistics.probability(statistics.top[0]), WithinAbs(0.6439142598879722, 1e-7));
}

TEST_CASE("a row without a finite logit has no probabilities, no entropy and no winners") {
  for (const std::vector<float>& row : {std::vector<float>{}, {kNothing, kNothing}, {kNaN}, {kNaN, kNothing, kNaN}}) {
    const RowStatistics statistics = row_statistics(row, 3);
    CHECK(statistics.top.empty());
    CHECK(statistics.log_sum_exp == kNothing);
    CHECK(statistics.entropy_nats == 0);
    CHECK(log_sum_exp(row) == double{kNothing});
    std::vector<float> probabilities(row.size(), 7);
    softmax(row, probabilities);
    CHECK(probabilities == std::vector<float>(row.size(), 0));
  }
}

TEST_CASE("softmax may write where it reads") {
  std::vector<float> row{0, 1, kNothing, 0};
  std::vector<float> apart(4);
  softmax(row, apart);
  softmax(row, row);
  CHECK(row == apart);
  CHECK(row[2] == 0);
}

TEST_CASE("entropy is that of a coin, a die and a certainty") {
  CHECK_THAT(row_statistics(std::vector<float>{3, 3}, 0).entropy_nats, WithinAbs(0.6931472F, 1e-7F));
  CHECK_THAT(row_statistics(std::vector<float>(6, -40), 0).entropy_nats, WithinAbs(1.7917595F, 2e-7F));
  CHECK(row_statistics(std::vector<float>{0, -500, kNothing}, 0).entropy_nats == 0);
}

}  // namespace trilens
