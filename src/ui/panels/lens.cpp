// The logit lens: rows are states (embeddings at the bottom), columns are positions, and each cell is the word that the model would say there.

#include <algorithm>
#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kRowLabel = 44;        // left of the cells
constexpr float kLeastCell = 62, kMostCell = 96;
constexpr float kHeadHeight = 26;      // the pieces above

struct Grid {
  Rect box;                            // the cells
  float cell_w = 0, cell_h = 0;
  std::size_t from = 0, count = 0;     // columns shown

  [[nodiscard]] Rect cell(std::size_t state, std::size_t column) const {
    return {box.x + static_cast<float>(column - from) * cell_w, box.bottom() - static_cast<float>(state + 1) * cell_h, cell_w, cell_h};
  }
};

// The chosen position stands leftmost; where none was chosen, the marked one is seen, with one behind it.
std::size_t first_column(const view::LensView& view, std::size_t count) {
  const std::size_t most = view.columns.size() - count;
  const auto at = [&](std::int64_t position) {
    return static_cast<std::size_t>(std::ranges::count_if(view.columns, [&](const view::LensColumnView& c) { return c.position < position; }));
  };
  if (view.first) return std::min(at(*view.first), most);
  const std::size_t behind = at(view.marked) + 2;
  return behind <= count ? 0 : std::min(behind - count, most);
}

Grid lay_grid(const view::LensView& view, Place place, float y) {
  const float room = place.width - kRowLabel - 4;
  Grid grid;
  grid.count = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(1.0F, room / kLeastCell)), 1, view.columns.size());
  grid.from = first_column(view, grid.count);
  grid.cell_w = std::min(kMostCell, room / static_cast<float>(grid.count));
  grid.cell_h = std::clamp(360.0F / static_cast<float>(view.cells.size()), 20.0F, 30.0F);
  grid.box = {place.x + kRowLabel, y + kHeadHeight, grid.cell_w * static_cast<float>(grid.count), grid.cell_h * static_cast<float>(view.cells.size())};
  return grid;
}

// Words must stay readable on every strength of the family's colour.
Colour word_colour(const Theme& theme, Colour under) { return contrast(theme.ink, under) >= contrast(theme.paper, under) ? theme.ink : theme.paper; }

void draw_cells(const view::LensView& view, const Grid& grid, Frame& frame, float opacity) {
  const Theme& theme = frame.theme;
  const FamilyColours& colours = theme.of(view.family.family);
  for (std::size_t s = 0; s < view.cells.size(); ++s) {
    frame.line({grid.box.x - kRowLabel, grid.cell(s, grid.from).y, kRowLabel - 8, grid.cell_h}, view.states[s], kMonoSmall, theme.muted, Align::right);
    for (std::size_t i = grid.from; i < grid.from + grid.count && i < view.cells[s].size(); ++i) {
      const view::LensCellView& cell = view.cells[s][i];
      const Rect rect = grid.cell(s, i).inset(1);
      const Colour under = mix(theme.sunken, colours.full, cell.part);
      frame.fill(rect, under.alpha(opacity), 3);
      frame.line({rect.x + 4, rect.y, rect.w - 8, rect.h}, cell.word, cell.answer ? kLabel : kSmall, word_colour(theme, under).alpha(opacity), Align::centre);
    }
  }
}

// Below the first cell from which on the answer stays: a line, so that it is told without colour too.
void draw_settled(const view::LensView& view, const Grid& grid, Frame& frame, float opacity) {
  for (std::size_t i = grid.from; i < grid.from + grid.count; ++i) {
    for (std::size_t s = 0; s < view.cells.size(); ++s) {
      if (i >= view.cells[s].size() || !view.cells[s][i].settled) continue;
      const Rect rect = grid.cell(s, i);
      frame.fill({rect.x + 1, rect.bottom() - 1.5F, rect.w - 2, 3}, frame.theme.ink.alpha(opacity), 1);
      break;
    }
    if (view.columns[i].marked) {
      const Rect column{grid.cell(0, i).x, grid.box.y, grid.cell_w, grid.box.h};
      frame.stroke(column, frame.theme.ink.alpha(opacity), 4, 1.5F);
    }
  }
}

void draw_heads(const view::LensView& view, const Grid& grid, Frame& frame, float opacity) {
  for (std::size_t i = grid.from; i < grid.from + grid.count; ++i) {
    const view::LensColumnView& column = view.columns[i];
    const Rect rect{grid.cell(0, i).x + 2, grid.box.y - kHeadHeight, grid.cell_w - 4, kHeadHeight - 2};
    frame.line(rect, column.label, column.marked ? kLabel : kMonoSmall, (column.marked ? frame.theme.ink : frame.theme.muted).alpha(opacity), Align::centre);
  }
}

// All that the cell says, a line each.
std::string cell_words(const view::LensView& view, std::size_t state, std::size_t column) {
  const view::LensCellView& cell = view.cells[state][column];
  std::string words = cell.sentence;
  for (const std::string& line : cell.top) words += "\n" + line;
  if (!cell.answer_text.empty()) words += "\n" + cell.answer_text;
  return words + "\n" + view.columns[column].settled;
}

