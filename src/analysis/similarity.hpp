// How alike vectors are.
//
// Pure functions; sums in double precision. A vector of length 0 is like nothing: similarity 0, never NaN.
//
//   double s = cosine_similarity(a, b);  // in [-1, 1]
#pragma once

#include <span>

#include "tensor/tensor.hpp"

namespace trilens::analysis {

// Precondition: a and b have the same size.
[[nodiscard]] double cosine_similarity(std::span<const float> a, std::span<const float> b);

// Every vector of a against every vector of b: [i, hidden], [j, hidden] -> [i, j] f32.
// Precondition: both views have two dimensions, the second of equal size.
[[nodiscard]] Tensor cosine_similarities(const TensorView<float>& a, const TensorView<float>& b);

}  // namespace trilens::analysis
