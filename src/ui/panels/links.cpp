// The large map as lines between two lists of words: who looks on the left, what is looked at on the right.

#include <algorithm>
#include <cmath>

#include "ui/map_widget.hpp"
#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kWordTall = 24, kPhoneWord = 30, kMostLabel = 130;

struct Lists {
  float top = 0, line = kWordTall;
  float left = 0, right = 0;    // where the lines begin and end
  Rect left_words, right_words;
  [[nodiscard]] float row(std::size_t i) const { return top + (static_cast<float>(i) + 0.5F) * line; }
};

Lists lists_of(const view::LinksView& view, const Frame& frame, Place place, const PanelState& panel) {
  Lists lists;
  lists.top = place.y;
  lists.line = panel.phone ? kPhoneWord : kWordTall;
  const float most = std::min(kMostLabel, place.width * 0.32F);
  const float left = std::max(label_width(frame, view.left, most), std::min(most, frame.measure(view.left_label, kSmall))) + 4;
  const float right = std::max(label_width(frame, view.right, most), std::min(most, frame.measure(view.right_label, kSmall))) + 4;
  const float between = std::min(place.width - left - right - 20, 240.0F);
  lists.left_words = {place.x, place.y, left, lists.line * static_cast<float>(view.left.size())};
  lists.left = place.x + left + 8;
  lists.right = lists.left + between;
  lists.right_words = {lists.right + 8, place.y, right, lists.line * static_cast<float>(view.right.size())};
  return lists;
}

void draw_words(const view::LinksView& view, bool left, const Lists& lists, Frame& frame, Commands& commands) {
  const Theme& theme = frame.theme;
  const auto& labels = left ? view.left : view.right;
  const Rect box = left ? lists.left_words : lists.right_words;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const view::LabelView& label = labels[i];
    const Rect rect{box.x, lists.row(i) - lists.line / 2, box.w, lists.line};
    const Hit hit = frame.target(id_of(left ? "link-left" : "link-right", seat_index(view.family.seat), i), rect, {.label = label.display, .focusable = left});
    if (hit.hovered) {
      commands.emplace_back(state::Hover{label.mark});
      frame.tooltip(label.tooltip);
    }
    if (hit.pressed) commands.emplace_back(state::Pin{label.mark});
    const bool lit = label.hovered || label.pinned;
    const Colour colour = lit ? theme.of(view.family.family).text : label.special ? theme.muted : theme.ink;
    frame.line(rect, label.display, lit ? kLabel : kSmall, colour, left ? Align::right : Align::left);
    if (hit.focused) frame.focus_ring(rect.inset(1), 4);
  }
}

// A gentle S from left to right.
void draw_link(Frame& frame, const Lists& lists, const view::LinkView& link, Colour colour, float thickness) {
  constexpr int kParts = 14;
  const Point from{lists.left, lists.row(link.row)}, to{lists.right, lists.row(link.column)};
  std::vector<Point> points;
  for (int i = 0; i <= kParts; ++i) {
    const float t = static_cast<float>(i) / kParts, ease = t * t * (3 - 2 * t);
    points.push_back({from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * ease});
  }
  frame.polyline(points, colour, thickness);
}

void draw_links(const view::LinksView& view, const Lists& lists, Frame& frame, float opacity) {
  const FamilyColours& colours = frame.theme.of(view.family.family);
  for (const view::LinkView& link : view.links) {
    const bool calm = view.any_lit && !link.lit;
    const float strength = (link.strongest || link.lit ? 0.35F + 0.65F * link.weight : 0.2F + 0.4F * link.weight) * (calm ? 0.18F : 1.0F);
    draw_link(frame, lists, link, colours.full.alpha(strength * opacity), 1 + 5 * link.weight);
  }
}

}  // namespace

float draw(const view::LinksView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-links", seat_index(view.family.seat)));
  Place at = place;
  at.y += draw_head_state(view.head, view.family.seat, frame, at, commands);
  if (view.left.empty() || view.right.empty()) return at.y;
  const float opacity = strength(view.head, frame, id_of("links-strength", seat_index(view.family.seat)));
  at.y += frame.paragraph({at.x, at.y}, at.width, view.head.sentence, kSmall, frame.theme.ink.alpha(opacity), 4) + 2;
  at.y += frame.line({at.x, at.y, at.width, 24}, view.choice, kLabel, frame.theme.ink.alpha(opacity)) > 0 ? 28.0F : 0.0F;
  Lists lists = lists_of(view, frame, {at.x, at.y + 24, at.width}, panel);
  frame.line({lists.left_words.x, at.y, lists.left_words.w, 24}, view.left_label, kSmall, frame.theme.muted, Align::right);
  frame.line({lists.right_words.x, at.y, lists.right_words.w, 24}, view.right_label, kSmall, frame.theme.muted);
  draw_links(view, lists, frame, opacity);
  draw_words(view, true, lists, frame, commands);
  draw_words(view, false, lists, frame, commands);
  at.y = std::max(lists.left_words.bottom(), lists.right_words.bottom()) + 8;
  return at.y + frame.paragraph({at.x, at.y}, at.width, view.note, kSmall, frame.theme.muted, 4) + 6;
}

}  // namespace trilens::ui
