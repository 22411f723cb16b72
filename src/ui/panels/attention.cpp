#include <cmath>
#include <cstdlib>

#include "ui/map_widget.hpp"
#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kCaption = 32;

std::optional<std::int64_t> chosen_index(const view::ChoiceView& choice) {
  if (choice.id == "mean" || choice.id == "rollout") return std::nullopt;
  return std::atoll(choice.id.c_str());
}

std::optional<std::int64_t> selected(const std::vector<view::ChoiceView>& choices) {
  for (const auto& choice : choices) {
    if (choice.selected) return chosen_index(choice);
  }
  return std::nullopt;
}

// "■ Source   layer mean ▾  head mean ▾": the map's name and which of them it is.
void draw_caption(const view::AttentionView& view, Frame& frame, Rect rect, PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const std::uint64_t family = seat_index(view.family.seat), kind = static_cast<std::uint64_t>(view.kind);
  const DropdownOptions layers{view.layer_label, view.layers}, heads{view.head_label, view.heads};
  const auto width_of = [&](const DropdownOptions& options) {
    float value = 24;
    for (const auto& choice : options.choices) {
      if (choice.selected) value = frame.measure(choice.label, kSmall);
    }
    return std::ceil(frame.measure(options.label, kSmall) + value) + 40;
  };
  const float layer_width = view.layers.empty() ? 0 : width_of(layers), head_width = view.heads.empty() ? 0 : width_of(heads);
  float x = rect.right() - head_width;
  state::MapChoice choice{selected(view.layers), selected(view.heads), !view.heads.empty() && view.heads.back().selected};
  if (head_width > 0) {
    if (const auto pressed = dropdown(frame, id_of("head", family, kind), {x, rect.y + 1, head_width, rect.h - 2}, panel.open_menu, heads)) {
      choice.head = chosen_index(view.heads[*pressed]);
      choice.rollout = view.heads[*pressed].id == "rollout";
      commands.emplace_back(state::SelectMap{view.family.seat, view.kind, choice});
    }
  }
  x -= layer_width;
  if (layer_width > 0) {
    if (const auto pressed = dropdown(frame, id_of("layer", family, kind), {x, rect.y + 1, layer_width, rect.h - 2}, panel.open_menu, layers)) {
      choice.layer = chosen_index(view.layers[*pressed]);
      commands.emplace_back(state::SelectMap{view.family.seat, view.kind, choice});
    }
  }
  const Rect words{rect.x, rect.y, x - rect.x - 4, rect.h};
  const float sign = frame.line(words, view.shape_sign, kLabel, theme.of(view.family.family).text) + 6;
  frame.line({words.x + sign, words.y, words.w - sign, words.h}, view.head.title, kLabel, theme.ink);
  const Hit hit = frame.target(id_of("map-name", family, kind), words, {.label = {}, .cursor = Cursor::arrow, .focusable = false});
  if (hit.hovered) frame.tooltip(view.head.title + " · " + view.head.term + "\n" + view.head.explanation);
}

// The sentence about the cell pointed at, else the legend.
float draw_reading(const view::AttentionView& view, Frame& frame, Place place, Commands& commands) {
  constexpr float kTall = 24, kButton = 32;
  if (!view.pointed) {
    draw_legend(frame, {place.x, place.y, place.width, kTall}, view.scale_text);
    return kTall;
  }
  frame.line({place.x, place.y, place.width, kTall}, view.pointed->sentence, kSmall, frame.theme.ink);
  if (!view.pointed->pinned) return kTall;
  const Rect button{place.x, place.y + kTall + 2, std::min(place.width, text_button_width(frame, view.pointed->link)), kButton};
  if (text_button(frame, id_of("map-numbers", seat_index(view.family.seat), static_cast<std::uint64_t>(view.kind)), button, view.pointed->link, {.label = view.pointed->link, .keys = {}})) {
    const state::Cell cell = view.cell(view.pointed->row, view.pointed->column);
    commands.emplace_back(state::ChooseNumbers{cell.seat, {.text = {}, .kind = cell.kind, .layer = selected(view.layers), .head = selected(view.heads),
                                                           .query = static_cast<std::int64_t>(cell.row), .key = static_cast<std::int64_t>(cell.column), .candidate = {}}});
    commands.emplace_back(state::SelectTab{state::Tab::numbers});
  }
  return kTall + kButton + 6;
}

float draw_single(const view::AttentionView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  draw_caption(view, frame, {place.x, place.y, place.width, kCaption}, panel, commands);
  float y = place.y + kCaption + 4;
  y += draw_head_state(view.head, view.family.seat, frame, {place.x, y, place.width}, commands);
  if (view.rows == 0) return y;
  const MapLayout layout = layout_map(frame, view, {place.width, panel.roomy ? 640.0F : 380.0F, panel.roomy ? 44.0F : 28.0F});
  draw_map(frame, view, {place.x + layout.left, y + layout.top}, layout, commands);
  y += layout.top + layout.cell * static_cast<float>(view.rows) + 8;
  return y + draw_reading(view, frame, {place.x, y, place.width}, commands);
}

const view::AttentionView* find(const std::vector<view::AttentionView>& maps, protocol::AttentionKind kind) {
  for (const auto& map : maps) {
    if (map.kind == kind) return &map;
  }
  return nullptr;
}

