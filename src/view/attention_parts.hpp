// What is shown of a map: without special tokens, without what is weak. Pure functions; the map itself stays as it is.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "state/state.hpp"

namespace trilens::view {

// Rows and columns that are left, and their values; each row sums to 1 again, and one with nothing left stays 0.
struct MapParts {
  std::vector<std::size_t> rows, columns;  // positions in the whole map
  std::vector<float> values;               // [rows, columns] f32
};
[[nodiscard]] MapParts without_special(const state::MapState& map);

// Values below the threshold become 0.
[[nodiscard]] std::vector<float> at_least(std::span<const float> values, double threshold);

}  // namespace trilens::view
