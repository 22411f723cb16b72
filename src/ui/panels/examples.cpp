// The examples. Chips that all three share; a button for each family; and, laid out in the page under the row, the chips of
// the family that is open. In the page and not in a list on top of it: so many scroll as the page does, on any screen.
#include <algorithm>
#include <cmath>
#include <vector>

#include "ui/icons.hpp"
#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kGap = 8, kMore = 52;
constexpr float kSign = 12, kSignGap = 6, kChevron = 9, kChevronGap = 6, kPad = 10;  // inside a family's button
constexpr float kEdge = 3;  // the coloured line left of the open group

Id chip_id(const view::ExampleView& row) { return id_of("example", id_of(row.id)); }
Id group_id(Family family) { return id_of("examples-of", family_index(family)); }

struct Chips {
  const view::ExamplesView& view;
  Frame& frame;
  PanelState& panel;
  Commands& commands;

  [[nodiscard]] float tall() const { return panel.phone ? 40 : 32; }
  bool chip(const view::ExampleView& row, Rect rect) const;
};

std::vector<const view::ExampleView*> rows_of(const view::ExamplesView& view, std::optional<Family> family) {
  std::vector<const view::ExampleView*> rows;
  for (const view::ExampleView& row : view.rows) {
    if (row.family == family) rows.push_back(&row);
  }
  return rows;
}

bool Chips::chip(const view::ExampleView& row, Rect rect) const {
  ButtonOptions options;
  options.label = row.text;
  options.active = row.selected;
  const bool pressed = text_button(frame, chip_id(row), rect, row.title, options);
  if (pressed) commands.emplace_back(state::UseExample{row.id});
  return pressed;
}

// As many as there is room for; the others in a list behind "…".
void draw_shared(const Chips& chips, Place place) {
  Frame& frame = chips.frame;
  const std::vector<const view::ExampleView*> rows = rows_of(chips.view, std::nullopt);
  const float right = place.x + place.width;
  float x = place.x;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const float wide = text_button_width(frame, rows[i]->title);
    const bool last = i + 1 == rows.size();
    if (x + wide + (last ? 0 : kGap + kMore) > right) {
      std::vector<view::ChoiceView> rest{{"", "…", true}};
      for (std::size_t k = i; k < rows.size(); ++k) rest.push_back({rows[k]->id, rows[k]->title, rows[k]->selected});
      // Its face stays "…": what is chosen has its tick in the list, and its words in the text under the row.
      const DropdownOptions options{.label = {}, .choices = rest, .shown = "…"};
      const auto chosen = dropdown(frame, id_of("examples-more"), {x, place.y, kMore, chips.tall()}, chips.panel.open_menu, options);
      if (chosen && *chosen > 0) chips.commands.emplace_back(state::UseExample{rest[*chosen].id});
      return;
    }
    chips.chip(*rows[i], {x, place.y, wide, chips.tall()});
    x += wide + kGap;
  }
}

float group_width(const Frame& frame, const view::ExampleGroupView& group) {
  return 2 * kPad + kSign + kSignGap + std::ceil(frame.measure(group.family.short_name, kLabel)) + kChevronGap + kChevron;
}

// "■ BERT ⌄": opens and closes the family's own examples.
void draw_group_button(const Chips& chips, const view::ExampleGroupView& group, Rect rect) {
  Frame& frame = chips.frame;
  const Theme& theme = frame.theme;
  const Family family = group.family.family;
  const FamilyColours& colours = theme.of(family);
  const bool open = chips.panel.open_examples == family;
  const Hit hit = frame.target(group_id(family), rect, {.label = group.title});
  if (hit.pressed) chips.panel.open_examples = open ? std::nullopt : std::optional(family);
  const bool now_open = chips.panel.open_examples == family;
  frame.fill(rect, now_open ? colours.tint : hit.hovered ? theme.sunken : theme.paper.alpha(0), 8);
  frame.stroke(rect, now_open || group.selected ? colours.full : mix(theme.hairline, theme.faint, 0.4F), 8);
  const float words = frame.measure(group.family.short_name, kLabel);
  const float start = rect.centre().x - group_width(frame, group) / 2 + kPad, after = start + kSign + kSignGap;
  draw_family_sign(frame, family, {start + kSign / 2, rect.centre().y}, kSign);
  frame.line({after, rect.y, words + 4, rect.h}, group.family.short_name, kLabel, colours.text);
  draw_icon(frame, now_open ? Icon::close : Icon::chevron, {after + words + kChevronGap + kChevron / 2, rect.centre().y}, kChevron, theme.muted);
  if (hit.focused) frame.focus_ring(rect, 8);
  if (now_open) return;  // its chips say it better, and stand where the words would
  if (hit.hovered) frame.tooltip(group.title);
  else if (hit.focused) frame.tooltip_at(rect, group.title);
}

