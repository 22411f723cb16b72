#include "analysis/choices.hpp"

#include <algorithm>
#include <cmath>

#include "tensor/softmax.hpp"

namespace trilens::analysis {

double log_probability(std::span<const float> row, std::int32_t id) { return double{row[static_cast<std::size_t>(id)]} - log_sum_exp(row); }

std::size_t best(std::span<const double> scores) { return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin()); }

std::vector<double> shares(std::span<const double> log_probabilities) {
  std::vector<double> out(log_probabilities.size(), 0.0);
  if (out.empty()) return out;
  const double most = *std::ranges::max_element(log_probabilities);
  if (!std::isfinite(most)) return out;
  double sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i) sum += out[i] = std::exp(log_probabilities[i] - most);
  for (double& share : out) share /= sum;
  return out;
}

Interval wilson(std::int64_t hits, std::int64_t items) {
  if (items <= 0) return {};
  constexpr double kZ = 1.959963984540054;
  const auto n = static_cast<double>(items);
  const double share = static_cast<double>(hits) / n, z2 = kZ * kZ;
  const double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  return {std::clamp(middle - half, 0.0, share), std::clamp(middle + half, share, 1.0)};
}

}  // namespace trilens::analysis
