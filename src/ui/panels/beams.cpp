// The tree of a beam search, growing to the right: a column a step, the best on top, dropped branches pale.

#include <algorithm>

#include "ui/panels/generation_looks.hpp"

namespace trilens::ui {
namespace {

constexpr float kColumn = 112, kMostColumn = 190, kNode = 26, kGap = 18;

struct Window {
  std::int64_t first = 0, count = 0;
  float column = kColumn;  // of a step, its gap included
};

// As many steps as there is room for, the clock's among them.
Window window_of(const view::BeamsView& view, float width) {
  const auto room = std::max<std::int64_t>(1, static_cast<std::int64_t>((width + kGap) / kColumn));
  const std::int64_t count = std::min(room, view.depths), cursor = std::clamp<std::int64_t>(view.cursor, 0, view.depths - 1);
  const float column = std::clamp((width + kGap) / static_cast<float>(std::max<std::int64_t>(count, 1)), kColumn, kMostColumn);
  return {std::clamp<std::int64_t>(cursor - count + 2, 0, view.depths - count), count, column};
}

Rect box_of(const view::BeamNodeView& node, const Window& window, Point origin) {
  return {origin.x + static_cast<float>(node.depth - window.first) * window.column, origin.y + static_cast<float>(node.row) * (kNode + 4), window.column - kGap, kNode};
}

void draw_node(const view::BeamNodeView& node, const FamilyColours& colours, Frame& frame, Rect box, Id id) {
  const Theme& theme = frame.theme;
  const bool pruned = node.fate == "pruned";
  const Hit hit = frame.target(id, box, {.label = node.spoken, .cursor = Cursor::arrow});
  if (node.winner) frame.fill(box, colours.soft, 5);
  else if (!pruned) frame.fill(box, colours.tint, 5);
  if (node.winner) frame.stroke(box, colours.full, 5, 1.6F);
  else if (hit.hovered) frame.stroke(box, theme.hairline, 5);
  const Colour ink = pruned ? theme.muted.alpha(0.75F) : theme.ink;
  const std::string& number = node.final_score.empty() ? node.score : node.final_score;
  const float wide = frame.measure(number, kMonoSmall);
  if (!node.final_score.empty()) frame.fill({box.right() - 3, box.y + 5, 6, box.h - 10}, colours.full, 1);  // it ends here
  frame.line({box.right() - wide - 7, box.y, wide, box.h}, number, kMonoSmall, ink, Align::right);
  frame.line({box.x + 5, box.y, box.w - wide - 16, box.h}, node.display, node.winner ? kLabel : kMonoSmall, ink);
  if (hit.hovered) frame.tooltip(node.spoken);
  if (hit.focused) frame.focus_ring(box, 5);
}

}  // namespace

float draw(const view::BeamsView& view, Frame& frame, Place place) {
  if (!view.shown) return place.y;
  const Theme& theme = frame.theme;
  const FamilyColours& colours = theme.of(view.family.family);
  frame.interaction.region(id_of("region-beams", seat_index(view.family.seat)));
  frame.line({place.x, place.y, place.width, 26}, view.title, kLabel, colours.text);
  float y = place.y + 28;
  y += frame.paragraph({place.x, y}, place.width, view.sentence, kSmall, theme.ink, 3) + 8;
  const Window window = window_of(view, place.width);
  const Point origin{place.x, y};
  const float tall = static_cast<float>(view.rows) * (kNode + 4);
  const auto inside = [&](const view::BeamNodeView& node) { return node.depth >= window.first && node.depth < window.first + window.count; };
  if (view.cursor >= window.first && view.cursor < window.first + window.count) {
    frame.fill({origin.x + static_cast<float>(view.cursor - window.first) * window.column - 6, y - 4, window.column - kGap + 12, tall + 4}, theme.sunken.alpha(0.7F), 6);
  }
  for (const bool winners : {false, true}) {  // the best lies on top
    for (const view::BeamNodeView& node : view.nodes) {
      if (!inside(node) || node.depth == window.first || node.parent < 0 || node.winner != winners) continue;
      const Rect from = box_of(view.nodes[static_cast<std::size_t>(node.parent)], window, origin), to = box_of(node, window, origin);
      const bool pruned = node.fate == "pruned";
      frame.segment({from.right(), from.centre().y}, {to.x, to.centre().y}, winners ? colours.full : pruned ? theme.hairline : mix(colours.soft, colours.full, 0.3F), winners ? 2.4F : 1.2F);
    }
  }
  for (std::size_t i = 0; i < view.nodes.size(); ++i) {
    if (inside(view.nodes[i])) draw_node(view.nodes[i], colours, frame, box_of(view.nodes[i], window, origin), id_of("beam-node", seat_index(view.family.seat), i));
  }
  y += tall + 8;
  return y + frame.paragraph({place.x, y}, place.width, view.legend, kSmall, theme.muted, 4) + 14;
}

}  // namespace trilens::ui
