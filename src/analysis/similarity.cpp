#include "analysis/similarity.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace trilens::analysis {
namespace {

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

}  // namespace

double cosine_similarity(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) std::abort();
  const double lengths = std::sqrt(dot(a, a)) * std::sqrt(dot(b, b));
  return lengths > 0 ? std::clamp(dot(a, b) / lengths, -1.0, 1.0) : 0.0;
}

Tensor cosine_similarities(const TensorView<float>& a, const TensorView<float>& b) {
  if (a.shape().size() != 2 || b.shape().size() != 2) std::abort();
  const auto rows = static_cast<std::size_t>(a.shape()[0]);
  const auto columns = static_cast<std::size_t>(b.shape()[0]);
  Tensor out = Tensor::f32({a.shape()[0], b.shape()[0]});
  const std::span<float> values = out.data<float>();
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      values[i * columns + j] = static_cast<float>(cosine_similarity(a.outer(i).data(), b.outer(j).data()));
    }
  }
  return out;
}

}  // namespace trilens::analysis
