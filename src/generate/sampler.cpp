#include "generate/sampler.hpp"

#include <cmath>
#include <limits>

namespace trilens::generate {

std::optional<std::size_t> arg_max(const ScoreRow& row) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row.score(i) > (best ? row.score(*best) : -std::numeric_limits<float>::infinity())) best = i;
  }
  return best;
}

std::optional<std::size_t> draw(const ScoreRow& row, double uniform) {
  const std::optional<std::size_t> best = arg_max(row);
  if (!best) return std::nullopt;
  const double max = row.score(*best);
  double total = 0;
  for (const float score : row.scores()) total += std::exp(double{score} - max);
  const double target = uniform * total;
  double sum = 0;
  std::size_t last = *best;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double p = std::exp(double{row.score(i)} - max);
    if (p == 0) continue;
    sum += p;
    last = i;
    if (sum > target) break;
  }
  return last;  // uniform < 1: the last one at the latest
}

}  // namespace trilens::generate