// The open group: its sentence, then its chips in as many lines as they need. Returns where it ended.
float draw_group(const Chips& chips, const view::ExampleGroupView& group, Place place) {
  Frame& frame = chips.frame;
  const FamilyColours& colours = frame.theme.of(group.family.family);
  const float left = place.x + kEdge + 13, right = place.x + place.width;
  float y = place.y + 2;
  y += frame.paragraph({left, y}, right - left, group.note, kSmall, colours.text) + 6;
  float x = left;
  for (const view::ExampleView* row : rows_of(chips.view, group.family.family)) {
    const float wide = std::min(text_button_width(frame, row->title), right - left);
    if (x > left && x + wide > right) {
      x = left;
      y += chips.tall() + kGap;
    }
    // A phone has no room for both the chips and what they bring about: back to where the words about it stand.
    if (chips.chip(*row, {x, y, wide, chips.tall()}) && chips.panel.phone) {
      chips.panel.open_examples.reset();
      frame.interaction.reveal(group_id(group.family.family));
    }
    x += wide + kGap;
  }
  y += chips.tall();
  frame.fill({place.x, place.y, kEdge, y - place.y}, colours.full, kEdge / 2);
  return y;
}

// Who stood on a chip that is gone stands on the button that brings it back.
void return_focus(const view::ExamplesView& view, Frame& frame, PanelState& panel) {
  if (!panel.closed_examples) return;
  for (const view::ExampleView* row : rows_of(view, panel.closed_examples)) {
    if (frame.interaction.focused() == chip_id(*row)) frame.interaction.return_focus(group_id(*panel.closed_examples));
  }
  panel.closed_examples.reset();
}

}  // namespace

float draw(const view::ExamplesView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  return_focus(view, frame, panel);
  const Chips chips{view, frame, panel, commands};
  const Theme& theme = frame.theme;
  const float tall = chips.tall(), label = frame.measure(view.title, kSmall) + 14, more = frame.measure(view.more, kSmall) + 12;
  float groups = more;
  for (const view::ExampleGroupView& group : view.groups) groups += group_width(frame, group) + kGap;
  const bool beside = place.width >= label + groups + 320;  // else the families have a line of their own
  frame.line({place.x, place.y, label, tall}, view.title, kSmall, theme.muted);
  if (view.groups.empty()) {
    draw_shared(chips, {place.x + label, place.y, place.width - label});
    return place.y + tall;
  }
  draw_shared(chips, {place.x + label, place.y, place.width - label - (beside ? groups + kGap : 0)});
  const float y = beside ? place.y : place.y + tall + kGap;
  float x = beside ? place.x + place.width + kGap - groups : place.x;
  frame.line({x, y, more, tall}, view.more, kSmall, theme.muted);
  x += more;
  const float spare = panel.phone ? std::max(0.0F, (place.width - groups + kGap) / static_cast<float>(view.groups.size())) : 0;
  for (const view::ExampleGroupView& group : view.groups) {
    const float wide = group_width(frame, group) + spare;
    draw_group_button(chips, group, {x, y, wide, tall});
    x += wide + kGap;
  }
  const auto open = std::ranges::find_if(view.groups, [&](const auto& group) { return panel.open_examples == group.family.family; });
  return open == view.groups.end() ? y + tall : draw_group(chips, *open, {place.x, y + tall + 10, place.width}) + 4;
}

}  // namespace trilens::ui
