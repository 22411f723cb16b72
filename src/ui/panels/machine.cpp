// The machine: blocks stacked over positions, cells that are computed now in full colour, cells that are reused in a calm one.

#include <algorithm>
#include <cmath>

#include "ui/map_colour.hpp"
#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kMaxCell = 22, kHeadRow = 16, kEmbeddingRow = 12;

struct Look {
  const FamilyColours& colours;
  const Theme& theme;
  float opacity = 1;

  [[nodiscard]] Colour cell(view::Activity activity) const {
    switch (activity) {
      case view::Activity::now: return colours.full.alpha(opacity);
      case view::Activity::ready: return mix(colours.soft, colours.full, 0.25F).alpha(opacity);
      case view::Activity::kept: return mix(colours.tint, colours.soft, 0.7F).alpha(opacity);
      case view::Activity::done: return theme.sunken.alpha(opacity);
    }
    return theme.sunken;
  }
};

// What an attention may see, as a sign of 10 by 10: a full square, a triangle, a bridge.
void draw_shape(Frame& frame, view::MapShape shape, Point centre, float size, Colour colour) {
  const float h = size / 2;
  switch (shape) {
    case view::MapShape::square: frame.fill({centre.x - h, centre.y - h, size, size}, colour, 1.5F); break;
    case view::MapShape::triangle: frame.polygon({{centre.x - h, centre.y - h}, {centre.x + h, centre.y + h}, {centre.x - h, centre.y + h}}, colour); break;
    case view::MapShape::bridge:
      for (int i = 0; i < 3; ++i) frame.fill({centre.x - h, centre.y - h + static_cast<float>(i) * size / 3, size, size / 3 - 1.5F}, colour);
      break;
  }
}

struct Stack {
  const view::MachineStack& view;
  Rect box;          // the cells of the blocks
  float cell_w = 0, layer_h = 0;
  [[nodiscard]] float x(std::size_t column) const { return box.x + static_cast<float>(column) * cell_w; }
};

// One cell a block, in the colour of its value; framed where this step computes it, narrower where it is reused.
void draw_shades(const Stack& s, const Look& look, Frame& frame) {
  for (std::size_t c = 0; c < s.view.columns.size(); ++c) {
    const view::MachineColumn& column = s.view.columns[c];
    const float in = column.activity == view::Activity::kept ? std::min(3.0F, s.cell_w * 0.2F) : 0.75F;
    const auto cell = [&](float y, float tall, const view::MachineShadeView& shade) {
      frame.fill({s.x(c) + in, y, s.cell_w - 2 * in, tall}, map_colour(shade.part, look.theme.dark).alpha(look.opacity), 1.5F);
    };
    for (std::size_t layer = 0; layer < column.shades.size(); ++layer) {
      cell(s.box.bottom() - static_cast<float>(layer + 1) * s.layer_h + 0.5F, s.layer_h - 1.5F, column.shades[layer]);
    }
    const Rect embedding{s.x(c) + 0.75F, s.box.bottom() + 3, s.cell_w - 1.5F, kEmbeddingRow - 4};
    if (column.embedding_shade) cell(embedding.y, embedding.h, *column.embedding_shade);
    else frame.fill(embedding, look.cell(column.activity).alpha(0.5F), 1.5F);
    if (column.activity != view::Activity::now) continue;
    frame.stroke({s.x(c) + 0.5F, s.box.y - 1, s.cell_w - 1, s.box.h + 2}, look.colours.full.alpha(look.opacity), 2, 2);
  }
}

