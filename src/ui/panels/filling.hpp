// What the clock's panel shows of an encoder alone: the two ways of filling, and what each pass said of the open blanks.
#pragma once

#include "ui/panels/panels.hpp"

namespace trilens::ui {

// Both return the y below what they drew.
float draw_fill_modes(const view::GenerationView& view, Frame& frame, Place place, Commands& commands);
float draw_open_blanks(const view::GenerationView& view, Frame& frame, Place place, const PanelState& panel);

}  // namespace trilens::ui
