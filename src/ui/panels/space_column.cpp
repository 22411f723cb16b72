// Space, in a column: the plane, how alike each two are, the neighbours of what is pointed at, and the ranking for a question.

#include <algorithm>
#include <cmath>

#include "ui/map_colour.hpp"
#include "ui/panels/panels.hpp"
#include "ui/panels/space_mark.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kMargin = 26;      // of the plane: marks at the edge have their numbers inside

struct Column {
  const view::SpaceView& view;
  Frame& frame;
  Commands& commands;
  float opacity = 1;
  [[nodiscard]] std::size_t seat() const { return seat_index(view.family.seat); }
  void point_at(std::size_t i) const { commands.emplace_back(state::HoverItem{i}); }
};

struct Label {
  Rect rect;
  bool free = true;
};

// Beside its point, right or left, above or below: the first place that nothing else has.
Label place_label(Point at, float wide, Rect box, const std::vector<Rect>& taken) {
  const float tall = 18;
  const Rect places[]{{at.x + 9, at.y - tall / 2, wide, tall}, {at.x - 9 - wide, at.y - tall / 2, wide, tall}, {at.x - wide / 2, at.y - 10 - tall, wide, tall}, {at.x - wide / 2, at.y + 10, wide, tall}};
  for (const Rect& rect : places) {
    const bool inside = rect.x >= box.x + 2 && rect.right() <= box.right() - 2 && rect.y >= box.y + 2 && rect.bottom() <= box.bottom() - 2;
    if (inside && std::ranges::none_of(taken, [&](const Rect& other) { return !rect.intersect(other).empty(); })) return {rect, true};
  }
  return {places[0], false};
}

float draw_plane(const Column& c, Place place) {
  const auto& [view, frame, commands, opacity] = c;
  const Theme& theme = frame.theme;
  const float side = std::min(place.width, 420.0F);
  const Rect box{place.x + (place.width - side) / 2, place.y, side, side};
  frame.fill(box, theme.raised, 8);
  frame.stroke(box, theme.hairline, 8);
  const auto at = [&](const view::SpacePointView& p) {
    return Point{box.x + kMargin + p.x * (box.w - 2 * kMargin), box.y + kMargin + p.y * (box.h - 2 * kMargin)};
  };
  std::vector<Rect> taken;
  for (const auto& p : view.points) taken.push_back({at(p).x - 6, at(p).y - 6, 12, 12});
  for (std::size_t i = 0; i < view.points.size(); ++i) {
    const view::SpacePointView& p = view.points[i];
    const Point where = at(p);
    draw_mark(frame, i, where, p.lit ? 7.5F : 5.0F);
    if (p.lit) frame.circle(where, 11, theme.ink, 1.5F);
    const std::string& words = p.label.empty() ? p.number : p.label;
    const Type type = p.lit ? kLabel : p.label.empty() ? kMonoSmall : kSmall;
    const float wide = std::ceil(frame.measure(words, type)) + 2;
    const Label label = place_label(where, wide, box, taken);
    if (label.free || p.lit) {
      if (p.lit) frame.fill(label.rect, theme.raised.alpha(0.85F), 3);
      frame.line(label.rect, words, type, (p.lit ? theme.ink : theme.muted).alpha(opacity));
      taken.push_back(label.rect);
    }
    const Hit hit = frame.target(id_of("space-point", c.seat(), i), {where.x - 10, where.y - 10, 20, 20}, {.label = p.sentence, .cursor = Cursor::crosshair});
    if (hit.hovered || hit.focused) c.point_at(i);
    if (hit.pressed) commands.emplace_back(state::PinItem{i});
    if (hit.hovered) frame.tooltip(p.sentence);
    else if (hit.focused) frame.tooltip_at({where.x - 10, where.y - 10, 20, 20}, p.sentence);
    if (hit.focused) frame.focus_ring({where.x - 12, where.y - 12, 24, 24}, 12);
  }
  float y = box.bottom() + 6;
  y += frame.paragraph({place.x, y}, place.width, view.plot_note, kSmall, theme.muted.alpha(opacity), 5) + 10;
  return y;
}

