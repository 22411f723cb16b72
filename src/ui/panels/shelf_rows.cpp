// The shelf's lists and its fields.
#include <algorithm>
#include <cmath>

#include "ui/panels/shelf.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kPad = 8;       // the row's own ground reaches so far beyond its words
constexpr float kSign = 12, kAfterSign = 20;

Id row_id(const view::ShelfRowView& row) { return id_of("shelf-row", id_of(row.name), id_of(row.key)); }

std::string facts_line(const view::ShelfRowView& row) { return row.badge.empty() || row.facts.empty() ? row.facts + row.badge : row.facts + " · " + row.badge; }

float row_height(const view::ShelfRowView& row, const ShelfPen& pen, float width) {
  Frame& frame = pen.frame;
  const float words = width - kAfterSign, remove = row.remove_label.empty() ? 0 : pen.tall() + 6;
  float tall = Frame::line_height(kStrong) + frame.paragraph_height(words, facts_line(row), kSmall, 2);
  if (!row.note.empty()) tall += frame.paragraph_height(words, row.note, kSmall, 2);
  if (row.asks) tall += frame.paragraph_height(words, row.question, kBody) + 4;
  return std::max(tall + remove + 2 * kPad, pen.panel.phone ? 44.0F : 0.0F);
}

// "Remove…", or the question that it led to.
void draw_remove(const view::ShelfRowView& row, const ShelfPen& pen, Place place) {
  Frame& frame = pen.frame;
  const float tall = pen.tall();
  if (!row.asks) {
    const float wide = text_button_width(frame, row.remove_label);
    if (text_button(frame, id_of("remove", id_of(row.key)), {place.x, place.y, wide, tall}, row.remove_label, {.label = row.title + ": " + row.remove_label, .keys = {}})) {
      pen.commands.emplace_back(state::AskRemove{row.key});
    }
    return;
  }
  const float y = place.y + frame.paragraph({place.x, place.y}, place.width, row.question, kBody, frame.theme.ink) + 4;
  const float yes = text_button_width(frame, row.yes_label), no = text_button_width(frame, row.no_label);
  if (text_button(frame, id_of("remove-yes", id_of(row.key)), {place.x, y, yes, tall}, row.yes_label, {.label = {}, .keys = {}, .strong = true})) {
    pen.commands.emplace_back(state::RemoveKept{row.key});
  }
  if (text_button(frame, id_of("remove-no", id_of(row.key)), {place.x + yes + 8, y, no, tall}, row.no_label, {})) pen.commands.emplace_back(state::AskRemove{});
}

void draw_row(const view::ShelfRowView& row, const view::ShelfView& view, const ShelfPen& pen, Rect cell) {
  Frame& frame = pen.frame;
  const Theme& theme = frame.theme;
  const Rect ground{cell.x - kPad, cell.y, cell.w + 2 * kPad, cell.h};
  const bool can = !row.action.empty();
  const Hit hit = frame.target(row_id(row), ground,
                               {.label = row.title + ". " + facts_line(row) + ". " + row.note + " " + row.action, .cursor = can ? Cursor::hand : Cursor::arrow});
  if (hit.pressed && can) pen.commands.emplace_back(state::ChooseModel{.seat = view.seat, .name = row.name});
  if (row.current && row.family) frame.fill(ground, theme.of(*row.family).tint, 8);
  else if (hit.hovered && can) frame.fill(ground, theme.sunken, 8);
  float y = cell.y + kPad;
  const float title = Frame::line_height(kStrong), x = cell.x + kAfterSign, width = cell.w - kAfterSign;
  if (row.family) draw_family_sign(frame, *row.family, {cell.x + kSign / 2, y + title / 2}, kSign);
  float right = 0;  // what stands at the end of the title's line
  if (can) {
    draw_icon(frame, Icon::step, {cell.x + cell.w - 4, y + title / 2}, 11, hit.hovered ? theme.ink : theme.muted);
    right = 20;
  }
  frame.line({x, y, width - right, title}, row.title, kStrong, theme.ink);
  y += title;
  y += frame.paragraph({x, y}, width, facts_line(row), kSmall, theme.muted, 2);
  if (!row.note.empty()) y += frame.paragraph({x, y}, width, row.note, kSmall, theme.ink, 2);
  if (!row.remove_label.empty()) draw_remove(row, pen, {x, y + 6, width});
  if (hit.focused) frame.focus_ring(ground, 8);
  if (hit.hovered && can) frame.tooltip(row.action);
}

