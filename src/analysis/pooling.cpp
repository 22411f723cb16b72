#include "analysis/pooling.hpp"

#include <cstdlib>

namespace trilens::analysis {
namespace {

std::size_t checked_tokens(const TensorView<float>& hidden) {
  if (hidden.shape().size() != 2 || hidden.shape()[0] < 1) std::abort();
  return static_cast<std::size_t>(hidden.shape()[0]);
}

std::vector<float> token(const TensorView<float>& hidden, std::size_t i) {
  const TensorView<float> row = hidden.outer(i);
  return {row.data().begin(), row.data().end()};
}

}  // namespace

std::vector<float> mean_over_tokens(const TensorView<float>& hidden) {
  const std::size_t tokens = checked_tokens(hidden);
  const auto width = static_cast<std::size_t>(hidden.shape()[1]);
  std::vector<double> sum(width, 0.0);
  for (std::size_t i = 0; i < hidden.size(); ++i) sum[i % width] += double{hidden[i]};
  std::vector<float> mean(width);
  for (std::size_t i = 0; i < width; ++i) mean[i] = static_cast<float>(sum[i] / static_cast<double>(tokens));
  return mean;
}

std::vector<float> first_token(const TensorView<float>& hidden) {
  (void)checked_tokens(hidden);
  return token(hidden, 0);
}

std::vector<float> last_token(const TensorView<float>& hidden) { return token(hidden, checked_tokens(hidden) - 1); }

}  // namespace trilens::analysis
