#include "tensor/softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trilens {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();

float finite_max(std::span<const float> row) {
  float max = kNothing;
  for (const float x : row) {
    if (x > max) max = x;  // false for NaN
  }
  return max;
}

// The terms of the sum, so that it is summed in one order everywhere.
double shifted_exp(float x, float max) { return std::isnan(x) ? 0.0 : std::exp(double{x} - double{max}); }

}  // namespace

double log_sum_exp(std::span<const float> row) {
  const float max = finite_max(row);
  if (!std::isfinite(max)) return max;
  double sum = 0;
  for (const float x : row) sum += shifted_exp(x, max);
  return double{max} + std::log(sum);
}

void softmax(std::span<const float> row, std::span<float> out) {
  const float max = finite_max(row);
  if (!std::isfinite(max)) {
    std::ranges::fill(out, 0.0F);
    return;
  }
  double sum = 0;
  for (const float x : row) sum += shifted_exp(x, max);
  for (std::size_t i = 0; i < row.size(); ++i) out[i] = static_cast<float>(shifted_exp(row[i], max) / sum);
}

}  // namespace trilens
