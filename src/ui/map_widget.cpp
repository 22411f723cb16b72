#include "ui/map_widget.hpp"

#include <cmath>

#include "ui/map_colour.hpp"

namespace trilens::ui {
namespace {

constexpr float kLabelCell = 13;     // smaller cells leave no room for their labels
constexpr float kTurn = 60;          // of column labels, degrees
constexpr float kMostLabel = 104;

void draw_label(Frame& frame, const view::AttentionView& view, const view::LabelView& label, bool is_row, Rect place, Point pen,
                state::Commands& commands, std::size_t index) {
  const Theme& theme = frame.theme;
  const Id id = id_of(is_row ? "map-row" : "map-column", seat_index(view.family.seat) * 8 + static_cast<std::uint64_t>(view.kind), index);
  const Hit hit = frame.target(id, place, {.label = label.tooltip, .focusable = false});
  if (hit.hovered) {
    commands.emplace_back(state::Hover{label.mark});
    frame.tooltip(label.tooltip);
  }
  if (hit.pressed) commands.emplace_back(state::Pin{label.mark});
  const bool lit = label.hovered || label.pinned;
  const Colour colour = lit ? theme.of(view.family.family).text : label.special ? theme.muted : theme.ink;
  const Type type = lit ? Type{Face::strong, 14} : kSmall;
  if (is_row) frame.line(place, label.display, type, colour, Align::right);
  else frame.turned(pen, label.display, type, colour, kTurn);
}

void move_cell(Frame& frame, const view::AttentionView& view, Key arrow, state::Commands& commands) {
  auto row = static_cast<long>(view.pointed ? view.pointed->row : 0), column = static_cast<long>(view.pointed ? view.pointed->column : 0);
  if (view.pointed) {
    if (arrow == Key::left) --column;
    if (arrow == Key::right) ++column;
    if (arrow == Key::up) --row;
    if (arrow == Key::down) ++row;
    if (arrow == Key::home) column = 0;
    if (arrow == Key::end) column = static_cast<long>(view.columns) - 1;
  }
  if (row < 0 || column < 0 || row >= static_cast<long>(view.rows) || column >= static_cast<long>(view.columns)) {
    frame.interaction.leave(arrow);
    commands.emplace_back(state::HoverCell{});
    return;
  }
  commands.emplace_back(state::HoverCell{view.cell(static_cast<std::size_t>(row), static_cast<std::size_t>(column))});
}

int lit_index(const std::vector<view::LabelView>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].hovered) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

float label_width(const Frame& frame, const std::vector<view::LabelView>& labels, float most) {
  float widest = 0;
  for (const auto& label : labels) widest = std::max(widest, frame.measure(label.display, kLabel));
  return std::min(most, std::ceil(widest));
}

MapLayout layout_map(const Frame& frame, const view::AttentionView& view, MapRoom room) {
  MapLayout layout;
  if (view.rows == 0 || view.columns == 0) return layout;
  const float left = label_width(frame, view.row_labels, kMostLabel) + 8;
  const float slant = label_width(frame, view.column_labels, kMostLabel);
  const float top = slant * 0.87F + 12;
  const float lean = slant * 0.5F;  // the last label leans out to the right
  const auto cell_of = [&](float width, float height) {
    return std::floor(std::min({room.most_cell, width / static_cast<float>(view.columns), height / static_cast<float>(view.rows)}));
  };
  layout.cell = cell_of(room.width - left - std::max(0.0F, lean - 16), room.height - top);
  if (layout.cell >= kLabelCell) {
    layout.left = left;
    layout.top = top;
  } else {
    layout.cell = std::min({room.most_cell, room.width / static_cast<float>(view.columns), room.height / static_cast<float>(view.rows)});
  }
  return layout;
}

void draw_cells(Frame& frame, const view::AttentionView& view, Rect box, bool marks) {
  const Theme& theme = frame.theme;
  MapPicture picture;
  picture.key = id_of("map", seat_index(view.family.seat), static_cast<std::uint64_t>(view.kind));
  picture.version = view.version;
  picture.values = view.drawn;
  picture.rows = view.rows;
  picture.columns = view.columns;
  picture.scale = view.scale;
  picture.triangle = view.shape == view::MapShape::triangle;
  picture.rows_reached = view.rows_reached;
  if (marks) {
    picture.lit_row = lit_index(view.row_labels);
    picture.lit_column = lit_index(view.column_labels);
    if (view.pointed) {
      picture.cell_row = static_cast<int>(view.pointed->row);
      picture.cell_column = static_cast<int>(view.pointed->column);
      picture.lit_row = picture.cell_row;
      picture.lit_column = picture.cell_column;
    }
  }
  picture.dark = theme.dark;
  picture.paper = theme.paper;
  picture.line = theme.paper.alpha(0.5F);
  picture.mark = theme.of(view.family.family).full;
  picture.opacity = frame.motion.follow(picture.key ^ 1, view.head.stale ? 0.45F : 1.0F);
  if (!view.values.empty()) frame.map(box, picture);
  if (picture.triangle) {
    frame.hairline({box.x, box.y}, {box.x, box.bottom()}, theme.hairline);
    frame.hairline({box.x, box.bottom()}, {box.right(), box.bottom()}, theme.hairline);
  } else {
    frame.stroke(box, theme.hairline);
  }
}

void draw_map(Frame& frame, const view::AttentionView& view, Point at, const MapLayout& layout, state::Commands& commands) {
  if (view.rows == 0 || view.columns == 0) return;
  const Rect box{at.x, at.y, layout.cell * static_cast<float>(view.columns), layout.cell * static_cast<float>(view.rows)};
  const Id id = id_of("map", seat_index(view.family.seat), static_cast<std::uint64_t>(view.kind));

  const std::string spoken = view.pointed ? view.pointed->sentence : view.head.title + ", " + view.shape_words;
  const Hit hit = frame.target(id, box, {.label = spoken, .cursor = Cursor::crosshair, .takes_arrows = true});
  if (hit.hovered || (hit.held && frame.interaction.touch())) {
    const Point p = frame.interaction.pointer();
    const auto column = static_cast<long>((p.x - box.x) / layout.cell), row = static_cast<long>((p.y - box.y) / layout.cell);
    if (row >= 0 && column >= 0 && row < static_cast<long>(view.rows) && column < static_cast<long>(view.columns)) {
      const state::Cell cell = view.cell(static_cast<std::size_t>(row), static_cast<std::size_t>(column));
      commands.emplace_back(state::HoverCell{cell});
      if (hit.pressed) commands.emplace_back(state::PinCell{cell});
    }
  } else if (hit.pressed && view.pointed) {
    commands.emplace_back(state::PinCell{view.cell(view.pointed->row, view.pointed->column)});
  }
  if (hit.arrow) move_cell(frame, view, *hit.arrow, commands);
  if (hit.hovered && view.pointed) frame.tooltip(view.pointed->sentence + "\n" + view.pointed->exact);

  draw_cells(frame, view, box, true);
  if (hit.focused) frame.focus_ring(box, 2);

  for (std::size_t i = 0; layout.left > 0 && i < view.row_labels.size(); ++i) {
    const float y = box.y + layout.cell * static_cast<float>(i);
    draw_label(frame, view, view.row_labels[i], true, {box.x - layout.left, y, layout.left - 8, layout.cell}, {}, commands, i);
  }
  for (std::size_t i = 0; layout.top > 0 && i < view.column_labels.size(); ++i) {
    const float x = box.x + layout.cell * static_cast<float>(i);
    draw_label(frame, view, view.column_labels[i], false, {x, box.y - std::min(layout.top, 40.0F), layout.cell, std::min(layout.top, 40.0F)},
               {x + layout.cell / 2, box.y - 7}, commands, i);
  }
}

void draw_legend(Frame& frame, Rect rect, std::string_view words) {
  constexpr int kParts = 32;
  const float strip = std::min(72.0F, rect.w / 3), part = strip / kParts;
  for (int i = 0; i < kParts; ++i) {
    frame.fill({rect.x + part * static_cast<float>(i), rect.centre().y - 5, part + 0.5F, 10}, map_colour((static_cast<float>(i) + 0.5F) / kParts, frame.theme.dark));
  }
  frame.stroke({rect.x, rect.centre().y - 5, strip, 10}, frame.theme.hairline);
  frame.line({rect.x + strip + 8, rect.y, rect.w - strip - 8, rect.h}, words, kSmall, frame.theme.muted);
}

}  // namespace trilens::ui
