// Vectors on a plane: principal components of vectors of length 1.
//
// All of Space looks at directions alone, as the cosine does: vectors are scaled to length 1 first (0 stays 0).
// Not here: t-SNE (tsne.hpp), cosines (similarity.hpp). Pure functions; double precision.
//
//   Plane p = principal_components(unit_length(points.view<float>()));  // p.x[i], p.y[i]
#pragma once

#include <vector>

#include "tensor/tensor.hpp"

namespace trilens::analysis {

// [item, hidden] f32 -> the same, each row of length 1.
[[nodiscard]] Tensor unit_length(const TensorView<float>& points);

// ‖a - b‖² of each two: [item, hidden] -> [item * item], row-major.
[[nodiscard]] std::vector<double> squared_distances(const TensorView<float>& points);

struct Plane {
  std::vector<double> x, y;        // [item] along the first and second component
  std::vector<double> explained;   // their shares of the variance; 0 where all points are one
};

// By the eigenvectors of the centred Gram matrix (fewer items than dimensions). An axis points where the item that lies furthest from
// the middle has a positive coordinate (of two at the same distance, within 1e-9: the first), so that the picture is the same everywhere.
[[nodiscard]] Plane principal_components(const TensorView<float>& points);

// Of a symmetric matrix [n * n], by Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5): values from the largest,
// vectors[k] belongs to values[k] and has length 1.
struct Eigen {
  std::vector<double> values;
  std::vector<std::vector<double>> vectors;
};
[[nodiscard]] Eigen symmetric_eigen(std::vector<double> matrix, std::size_t n);

}  // namespace trilens::analysis
