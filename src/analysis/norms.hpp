// How long the vectors of a text are, and how much each turned from one state to the next.
//
// Pure functions; sums in double precision.
//
//   std::vector<float> lengths = norms(states);            // ‖x‖ of each position
//   std::vector<float> turned = row_cosines(before, after); // 1: the same direction
#pragma once

#include <vector>

#include "tensor/tensor.hpp"

namespace trilens::analysis {

// [position, hidden] f32.
[[nodiscard]] std::vector<float> norms(const TensorView<float>& states);

// Cosine of each row of one with the same row of the other; 0 where one is 0. Precondition: equal shapes, [position, hidden] f32.
[[nodiscard]] std::vector<float> row_cosines(const TensorView<float>& before, const TensorView<float>& after);

}  // namespace trilens::analysis
