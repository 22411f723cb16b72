// Shell's middle: the examples (panels/examples.cpp), then the rows, each drawn across all columns so that they line up.

#include <array>
#include <cmath>

#include "ui/bars_ui.hpp"
#include "ui/shell.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

using state::Tab;

constexpr float kThumbnail = 92, kSmallThumbnail = 72;

struct Section {
  Tab tab = Tab::overview;
  bool in_overview = true;
  const view::PanelHead* (*head)(const view::ColumnView&) = nullptr;
  float (*draw)(const view::ColumnView&, Frame&, Place, PanelState&, Commands&) = nullptr;
  float (*intro)(const view::PageView&, Frame&, Place, PanelState&, Commands&) = nullptr;  // across the page, under the head
};

constexpr std::array kSections{
    Section{Tab::machine, true, [](const view::ColumnView& c) { return &c.machine.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.machine, f, at, p, out); },
            [](const view::PageView& v, Frame& f, Place at, PanelState& p, Commands& out) { return draw(v.machine, f, at, p, out); }},
    Section{Tab::tokens, true, [](const view::ColumnView& c) { return &c.tokens.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) {
              return draw(c.account, c.seat, c.family, f, {at.x, draw(c.tokens, f, at, p, out), at.width}, out);
            },
            [](const view::PageView& v, Frame& f, Place at, PanelState& p, Commands& out) { return draw(v.ruler, f, at, p, out); }},
    Section{Tab::prediction, true, [](const view::ColumnView& c) { return &c.prediction.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.prediction, f, at, p, out); }},
    Section{Tab::attention, false, [](const view::ColumnView& c) { return &c.heads.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.heads, f, at, p, out); },
            [](const view::PageView& v, Frame& f, Place at, PanelState& p, Commands& out) { return draw(v.heads, f, at, p, out); }},
    Section{Tab::attention, true, nullptr,
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.attention, f, at, p, out); }},
    Section{Tab::attention, false, [](const view::ColumnView& c) { return &c.links.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.links, f, at, p, out); }},
    Section{Tab::masks, false, [](const view::ColumnView& c) { return &c.masks.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.masks, f, at, p, out); },
            [](const view::PageView& v, Frame& f, Place at, PanelState& p, Commands& out) { return draw(v.masks, f, at, p, out); }},
    Section{Tab::lens, false, [](const view::ColumnView& c) { return &c.lens.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.lens, f, at, p, out); }},
    Section{Tab::numbers, false, [](const view::ColumnView& c) { return &c.weight_account.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.weight_account, 0, f, at, p, out); }},
    Section{Tab::numbers, false, [](const view::ColumnView& c) { return &c.word_account.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.word_account, 1, f, at, p, out); }},
    Section{Tab::leak, false, [](const view::ColumnView& c) { return &c.leak.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.leak, f, at, p, out); },
            [](const view::PageView& v, Frame& f, Place at, PanelState& p, Commands& out) { return draw(v.leak, f, at, p, out); }},
    Section{Tab::answer, false, [](const view::ColumnView& c) { return &c.answer_head; }, nullptr},
    Section{Tab::generation, true, [](const view::ColumnView& c) { return &c.generation.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.generation, f, at, p, out); },
            [](const view::PageView& v, Frame& f, Place at, PanelState& p, Commands& out) { return draw_generation_intro(v, f, at, p, out); }},
    Section{Tab::space, false, [](const view::ColumnView& c) { return &c.space.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.space, f, at, p, out); },
            [](const view::PageView& v, Frame& f, Place at, PanelState& p, Commands& out) { return draw(v.space, f, at, p, out); }},
    Section{Tab::cost, true, [](const view::ColumnView& c) { return &c.cost.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.cost, f, at, p, out); }},
    Section{Tab::cost, false, [](const view::ColumnView& c) { return &c.measured.head; },
            [](const view::ColumnView& c, Frame& f, Place at, PanelState& p, Commands& out) { return draw(c.measured, f, at, p, out); },
            [](const view::PageView& v, Frame& f, Place at, PanelState& p, Commands& out) { return draw(v.curves, f, at, p, out); }},
};

std::uint64_t section_index(const Section& section) { return static_cast<std::uint64_t>(&section - kSections.data()); }

