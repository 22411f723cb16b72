#include "generate/processors/min_new_tokens.hpp"

#include <limits>

namespace trilens::generate {

void MinNewTokens::apply(std::span<const std::int32_t> history, ScoreRow& row) const {
  if (history.size() - prompt_length >= count) return;
  for (const std::int32_t id : eos_ids) {
    if (float* score = row.find(id)) *score = -std::numeric_limits<float>::infinity();
  }
}

}  // namespace trilens::generate
