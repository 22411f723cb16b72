// All heads as small pictures, and what the whole tab of attention has in common: order, special tokens, threshold.

#include <algorithm>
#include <cmath>

#include "ui/map_widget.hpp"
#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kColumnNames = 22, kCaptionTall = 22, kRowGap = 8;

// A label and what stands beside it; goes to the next line where there is no room. Returns where the control may begin.
struct Flow {
  Place place;
  float x = 0, y = 0, tall = 32;
  Rect next(Frame& frame, std::string_view label, float wide) {
    const float words = std::ceil(frame.measure(label, kSmall)) + 10;
    wide = std::min(wide, place.width - words);
    if (x > place.x && x + words + wide > place.x + place.width) {
      x = place.x;
      y += tall + 6;
    }
    frame.line({x, y, words, tall}, label, kSmall, frame.theme.muted);
    const Rect rect{x + words, y, wide, tall};
    x = rect.right() + 24;
    return rect;
  }
};

void draw_threshold(const view::HeadsIntroView& view, Frame& frame, Flow& flow, Commands& commands) {
  constexpr float kTrack = 150;
  const float value = std::ceil(frame.measure("100.0 %", kMonoSmall)) + 12;
  const float text = std::max(value, std::ceil(frame.measure(view.threshold_text, kSmall)) + 12);
  const Rect rect = flow.next(frame, view.threshold_label, kTrack + text);
  const SliderOptions options{view.threshold_label, view.threshold, 0, view.most_threshold, 0.01, true};
  if (const auto moved = slider(frame, id_of("heads-threshold"), {rect.x, rect.y, rect.w - text, rect.h}, options)) {
    state::HeadsChoice choice = view.choice;
    choice.threshold = *moved;
    commands.emplace_back(state::ChooseHeads{choice});
  }
  frame.line({rect.right() - text + 10, rect.y, text - 10, rect.h}, view.threshold_text, kSmall, frame.theme.ink);
}

struct Grid {
  float left = 0;                  // room for the layers' numbers
  float tile_w = 0, tile_h = 0;    // of one picture
  float gap = 0;                   // between two, one cell wide
};

Grid grid_of(const view::HeadsView& view, const Place& place, const PanelState& panel) {
  Grid grid;
  std::size_t most = 0;
  for (const auto& row : view.rows) most = std::max(most, row.tiles.size());
  grid.left = view.sorted ? 0 : 26;
  const float wide = static_cast<float>(view.tile_columns), high = static_cast<float>(view.tile_rows), n = static_cast<float>(most);
  const float cells = n * (wide + 1) - 1;
  const float cell = std::min((panel.phone ? 110.0F : 124.0F) / wide, (place.width - grid.left - 2) / cells);
  grid.tile_w = cell * wide;
  grid.gap = cell;
  grid.tile_h = grid.tile_w * std::clamp(high / wide, 0.4F, 1.3F);
  return grid;
}

void draw_tile(const view::HeadsView& view, const view::HeadTileView& tile, Rect rect, Frame& frame, Commands& commands) {
  const Id id = id_of("head-tile-" + tile.id, seat_index(view.family.seat), static_cast<std::uint64_t>(view.kind));
  const Hit hit = frame.target(id, rect, {.label = tile.name + ", " + tile.role});
  if (hit.pressed) commands.emplace_back(state::SelectMap{view.family.seat, view.kind, tile.choice});
  frame.stroke(rect, frame.theme.hairline, 2);
  const FamilyColours& colours = frame.theme.of(view.family.family);
  for (const view::LitStrip& strip : view.lit_rows) {
    frame.stroke({rect.x, rect.y + strip.from * rect.h, rect.w, std::max(2.0F, (strip.to - strip.from) * rect.h)}, colours.full, 1);
  }
  for (const view::LitStrip& strip : view.lit_columns) {
    frame.stroke({rect.x + strip.from * rect.w, rect.y, std::max(2.0F, (strip.to - strip.from) * rect.w), rect.h}, colours.full, 1);
  }
  if (tile.selected) frame.stroke(rect.inset(-2), colours.full, 4, 2.5F);
  else if (hit.hovered) frame.stroke(rect.inset(-1), frame.theme.muted, 3, 1.5F);
  if (hit.hovered) frame.tooltip(tile.sentence);
  else if (hit.focused) frame.tooltip_at(rect, tile.sentence);
  if (hit.focused) frame.focus_ring(rect.inset(-4), 6);
}

