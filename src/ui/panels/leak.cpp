// The leak test: a sentence with one word chosen, and for each column a map of layers by words that shows how far each vector moved.

#include <algorithm>
#include <cmath>

#include "ui/map_colour.hpp"
#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kLabelTurn = 40;       // degrees
constexpr float kRowLabel = 44;        // left of the cells

// "The dog [that] chased …": a press chooses the word. Returns where the line ends.
float draw_words(const view::LeakIntroView& view, Frame& frame, Place place, bool phone, Commands& commands) {
  const float tall = phone ? 44 : 32;
  float x = place.x + frame.line({place.x, place.y, 120, tall}, view.title, kSmall, frame.theme.muted) + 10, y = place.y;
  for (std::size_t i = 0; i < view.words.size(); ++i) {
    const view::LeakWordView& word = view.words[i];
    const float wide = std::ceil(frame.measure(word.text, word.selected ? kLabel : kBody)) + 12;
    if (x + wide > place.x + place.width && x > place.x) {
      x = place.x;
      y += tall;
    }
    const Rect rect{x, y, wide, tall};
    x += wide;
    if (!word.choosable) {
      frame.line(rect, word.text, kBody, frame.theme.muted, Align::centre);
      continue;
    }
    const Hit hit = frame.target(id_of("leak-word", i), rect, {.label = view.title + " " + word.text});
    if (hit.pressed) commands.emplace_back(state::ChooseLeak{{.begin = word.begin, .replacement = {}}});
    if (word.selected) frame.fill(rect.inset(3), frame.theme.sunken, 6);
    else if (hit.hovered) frame.fill(rect.inset(3), frame.theme.sunken.alpha(0.6F), 6);
    frame.line(rect, word.text, word.selected ? kLabel : kBody, frame.theme.ink, Align::centre);
    if (word.selected) frame.fill({rect.x + 6, rect.bottom() - 5, rect.w - 12, 2}, frame.theme.ink);
    if (hit.focused) frame.focus_ring(rect.inset(2), 6);
  }
  return y + tall;
}

struct Grid {
  Rect box;        // the cells
  float cell_w = 0, cell_h = 0;
};

void draw_cells(const view::LeakSideView& side, const FamilyColours& colours, const Grid& grid, Frame& frame) {
  for (std::size_t s = 0; s < side.cells.size(); ++s) {
    const float y = grid.box.bottom() - static_cast<float>(s + 1) * grid.cell_h;  // embeddings at the bottom: layers grow upwards
    for (std::size_t i = 0; i < side.cells[s].size(); ++i) {
      const Rect cell{grid.box.x + static_cast<float>(i) * grid.cell_w, y, grid.cell_w, grid.cell_h};
      const float part = side.cells[s][i].part;
      frame.fill(cell.inset(0.5F), mix(frame.theme.sunken, colours.full, part), 2);
      if (part == 0) frame.circle(cell.centre(), 1.2F, frame.theme.muted.alpha(0.5F));  // still: told without colour too
    }
    frame.line({grid.box.x - kRowLabel, y, kRowLabel - 6, grid.cell_h}, side.states[s], kMonoSmall, frame.theme.muted, Align::right);
  }
  for (std::size_t i = 0; i < side.changed.size(); ++i) {
    if (!side.changed[i]) continue;
    const Rect column{grid.box.x + static_cast<float>(i) * grid.cell_w, grid.box.y, grid.cell_w, grid.box.h};
    frame.stroke(column, frame.theme.ink, 3, 1.5F);
  }
}

void draw_labels(const view::LeakSideView& side, const Grid& grid, Frame& frame) {
  for (std::size_t i = 0; i < side.labels.size(); ++i) {
    const float x = grid.box.x + (static_cast<float>(i) + 0.5F) * grid.cell_w;
    const bool skip = grid.cell_w < 10 && i % static_cast<std::size_t>(std::ceil(12 / grid.cell_w)) != 0 && !side.changed[i];
    if (!skip) frame.turned({x - 2, grid.box.y - 8}, side.labels[i], side.changed[i] ? kLabel : kMonoSmall, side.changed[i] ? frame.theme.ink : frame.theme.muted, kLabelTurn);
  }
}