float draw_name(const view::ShelfView& view, const ShelfPen& pen, Place place) {
  Frame& frame = pen.frame;
  const float tall = pen.panel.phone ? 44 : 36, look = text_button_width(frame, view.look_label), label = Frame::line_height(kSmall);
  frame.line({place.x, place.y, place.width, label}, view.name.label, kSmall, frame.theme.muted);
  const float y = place.y + label + 4;
  draw_field(view.name, PanelState::name, frame, {place.x, y, place.width - look - 8, tall}, pen.panel);
  const ButtonOptions options{.label = {}, .keys = {}, .enabled = view.can_look};
  if (text_button(frame, id_of("shelf-look"), {place.x + place.width - look, y, look, tall}, view.look_label, options)) {
    pen.commands.emplace_back(state::ChooseModel{.seat = view.seat, .name = view.name.value});
  }
  return y + tall;
}

float draw_server(const view::ShelfView& view, const ShelfPen& pen, Place place) {
  Frame& frame = pen.frame;
  const float tall = pen.panel.phone ? 44 : 36, label = Frame::line_height(kSmall);
  frame.line({place.x, place.y, place.width, label}, view.server.label, kSmall, frame.theme.muted);
  const float y = place.y + label + 4;
  draw_field(view.server, PanelState::server, frame, {place.x, y, place.width, tall}, pen.panel);
  return y + tall + 4 + frame.paragraph({place.x, y + tall + 4}, place.width, view.server_note, kSmall, frame.theme.muted);
}

float draw_disk(const view::ShelfView& view, const ShelfPen& pen, Place place) {
  Frame& frame = pen.frame;
  const float tall = pen.panel.phone ? 44 : 36, label = Frame::line_height(kSmall);
  frame.line({place.x, place.y, place.width, label}, view.disk_label, kSmall, frame.theme.muted);
  const float y = place.y + label + 4;
  float x = place.x;
  for (const bool folder : {true, false}) {
    const std::string& words = folder ? view.folder_label : view.files_label;
    const float wide = text_button_width(frame, words);
    if (text_button(frame, id_of("shelf-disk", folder ? 1 : 0), {x, y, wide, tall}, words, {})) pen.commands.emplace_back(state::ChooseFiles{folder});
    x += wide + 8;
  }
  return y + tall + 4 + frame.paragraph({place.x, y + tall + 4}, place.width, view.disk_note, kSmall, frame.theme.muted);
}

}  // namespace

float draw_shelf_rows(const std::vector<view::ShelfRowView>& rows, const view::ShelfView& view, const ShelfPen& pen, Place place) {
  const auto columns = static_cast<std::size_t>(shelf_columns(place.width));
  const float each = (place.width + kShelfGap) / static_cast<float>(columns) - kShelfGap;
  float y = place.y;
  for (std::size_t first = 0; first < rows.size(); first += columns) {
    const std::size_t last = std::min(rows.size(), first + columns);
    float tall = 0;
    for (std::size_t i = first; i < last; ++i) tall = std::max(tall, row_height(rows[i], pen, each));
    for (std::size_t i = first; i < last; ++i) {
      draw_row(rows[i], view, pen, {place.x + (each + kShelfGap) * static_cast<float>(i - first), y, each, tall});
    }
    y += tall + 2;
  }
  return y;
}

float draw_shelf_own(const view::ShelfView& view, const ShelfPen& pen, Place place) {
  const auto columns = static_cast<std::size_t>(shelf_columns(place.width));
  const float each = (place.width + kShelfGap) / static_cast<float>(columns) - kShelfGap;
  float y = place.y, bottom = y;
  std::size_t i = 0;
  for (const auto draw_part : {draw_name, draw_server, draw_disk}) {
    if (i == columns) {
      i = 0;
      y = bottom + 12;
    }
    bottom = std::max(bottom, draw_part(view, pen, {place.x + (each + kShelfGap) * static_cast<float>(i), y, each}));
    ++i;
  }
  return bottom;
}

}  // namespace trilens::ui
