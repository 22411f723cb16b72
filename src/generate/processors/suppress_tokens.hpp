// Forbids given tokens always.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "generate/score_row.hpp"

namespace trilens::generate {

struct SuppressTokens {
  std::vector<std::int32_t> ids;
  [[nodiscard]] bool only_lowers() const { return true; }
  void apply(std::span<const std::int32_t> history, ScoreRow& row) const;
};

}  // namespace trilens::generate
