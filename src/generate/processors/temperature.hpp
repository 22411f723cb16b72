// Divides all scores: below 1 the distribution gets sharper, above 1 flatter.
#pragma once

#include "generate/score_row.hpp"

namespace trilens::generate {

struct Temperature {
  float temperature = 1;  // > 0
  [[nodiscard]] bool apply(ScoreRow& row) const;
};

}  // namespace trilens::generate
