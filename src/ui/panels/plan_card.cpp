// The card of the model that is asked about. Its height depends on its words, so it is measured once and then drawn on its ground.
#include <algorithm>
#include <cmath>

#include "ui/panels/shelf.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kEdge = 4, kPad = 20, kFactLabel = 104, kGap = 36;

struct Card {
  const view::PlanCardView& view;
  const ShelfPen& pen;

  [[nodiscard]] Frame& frame() const { return pen.frame; }
  float facts(Place place) const;
  float variants(Place place) const;
  float buttons(Place place) const;
  float fetching(Place place) const;
  float trouble(Place place) const;
  float words(Place place) const;
  float decision(Place place) const;
};

float Card::facts(Place place) const {
  const Theme& theme = frame().theme;
  float y = place.y;
  for (const view::PlanFactView& fact : view.facts) {
    frame().line({place.x, y, kFactLabel - 8, Frame::line_height(kSmall)}, fact.label, kSmall, theme.muted);
    y += frame().paragraph({place.x + kFactLabel, y}, place.width - kFactLabel, fact.value, kSmall, theme.ink, 4) + 4;
  }
  return y;
}

float Card::variants(Place place) const {
  float x = place.x, y = place.y;
  for (const view::PlanVariantView& variant : view.variants) {
    const float wide = text_button_width(frame(), variant.label);
    if (x > place.x && x + wide > place.x + place.width) {
      x = place.x;
      y += pen.tall() + 8;
    }
    ButtonOptions options;
    const std::string label = variant.label + ": " + variant.why;
    options.label = label;
    const bool can = variant.usable && view.waiting.empty() && !view.progress;
    options.enabled = can || variant.selected;  // the chosen one stays readable
    options.active = variant.selected;
    const Id id = id_of("variant", id_of(variant.variant));
    const bool pressed = text_button(frame(), id, {x, y, wide, pen.tall()}, variant.label, options);
    if (pressed && can && !variant.selected) pen.commands.emplace_back(state::ChooseVariant{variant.variant});
    x += wide + 8;
  }
  return view.variants.empty() ? place.y : y + pen.tall() + 12;
}

float Card::buttons(Place place) const {
  const float tall = pen.panel.phone ? 44 : 36;
  float x = place.x;
  const auto button = [&](std::string_view name, const std::string& words, bool strong) {
    if (words.empty()) return false;
    const float wide = text_button_width(frame(), words) + 8;
    ButtonOptions options;
    options.strong = strong;
    const bool pressed = text_button(frame(), id_of(name), {x, place.y, wide, tall}, words, options);
    x += wide + 8;
    return pressed;
  };
  if (button("plan-fetch", view.fetch_label, true)) pen.commands.emplace_back(state::ConfirmFetch{});
  if (button("plan-again", view.again_label, true)) pen.commands.emplace_back(state::GetAgain{});
  if (button("plan-decline", view.decline_label, false)) pen.commands.emplace_back(state::DeclinePlan{});
  return place.y + tall;
}

float Card::fetching(Place place) const {
  const Theme& theme = frame().theme;
  const float tall = pen.panel.phone ? 44 : 36, stop = text_button_width(frame(), view.progress->cancel_label) + 8;
  const float words = frame().paragraph({place.x, place.y}, place.width, view.progress->sentence, kBody, theme.ink) + 8;
  const Colour colour = view.family ? theme.of(*view.family).full : theme.accent;
  progress_bar(frame(), {place.x, place.y + words, place.width, 6}, view.progress->known ? std::optional(view.progress->fraction) : std::nullopt, colour);
  const float y = place.y + words + 18;
  if (text_button(frame(), id_of("plan-stop"), {place.x, y, stop, tall}, view.progress->cancel_label, {})) pen.commands.emplace_back(state::StopFetch{});
  return y + tall;
}

