// Where things go for a width: which layout, how many columns, how tall the bars. Pure functions.
#pragma once

#include <vector>

#include "state/state.hpp"
#include "ui/geometry.hpp"

namespace trilens::ui {

inline constexpr float kWideFrom = 1100;
inline constexpr float kTabletFrom = 700;
inline constexpr float kMostWidth = 2040;       // wider pages keep their columns readable
inline constexpr float kProjectorZoom = 1.3F;

[[nodiscard]] constexpr state::LayoutClass layout_for(float width) {
  return width >= kWideFrom ? state::LayoutClass::wide : width >= kTabletFrom ? state::LayoutClass::tablet : state::LayoutClass::phone;
}

struct Bars {
  Rect field_box;      // the drawn box around the text field
  Rect field;          // the text field itself
  float header = 0;    // height of what stays at the top
  float footer = 0;    // height of what stays at the bottom (phone: the steps)
};

struct BarsInput {
  state::LayoutClass layout = state::LayoutClass::wide;
  float width = 0;
  float field_lines = 28;   // height that the text wants
  float blank_button = 64;  // width kept free at the field's right end
};
[[nodiscard]] Bars lay_bars(const BarsInput& input);

// The columns of the body, left to right, content box each; hairlines go halfway between.
struct Columns {
  std::vector<Rect> boxes;    // y and h are not set
  float left = 0, right = 0;  // of the page's content
};
[[nodiscard]] Columns lay_columns(state::LayoutClass layout, float width, std::size_t count);

}  // namespace trilens::ui
