#include "ui/panels/filling.hpp"

#include <algorithm>

#include "ui/panels/bars.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {

float draw_fill_modes(const view::GenerationView& view, Frame& frame, Place place, Commands& commands) {
  if (view.fill_modes.empty()) return place.y;
  const float wide = std::min(place.width, segmented_width(frame, view.fill_modes));
  const auto chosen = segmented(frame, id_of("fill-modes", seat_index(view.family.seat)), {place.x, place.y, wide, 32}, view.fill_modes);
  if (chosen) commands.emplace_back(state::FillOneByOne{view.fill_modes[*chosen].id == "one"});
  return place.y + 40;
}

float draw_open_blanks(const view::GenerationView& view, Frame& frame, Place place, const PanelState& panel) {
  Place at = place;
  if (!view.blanks.empty()) {
    frame.line({at.x, at.y + 10, at.width, 22}, view.blanks_title, kSmall, frame.theme.muted);
    at.y += 34;
    at.y += draw_bars(view.blanks, frame, at, {view.family.family, id_of("open-blanks", seat_index(view.family.seat)), panel.roomy ? std::size_t{24} : std::size_t{6}, 1});
  }
  if (!view.comparison.empty()) at.y += frame.paragraph({at.x, at.y + 10}, at.width, view.comparison, kSmall, frame.theme.muted, 8) + 10;
  return at.y;
}

}  // namespace trilens::ui