void draw_blocks(const Stack& s, const Look& look, Frame& frame) {
  const float part_h = s.layer_h / static_cast<float>(std::max<std::size_t>(1, s.view.parts.size()));
  for (std::int64_t layer = 0; layer < s.view.layers; ++layer) {
    const float top = s.box.bottom() - static_cast<float>(layer + 1) * s.layer_h;
    for (std::size_t c = 0; c < s.view.columns.size(); ++c) {
      const Colour colour = look.cell(s.view.columns[c].activity);
      for (std::size_t part = 0; part < s.view.parts.size(); ++part) {  // the first part is the lowest
        const float y = top + s.layer_h - static_cast<float>(part + 1) * part_h;
        const bool attention = s.view.parts[part].attention;
        frame.fill({s.x(c) + 0.75F, y + 0.5F, s.cell_w - 1.5F, part_h - (part == 0 ? 2.0F : 0.75F)}, attention ? colour : colour.alpha(0.62F), 1.5F);
      }
    }
  }
  for (std::size_t c = 0; c < s.view.columns.size(); ++c) {
    frame.fill({s.x(c) + 0.75F, s.box.bottom() + 3, s.cell_w - 1.5F, kEmbeddingRow - 4}, look.cell(s.view.columns[c].activity).alpha(0.5F), 1.5F);
  }
}

// Above the positions that the head reads in this step.
void draw_heads(const Stack& s, const Look& look, Frame& frame) {
  for (std::size_t c = 0; c < s.view.columns.size(); ++c) {
    const view::MachineColumn& column = s.view.columns[c];
    if (!column.head || !s.view.has_head) continue;
    const Point up{s.x(c) + s.cell_w / 2, s.box.y - 4};
    frame.segment(up, {up.x, up.y - 7}, look.colours.full.alpha(look.opacity), 2);
    frame.polygon({{up.x - 4, up.y - 6}, {up.x, up.y - 12}, {up.x + 4, up.y - 6}}, look.colours.full.alpha(look.opacity));
  }
}

// ■ self-attention  ▬ feed-forward, from the bottom of a block to its top.
float draw_parts(const view::MachineStack& stack, const Look& look, Frame& frame, Rect line) {
  float x = line.x;
  for (const view::MachinePart& part : stack.parts) {
    const float wide = frame.measure(part.label, kSmall) + 28;
    if (x + wide > line.right() && x > line.x) {
      x = line.x;
      line.y += 20;
    }
    const Colour colour = part.attention ? look.colours.full : look.colours.full.alpha(0.62F);
    if (part.attention) draw_shape(frame, part.shape, {x + 6, line.y + 10}, 10, colour.alpha(look.opacity));
    else frame.fill({x + 1, line.y + 7, 10, 6}, colour.alpha(look.opacity), 1.5F);
    frame.line({x + 17, line.y, wide - 17, 20}, part.label, kSmall, look.theme.muted);
    x += wide;
  }
  return line.y + 20;
}

// An attention opens with its numbers, in the block that was pressed; without a pointer, the first.
void open_block(const view::MachineView& view, const Stack& s, std::optional<float> y, Commands& commands) {
  const float up = y ? std::max(0.0F, s.box.bottom() - *y) : 0.0F;
  const auto layer = std::clamp<std::int64_t>(static_cast<std::int64_t>(up / s.layer_h), 0, std::max<std::int64_t>(s.view.layers - 1, 0));
  const auto parts = static_cast<float>(s.view.parts.size());
  const auto at = static_cast<std::size_t>(std::clamp((up - static_cast<float>(layer) * s.layer_h) / s.layer_h * parts, 0.0F, std::max(parts - 1, 0.0F)));
  if (at >= s.view.parts.size() || !s.view.parts[at].attention) {
    commands.emplace_back(state::SelectTab{state::Tab::attention});
    return;
  }
  const bool writes = view.stacks.size() > 1 && s.view.has_head;
  const auto kind = s.view.parts[at].shape == view::MapShape::bridge ? protocol::AttentionKind::cross : writes ? protocol::AttentionKind::decoder_self : protocol::AttentionKind::self;
  commands.emplace_back(state::ChooseNumbers{view.family.seat, {.text = {}, .kind = kind, .layer = layer, .head = {}, .query = {}, .key = {}, .candidate = {}}});
  commands.emplace_back(state::SelectTab{state::Tab::numbers});
}

