// Choosing one token of a row of processed scores.
//
// draw() inverts the cumulative distribution in id order: with p_i = exp(score_i - max), summed in double precision by
// rising id, the token is the first whose cumulative sum exceeds uniform * total. (torch.multinomial draws differently;
// the fixtures compute the same rule from the same numbers.) Pure functions.
//
//   std::optional<std::size_t> i = draw(row, random.uniform());  // row.id(*i)
#pragma once

#include <cstddef>
#include <optional>

#include "generate/score_row.hpp"

namespace trilens::generate {

// Index of the highest score, the smaller id among equals; nothing when no score is finite.
[[nodiscard]] std::optional<std::size_t> arg_max(const ScoreRow& row);

// `uniform` in [0, 1). Nothing when no score is finite. Precondition: row.complete().
[[nodiscard]] std::optional<std::size_t> draw(const ScoreRow& row, double uniform);

}  // namespace trilens::generate
