// Removes every token that scores less than the k-th best; those that tie with it stay, as in the reference.
#pragma once

#include <cstddef>

#include "generate/score_row.hpp"

namespace trilens::generate {

struct TopK {
  std::size_t k = 1;  // >= 1
  // False: a missing token may tie with the k-th best, or be among them.
  [[nodiscard]] bool apply(ScoreRow& row) const;
};

}  // namespace trilens::generate
