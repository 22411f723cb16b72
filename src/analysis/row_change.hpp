// Two predictions over one vocabulary, before and after: how much moved, and which words.
//
// Not here: where the logits come from (lab/compare_switches.cpp). Pure functions; softmax and sums in double precision.
// A logit of -inf or NaN has probability 0.
//
//   RowChange c = row_change(before, after, 8);  // c.words: the 8 best of both, by falling change
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace trilens::analysis {

struct MovedWord {
  std::int32_t id = 0;
  double before = 0, after = 0;                   // probabilities
  std::int64_t rank_before = 0, rank_after = 0;   // from 1; equal logits: the smaller id first
};

struct RowChange {
  double entropy_before = 0, entropy_after = 0;   // bits, of the full softmax
  double moved = 0;                               // total variation distance: ½ Σ |after - before|
  std::vector<MovedWord> words;
};

// Logits [vocabulary] f32 each. Precondition: as many in both.
[[nodiscard]] RowChange row_change(std::span<const float> before, std::span<const float> after, std::size_t top_k);

}  // namespace trilens::analysis
