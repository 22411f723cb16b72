// The shelf, laid out in the page under the columns' heads and as wide as they are, so that it scrolls as the page does.
#include "ui/panels/shelf.hpp"

#include <cmath>

#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kLineGap = 8;

float section(const ShelfPen& pen, Place place, std::string_view title, std::string_view note) {
  const Theme& theme = pen.frame.theme;
  const float title_height = Frame::line_height(kLabel);
  const float used = pen.frame.line({place.x, place.y, place.width, title_height}, title, kLabel, theme.ink);
  const float beside = place.width - used - 12;
  if (note.empty()) return place.y + title_height + 4;
  if (pen.frame.measure(note, kSmall) <= beside) {
    pen.frame.line({place.x + used + 12, place.y, beside, title_height}, note, kSmall, theme.muted);
    return place.y + title_height + 4;
  }
  return place.y + title_height + pen.frame.paragraph({place.x, place.y + title_height}, place.width, note, kSmall, theme.muted) + 4;
}

float draw_kept(const view::ShelfView& view, const ShelfPen& pen, Place place) {
  const Theme& theme = pen.frame.theme;
  float y = section(pen, place, view.kept_title, view.kept_sum);
  for (const std::string* words : {&view.kept_note, &view.kept_trouble}) {
    if (!words->empty()) y += pen.frame.paragraph({place.x, y}, place.width, *words, kSmall, theme.muted) + 2;
  }
  return draw_shelf_rows(view.kept, view, pen, {place.x, y, place.width});
}

float draw_filters(const view::ShelfView& view, const ShelfPen& pen, Place place) {
  Frame& frame = pen.frame;
  float x = place.x, y = place.y;
  for (const view::FilterView& filter : view.filters) {
    const DropdownOptions options{filter.label, filter.choices};
    const float wide = std::min(place.width, dropdown_width(frame, options));
    if (x > place.x && x + wide > place.x + place.width) {
      x = place.x;
      y += pen.tall() + kLineGap;
    }
    const Rect rect{x, y, wide, pen.tall()};
    const bool narrowed = !filter.choices.front().selected;
    frame.stroke(rect, narrowed ? frame.theme.ink : mix(frame.theme.hairline, frame.theme.faint, 0.4F), 8);
    if (const auto chosen = dropdown(frame, id_of("filter", id_of(filter.id)), rect, pen.panel.open_menu, options)) {
      pen.commands.emplace_back(state::FilterCatalog{view::chosen_filter(view.filter, filter.id, filter.choices[*chosen].id)});
    }
    x += wide + kLineGap;
  }
  return y + pen.tall() + 10;
}

// What has just come up is brought into sight, and is where keys go on from.
void bring_into_sight(const view::ShelfView& view, Frame& frame, PanelState& panel) {
  const Id card = view.card ? id_of(view.card->title, view.card->facts.size(), view.card->trouble ? 2 : view.card->progress ? 1 : 0) : 0;
  if (!panel.shelf_seen) frame.interaction.reveal(id_of("shelf-head"));
  else if (card != 0 && card != panel.card_seen) frame.interaction.reveal(id_of("plan-card"));
  panel.shelf_seen = true;
  panel.card_seen = card;
}

}  // namespace

int shelf_columns(float width) { return width >= 1000 ? 3 : width >= 620 ? 2 : 1; }

float draw(const view::ShelfView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const ShelfPen pen{frame, panel, commands};
  frame.interaction.region(id_of("region-shelf"));
  float y = place.y;
  const float button = panel.phone ? 44 : 36, title = Frame::line_height(kTitle), inner = place.width - button - 12;
  const Rect head{place.x - 6, y - 4, std::min(inner, frame.measure(view.title, kTitle) + 12), title + 8};
  const Hit hit = frame.target(id_of("shelf-head"), head, {.label = view.title, .cursor = Cursor::arrow});
  if (hit.focused) frame.focus_ring(head, 6);
  frame.line({place.x, y, inner, title}, view.title, kTitle, theme.ink);
  if (icon_button(frame, id_of("shelf-close"), {place.x + place.width - button, y - 4, button, button}, Icon::close, {.label = view.close_label, .keys = "Esc"})) {
    commands.emplace_back(state::CloseShelf{});
    panel.closed_shelf = view.seat;
  }
  y += title + 2;
  y += frame.paragraph({place.x, y}, inner, view.note, kSmall, theme.muted) + 14;
  if (view.card) y = draw_plan_card(*view.card, pen, {place.x, y, place.width}) + 20;
  y = section(pen, {place.x, y, place.width}, view.bundled_title, {});
  y = draw_shelf_rows(view.bundled, view, pen, {place.x, y, place.width}) + 16;
  y = draw_kept(view, pen, {place.x, y, place.width}) + 16;
  y = section(pen, {place.x, y, place.width}, view.own_title, {});
  y = draw_shelf_own(view, pen, {place.x, y + 2, place.width}) + 18;
  y = section(pen, {place.x, y, place.width}, view.catalog_title, view.catalog_note) + 4;
  y = draw_filters(view, pen, {place.x, y, place.width});
  if (!view.catalog_none.empty()) y += frame.paragraph({place.x, y}, place.width, view.catalog_none, kBody, theme.muted) + 8;
  y = draw_shelf_rows(view.catalog, view, pen, {place.x, y, place.width});
  bring_into_sight(view, frame, panel);
  return y;
}

}  // namespace trilens::ui