float label_height(const view::LeakSideView& side, const Frame& frame) {
  float longest = 0;
  for (std::size_t i = 0; i < side.labels.size(); ++i) longest = std::max(longest, frame.measure(side.labels[i], side.changed[i] ? kLabel : kMonoSmall));
  return std::min(150.0F, longest * std::sin(kLabelTurn * 3.14159F / 180) + 18);
}

float draw_side(const view::LeakView& view, const view::LeakSideView& side, Frame& frame, Place place, float opacity) {
  const FamilyColours& colours = frame.theme.of(view.family.family);
  float y = place.y;
  const float title = Frame::line_height(kSmall) + 4;
  frame.line({place.x, y, place.width, title}, side.title, kSmall, frame.theme.muted.alpha(opacity));
  y += title;
  y += frame.paragraph({place.x, y}, place.width, side.sentence, kLabel, frame.theme.ink.alpha(opacity), 6) + 8;
  if (side.labels.empty() || side.cells.empty()) return y;

  const float labels = label_height(side, frame);
  Grid grid;
  const float room = place.width - kRowLabel - 20;
  grid.cell_w = std::min(34.0F, room / static_cast<float>(side.labels.size()));
  grid.cell_h = std::clamp(220.0F / static_cast<float>(side.cells.size()), 14.0F, 26.0F);
  grid.box = {place.x + kRowLabel, y + labels, grid.cell_w * static_cast<float>(side.labels.size()), grid.cell_h * static_cast<float>(side.cells.size())};
  draw_labels(side, grid, frame);
  draw_cells(side, colours, grid, frame);

  const Id id = id_of("leak", seat_index(view.family.seat), side.id == "text" ? 0 : 1);
  const Hit hit = frame.target(id, grid.box, {.label = side.sentence, .cursor = Cursor::crosshair});
  if (hit.hovered) {
    const Point p = frame.interaction.pointer();
    const auto i = static_cast<std::size_t>(std::max(0.0F, (p.x - grid.box.x) / grid.cell_w));
    const auto s = static_cast<std::size_t>(std::max(0.0F, (grid.box.bottom() - p.y) / grid.cell_h));
    if (s < side.cells.size() && i < side.cells[s].size()) {
      frame.tooltip(side.cells[s][i].sentence);
      frame.stroke({grid.box.x + static_cast<float>(i) * grid.cell_w, grid.box.bottom() - static_cast<float>(s + 1) * grid.cell_h, grid.cell_w, grid.cell_h}, frame.theme.ink, 2);
    }
  }
  if (hit.focused) frame.focus_ring(grid.box.inset(-3), 4);
  return grid.box.bottom() + 18;
}

}  // namespace

float draw(const view::LeakIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-leak-change"));
  float y = draw_words(view, frame, place, panel.phone, commands) + 4;
  if (!view.replacements.empty()) {
    const float tall = panel.phone ? 44 : 32;
    const float into = frame.line({place.x, y, 120, tall}, view.into, kSmall, frame.theme.muted) + 10;
    const float wide = std::min(place.width - into, segmented_width(frame, view.replacements));
    const auto chosen = segmented(frame, id_of("leak-into"), {place.x + into, y, wide, tall}, view.replacements);
    if (chosen) commands.emplace_back(state::ChooseLeak{{.begin = view.chosen_begin, .replacement = view.replacements[*chosen].id}});
    y += tall + 6;
  }
  return y + frame.paragraph({place.x, y}, place.width, view.note, kBody, frame.theme.ink, 4) + 4;
}

float draw(const view::LeakView& view, Frame& frame, Place place, PanelState& /*panel*/, Commands& commands) {
  frame.interaction.region(id_of("region-leak", seat_index(view.family.seat)));
  Place at = place;
  at.y += draw_head_state(view.head, view.family.seat, frame, at, commands);
  const float opacity = strength(view.head, frame, id_of("leak-strength", seat_index(view.family.seat)));
  for (const view::LeakSideView& side : view.sides) at.y = draw_side(view, side, frame, at, opacity);
  if (!view.sides.empty()) at.y += frame.paragraph({at.x, at.y}, at.width, view.layers_label + " ↑   " + view.scale_text, kSmall, frame.theme.muted, 3) + 4;
  return at.y;
}

}  // namespace trilens::ui