void point_at(const view::MachineView& view, const Stack& s, std::uint64_t index, Frame& frame, Commands& commands) {
  const Rect all{s.box.x, s.box.y - kHeadRow, s.box.w, s.box.h + kHeadRow + kEmbeddingRow};
  const Hit hit = frame.target(id_of("machine", seat_index(view.family.seat), index), all, {.label = s.view.title + ", " + s.view.shape + ". " + view.head.sentence});
  if (hit.focused) frame.focus_ring(all, 4);
  const Point p = frame.interaction.pointer();
  const bool in_head = hit.hovered && p.y < s.box.y, in_embeddings = hit.hovered && p.y >= s.box.bottom();
  if (hit.hovered) {
    const auto c = static_cast<std::size_t>(std::clamp((p.x - s.box.x) / s.cell_w, 0.0F, static_cast<float>(s.view.columns.size() - 1)));
    const std::string& what = in_head && s.view.has_head ? view.head_hover : in_embeddings ? s.view.embeddings : s.view.block;
    const auto block = static_cast<std::size_t>(std::max(0.0F, (s.box.bottom() - p.y) / s.layer_h));
    const view::MachineColumn& column = s.view.columns[c];
    if (in_embeddings && column.embedding_shade) frame.tooltip(column.spoken + "\n" + column.embedding_shade->sentence);
    else if (!in_head && !in_embeddings && block < column.shades.size()) frame.tooltip(column.spoken + "\n" + column.shades[block].sentence);
    else frame.tooltip(column.spoken + "\n" + what);
  }
  if (!hit.pressed) return;
  const bool in_block = !in_head && !in_embeddings;
  if (in_block) return open_block(view, s, hit.hovered ? std::optional(p.y) : std::nullopt, commands);
  commands.emplace_back(state::SelectTab{in_head && s.view.has_head ? state::Tab::prediction : in_embeddings ? state::Tab::tokens : state::Tab::attention});
}

// Returns where it ends. `height` is what a stack of blocks may take, the same in all columns so that rows line up.
float draw_stack(const view::MachineView& view, std::size_t index, const Look& look, Frame& frame, Place place, Commands& commands) {
  const view::MachineStack& stack = view.stacks[index];
  const float label = 20;
  frame.line({place.x, place.y, place.width, label}, stack.title, kSmall, look.theme.ink.alpha(look.opacity));
  Stack s{stack, {}, 0, 0};
  const auto columns = static_cast<float>(std::max<std::size_t>(1, stack.columns.size()));
  s.cell_w = std::min(kMaxCell, place.width / columns);
  s.layer_h = std::clamp(112.0F / static_cast<float>(std::max<std::int64_t>(1, stack.layers)), 5.0F, 28.0F);
  s.box = {place.x, place.y + label + kHeadRow, s.cell_w * columns, s.layer_h * static_cast<float>(stack.layers)};
  if (view.shaded) draw_shades(s, look, frame);
  else draw_blocks(s, look, frame);
  draw_heads(s, look, frame);
  point_at(view, s, index, frame, commands);
  const float y = s.box.bottom() + kEmbeddingRow + 2;
  const float used = frame.line({place.x, y, place.width, label}, stack.shape, kMonoSmall, look.theme.muted.alpha(look.opacity));
  if (!stack.has_head) return y + label;
  const bool below = used + 8 + frame.measure(view.head_label, kSmall) > place.width;  // a narrow stack: under its shape
  const Rect at = below ? Rect{place.x, y + label, place.width, label} : Rect{place.x + used + 8, y, place.width - used - 8, label};
  frame.line(at, view.head_label, kSmall, look.theme.muted.alpha(look.opacity));
  return at.bottom();
}

// The scale from its low end to its high one, and what a frame means.
float draw_legend(const view::MachineView& view, const Look& look, Frame& frame, Place place) {
  constexpr float kScale = 120, kTall = 20;
  float x = place.x;
  x += frame.line({x, place.y, place.width, kTall}, view.legend_low, kMonoSmall, look.theme.ink) + 6;
  for (int i = 0; i < 24; ++i) {
    frame.fill({x + static_cast<float>(i) * kScale / 24, place.y + 5, kScale / 24 + frame.pixel(), 10}, map_colour((static_cast<float>(i) + 0.5F) / 24, look.theme.dark));
  }
  x += kScale + 6;
  x += frame.line({x, place.y, place.width, kTall}, view.legend_high, kMonoSmall, look.theme.ink) + 12;
  float y = place.y;
  const auto part = [&](float wide) {
    if (x + wide <= place.x + place.width || x == place.x) return;
    x = place.x;
    y += kTall;
  };
  part(frame.measure(view.legend, kSmall));
  x += frame.line({x, y, place.x + place.width - x, kTall}, view.legend, kSmall, look.theme.muted) + 14;
  part(frame.measure(view.now_label, kSmall) + 18);
  frame.stroke({x + 1, y + 4, 10, 12}, look.colours.full, 2, 2);
  frame.line({x + 18, y, place.x + place.width - x - 18, kTall}, view.now_label, kSmall, look.theme.muted);
  return y + kTall;
}

}  // namespace

