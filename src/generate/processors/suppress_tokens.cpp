#include "generate/processors/suppress_tokens.hpp"

#include <limits>

namespace trilens::generate {

void SuppressTokens::apply(std::span<const std::int32_t> /*history*/, ScoreRow& row) const {
  for (const std::int32_t id : ids) {
    if (float* score = row.find(id)) *score = -std::numeric_limits<float>::infinity();
  }
}

}  // namespace trilens::generate
