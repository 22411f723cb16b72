// Phenomena in bulk: a line each, with a box to choose it, and under each seat a bar with whiskers on a scale from 0 to 100 %; the dashed
// mark is chance.

#include <algorithm>
#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kBarTall = 14, kLineTall = 22;

// A box with a tick: chosen.
void draw_box(Frame& frame, Rect rect, bool chosen) {
  frame.stroke(rect, chosen ? frame.theme.ink : frame.theme.muted, 4, 1.5F);
  if (!chosen) return;
  frame.segment({rect.x + 4, rect.y + 9}, {rect.x + 8, rect.y + 13}, frame.theme.ink, 2);
  frame.segment({rect.x + 8, rect.y + 13}, {rect.x + 14, rect.y + 5}, frame.theme.ink, 2);
}

// The share as a bar, the interval as a line with ends, chance as a mark across.
void draw_share(const view::ProbeCellView& cell, Rect track, Frame& frame, float opacity) {
  const FamilyColours& colours = frame.theme.of(cell.family.family);
  const auto x = [&](double share) { return track.x + track.w * static_cast<float>(share); };
  frame.fill(track, frame.theme.sunken, 3);
  frame.fill({track.x, track.y, track.w * static_cast<float>(cell.share), track.h}, mix(colours.full, frame.theme.paper, 0.45F).alpha(opacity), 3);
  const float middle = track.centre().y;
  const Colour ink = frame.theme.ink.alpha(opacity);
  frame.segment({x(cell.low), middle}, {x(cell.high), middle}, ink, 1.5F);
  for (const double end : {cell.low, cell.high}) frame.segment({x(end), middle - 5}, {x(end), middle + 5}, ink, 1.5F);
  for (float y = track.y - 4; y < track.bottom() + 4; y += 5) frame.segment({x(cell.chance), y}, {x(cell.chance), y + 3}, frame.theme.muted, 1.5F);
}

float draw_cell(const view::ProbeCellView& cell, Id id, Frame& frame, Place at) {
  const Theme& theme = frame.theme;
  const float opacity = cell.stale ? 0.45F : 1.0F;
  const FamilyColours& colours = theme.of(cell.family.family);
  float y = at.y;
  if (cell.running || cell.queued) {
    if (cell.running) progress_bar(frame, {at.x, y + kLineTall / 2 - 3, std::min(110.0F, at.width * 0.4F), 6}, cell.part, colours.full);
    const float left = cell.running ? std::min(110.0F, at.width * 0.4F) + 10 : 0;
    frame.line({at.x + left, y, at.width - left, kLineTall}, cell.status, kSmall, theme.muted);
    y += kLineTall;
  }
  if (cell.known) {
    const float used = frame.line({at.x, y, at.width, kLineTall}, cell.percent, kMono, theme.ink.alpha(opacity)) + 10;
    frame.line({at.x + used, y, at.width - used, kLineTall}, cell.interval, kSmall, theme.muted.alpha(opacity));
    y += kLineTall + 3;
    draw_share(cell, {at.x, y, at.width, kBarTall}, frame, opacity);
    y += kBarTall + 6;
    const Rect spot{at.x, at.y, at.width, y - at.y};
    const Hit hit = frame.target(id, spot, {.label = cell.family.short_name + ", " + cell.tooltip, .cursor = Cursor::arrow});
    if (hit.hovered) frame.tooltip(cell.tooltip);
    else if (hit.focused) frame.tooltip_at(spot, cell.tooltip);
    if (hit.focused) frame.focus_ring(spot, 4);
  }
  if (!cell.better.empty()) y += frame.paragraph({at.x, y}, at.width, "▲ " + cell.better, kSmall, colours.text.alpha(opacity), 3);
  if (!cell.cannot.empty()) y += frame.paragraph({at.x, y}, at.width, cell.cannot, kSmall, theme.muted, 6);
  if (!cell.trouble.empty()) y += frame.paragraph({at.x, y}, at.width, cell.trouble, kSmall, theme.danger, 6);
  return y;
}

