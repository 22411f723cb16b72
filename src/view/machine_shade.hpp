// Values for the machine's cells: norms of hidden states, or how much each block turned them.
// Not here: the cells (machine.cpp). What is drawn is what the engine computed of the very positions that the cells show.
#pragma once

#include "view/machine.hpp"

namespace trilens::view {

// Nothing where the switch is off, another tab is open, or the answer is of an earlier text.
void shade_machine(MachineView& view, const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
