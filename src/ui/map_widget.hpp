// One attention map with its labels: the cell under the pointer, rows and columns that light up, arrow keys inside.
#pragma once

#include "state/command.hpp"
#include "ui/frame.hpp"
#include "view/attention.hpp"

namespace trilens::ui {

// Where the cells go and how much room the labels have. Made once for maps that share labels.
struct MapLayout {
  float cell = 16;
  float left = 0;        // room for row labels; 0: none
  float top = 0;         // room for column labels; 0: none
};

struct MapRoom {
  float width = 0;       // for labels and cells
  float height = 0;
  float most_cell = 30;
};
[[nodiscard]] float label_width(const Frame& frame, const std::vector<view::LabelView>& labels, float most);
// Of one map alone in the room.
[[nodiscard]] MapLayout layout_map(const Frame& frame, const view::AttentionView& view, MapRoom room);

// Draws the cells at `at` (top left of the first cell) and the labels that the layout has room for, left and above.
void draw_map(Frame& frame, const view::AttentionView& view, Point at, const MapLayout& layout, state::Commands& commands);

// The cells alone, as they are in draw_map, nothing to point at.
void draw_cells(Frame& frame, const view::AttentionView& view, Rect box, bool marks);

// From 0 to full strength, with words.
void draw_legend(Frame& frame, Rect rect, std::string_view words);

}  // namespace trilens::ui