// Blocks lie one above the other: up is on. Past an edge the focus goes on to the next place.
void move_cell(PanelState::LensCell& at, Key arrow, const view::LensView& view, const Grid& grid, Frame& frame) {
  const std::size_t last = grid.from + grid.count - 1;
  if (arrow == Key::up && at.state + 1 < view.cells.size()) ++at.state;
  else if (arrow == Key::down && at.state > 0) --at.state;
  else if (arrow == Key::left && at.column > grid.from) --at.column;
  else if (arrow == Key::right && at.column < last) ++at.column;
  else if (arrow == Key::home) at.column = grid.from;
  else if (arrow == Key::end) at.column = last;
  else frame.interaction.leave(arrow);
}

void point_at(const view::LensView& view, const Grid& grid, Frame& frame, PanelState::LensCell& keys) {
  keys.state = std::min(keys.state, view.cells.size() - 1);
  keys.column = std::clamp(keys.column, grid.from, grid.from + grid.count - 1);
  const auto known = [&](std::size_t s, std::size_t i) { return s < view.cells.size() && i < grid.from + grid.count && i < view.cells[s].size(); };
  const std::string spoken = known(keys.state, keys.column) ? view.head.sentence + " " + cell_words(view, keys.state, keys.column) : view.head.sentence;
  const Hit hit = frame.target(id_of("lens", seat_index(view.family.seat)), grid.box, {.label = spoken, .cursor = Cursor::crosshair, .takes_arrows = true});
  if (hit.arrow) move_cell(keys, *hit.arrow, view, grid, frame);
  if (hit.focused) frame.focus_ring(grid.box.inset(-3), 4);
  if (hit.focused && !hit.hovered && known(keys.state, keys.column)) {
    const Rect cell = grid.cell(keys.state, keys.column);
    frame.stroke(cell, frame.theme.ink, 3, 2);
    frame.tooltip_at(cell, cell_words(view, keys.state, keys.column));
  }
  if (!hit.hovered) return;
  const Point p = frame.interaction.pointer();
  const std::size_t i = grid.from + static_cast<std::size_t>(std::max(0.0F, (p.x - grid.box.x) / grid.cell_w));
  const auto s = static_cast<std::size_t>(std::max(0.0F, (grid.box.bottom() - p.y) / grid.cell_h));
  if (!known(s, i)) return;
  frame.tooltip(cell_words(view, s, i));
  frame.stroke(grid.cell(s, i), frame.theme.ink, 3, 2);
}

// "‹ ›  positions 3–8 of 12", where there are more than fit. Returns the height used.
float draw_range(const view::LensView& view, const Grid& grid, Frame& frame, Place place, const PanelState& panel, Commands& commands) {
  if (std::cmp_equal(grid.count, view.total)) return 0;
  const float tall = panel.phone ? 44 : 32;
  const Seat seat = view.family.seat;
  const std::int64_t leftmost = view.columns[grid.from].position, page = std::max<std::int64_t>(static_cast<std::int64_t>(grid.count) - 1, 1);
  const std::int64_t most = std::max<std::int64_t>(view.total - static_cast<std::int64_t>(grid.count), 0);
  float x = place.x;
  const auto button = [&](std::string_view id, std::string_view glyph, const std::string& label, std::int64_t to) {
    const bool can = to != leftmost;
    if (text_button(frame, id_of(id, seat_index(seat)), {x, place.y, tall + 4, tall}, glyph, {.label = label, .keys = {}, .enabled = can}) && can) {
      commands.emplace_back(state::MoveLens{seat, to});
    }
    x += tall + 8;
  };
  button("lens-earlier", "‹", view.earlier, std::max<std::int64_t>(leftmost - page, 0));
  button("lens-later", "›", view.later, std::min(leftmost + page, most));
  frame.line({x + 4, place.y, place.width - (x - place.x) - 4, tall}, range_text(view, grid.from, grid.count), kSmall, frame.theme.muted);
  return tall + 6;
}

}  // namespace

float draw(const view::LensView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const Seat seat = view.family.seat;
  frame.interaction.region(id_of("region-lens", seat_index(seat)));
  float y = place.y + draw_head_state(view.head, seat, frame, place, commands);
  if (view.columns.empty() || view.cells.empty()) return y;
  const float opacity = strength(view.head, frame, id_of("lens-strength", seat_index(seat)));
  const Theme& theme = frame.theme;
  if (!view.head.sentence.empty()) y += frame.paragraph({place.x, y}, place.width, view.head.sentence, kLabel, theme.ink.alpha(opacity), 4) + 4;
  y += frame.paragraph({place.x, y}, place.width, view.title, kSmall, theme.muted, 3) + 6;
  const Grid grid = lay_grid(view, place, y);
  draw_heads(view, grid, frame, opacity);
  draw_cells(view, grid, frame, opacity);
  draw_settled(view, grid, frame, opacity);
  point_at(view, grid, frame, panel.lens_cell[seat_index(seat)]);
  y = grid.box.bottom() + 10;
  y += draw_range(view, grid, frame, {place.x, y, place.width}, panel, commands);
  y += frame.paragraph({place.x, y}, place.width, view.mean_text, kBody, theme.ink.alpha(opacity), 4) + 4;
  return y + frame.paragraph({place.x, y}, place.width, view.layers_label + " ↑   " + view.scale_text, kSmall, theme.muted, 4) + 4;
}

}  // namespace trilens::ui
