#include "analysis/lens.hpp"

namespace trilens::analysis {

std::size_t settled_from(std::span<const std::int64_t> ranks) {
  std::size_t from = ranks.size();
  while (from > 0 && ranks[from - 1] == 1) --from;
  return from;
}

}  // namespace trilens::analysis
