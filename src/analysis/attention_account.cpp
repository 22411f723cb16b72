#include "analysis/attention_account.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trilens::analysis {
double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

std::vector<float> products(std::span<const float> a, std::span<const float> b) {
  std::vector<float> out(std::min(a.size(), b.size()));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = a[i] * b[i];
  return out;
}

std::vector<float> mix(std::span<const float> weights, std::span<const float> values) {
  const std::size_t width = weights.empty() ? 0 : values.size() / weights.size();
  std::vector<double> sums(width);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    for (std::size_t d = 0; d < width; ++d) sums[d] += double{weights[k]} * double{values[k * width + d]};
  }
  return {sums.begin(), sums.end()};
}

std::int64_t relative_bucket(std::int64_t distance, const BucketRule& rule) {
  std::int64_t buckets = rule.buckets, first = 0;
  if (rule.both_sides) {
    buckets /= 2;
    if (distance > 0) first = buckets;
    distance = std::abs(distance);
  } else {
    distance = std::max<std::int64_t>(-distance, 0);
  }
  const std::int64_t exact = buckets / 2;  // each near distance has a bucket of its own; far ones share them by their logarithm
  if (distance < exact || exact < 1) return first + std::min(distance, std::max<std::int64_t>(buckets - 1, 0));
  // f32 as in the reference, so that a distance on an edge falls on the same side
  const float steps = std::log(static_cast<float>(distance) / static_cast<float>(exact)) /
                      static_cast<float>(std::log(static_cast<double>(rule.max_distance) / static_cast<double>(exact))) * static_cast<float>(buckets - exact);
  return first + std::min(exact + static_cast<std::int64_t>(steps), buckets - 1);
}

double largest_gap(std::span<const float> a, std::span<const float> b) {
  double most = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) most = std::max(most, std::abs(double{a[i]} - double{b[i]}));
  return most;
}

Heaviest heaviest(std::span<const float> terms, std::size_t n) {
  std::vector<std::size_t> order(terms.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return terms[a] > terms[b]; });
  Heaviest out;
  for (const std::size_t i : order) {
    if (out.up.size() < n && terms[i] > 0) out.up.push_back(i);
  }
  for (auto i = order.rbegin(); i != order.rend() && out.down.size() < n && terms[*i] < 0; ++i) out.down.push_back(*i);
  return out;
}

}  // namespace trilens::analysis
