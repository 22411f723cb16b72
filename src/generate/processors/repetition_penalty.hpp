// Makes tokens that occurred less likely (penalty over 1) or likelier (under 1). Keskar et al. 2019 (CTRL), section 4.1.
#pragma once

#include <cstdint>
#include <span>

#include "generate/score_row.hpp"

namespace trilens::generate {

struct RepetitionPenalty {
  float penalty = 1;
  [[nodiscard]] bool only_lowers() const { return penalty >= 1; }
  void apply(std::span<const std::int32_t> history, ScoreRow& row) const;
};

}  // namespace trilens::generate
