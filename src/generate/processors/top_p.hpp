// Nucleus sampling (Holtzman et al. 2019): keeps the fewest most probable tokens whose probabilities reach p; at least one.
#pragma once

#include "generate/score_row.hpp"

namespace trilens::generate {

struct TopP {
  double p = 1;  // (0, 1]
  // False: the row is not complete.
  [[nodiscard]] bool apply(ScoreRow& row) const;
};

}  // namespace trilens::generate