float draw_controls(const view::ProbeTableView& view, Frame& frame, Place place, bool phone, Commands& commands) {
  const Theme& theme = frame.theme;
  const float tall = phone ? 44 : 32;
  float x = place.x, y = place.y;
  const auto room = [&](float wide) {
    if (x > place.x && x + wide > place.x + place.width) {
      x = place.x;
      y += tall + 8;
    }
    const Rect rect{x, y, std::min(wide, place.width), tall};
    x += wide + 14;
    return rect;
  };
  const Rect run = room(text_button_width(frame, view.button));
  if (text_button(frame, id_of("probes-run"), run, view.button, {.label = view.button, .keys = {}, .enabled = view.running || view.can_run, .strong = !view.running})) {
    if (view.running) commands.emplace_back(state::StopProbes{});
    else commands.emplace_back(state::RunProbes{});
  }
  const Rect all = room(text_button_width(frame, view.all_button));
  if (text_button(frame, id_of("probes-all"), all, view.all_button, {.label = view.all_button, .keys = {}})) commands.emplace_back(state::ChooseProbes{.all = view.all});
  const Rect label = room(std::ceil(frame.measure(view.items_label, kSmall)) + 2);
  frame.line(label, view.items_label, kSmall, theme.muted);
  const Rect items = room(std::ceil(segmented_width(frame, view.items)));
  if (const auto chosen = segmented(frame, id_of("probes-items"), items, view.items)) commands.emplace_back(state::ChooseProbes{.items = state::kProbeItems[*chosen]});
  y += tall + 6;
  if (view.running) {
    progress_bar(frame, {place.x, y + 8, std::min(200.0F, place.width * 0.4F), 6}, view.part, theme.ink);
    const float left = std::min(200.0F, place.width * 0.4F) + 12;
    frame.line({place.x + left, y, place.width - left, 24}, view.progress, kSmall, theme.muted);
    y += 26;
  }
  return y;
}

float draw_row(const view::ProbeRowView& row, std::size_t index, Frame& frame, Place place, bool phone, Commands& commands) {
  const Theme& theme = frame.theme;
  const float tall = phone ? 44 : 28;
  const Rect choose{place.x, place.y, std::min(place.width, std::ceil(frame.measure(row.title, kStrong)) + 32), tall};
  const Hit hit = frame.target(id_of("probe", index), choose, {.label = row.title + ". " + row.why});
  if (hit.pressed) commands.emplace_back(state::ChooseProbes{.phenomenon = index});
  if (hit.focused) frame.focus_ring(choose, 4);
  draw_box(frame, {place.x + 1, place.y + (tall - 18) / 2, 18, 18}, row.chosen);
  frame.line({place.x + 28, place.y, choose.w - 28, tall}, row.title, kStrong, hit.hovered || row.chosen ? theme.ink : theme.muted);
  float y = place.y + tall;
  y += frame.paragraph({place.x + 28, y}, place.width - 28, row.why + " " + row.example, kSmall, theme.muted, 4) + 4;
  const bool any = std::ranges::any_of(row.cells, [](const view::ProbeCellView& c) { return c.known || c.queued || c.running || !c.cannot.empty() || !c.trouble.empty(); });
  if (!any) return y + 4;
  const float gap = 28, wide = phone ? place.width - 28 : (place.width - 28 - 2 * gap) / 3;
  float bottom = y;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const view::ProbeCellView& cell = row.cells[i];
    const Place at{place.x + 28 + (phone ? 0 : static_cast<float>(i) * (wide + gap)), phone ? bottom + 4 : y, wide};
    frame.line({at.x, at.y, wide, kLineTall}, cell.family.short_name, kLabel, theme.of(cell.family.family).text);
    bottom = std::max(bottom, draw_cell(cell, id_of("probe-cell", index, i), frame, {at.x, at.y + kLineTall, wide}));
  }
  return bottom + 10;
}

}  // namespace

float draw(const view::ProbeTableView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  if (view.rows.empty()) return place.y;
  frame.interaction.region(id_of("region-probes"));
  const Theme& theme = frame.theme;
  frame.hairline({place.x, place.y}, {place.x + place.width, place.y}, theme.hairline);
  float y = place.y + 14;
  frame.line({place.x, y, place.width, 28}, view.title, kQuestion, theme.ink);
  y += 32;
  y += frame.paragraph({place.x, y}, std::min(place.width, 860.0F), view.intro, kBody, theme.ink, 6) + 10;
  y = draw_controls(view, frame, {place.x, y, place.width}, panel.phone, commands) + 4;
  y += frame.paragraph({place.x, y}, std::min(place.width, 860.0F), view.legend, kSmall, theme.muted, 6) + 12;
  for (std::size_t i = 0; i < view.rows.size(); ++i) {
    frame.hairline({place.x, y}, {place.x + place.width, y}, theme.hairline);
    y = draw_row(view.rows[i], i, frame, {place.x, y + 6, place.width}, panel.phone, commands);
  }
  return y;
}

}  // namespace trilens::ui
