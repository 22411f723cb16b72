#include "tensor/statistics.hpp"

#include <algorithm>
#include <limits>

namespace trilens {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();

bool ahead(const ScoredToken& a, const ScoredToken& b) { return a.logit != b.logit ? a.logit > b.logit : a.id < b.id; }

// Keeps the best k in order; most tokens fail the first comparison.
std::vector<ScoredToken> best_of(std::span<const float> logits, std::size_t k) {
  std::vector<ScoredToken> top;
  k = std::min(k, logits.size());
  if (k == 0) return top;
  top.reserve(k + 1);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const ScoredToken token{.id = static_cast<std::int32_t>(i), .logit = logits[i]};
    if (!(token.logit > (top.size() == k ? top.back().logit : kNothing))) continue;  // ties keep the smaller id; NaN fails
    top.insert(std::ranges::upper_bound(top, token, ahead), token);
    if (top.size() > k) top.pop_back();
  }
  return top;
}

}  // namespace

RowStatistics row_statistics(std::span<const float> logits, std::uint32_t top_k) {
  float max = kNothing;
  for (const float x : logits) {
    if (x > max) max = x;  // false for NaN
  }
  RowStatistics out{.log_sum_exp = max, .entropy_nats = 0, .top = best_of(logits, top_k)};
  if (!std::isfinite(max)) return out;
  // With y = x - max and S = sum of exp(y): log-sum-exp = max + log S, entropy = log S - sum of y * exp(y) / S.
  double sum = 0;
  double weighted = 0;
  for (const float x : logits) {
    const double y = double{x} - double{max};
    const double e = std::exp(y);
    if (!(e > 0)) continue;  // -infinity, NaN, and what is too small to count
    sum += e;
    weighted += y * e;
  }
  out.log_sum_exp = static_cast<float>(double{max} + std::log(sum));
  out.entropy_nats = static_cast<float>(std::max(0.0, std::log(sum) - weighted / sum));
  return out;
}

}  // namespace trilens