// "What it says  logits → probabilities": across the page, once for all columns.
float draw_section_head(const view::ColumnView& column, const Section& section, Frame& frame, Rect rect) {
  const Theme& theme = frame.theme;
  const view::PanelHead* head = section.head != nullptr ? section.head(column) : nullptr;
  const std::string& title = head != nullptr ? head->title : column.attention_title;
  const view::PanelHead* words = head != nullptr ? head : column.attention.empty() ? nullptr : &column.attention.front().head;
  const float used = frame.line(rect, title, kLabel, theme.ink);
  if (words != nullptr && !words->term.empty()) {
    const Rect term{rect.x + used + 10, rect.y, rect.w - used - 10, rect.h};
    const float wide = frame.line(term, words->term, kSmall, theme.muted);
    const Rect spot{rect.x, rect.y, used + 10 + wide, rect.h};
    const Hit hit = frame.target(id_of("term", section_index(section)), spot, {.label = words->term + ". " + words->explanation, .cursor = Cursor::arrow});
    if (hit.hovered) frame.tooltip(words->explanation);
    else if (hit.focused) frame.tooltip_at(spot, words->explanation);
    if (hit.focused) frame.focus_ring(spot, 4);
  }
  return rect.h;
}

}  // namespace

float Shell::draw_intro(const view::PageView& view, Frame& frame, Place place, Commands& commands) {
  const Theme& theme = frame.theme;
  frame.interaction.region(id_of("region-examples"));
  float y = ui::draw(view.examples, frame, place, panel_, commands) + 6;
  if (!view.examples.look.empty()) y += frame.paragraph({place.x, y + 2}, place.width, view.examples.look, kBody, theme.ink, 6) + 6;
  if (!view.header.input_note.empty()) y += frame.paragraph({place.x, y}, place.width, view.header.input_note, kSmall, theme.muted, 3) + 4;
  return y;
}

