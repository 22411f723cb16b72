// The mark of a list's item: the same colour and shape in the list and in every column. For the panels of Space alone.
#pragma once

#include "ui/frame.hpp"

namespace trilens::ui {

void draw_mark(Frame& frame, std::size_t index, Point at, float radius);

}  // namespace trilens::ui
