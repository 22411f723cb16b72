#include "generate/processors/no_repeat_ngram.hpp"

#include <algorithm>
#include <limits>

namespace trilens::generate {

void NoRepeatNgram::apply(std::span<const std::int32_t> history, ScoreRow& row) const {
  if (history.size() < size) return;
  const std::span<const std::int32_t> prefix = history.last(size - 1);
  for (std::size_t start = 0; start + size <= history.size(); ++start) {
    if (!std::ranges::equal(history.subspan(start, size - 1), prefix)) continue;
    if (float* score = row.find(history[start + size - 1])) *score = -std::numeric_limits<float>::infinity();
  }
}

}  // namespace trilens::generate
