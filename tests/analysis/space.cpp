// Principal components and t-SNE against numpy (tests/oracles/space_oracle.py).
#include "analysis/space.hpp"

#include <cmath>
#include <fstream>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <nlohmann/json.hpp>

#include "analysis/tsne.hpp"

namespace trilens::analysis {
namespace {

using Catch::Matchers::WithinAbs;
using Json = nlohmann::json;

Json cases() {
  std::ifstream file(std::string(TRILENS_FIXTURES) + "/analysis/space.json");
  REQUIRE(file.good());
  Json json = Json::parse(file)["cases"];
  REQUIRE_FALSE(json.empty());
  return json;
}

Tensor units_of(const Json& c) { return unit_length(Tensor::of<float>(c["shape"].get<Shape>(), c["points"].get<std::vector<float>>()).view<float>()); }

void check_close(std::span<const double> actual, const Json& expected, double tolerance) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) CHECK_THAT(actual[i], WithinAbs(expected[i].get<double>(), tolerance));
}

}  // namespace

TEST_CASE("principal components equal the reference's up to the sign, and the sign is ours") {
  for (const Json& c : cases()) {
    const Tensor units = units_of(c);
    const Plane plane = principal_components(units.view<float>());
    for (std::size_t k = 0; k < 2; ++k) {
      const std::vector<double>& axis = k == 0 ? plane.x : plane.y;
      double furthest = 0, along = 0;
      for (std::size_t i = 0; i < axis.size(); ++i) {
        if (std::abs(axis[i]) > std::abs(furthest) + 1e-9) furthest = axis[i];
        along += axis[i] * c["plane"][i][k].get<double>();
      }
      CHECK(furthest >= 0);
      const double sign = along >= 0 ? 1 : -1;
      for (std::size_t i = 0; i < axis.size(); ++i) CHECK_THAT(axis[i] * sign, WithinAbs(c["plane"][i][k].get<double>(), 1e-6));
      CHECK_THAT(plane.explained[k], WithinAbs(c["explained"][k].get<double>(), 1e-9));
    }
  }
}

TEST_CASE("one item, two items and equal items have a plane without NaN") {
  const Tensor one = Tensor::of<float>({1, 3}, std::vector<float>{1, 2, 3});
  const Plane alone = principal_components(one.view<float>());
  CHECK(alone.x == std::vector<double>{0});
  CHECK(alone.explained == std::vector<double>{0, 0});
  const Tensor two = Tensor::of<float>({2, 2}, std::vector<float>{1, 0, 0, 1});
  const Plane pair = principal_components(two.view<float>());
  CHECK_THAT(pair.x[0], WithinAbs(std::sqrt(0.5), 1e-12));
  CHECK_THAT(pair.x[1], WithinAbs(-std::sqrt(0.5), 1e-12));
  CHECK(pair.y == std::vector<double>{0, 0});
  CHECK_THAT(pair.explained[0], WithinAbs(1, 1e-12));
  const Tensor same = Tensor::of<float>({3, 2}, std::vector<float>{1, 1, 1, 1, 1, 1});
  CHECK(principal_components(same.view<float>()).x == std::vector<double>{0, 0, 0});
  const Tensor nothing = Tensor::of<float>({2, 2}, std::vector<float>{0, 0, 0, 0});
  CHECK(unit_length(nothing.view<float>()).view<float>()[0] == 0);
}

TEST_CASE("eigenvalues of a known matrix, from the largest") {
  const Eigen e = symmetric_eigen({2, 1, 0, 1, 2, 0, 0, 0, 5}, 3);
  CHECK_THAT(e.values[0], WithinAbs(5, 1e-12));
  CHECK_THAT(e.values[1], WithinAbs(3, 1e-12));
  CHECK_THAT(e.values[2], WithinAbs(1, 1e-12));
  CHECK_THAT(std::abs(e.vectors[1][0]), WithinAbs(std::sqrt(0.5), 1e-12));
}

TEST_CASE("t-SNE's neighbours, divergence and gradient equal the reference's") {
  for (const Json& c : cases()) {
    const Tensor units = units_of(c);
    const auto n = static_cast<std::size_t>(units.shape()[0]);
    const std::vector<double> p = neighbour_probabilities(squared_distances(units.view<float>()), n, c["perplexity"]);
    check_close(p, c["p"], 1e-7);
    const auto y = c["y"].get<std::vector<double>>();
    const Divergence d = divergence(c["p"].get<std::vector<double>>(), y);
    CHECK_THAT(d.nats, WithinAbs(c["nats"].get<double>(), 1e-12));
    check_close(d.gradient, c["gradient"], 1e-12);
  }
}

TEST_CASE("t-SNE walks with the reference from the same seed, and comes as far") {
  for (const Json& c : cases()) {
    const Tensor units = units_of(c);
    const auto n = static_cast<std::size_t>(units.shape()[0]);
    Tsne tsne(squared_distances(units.view<float>()), n, {.perplexity = c["perplexity"], .seed = c["seed"]});
    while (tsne.iteration() < 60) tsne.step();
    check_close(tsne.positions(), c["early"], 1e-4);
    while (!tsne.done()) tsne.step();
    CHECK_THAT(tsne.nats(), WithinAbs(c["last_nats"].get<double>(), 0.01));
  }
}

TEST_CASE("t-SNE of equal points stays finite") {
  const std::vector<double> nowhere(25, 0.0);
  Tsne tsne(nowhere, 5, {.perplexity = 1.3, .seed = 3});
  while (!tsne.done()) tsne.step();
  for (const double value : tsne.positions()) CHECK(std::isfinite(value));
}

}  // namespace trilens::analysis
