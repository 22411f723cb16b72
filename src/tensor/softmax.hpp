// Softmax of one row in double precision, stored as float: the CPU twin of the shaders' softmax.
//
// Not here: statistics (statistics.hpp), softmax over other axes. Pure functions, no failure. NaN counts as -infinity;
// a row without a finite entry gives zeros, where a framework would give NaN: nothing on screen may be NaN.
//
//   softmax(logits, probabilities);
#pragma once

#include <span>

namespace trilens {

// log(sum(exp(x))), natural; -infinity for an empty row.
[[nodiscard]] double log_sum_exp(std::span<const float> row);

// Precondition: out has the size of row; they may be the same memory.
void softmax(std::span<const float> row, std::span<float> out);

}  // namespace trilens
