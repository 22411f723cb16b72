#include "ui/layout.hpp"

namespace trilens::ui {
namespace {

constexpr float kMostLines = 116;    // four lines; longer text scrolls inside the field

}  // namespace

Bars lay_bars(const BarsInput& input) {
  Bars bars;
  const float tall = std::clamp(input.field_lines, 44.0F, kMostLines);
  const float margin = std::max(24.0F, (input.width - kMostWidth) / 2);
  switch (input.layout) {
    case state::LayoutClass::wide:
      bars.field_box = {margin + 144, 12, input.width - 2 * margin - 144 - 376, tall};
      bars.header = 12 + tall + 8 + 48;
      break;
    case state::LayoutClass::tablet:
      bars.field_box = {68, 12, input.width - 68 - 172, tall};
      bars.header = 12 + tall + 8 + 48;
      break;
    case state::LayoutClass::phone:
      bars.field_box = {12, 52, input.width - 24, tall};
      bars.header = 52 + tall + 8 + 48;
      bars.footer = 60;
      break;
  }
  bars.field = {bars.field_box.x + 2, bars.field_box.y + 1, bars.field_box.w - input.blank_button - 4, bars.field_box.h - 2};
  return bars;
}

Columns lay_columns(state::LayoutClass layout, float width, std::size_t count) {
  Columns columns;
  const float padding = layout == state::LayoutClass::phone ? 16 : 24;
  const float margin = std::max(0.0F, (width - kMostWidth) / 2);
  columns.left = margin;
  columns.right = width - margin;
  const float each = (columns.right - columns.left) / static_cast<float>(std::max<std::size_t>(1, count));
  for (std::size_t i = 0; i < count; ++i) columns.boxes.push_back({columns.left + each * static_cast<float>(i) + padding, 0, each - 2 * padding, 0});
  return columns;
}

}  // namespace trilens::ui
