#include "ui/panels/panels.hpp"

namespace trilens::ui {

float draw(const view::CostView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const float tall = panel.phone ? 32 : 26;
  frame.interaction.region(id_of("region-cost", seat_index(view.family.seat)));
  Place at = place;
  at.y += draw_head_state(view.head, view.family.seat, frame, at, commands);
  for (std::size_t i = 0; i < view.rows.size(); ++i) {
    const view::CostRowView& row = view.rows[i];
    const Rect rect{at.x, at.y, at.width, tall};
    const float unit = 44;
    frame.line({rect.x, rect.y, rect.w * 0.6F, tall}, row.label, kSmall, theme.muted);
    if (row.id == "provider") {
      frame.line({rect.x, rect.y, rect.w - unit, tall}, row.number, kMono, theme.ink, Align::right);
    } else {
      frame.line({rect.x, rect.y, rect.w - unit, tall}, row.number, kMono, row.present ? theme.ink : theme.muted, Align::right);
      frame.line({rect.right() - unit + 6, rect.y, unit - 6, tall}, row.unit, kMonoSmall, theme.muted);
    }
    if (i + 1 < view.rows.size()) frame.hairline({rect.x, rect.bottom()}, {rect.right(), rect.bottom()}, theme.hairline.alpha(0.6F));
    const Hit hit = frame.target(id_of("cost", seat_index(view.family.seat), i), rect, {.label = row.label, .cursor = Cursor::arrow, .focusable = false});
    if (hit.hovered && !row.explanation.empty()) frame.tooltip(row.explanation);
    at.y += tall + 1;
  }
  return at.y;
}

}  // namespace trilens::ui
