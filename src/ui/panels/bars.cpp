#include "ui/panels/bars.hpp"

namespace trilens::ui {

float draw_bars(const std::vector<view::BarView>& bars, Frame& frame, Place place, const BarsOptions& options) {
  constexpr float kRow = 26;
  const Theme& theme = frame.theme;
  const FamilyColours& colours = theme.of(options.family);
  const std::size_t count = std::min(options.most, bars.size());
  const float word = std::min(124.0F, place.width * 0.3F);  // the same in every column, so that lengths compare
  const float number = 62;
  for (std::size_t i = 0; i < count; ++i) {
    const view::BarView& bar = bars[i];
    const Rect row{place.x, place.y + kRow * static_cast<float>(i), place.width, kRow};
    const Id id = id_of("bar", options.id, i);
    const Hit hit = frame.target(id, row, {.label = bar.spoken, .cursor = options.link.empty() ? Cursor::arrow : Cursor::hand});
    if (hit.pressed && options.pressed != nullptr) *options.pressed = i;
    if (hit.hovered) {
      frame.fill({row.x - 6, row.y, row.w + 12, row.h}, theme.sunken.alpha(0.6F), 4);
      frame.tooltip(bar.spoken + "\n" + bar.exact + "\n" + bar.token + "  #" + std::to_string(bar.id) + (options.link.empty() ? "" : "\n" + std::string(options.link)));
    }
    const bool first = i == 0 || bar.chosen;
    frame.line({row.x, row.y, word, row.h}, bar.display, kMono, theme.ink.alpha(options.opacity));
    const Rect track{row.x + word + 12, row.y + 6, row.w - word - number - 24, row.h - 12};
    frame.fill(track, theme.sunken.alpha(0.7F), 3);
    const auto length = frame.motion.follow(id, static_cast<float>(bar.length));
    if (length > 0) frame.fill({track.x, track.y, std::max(2.0F, track.w * length), track.h}, (first ? colours.full : mix(colours.soft, colours.full, 0.35F)).alpha(options.opacity), 3);
    if (bar.chosen) frame.circle({track.x - 6, row.centre().y}, 2.5F, colours.full);
    frame.line({row.right() - number, row.y, number, row.h}, bar.percent, kMono, (first ? theme.ink : theme.muted).alpha(options.opacity), Align::right);
    if (hit.focused) frame.focus_ring(row, 4);
  }
  return kRow * static_cast<float>(count);
}

}  // namespace trilens::ui
