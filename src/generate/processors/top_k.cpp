#include "generate/processors/top_k.hpp"

#include <limits>

namespace trilens::generate {

bool TopK::apply(ScoreRow& row) const {
  const std::vector<std::size_t> best = row.best(k);
  if (best.size() < k) return row.complete();  // all that is left belongs to the k best
  const float least = row.score(best.back());
  if (!row.complete() && least <= row.bound()) return false;
  for (float& score : row.scores()) {
    if (score < least) score = -std::numeric_limits<float>::infinity();
  }
  row.close();
  return true;
}

}  // namespace trilens::generate