// Source above, bridge below it (the same columns), target beside the bridge (the same rows): the machine's own plan.
float draw_plan(const std::vector<view::AttentionView>& maps, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const auto* source = find(maps, protocol::AttentionKind::self);
  const auto* target = find(maps, protocol::AttentionKind::decoder_self);
  const auto* bridge = find(maps, protocol::AttentionKind::cross);
  const float most = panel.roomy ? 36 : 22;
  const float left = std::max(label_width(frame, source->row_labels, 88), label_width(frame, bridge->row_labels, 88)) + 8;
  const float top = std::max(label_width(frame, source->column_labels, 88), label_width(frame, target->column_labels, 88)) * 0.87F + 12;
  const float gap = 16, lean = 22;
  const auto columns = static_cast<float>(source->columns + target->columns);
  float cell = std::floor(std::min(most, (place.width - left - gap - lean) / columns));
  const bool labels = cell >= 13;
  if (!labels) cell = std::min(most, (place.width - gap) / columns);
  const float side = labels ? left : 0;

  float y = place.y;
  draw_caption(*source, frame, {place.x, y, place.width, kCaption}, panel, commands);
  y += kCaption + 4;
  draw_map(frame, *source, {place.x + side, y + (labels ? top : 0)}, {cell, side, labels ? top : 0}, commands);
  const float source_top = y + (labels ? top : 0), target_x = place.x + side + cell * static_cast<float>(source->columns) + gap;
  y = source_top + cell * static_cast<float>(source->rows) + 10;
  draw_caption(*bridge, frame, {place.x, y, place.width, kCaption}, panel, commands);
  y += kCaption;
  draw_caption(*target, frame, {place.x, y, place.width, kCaption}, panel, commands);
  y += kCaption + 4;
  // Bridge and target share the bridge's row labels; the bridge's columns are the source's, above. The target's own columns
  // are its rows again: named where there is room, pointed at everywhere.
  const bool name_target = labels && panel.roomy;
  if (name_target) y += top - 8;
  draw_map(frame, *bridge, {place.x + side, y}, {cell, side, 0}, commands);
  draw_map(frame, *target, {target_x, y}, {cell, 0, name_target ? top : 0}, commands);
  y += cell * static_cast<float>(std::max(bridge->rows, target->rows)) + 8;
  for (const auto* map : {source, bridge, target}) {
    if (map->pointed) return y + draw_reading(*map, frame, {place.x, y, place.width}, commands);
  }
  // Each map has a scale of its own: one strip, three readings.
  std::string scales;
  for (const auto* map : {source, bridge, target}) scales += (scales.empty() ? "" : "   ") + map->shape_sign + " " + map->scale_text;
  draw_legend(frame, {place.x, y, place.width, 24}, scales);
  return y + 24;
}

}  // namespace

bool draw_thumbnail(const std::vector<view::AttentionView>& maps, Frame& frame, Rect box, Commands& commands) {
  const auto* source = find(maps, protocol::AttentionKind::self);
  const auto* target = find(maps, protocol::AttentionKind::decoder_self);
  const auto* bridge = find(maps, protocol::AttentionKind::cross);
  if (source == nullptr || source->values.empty()) return false;
  const bool plan = target != nullptr && bridge != nullptr && !target->values.empty() && !bridge->values.empty();
  std::string words;
  for (const auto& map : maps) words += (words.empty() ? "" : "\n") + map.shape_sign + " " + map.head.title + ": " + map.shape_words;
  const Hit hit = frame.target(id_of("thumbnail", seat_index(source->family.seat)), box, {.label = words});
  if (hit.hovered) frame.tooltip(words);
  if (hit.pressed) commands.emplace_back(state::SelectTab{state::Tab::attention});
  if (!plan) {
    draw_cells(frame, *source, box, false);
  } else {
    constexpr float kGap = 4;
    const auto sources = static_cast<float>(source->rows), targets = static_cast<float>(target->rows);
    const float cell = (box.w - kGap) / (sources + targets);
    const float wide = cell * sources, narrow = cell * targets;
    draw_cells(frame, *source, {box.x, box.y, wide, wide}, false);
    draw_cells(frame, *bridge, {box.x, box.y + wide + kGap, wide, narrow}, false);
    draw_cells(frame, *target, {box.x + wide + kGap, box.y + wide + kGap, narrow, narrow}, false);
  }
  if (hit.focused || hit.hovered) frame.stroke(box.inset(-3), hit.focused ? frame.theme.accent : frame.theme.hairline, 3, hit.focused ? 2 : 1);
  return true;
}

float draw(const std::vector<view::AttentionView>& maps, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  if (maps.empty()) return place.y;
  frame.interaction.region(id_of("region-maps", seat_index(maps.front().family.seat)));
  const auto* source = find(maps, protocol::AttentionKind::self);
  const auto* target = find(maps, protocol::AttentionKind::decoder_self);
  const auto* bridge = find(maps, protocol::AttentionKind::cross);
  if (source != nullptr && target != nullptr && bridge != nullptr && source->rows > 0 && target->rows > 0 && bridge->rows > 0) {
    Place at = place;
    for (const auto* map : {source, target, bridge}) {
      if (map->head.trouble) at.y += draw_head_state(map->head, map->family.seat, frame, at, commands);
    }
    return draw_plan(maps, frame, at, panel, commands);
  }
  Place at = place;
  for (const auto& map : maps) {
    at.y = draw_single(map, frame, at, panel, commands);
    if (map.head.trouble) break;  // the same for the others
  }
  return at.y;
}

}  // namespace trilens::ui