float Shell::draw_body(const view::PageView& view, Frame& frame, Place place, Commands& commands) {
  const Theme& theme = frame.theme;
  std::vector<const view::ColumnView*> shown;
  for (const Seat seat : view.header.columns) shown.push_back(&view.columns[seat_index(seat)]);
  if (shown.empty()) return place.y;
  const Columns columns = lay_columns(view.layout, frame.width(), shown.size());
  const float left = columns.boxes.front().x, width = columns.boxes.back().right() - left;
  float y = place.y + 14;

  if (view.layout == state::LayoutClass::tablet) {
    draw_family_switch(view.header, frame, {columns.left, y - 14, columns.right - columns.left, 44}, commands);
    y += 40;
  }
  if (view.status.trouble) {
    const auto box = trouble_box(frame, id_of("engine-trouble"), {left, y, width, 0}, *view.status.trouble);
    if (box.pressed) apply_offer(*box.pressed, Seat::left, commands);
    y += box.height + 12;
  }
  if (panel_.phone) {
    draw_tabs(view.header, frame, {left, y - 8, width, 40}, panel_, commands);
    y += 36;
  }
  y = draw_intro(view, frame, {left, y, width}, commands) + 6;

  // Columns begin here; their hairlines run to the end of the last row.
  const float columns_top = y;
  const auto row = [&](const auto& draw_cell) {
    float bottom = y;
    for (std::size_t i = 0; i < shown.size(); ++i) bottom = std::max(bottom, draw_cell(*shown[i], Place{columns.boxes[i].x, y, columns.boxes[i].w}));
    y = bottom;
  };
  frame.hairline({columns.left, y}, {columns.right, y}, theme.hairline);
  y += 16;
  row([&](const view::ColumnView& column, Place at) {
    // The picture stands right of the words; trouble and loading need the whole width.
    const bool alone = column.head.trouble || column.head.progress;
    const float side = at.width < 400 ? kSmallThumbnail : kThumbnail;
    const bool pictured = !alone && draw_thumbnail(column.attention, frame, {at.x + at.width - side, at.y, side, side}, commands);
    const float bottom = ui::draw(column.head, frame, {at.x, at.y, at.width - (pictured ? side + 16 : 0)}, panel_, commands);
    return std::max(bottom, pictured ? at.y + side : bottom);
  });
  const auto dividers = [&](float from, float to) {
    for (std::size_t i = 1; i < shown.size(); ++i) {
      const float x = columns.boxes[i].x - (columns.boxes[i].x - columns.boxes[i - 1].right()) / 2;
      frame.hairline({x, from}, {x, to}, theme.hairline);
    }
  };
  float columns_from = columns_top;  // where the columns go on below what lies across them
  if (view.shelf.open) {
    y += 14;
    dividers(columns_top, y);
    frame.hairline({columns.left, y}, {columns.right, y}, theme.hairline);
    y = ui::draw(view.shelf, frame, {left, y + 16, width}, panel_, commands) + 8;
    columns_from = y + 14;
  } else {
    panel_.shelf_seen = false;
    panel_.card_seen = 0;
  }
  for (const Section& section : kSections) {
    if (view.tab == Tab::overview ? !section.in_overview : view.tab != section.tab) continue;
    y += 14;
    frame.hairline({columns.left, y}, {columns.right, y}, theme.hairline);
    const float section_top = y;
    y += 6;
    frame.interaction.region(id_of("region-section", section_index(section)));
    y += draw_section_head(*shown.front(), section, frame, {left, y, width, 32}) + 4;
    if (section.intro != nullptr && view.tab == section.tab) {  // across all columns: they go on below it
      dividers(columns_from, section_top);
      y = columns_from = section.intro(view, frame, {left, y, width}, panel_, commands) + 10;
    }
    if (section.tab == Tab::answer) {
      dividers(columns_from, section_top);
      y = ui::draw(view.answer, frame, {left, y, width}, panel_, commands);
      for (std::size_t i = 0; i < view.answer.rows.size(); ++i) {
        frame.hairline({left, y}, {left + width, y}, theme.hairline);
        y = columns_from = ui::draw(view.answer.rows[i], frame, {left, y + 8, width});
        row([&](const view::ColumnView& column, Place at) { return ui::draw(column.answers[i], frame, at, panel_, commands); });
        dividers(columns_from, y);
      }
      y = columns_from = ui::draw(view.probes, frame, {left, y + 8, width}, panel_, commands);
    }
    if (section.draw != nullptr) row([&](const view::ColumnView& column, Place at) { return section.draw(column, frame, at, panel_, commands); });
  }
  y += 18;
  dividers(columns_from, y);
  frame.hairline({columns.left, y}, {columns.right, y}, theme.hairline);
  return draw_status(view, frame, {left, y + 8, width}, commands);
}

float Shell::draw_status(const view::PageView& view, Frame& frame, Place place, Commands& commands) {
  const Theme& theme = frame.theme;
  const view::StatusView& status = view.status;
  std::string words = status.sentence;
  for (const std::string* more : {&status.device, &status.privacy}) {
    if (!more->empty()) words += (words.empty() ? "" : "  ·  ") + *more;
  }
  float y = place.y + frame.paragraph({place.x, place.y + 2}, place.width, words, kSmall, theme.muted, 4) + 14;
  if (status.notice.empty()) return y;
  frame.on_top([&status, &commands](Frame& top) {  // stays in sight until it is dismissed
    const float button = text_button_width(top, status.dismiss_label);
    const float wide = std::min(top.width() - 24, top.measure(status.notice, kSmall) + button + 52);
    const float tall = std::max(48.0F, top.paragraph_height(wide - button - 44, status.notice, kSmall) + 20);
    const Rect box{(top.width() - wide) / 2, top.height() - tall - 76, wide, tall};
    top.interaction.block(box);
    top.shadow(box, 10);
    top.fill(box, top.theme.raised, 10);
    top.stroke(box, top.theme.hairline, 10);
    top.paragraph({box.x + 18, box.y + (tall - top.paragraph_height(wide - button - 44, status.notice, kSmall)) / 2}, wide - button - 44, status.notice, kSmall, top.theme.ink);
    if (text_button(top, id_of("dismiss"), {box.right() - button - 8, box.centre().y - 16, button, 32}, status.dismiss_label, {})) commands.emplace_back(state::DismissNotice{});
  });
  return y;
}

}  // namespace trilens::ui