// The cell under the pointer says its cosine; both of its items light up as one is pointed at.
float draw_matrix(const Column& c, Place place) {
  const auto& [view, frame, commands, opacity] = c;
  const Theme& theme = frame.theme;
  const std::size_t n = view.cells.size();
  if (n < 2) return place.y;
  float y = place.y;
  frame.line({place.x, y, place.width, 22}, view.matrix_title, kSmall, theme.muted.alpha(opacity));
  y += 26;
  const float labels = 26;
  const float cell = std::min(24.0F, (std::min(place.width, 420.0F) - labels) / static_cast<float>(n));
  const Rect box{place.x + labels, y + 20, cell * static_cast<float>(n), cell * static_cast<float>(n)};
  const auto every = static_cast<std::size_t>(std::max(1.0F, std::ceil(15 / cell)));
  for (std::size_t i = 0; i < n; ++i) {
    const float offset = static_cast<float>(i) * cell;
    const Colour ink = (view.points[i].lit ? theme.ink : theme.muted).alpha(opacity);
    if (i % every == 0 || view.points[i].lit) {
      frame.line({box.x - labels, box.y + offset, labels - 6, cell}, view.points[i].number, kMonoSmall, ink, Align::right);
      frame.line({box.x + offset - 4, box.y - 20, cell + 8, 18}, view.points[i].number, kMonoSmall, ink, Align::centre);
    }
    for (std::size_t j = 0; j < n; ++j) {
      const Rect rect{box.x + static_cast<float>(j) * cell, box.y + offset, cell, cell};
      const Colour colour = i == j ? theme.sunken : map_colour(view.cells[i][j].part, theme.dark);
      frame.fill(rect.inset(0.5F), colour.alpha(opacity), 1);
      if (i == j) frame.segment({rect.x + 3, rect.y + 3}, {rect.right() - 3, rect.bottom() - 3}, theme.faint.alpha(opacity), 1);
    }
    if (view.points[i].lit) frame.stroke({box.x, box.y + offset, box.w, cell}, theme.ink, 2);
  }
  const Hit hit = frame.target(id_of("space-matrix", c.seat()), box, {.label = view.matrix_title, .cursor = Cursor::crosshair});
  if (hit.hovered) {
    const Point p = frame.interaction.pointer();
    const auto j = static_cast<std::size_t>(std::max(0.0F, (p.x - box.x) / cell)), i = static_cast<std::size_t>(std::max(0.0F, (p.y - box.y) / cell));
    if (i < n && j < n) {
      frame.tooltip(view.cells[i][j].sentence);
      frame.stroke({box.x + static_cast<float>(j) * cell, box.y + static_cast<float>(i) * cell, cell, cell}, theme.ink, 1, 2);
      c.point_at(i);
    }
  }
  if (hit.focused) frame.focus_ring(box.inset(-3), 4);
  y = box.bottom() + 6;
  return y + frame.paragraph({place.x, y}, place.width, view.scale_text, kSmall, theme.muted.alpha(opacity), 3) + 10;
}

float draw_neighbours(const Column& c, Place place) {
  const auto& [view, frame, commands, opacity] = c;
  const Theme& theme = frame.theme;
  if (view.neighbours.empty()) return place.y;
  float y = place.y;
  frame.line({place.x, y, place.width, 24}, view.neighbours_title, kLabel, theme.ink.alpha(opacity));
  y += 26;
  for (const view::NeighbourView& n : view.neighbours) {
    const float value = std::ceil(frame.measure(n.cosine, kMonoSmall)) + 8;
    frame.line({place.x, y, 24, 24}, n.number, kMonoSmall, theme.muted.alpha(opacity), Align::right);
    frame.line({place.x + 32, y, place.width - 32 - value, 24}, n.text, kBody, theme.ink.alpha(opacity));
    frame.line({place.x, y, place.width, 24}, n.cosine, kMonoSmall, theme.ink.alpha(opacity), Align::right);
    y += 25;
  }
  return y + 10;
}

float draw_ranking(const Column& c, Place place) {
  const auto& [view, frame, commands, opacity] = c;
  const Theme& theme = frame.theme;
  if (view.ranking.empty()) return place.y;
  const FamilyColours& colours = theme.of(view.family.family);
  float y = place.y;
  y += frame.paragraph({place.x, y}, place.width, view.ranking_title, kLabel, theme.ink.alpha(opacity), 2) + 4;
  for (std::size_t i = 0; i < view.ranking.size(); ++i) {
    const view::SpaceRankView& rank = view.ranking[i];
    const Rect row{place.x, y, place.width, 28};
    const float value = std::ceil(frame.measure(rank.score, kMonoSmall)) + 10;
    const float room = row.w - 32 - value;
    const Rect bar{row.x + 32, row.y + 2, std::max(2.0F, room * static_cast<float>(rank.length)), row.h - 4};
    frame.fill(bar, (rank.best ? colours.soft : colours.tint).alpha(opacity), 4);
    frame.line({row.x, row.y, 24, row.h}, rank.number, kMonoSmall, theme.muted.alpha(opacity), Align::right);
    frame.line({row.x + 38, row.y, room - 8, row.h}, rank.text, rank.best ? kStrong : kBody, theme.ink.alpha(opacity));
    frame.line(row, rank.score, kMonoSmall, theme.ink.alpha(opacity), Align::right);
    if (rank.lit) frame.stroke(row, theme.ink, 4);
    const Hit hit = frame.target(id_of("space-rank", c.seat(), i), row, {.label = rank.sentence, .cursor = Cursor::arrow, .focusable = false});
    if (hit.hovered) frame.tooltip(rank.sentence);
    y += row.h + 1;
  }
  return y + 12;
}

}  // namespace

float draw(const view::SpaceView& view, Frame& frame, Place place, PanelState& /*panel*/, Commands& commands) {
  const Theme& theme = frame.theme;
  frame.interaction.region(id_of("region-space", seat_index(view.family.seat)));
  Place at = place;
  at.y += draw_head_state(view.head, view.family.seat, frame, at, commands);
  if (view.running) {
    frame.line({at.x, at.y, at.width, 20}, view.progress, kSmall, theme.muted);
    progress_bar(frame, {at.x, at.y + 22, at.width, 4}, view.fraction, theme.of(view.family.family).full);
    at.y += 34;
  }
  if (view.points.empty()) return at.y;
  const Column column{view, frame, commands, strength(view.head, frame, id_of("space-strength", seat_index(view.family.seat)))};
  at.y += frame.paragraph({at.x, at.y}, at.width, view.facts, kSmall, theme.muted.alpha(column.opacity), 3) + 6;
  at.y = draw_ranking(column, at);
  at.y = draw_plane(column, at);
  at.y = draw_neighbours(column, at);
  return draw_matrix(column, at);
}

}  // namespace trilens::ui
