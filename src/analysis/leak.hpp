// The leak test: two texts that differ in one place, and how far each vector inside the model moved.
//
// Where attention may look to the right, a change moves vectors on its left; under a causal mask none of them moves.
// Not here: running models (lab/leak.cpp), words (view/leak.cpp). Pure functions; sums in double precision.
//
//   Alignment a = align_edit(before_ids, after_ids);   // [CLS] a red dog [SEP] / [CLS] a blue dog [SEP]: pairs 0-0, 1-1, 2-2 (changed), …
//   Movement m = movement(before, after, a);           // difference and cosine for each pair
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.hpp"

namespace trilens::analysis {

struct AlignedPair {
  std::size_t before = 0;   // position in the first text
  std::size_t after = 0;    // in the second
  bool changed = false;     // in the stretch that differs
};

// What is equal at the start and at the end of both texts is paired; of the stretch between, as many positions as both have.
struct Alignment {
  std::vector<AlignedPair> pairs;
  std::size_t prefix = 0;   // equal tokens before the change
  std::size_t suffix = 0;   // equal tokens after it
  std::int64_t shift = 0;   // how many positions the suffix moved to the right
};

[[nodiscard]] Alignment align_edit(std::span<const std::int32_t> before, std::span<const std::int32_t> after);

// Per pair: ‖after - before‖ / ‖before‖ (0 where both are 0), and their cosine.
struct Movement {
  std::vector<float> difference;
  std::vector<float> cosine;
};

// [position, hidden] f32 each. Precondition: the pairs lie within both.
[[nodiscard]] Movement movement(const TensorView<float>& before, const TensorView<float>& after, const Alignment& alignment);

}  // namespace trilens::analysis
