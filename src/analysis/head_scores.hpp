// What an attention head does, as numbers between 0 and 1, each taken from the head's full map.
//
// Not here: words for it, thresholds of what counts as such a head (src/view). Pure functions; sums in double precision.
// A row counts when it has a choice: when it may look at two pieces or more. A score without a row to take it from is absent.
// Patterns as in Clark et al. 2019 ("What does BERT look at?"), broad as the entropy there, over its largest possible value.
//
//   HeadScores s = head_scores(map, {.row_words = words, .column_words = words, .same_text = true, .causal = false});
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tensor/tensor.hpp"

namespace trilens::analysis {

struct HeadScores {
  std::optional<double> previous;  // mean weight on the piece before; absent between two texts
  std::optional<double> next;      // on the piece after; absent between two texts
  std::optional<double> first;     // on the first piece; in one text by all pieces but the first
  std::optional<double> itself;    // on the very piece; absent between two texts
  std::optional<double> same;      // on the same word at other places, by the pieces that have one in reach
  std::optional<double> special;   // on special tokens; absent where there is none
  std::optional<double> broad;     // entropy of the row over the logarithm of the number of pieces in reach
};

// What is known of rows and columns beside the weights.
struct MapPieces {
  std::span<const std::int32_t> row_words;      // one a row; equal: the same word; negative: not a word
  std::span<const std::int32_t> column_words;   // one a column
  std::span<const std::uint8_t> special = {};   // one a column: 1 for a special token; empty: there is none
  bool same_text = true;                        // row i and column i are one piece (self-attention)
  bool causal = false;                          // row i sees columns 0 to i
};

// map: [query, key] f32. Rows of zeros (nothing left after special tokens were hidden) do not count.
[[nodiscard]] HeadScores head_scores(const TensorView<float>& map, const MapPieces& pieces);

// Whether no layer of [1, head, query, key] f32 gives anything to a later piece. False where rows and columns are not as many.
[[nodiscard]] bool causal(std::span<const TensorView<float>> layers);

// Some rows and columns of [query, key] f32, and each row made to sum to 1 again; a row with nothing left stays 0.
struct Kept {
  std::vector<std::size_t> rows, columns;
};
[[nodiscard]] Tensor kept_parts(const TensorView<float>& map, const Kept& kept);

// [query, key] f32 -> at most [side, side]: the largest weight of each block. Precondition: side > 0.
[[nodiscard]] Tensor coarser(const TensorView<float>& map, std::size_t side);

}  // namespace trilens::analysis