float draw(const view::MachineIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  if (!view.shown) return place.y;
  const float tall = panel.phone ? 44 : 32;
  const float label = frame.line({place.x, place.y, place.width, tall}, view.label, kSmall, frame.theme.muted) + 10;
  const float wide = segmented_width(frame, view.choices);
  const bool below = label + wide > place.width;
  const Rect rect{below ? place.x : place.x + label, below ? place.y + tall : place.y, std::min(wide, place.width), tall};
  const auto chosen = segmented(frame, id_of("machine-shade"), rect, view.choices);
  if (chosen) commands.emplace_back(state::ShadeMachine{state::kMachineShades[*chosen]});
  float y = rect.bottom() + 6;
  if (!view.note.empty()) y += frame.paragraph({place.x, y}, place.width, view.note, kBody, frame.theme.ink, 4) + 4;
  return y;
}

float draw(const view::MachineView& view, Frame& frame, Place place, PanelState& /*panel*/, Commands& commands) {
  frame.interaction.region(id_of("region-machine", seat_index(view.family.seat)));
  Place at = place;
  at.y += draw_head_state(view.head, view.family.seat, frame, at, commands);
  if (view.stacks.empty()) return at.y;
  const Look look{frame.theme.of(view.family.family), frame.theme, strength(view.head, frame, id_of("machine-strength", seat_index(view.family.seat)))};
  // Two stacks share the width by their positions, so that one cell is as wide in both.
  const float bridge = view.stacks.size() > 1 ? 34.0F : 0.0F;
  float share = 0;
  for (const view::MachineStack& s : view.stacks) share += static_cast<float>(std::max<std::size_t>(4, s.columns.size()));
  float x = at.x, bottom = at.y;
  for (std::size_t i = 0; i < view.stacks.size(); ++i) {
    const float part = static_cast<float>(std::max<std::size_t>(4, view.stacks[i].columns.size())) / share;
    const float wide = (at.width - bridge) * std::clamp(part, view.stacks.size() > 1 ? 0.34F : 1.0F, view.stacks.size() > 1 ? 0.66F : 1.0F);
    bottom = std::max(bottom, draw_stack(view, i, look, frame, {x, at.y, wide}, commands));
    x += wide;
    if (!view.stacks[i].feeds_next) continue;
    const float y = at.y + 20 + kHeadRow + 40;  // the bridge: from the encoder's states into each block of the decoder
    frame.segment({x + 4, y}, {x + bridge - 8, y}, look.colours.full.alpha(look.opacity), 2);
    frame.polygon({{x + bridge - 10, y - 5}, {x + bridge - 3, y}, {x + bridge - 10, y + 5}}, look.colours.full.alpha(look.opacity));
    x += bridge;
  }
  at.y = bottom + 2;
  if (view.shade_trouble) {
    const auto box = trouble_box(frame, id_of("machine-shade-trouble", seat_index(view.family.seat)), {at.x, at.y + 4, at.width, 0}, *view.shade_trouble);
    if (box.pressed) apply_offer(*box.pressed, view.family.seat, commands);
    at.y += box.height + 8;
  }
  if (view.shaded) at.y = draw_legend(view, look, frame, at);
  else at.y = draw_parts(view.stacks.back(), look, frame, {at.x, at.y, at.width, 20}) + 4;
  return at.y + frame.paragraph({at.x, at.y}, at.width, view.head.sentence, kSmall, frame.theme.ink, 3) + 6;
}

}  // namespace trilens::ui
