#include "generate/processors/top_p.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "tensor/softmax.hpp"

namespace trilens::generate {

// As the reference does it: tokens by rising score (ties by rising id) go while the sum of their probabilities, in single
// precision, is at most 1 - p. So of tokens that tie at the border, those with the larger ids stay.
bool TopP::apply(ScoreRow& row) const {
  if (!row.complete()) return false;
  std::vector<float> probabilities(row.size());
  softmax(row.scores(), probabilities);
  std::vector<std::size_t> falling = row.best(row.size());
  std::ranges::sort(falling, [&row](std::size_t a, std::size_t b) {
    return row.score(a) != row.score(b) ? row.score(a) > row.score(b) : a > b;
  });
  const auto border = static_cast<float>(1.0 - p);
  double sum = 0;
  for (std::size_t left = falling.size(); left > 1; --left) {
    const std::size_t i = falling[left - 1];
    sum += double{probabilities[i]};
    if (static_cast<float>(sum) > border) break;
    row.scores()[i] = -std::numeric_limits<float>::infinity();
  }
  return true;
}

}  // namespace trilens::generate
