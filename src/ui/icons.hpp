// Signs drawn as paths: sharp at any size, in the colour of the words beside them.
#pragma once

#include "base/family.hpp"
#include "ui/frame.hpp"

namespace trilens::ui {

enum class Icon : std::uint8_t {
  to_start, step_back, step, to_end, play, pause, stop, undo, redo, options, screen, sun, moon, auto_theme, help, copy, close, chevron, check, lens
};

// In a square of the given size around `centre`.
void draw_icon(Frame& frame, Icon icon, Point centre, float size, Colour colour);

// The family's own shape, its second cue beside colour: square, triangle, square with triangle.
void draw_family_sign(Frame& frame, Family family, Point centre, float size);

}  // namespace trilens::ui
