#include "analysis/norms.hpp"

#include <cmath>
#include <cstdlib>

#include "analysis/similarity.hpp"

namespace trilens::analysis {

std::vector<float> norms(const TensorView<float>& states) {
  std::vector<float> out;
  for (std::size_t i = 0; i < static_cast<std::size_t>(states.shape().front()); ++i) {
    double sum = 0;
    for (const float x : states.outer(i).data()) sum += double{x} * double{x};
    out.push_back(static_cast<float>(std::sqrt(sum)));
  }
  return out;
}

std::vector<float> row_cosines(const TensorView<float>& before, const TensorView<float>& after) {
  if (before.shape() != after.shape()) std::abort();
  std::vector<float> out;
  for (std::size_t i = 0; i < static_cast<std::size_t>(before.shape().front()); ++i) {
    out.push_back(static_cast<float>(cosine_similarity(before.outer(i).data(), after.outer(i).data())));
  }
  return out;
}

}  // namespace trilens::analysis