// Returns where the row ended.
float draw_row(const view::HeadsView& view, std::size_t index, const Grid& grid, Frame& frame, Point at, Commands& commands) {
  const view::HeadRowView& row = view.rows[index];
  const float step = grid.tile_w + grid.gap;
  MapPicture picture;
  picture.key = id_of("heads-row", seat_index(view.family.seat) * 4096 + index, view.sorted ? 1 : 0);
  picture.version = row.version;
  picture.values = row.cells;
  picture.rows = view.tile_rows;
  picture.columns = row.tiles.size() * (view.tile_columns + 1) - 1;
  picture.rows_reached = picture.rows;
  picture.dark = frame.theme.dark;
  picture.paper = frame.theme.paper;
  picture.line = picture.paper.alpha(0);
  picture.mark = frame.theme.ink;
  picture.opacity = frame.motion.follow(id_of("heads-strength", seat_index(view.family.seat)), view.head.stale ? 0.45F : 1.0F);
  const float x = at.x + grid.left;
  frame.map({x, at.y, step * static_cast<float>(row.tiles.size()) - grid.gap, grid.tile_h}, picture);
  frame.line({at.x, at.y, grid.left - 8, grid.tile_h}, row.label, kMonoSmall, frame.theme.muted, Align::right);
  for (std::size_t t = 0; t < row.tiles.size(); ++t) {
    const Rect rect{x + step * static_cast<float>(t), at.y, grid.tile_w, grid.tile_h};
    draw_tile(view, row.tiles[t], rect, frame, commands);
    if (view.sorted) frame.line({rect.x, rect.bottom() + 2, rect.w + grid.gap, kCaptionTall - 2}, row.tiles[t].caption, kSmall, frame.theme.ink);
  }
  return at.y + grid.tile_h + (view.sorted ? kCaptionTall : 0) + std::max(kRowGap, std::min(grid.gap, 12.0F));
}

// "1  2  3  4  mean  rollout" above the pictures; turned where they are narrow.
float draw_column_names(const view::HeadsView& view, const Grid& grid, Frame& frame, Point at) {
  const float step = grid.tile_w + grid.gap;
  float widest = 0;
  for (const auto& name : view.columns) widest = std::max(widest, frame.measure(name, kSmall));
  const bool turned = widest > step - 2;
  const float tall = turned ? widest * 0.71F + 16 : kColumnNames;
  for (std::size_t t = 0; t < view.columns.size(); ++t) {
    const Rect rect{at.x + grid.left + step * static_cast<float>(t), at.y, grid.tile_w, tall - 2};
    const bool name = frame.measure(view.columns[t], kSmall) > step - 2;
    if (!name) frame.line({rect.x, rect.bottom() - kColumnNames, rect.w, kColumnNames}, view.columns[t], kSmall, frame.theme.muted, Align::centre);
    else frame.turned({rect.centre().x - 3, rect.bottom() - 6}, view.columns[t], kSmall, frame.theme.muted, 45);
  }
  return tall;
}

}  // namespace

float draw(const view::HeadsIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-heads-choice"));
  Flow flow{.place = place, .x = place.x, .y = place.y, .tall = panel.phone ? 44.0F : 32.0F};
  const DropdownOptions orders{{}, view.orders};
  if (const auto chosen = dropdown(frame, id_of("heads-order"), flow.next(frame, view.order_label, dropdown_width(frame, orders)), panel.open_menu, orders)) {
    state::HeadsChoice choice = view.choice;
    choice.order = state::kHeadOrders.at(*chosen);
    commands.emplace_back(state::ChooseHeads{choice});
  }
  const auto hidden = segmented(frame, id_of("heads-special"), flow.next(frame, view.special_label, segmented_width(frame, view.special)), view.special);
  if (hidden) {
    state::HeadsChoice choice = view.choice;
    choice.hide_special = *hidden == 1;
    commands.emplace_back(state::ChooseHeads{choice});
  }
  draw_threshold(view, frame, flow, commands);
  const float y = flow.y + flow.tall + 8;
  return y + frame.paragraph({place.x, y}, place.width, view.note, kBody, frame.theme.ink, 6) + 4;
}

float draw(const view::HeadsView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-heads", seat_index(view.family.seat)));
  Place at = place;
  if (view.kinds.size() > 1) {
    const float tall = panel.phone ? 44 : 32, wide = std::min(at.width, segmented_width(frame, view.kinds));
    if (const auto chosen = segmented(frame, id_of("heads-kind", seat_index(view.family.seat)), {at.x, at.y, wide, tall}, view.kinds)) {
      commands.emplace_back(state::ShowHeads{view.family.seat, state::kinds_of(view.family.family).at(*chosen)});
    }
    at.y += tall + 8;
  } else {
    at.y += panel.roomy && !panel.phone ? 40 : 0;  // pictures line up with those of the column that has a choice
  }
  at.y += draw_head_state(view.head, view.family.seat, frame, at, commands);
  if (view.rows.empty() || view.tile_columns == 0) return at.y;
  at.y += frame.paragraph({at.x, at.y}, at.width, view.summary, kSmall, frame.theme.ink, 4) + 6;
  const Grid grid = grid_of(view, at, panel);
  if (!view.sorted) at.y += draw_column_names(view, grid, frame, {at.x, at.y});
  for (std::size_t i = 0; i < view.rows.size(); ++i) at.y = draw_row(view, i, grid, frame, {at.x, at.y}, commands);
  std::string words = view.scale_text;
  if (!view.sorted) words = view.layer_label + " ↓ · " + view.head_label + " → · " + words;
  draw_legend(frame, {at.x, at.y, at.width, 26}, words);
  at.y += 30;
  for (const std::string& note : view.notes) at.y += frame.paragraph({at.x, at.y}, at.width, note, kSmall, frame.theme.muted, 5) + 4;
  return at.y;
}

}  // namespace trilens::ui
