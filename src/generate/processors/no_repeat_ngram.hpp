// Forbids every token that would complete an n-gram which occurred already. Size 1 forbids every token that occurred.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "generate/score_row.hpp"

namespace trilens::generate {

struct NoRepeatNgram {
  std::size_t size = 1;  // >= 1
  [[nodiscard]] bool only_lowers() const { return true; }
  void apply(std::span<const std::int32_t> history, ScoreRow& row) const;
};

}  // namespace trilens::generate
