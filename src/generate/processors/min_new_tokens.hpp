// Forbids the end tokens until enough new tokens are there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "generate/score_row.hpp"

namespace trilens::generate {

struct MinNewTokens {
  std::size_t prompt_length = 0;
  std::size_t count = 0;
  std::vector<std::int32_t> eos_ids;
  [[nodiscard]] bool only_lowers() const { return true; }
  void apply(std::span<const std::int32_t> history, ScoreRow& row) const;
};

}  // namespace trilens::generate
