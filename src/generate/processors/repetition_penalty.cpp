#include "generate/processors/repetition_penalty.hpp"

#include <algorithm>
#include <vector>

namespace trilens::generate {

void RepetitionPenalty::apply(std::span<const std::int32_t> history, ScoreRow& row) const {
  std::vector<std::int32_t> seen(history.begin(), history.end());
  std::ranges::sort(seen);
  seen.erase(std::ranges::unique(seen).begin(), seen.end());
  for (const std::int32_t id : seen) {
    float* score = row.find(id);
    if (score == nullptr) continue;
    *score = *score < 0 ? *score * penalty : *score / penalty;
  }
}

}  // namespace trilens::generate
