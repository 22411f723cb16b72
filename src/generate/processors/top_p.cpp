#include "generate/processors/top_p.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "tensor/softmax.hpp"

namespace trilens::generate {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();

}  // namespace

// As the reference does it: tokens by rising score (ties by rising id) go while the sum of their probabilities, in single
// precision, is at most 1 - p. So of tokens that tie at the border, those with the larger ids stay.
bool TopP::apply(ScoreRow& row) const {
  if (!row.complete()) return false;
  std::vector<float> probabilities(row.size());
  softmax(row.scores(), probabilities);
  std::vector<std::size_t> rising;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row.score(i) > kNothing) rising.push_back(i);
  }
  std::ranges::sort(rising, [&row](std::size_t a, std::size_t b) {
    return row.score(a) != row.score(b) ? row.score(a) < row.score(b) : a < b;
  });
  if (!rising.empty()) rising.pop_back();  // the best token always stays
  const auto border = static_cast<float>(1.0 - p);
  double sum = 0;
  for (const std::size_t i : rising) {
    sum += double{probabilities[i]};
    if (static_cast<float>(sum) > border) break;
    row.scores()[i] = kNothing;
  }
  return true;
}

}  // namespace trilens::generate
