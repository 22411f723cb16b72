// An encoder on the clock: all blanks in one pass, or one at a time, the most certain first. Parts of GenerationView.
#pragma once

#include "view/generation.hpp"

namespace trilens::view {

// The two ways of filling; empty where the text has fewer than two blanks.
[[nodiscard]] std::vector<ChoiceView> fill_modes(const state::State& state, Seat seat, const Words& words);

// One at a time: what the pass at the cursor said of each blank, and at the end whether one pass for all would have said the same.
void add_blanks(GenerationView& view, const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
