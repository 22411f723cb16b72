// Statistics of one row of logits over a whole vocabulary: the CPU twin of shaders/row_statistics.wgsl.
//
// Not here: temperature, penalties, sampling (src/generate). Pure functions, no failure.
// Probability of token i: exp(logit_i - log_sum_exp). -inf logits have probability 0; NaN counts as -inf; a row without a
// finite logit has log_sum_exp = -inf, entropy 0 and no winners. Ties are won by the smaller id.
//
//   RowStatistics s = row_statistics(logits, 10);  // s.top[0].id, s.probability(s.top[0])
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace trilens {

struct ScoredToken {
  std::int32_t id = 0;
  float logit = 0;
  friend bool operator==(const ScoredToken&, const ScoredToken&) = default;
};

struct RowStatistics {
  float log_sum_exp = 0;             // natural logarithm, over the full row
  float entropy_nats = 0;            // of the full softmax
  std::vector<ScoredToken> top;      // at most k, by falling logit, then rising id; never a -inf
  [[nodiscard]] double probability(const ScoredToken& t) const { return std::exp(double{t.logit} - double{log_sum_exp}); }
};

[[nodiscard]] RowStatistics row_statistics(std::span<const float> logits, std::uint32_t top_k);

}  // namespace trilens
