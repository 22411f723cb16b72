// Closer looks at how a text is written: a step's distribution, rows of cross-attention, the sliders above the columns.

#include <algorithm>
#include <cmath>

#include "ui/bars_ui.hpp"
#include "ui/map_colour.hpp"
#include "ui/panels/generation_looks.hpp"

namespace trilens::ui {
namespace {

constexpr float kRow = 28;
constexpr float kLabelTurn = 40;  // degrees

// One token: outline before, bar after, and what became of it.
void draw_row(const view::ReshapedRowView& row, const FamilyColours& colours, Frame& frame, Rect rect, Rect track, Id id) {
  const Theme& theme = frame.theme;
  const Hit hit = frame.target(id, rect, {.label = row.spoken, .cursor = Cursor::arrow});
  if (hit.hovered) {
    frame.fill({rect.x - 6, rect.y, rect.w + 12, rect.h}, theme.sunken.alpha(0.6F), 4);
    frame.tooltip(row.spoken + "\n" + row.token + "  #" + std::to_string(row.id));
  }
  const bool out = !row.cut.empty();
  const Colour ink = out ? theme.muted : theme.ink;
  if (row.chosen) frame.circle({rect.x + 3, rect.centre().y}, 2.5F, colours.full);
  frame.line({rect.x + 12, rect.y, track.x - rect.x - 20, rect.h}, row.display, kMono, ink);
  frame.fill(track, theme.sunken.alpha(0.5F), 3);
  const float after = frame.motion.follow(id, static_cast<float>(row.after_length));
  if (after > 0) frame.fill({track.x, track.y, std::max(2.0F, track.w * after), track.h}, row.chosen ? colours.full : mix(colours.soft, colours.full, 0.4F), 3);
  const float before = std::max(3.0F, track.w * static_cast<float>(row.before_length));
  frame.stroke({track.x, track.y - 1, before, track.h + 2}, out ? theme.faint : theme.ink.alpha(0.75F), 3, 1.3F);
  const Rect end{track.right() + 8, rect.y, rect.right() - track.right() - 8, rect.h};
  frame.line(end, out ? row.reason : row.percent, out ? kSmall : kMonoSmall, ink, Align::right);
  if (hit.focused) frame.focus_ring(rect, 4);
}

// The running sum over the rows, from 0 to 100 % of the track, and where top-p cuts it.
void draw_sum(const view::DistributionView& view, const Theme& theme, Frame& frame, Rect track, float y) {
  std::vector<Point> line{{track.x, y}};
  for (std::size_t i = 0; i < view.rows.size(); ++i) {
    if (view.rows[i].cut == "top_k" || view.rows[i].cut == "forbidden") break;
    line.push_back({track.x + track.w * static_cast<float>(view.rows[i].cumulative), y + kRow * (static_cast<float>(i) + 0.5F)});
  }
  if (line.size() > 1) frame.polyline(line, theme.muted, 1.6F);
  for (std::size_t i = 1; i < line.size(); ++i) frame.circle(line[i], 2.2F, theme.muted);
  if (view.top_p >= 1) return;
  const float x = track.x + track.w * static_cast<float>(view.top_p), bottom = y + kRow * static_cast<float>(view.rows.size());
  for (float at = y; at < bottom; at += 8) frame.segment({x, at}, {x, std::min(bottom, at + 4)}, theme.ink, 1.4F);
}

float label_height(const std::vector<std::string>& labels, const Frame& frame) {
  float longest = 0;
  for (const std::string& label : labels) longest = std::max(longest, frame.measure(label, kMonoSmall));
  return std::min(120.0F, longest * std::sin(kLabelTurn * 3.14159F / 180) + 18);
}

}  // namespace

float draw(const view::DistributionView& view, const view::FamilyView& family, Frame& frame, Place place) {
  if (!view.shown) return place.y;
  const Theme& theme = frame.theme;
  float y = place.y + 12;
  frame.line({place.x, y, place.width, 24}, view.title, kLabel, theme.ink);
  y += 28;
  if (!view.trouble.empty()) return y + frame.paragraph({place.x, y}, place.width, view.trouble, kSmall, theme.muted, 4);
  const float word = std::min(116.0F, place.width * 0.28F), number = 96;
  const Rect track{place.x + word, 0, place.width - word - number, kRow - 14};
  const float top = y;
  for (std::size_t i = 0; i < view.rows.size(); ++i) {
    const Rect rect{place.x, y, place.width, kRow};
    draw_row(view.rows[i], theme.of(family.family), frame, rect, {track.x, y + 7, track.w, track.h}, id_of("reshaped", seat_index(family.seat), i));
    y += kRow;
  }
  draw_sum(view, theme, frame, track, top);
  y += 8;
  for (const std::string* text : {&view.summary, &view.more, &view.note}) {
    if (!text->empty()) y += frame.paragraph({place.x, y}, place.width, *text, kSmall, theme.ink, 4) + 2;
  }
  return y + frame.paragraph({place.x, y + 2}, place.width, view.legend, kSmall, theme.muted, 4) + 6;
}

float draw(const view::CrossView& view, const view::FamilyView& family, Frame& frame, Place place) {
  if (!view.shown || view.columns.empty()) return place.y;
  const Theme& theme = frame.theme;
  float y = place.y + 14;
  frame.line({place.x, y, place.width, 24}, view.title, kLabel, theme.ink);
  y += 26 + label_height(view.columns, frame);
  constexpr float kTall = 24;
  const float word = std::min(96.0F, place.width * 0.24F), wide = std::min(36.0F, (place.width - word - 30) / static_cast<float>(view.columns.size()));
  const float left = place.x + word;
  for (std::size_t c = 0; c < view.columns.size(); ++c) frame.turned({left + (static_cast<float>(c) + 0.5F) * wide - 2, y - 8}, view.columns[c], kMonoSmall, theme.muted, kLabelTurn);
  for (std::size_t r = 0; r < view.rows.size(); ++r) {
    const view::CrossRowView& row = view.rows[r];
    frame.line({place.x, y, word - 8, kTall}, row.label, row.current ? kLabel : kMonoSmall, row.current ? theme.ink : theme.muted, Align::right);
    const Rect cells{left, y, wide * static_cast<float>(row.weights.size()), kTall};
    for (std::size_t c = 0; c < row.weights.size(); ++c) {
      const auto part = static_cast<float>(double{row.weights[c]} / view.scale);
      frame.fill(Rect{left + static_cast<float>(c) * wide, y, wide, kTall}.inset(0.5F), map_colour(part, theme.dark), 2);
    }
    if (row.current) frame.stroke(cells, theme.of(family.family).full, 3, 2);
    const Hit hit = frame.target(id_of("cross-row", seat_index(family.seat), r), cells, {.label = row.label, .cursor = Cursor::crosshair});
    const auto at = static_cast<std::size_t>(std::max(0.0F, (frame.interaction.pointer().x - left) / wide));
    if (hit.hovered && at < row.spoken.size()) frame.tooltip(row.spoken[at]);
    if (hit.focused) frame.focus_ring(cells, 3);
    y += kTall;
  }
  return y + 8 + frame.paragraph({place.x, y + 6}, place.width, view.note, kSmall, theme.muted, 4);
}

float draw_generation_intro(const view::PageView& page, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const view::GenerationIntroView& view = page.generation;
  frame.interaction.region(id_of("region-generation-options"));
  float y = place.y + frame.paragraph({place.x, place.y}, place.width, view.note, kBody, frame.theme.ink, 4) + 6;
  const float gap = 28, wide = panel.phone ? place.width : std::min(420.0F, (place.width - gap) / 2);
  const auto across = std::max<std::size_t>(1, static_cast<std::size_t>((place.width + gap) / (wide + gap)));
  for (std::size_t i = 0; i < view.rows.size(); ++i) {
    const float x = place.x + static_cast<float>(i % across) * (wide + gap);
    draw_option(view.rows[i], frame, {x, y, wide, 44}, id_of("generation-option", i), commands);
    if (i % across + 1 == across || i + 1 == view.rows.size()) y += 44;
  }
  y += 4;
  for (const view::ColumnView& column : page.columns) {
    if (column.shown && column.beams.shown) y = draw(column.beams, frame, {place.x, y + 10, place.width});
  }
  return y;
}

}  // namespace trilens::ui
