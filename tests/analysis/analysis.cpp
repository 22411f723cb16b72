// Means, pooling and similarity against numpy (tests/oracles/analysis_oracle.py).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "analysis/attention_mean.hpp"
#include "analysis/pooling.hpp"
#include "analysis/similarity.hpp"

namespace trilens::analysis {
namespace {

using Catch::Matchers::WithinAbs;

std::vector<nlohmann::json> cases(const std::string& kind) {
  std::ifstream file(std::string(TRILENS_FIXTURES) + "/analysis/analysis.json");
  REQUIRE(file.good());
  std::vector<nlohmann::json> out;
  const nlohmann::json json = nlohmann::json::parse(file);
  for (const nlohmann::json& c : json["cases"]) {
    if (c["kind"] == kind) out.push_back(c);
  }
  REQUIRE_FALSE(out.empty());
  return out;
}

Tensor tensor(const nlohmann::json& c) { return Tensor::of<float>(c["shape"].get<Shape>(), c["values"].get<std::vector<float>>()); }

// Single-precision results of double-precision sums: half a unit in the last place.
void check_close(std::span<const float> actual, const nlohmann::json& expected) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double e = expected[i];
    CHECK_THAT(double{actual[i]}, WithinAbs(e, 6.0e-8 * std::abs(e) + 1e-45));
  }
}

// Layers of their own, each [1, head, query, key].
std::vector<Tensor> split_layers(const Tensor& attention) {
  const Shape& s = attention.shape();
  std::vector<Tensor> out;
  for (std::size_t l = 0; l < static_cast<std::size_t>(s[0]); ++l) {
    out.push_back(Tensor::of<float>({1, s[1], s[2], s[3]}, attention.view<float>().outer(l).data()));
  }
  return out;
}

}  // namespace

TEST_CASE("attention means equal the reference") {
  for (const nlohmann::json& c : cases("attention")) {
    const Tensor maps = tensor(c);
    const auto heads = mean_over_heads(maps.view<float>());
    REQUIRE(heads.has_value());
    CHECK(heads->shape() == Shape{maps.shape()[0], maps.shape()[2], maps.shape()[3]});
    check_close(heads->data<float>(), c["over_heads"]);
    const auto layers = mean_over_layers(maps.view<float>());
    REQUIRE(layers.has_value());
    check_close(layers->data<float>(), c["over_layers"]);
    const std::vector<Tensor> apart = split_layers(maps);
    std::vector<TensorView<float>> views;
    for (const Tensor& t : apart) views.push_back(t.view<float>());
    const auto both = attention_map(views, {});
    REQUIRE(both.has_value());
    check_close(both->data<float>(), c["over_both"]);
  }
}

TEST_CASE("one head of one layer comes back to the bit, and one layer's mean is that layer's") {
  const Tensor maps = tensor(cases("attention")[1]);  // [2, 3, 4, 5]
  const std::vector<Tensor> apart = split_layers(maps);
  std::vector<TensorView<float>> views;
  for (const Tensor& t : apart) views.push_back(t.view<float>());
  const auto one = attention_map(views, {.layer = 1, .head = 2});
  REQUIRE(one.has_value());
  CHECK(std::ranges::equal(one->data<float>(), maps.view<float>().outer(1).outer(2).data()));
  const auto mean = attention_map(views, {.layer = 1, .head = std::nullopt});
  const auto all = mean_over_heads(maps.view<float>());
  REQUIRE(mean.has_value());
  CHECK(std::ranges::equal(mean->data<float>(), all->view<float>().outer(1).data()));
}

TEST_CASE("attention of a wrong shape, or a layer or head that is not there, is refused by name") {
  const Tensor flat = Tensor::f32({4, 4});
  CHECK_FALSE(mean_over_heads(flat.view<float>()).has_value());
  CHECK(mean_over_layers(flat.view<float>()).error().message.find("[4, 4]") != std::string::npos);
  const Tensor layer = Tensor::f32({1, 2, 3, 3});
  const std::vector<TensorView<float>> views{layer.view<float>()};
  CHECK(attention_map(views, {.layer = 1, .head = std::nullopt}).error().message.find("layer 1") != std::string::npos);
  CHECK(attention_map(views, {.layer = 0, .head = -1}).error().message.find("head -1") != std::string::npos);
  CHECK_FALSE(attention_map({}, {}).has_value());
  const Tensor other = Tensor::f32({1, 2, 3, 4});
  const std::vector<TensorView<float>> mixed{layer.view<float>(), other.view<float>()};
  CHECK_FALSE(attention_map(mixed, {}).has_value());
}

TEST_CASE("pooling equals the reference") {
  for (const nlohmann::json& c : cases("pooling")) {
    const Tensor states = tensor(c);
    check_close(mean_over_tokens(states.view<float>()), c["mean"]);
    CHECK(first_token(states.view<float>()) == c["first"].get<std::vector<float>>());
    CHECK(last_token(states.view<float>()) == c["last"].get<std::vector<float>>());
  }
}

TEST_CASE("cosine similarity equals the reference, and a vector of zeros is like nothing") {
  for (const nlohmann::json& c : cases("cosine")) {
    const auto a = c["a"].get<std::vector<float>>();
    const auto b = c["b"].get<std::vector<float>>();
    CHECK_THAT(cosine_similarity(a, b), WithinAbs(c["similarity"].get<double>(), 1e-12));
    CHECK(cosine_similarity(a, b) == cosine_similarity(b, a));
    CHECK_THAT(cosine_similarity(a, a), WithinAbs(1.0, 1e-15));
  }
  CHECK(cosine_similarity(std::vector<float>{0, 0}, std::vector<float>{1, 2}) == 0);
  CHECK(cosine_similarity(std::vector<float>{}, std::vector<float>{}) == 0);
}

TEST_CASE("every vector is compared with every other") {
  const Tensor a = Tensor::of<float>({2, 2}, std::vector<float>{1, 0, 0, 2});
  const Tensor b = Tensor::of<float>({3, 2}, std::vector<float>{3, 0, 1, 1, 0, -1});
  const Tensor s = cosine_similarities(a.view<float>(), b.view<float>());
  CHECK(s.shape() == Shape{2, 3});
  const float half = 0.70710677F;
  const std::vector<float> expected{1, half, 0, 0, half, -1};
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK_THAT(s.data<float>()[i], WithinAbs(expected[i], 1e-7F));
}

}  // namespace trilens::analysis