float Card::trouble(Place place) const {
  const auto box = trouble_box(frame(), id_of("plan-trouble"), {place.x, place.y, place.width, 0}, *view.trouble);
  float y = place.y + box.height + 8;
  if (!view.help.empty()) y += frame().paragraph({place.x, y}, place.width, view.help, kBody, frame().theme.ink) + 12;
  return buttons({place.x, y, place.width});
}

float Card::words(Place place) const {
  const Theme& theme = frame().theme;
  float y = place.y;
  if (!view.summary.empty()) y += frame().paragraph({place.x, y}, place.width, view.summary, kBody, theme.ink, 6) + 12;
  if (!view.variant.empty()) y += frame().paragraph({place.x, y}, place.width, view.variant, kSmall, theme.muted, 4) + 8;
  return variants({place.x, y, place.width});
}

// What is under way, what went wrong, or the question.
float Card::decision(Place place) const {
  if (view.progress) return fetching(place);
  if (view.trouble) return trouble(place);
  float y = place.y;
  if (!view.waiting.empty()) y += frame().paragraph({place.x, y}, place.width, view.waiting, kBody, frame().theme.muted) + 10;
  if (!view.question.empty()) y += frame().paragraph({place.x, y}, place.width, view.question, kQuestion, frame().theme.ink) + 10;
  return buttons({place.x, y, place.width});
}

}  // namespace

float draw_plan_card(const view::PlanCardView& view, const ShelfPen& pen, Place place) {
  Frame& frame = pen.frame;
  const Theme& theme = frame.theme;
  const Card card{view, pen};
  const float pad = pen.panel.phone ? 14 : kPad;
  // The ground is as tall as the card was in the frame before; whenever that differs, another frame follows.
  const Rect ground{place.x - (pen.panel.phone ? 4 : 0), place.y, place.width + (pen.panel.phone ? 8 : 0), std::max(pen.panel.card_height, 80.0F)};
  frame.fill(ground, theme.raised, 10);
  frame.stroke(ground, theme.hairline, 10);
  frame.fill_corners({ground.x, ground.y, kEdge, ground.h}, view.family ? theme.of(*view.family).full : theme.muted, kEdge, Frame::left_corners);
  const std::string spoken = view.title + ". " + view.waiting + view.question + (view.trouble ? view.trouble->sentence + " " + view.help : std::string());

  const float x = ground.x + kEdge + pad, inner = ground.w - kEdge - 2 * pad, title = Frame::line_height(kTitle);
  float y = place.y + pad - 4;
  float after = x;
  if (view.family) {
    draw_family_sign(frame, *view.family, {x + 7, y + title / 2}, 14);
    after += 24;
  }
  const float named = std::min(x + inner - after, frame.measure(view.title, kTitle));
  const Rect spot{x - 6, y - 8, after - x + named + 12, title + 12};
  const Hit hit = frame.target(id_of("plan-card"), spot, {.label = spoken, .cursor = Cursor::arrow});
  if (hit.focused) frame.focus_ring(spot, 6);
  frame.line({after, y, named + 1, title}, view.title, kTitle, view.family ? theme.of(*view.family).text : theme.ink);
  y += title;
  if (!view.from.empty()) y += frame.paragraph({x, y}, inner, view.from, kSmall, theme.muted);
  y += 12;
  const bool beside = inner >= 720 && !view.facts.empty();
  const float left = beside ? std::floor(inner * 0.52F) : inner;
  float bottom = y;
  if (beside) {
    bottom = card.decision({x, card.words({x, y, left}), left});
    bottom = std::max(bottom, card.facts({x + left + kGap, y, inner - left - kGap}));
  } else {  // what is asked stands first: on a phone the rest may be below the fold
    bottom = card.decision({x, y, left});
    if (!view.facts.empty()) bottom = card.facts({x, card.words({x, bottom + 16, left}), left});
  }
  const float tall = bottom + pad - place.y;
  if (std::abs(tall - pen.panel.card_height) > 0.5F) pen.panel.again = true;
  pen.panel.card_height = tall;
  return place.y + tall;
}

}  // namespace trilens::ui
