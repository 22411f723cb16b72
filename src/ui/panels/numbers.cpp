// The account of one number, from top to bottom: what to account for, then its steps. Vectors are strips of bars, up and down.

#include <algorithm>
#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kStrip = 34, kBarRow = 22, kCheckRow = 22;

struct Pen {
  const view::NumbersView& view;
  std::uint64_t which;
  Frame& frame;
  Place at;
  float opacity;
  PanelState& panel;
  Commands& commands;

  [[nodiscard]] const Theme& theme() const { return frame.theme; }
  [[nodiscard]] const FamilyColours& colours() const { return frame.theme.of(view.family.family); }
  [[nodiscard]] Id id(std::string_view name, std::uint64_t a = 0) const { return id_of(name, seat_index(view.family.seat) * 2 + which, a); }
  void words(std::string_view text, Type type, Colour colour, float after = 4) {
    if (!text.empty()) at.y += frame.paragraph({at.x, at.y}, at.width, text, type, colour.alpha(opacity)) + after;
  }
};

// The chosen one's label, without the place before it where that would not fit.
void draw_choosers(Pen& pen) {
  const float tall = pen.panel.phone ? 44 : 32;
  float x = pen.at.x;
  for (std::size_t i = 0; i < pen.view.choosers.size(); ++i) {
    const view::NumberChooser& chooser = pen.view.choosers[i];
    const DropdownOptions options{chooser.label, chooser.choices};
    const float wide = std::min(dropdown_width(pen.frame, options), pen.at.width);
    if (x > pen.at.x && x + wide > pen.at.x + pen.at.width) {
      x = pen.at.x;
      pen.at.y += tall + 4;
    }
    if (const auto pressed = dropdown(pen.frame, pen.id("numbers-chooser", i), {x, pen.at.y, wide, tall}, pen.panel.open_menu, options)) {
      pen.commands.emplace_back(state::ChooseNumbers{pen.view.family.seat, view::chosen(pen.view, chooser.id, chooser.choices[*pressed].id)});
    }
    x += wide + 8;
  }
  pen.at.y += tall + 10;
}

// Where there are more numbers than pixels, a column shows the highest and the lowest of those that fall on it.
void draw_bars_of(Pen& pen, const view::NumberStrip& strip, Rect box) {
  const float middle = box.y + box.h / 2, half = box.h / 2 - 1;
  const auto count = strip.values.size();
  const auto columns = std::min<std::size_t>(count, static_cast<std::size_t>(std::max(1.0F, box.w / 1.5F)));
  const float wide = box.w / static_cast<float>(columns), gap = wide > 4 ? 1.0F : 0.0F;
  const Colour up = pen.colours().full.alpha(pen.opacity), down = mix(pen.theme().muted, pen.theme().ink, 0.35F).alpha(pen.opacity);
  for (std::size_t c = 0; c < columns; ++c) {
    float high = 0, low = 0;
    for (std::size_t i = c * count / columns; i < (c + 1) * count / columns; ++i) {
      high = std::max(high, strip.values[i]);
      low = std::min(low, strip.values[i]);
    }
    const float x = box.x + static_cast<float>(c) * wide;
    if (high > 0) pen.frame.fill({x, middle - half * high / strip.most, wide - gap, half * high / strip.most}, up);
    if (low < 0) pen.frame.fill({x, middle, wide - gap, half * -low / strip.most}, down);
  }
  pen.frame.hairline({box.x, middle}, {box.right(), middle}, pen.theme().hairline);
}

void draw_strip(Pen& pen, const view::NumberStrip& strip, std::uint64_t at) {
  const float line = 20;
  const float scale = pen.frame.measure(strip.scale, kMonoSmall);
  pen.frame.line({pen.at.x, pen.at.y, pen.at.width - scale - 8, line}, strip.label, kSmall, pen.theme().muted.alpha(pen.opacity));
  pen.frame.line({pen.at.x, pen.at.y, pen.at.width, line}, strip.scale, kMonoSmall, pen.theme().muted.alpha(pen.opacity), Align::right);
  const Rect box{pen.at.x, pen.at.y + line, pen.at.width, kStrip};
  pen.frame.fill(box, pen.theme().sunken.alpha(0.6F), 3);
  if (strip.most > 0) draw_bars_of(pen, strip, box);
  const Hit hit = pen.frame.target(pen.id("numbers-strip", at), box, {.label = strip.label + ", " + strip.scale, .cursor = Cursor::crosshair});
  if (hit.focused) pen.frame.focus_ring(box, 4);
  if (hit.hovered && !strip.values.empty()) {
    const float part = std::clamp((pen.frame.interaction.pointer().x - box.x) / box.w, 0.0F, 0.9999F);
    const auto i = static_cast<std::size_t>(part * static_cast<float>(strip.values.size()));
    const float wide = box.w / static_cast<float>(strip.values.size());
    pen.frame.stroke({box.x + static_cast<float>(i) * wide, box.y, std::max(2.0F, wide), box.h}, pen.theme().accent);
    pen.frame.tooltip(view::strip_text(strip, i, pen.view.dimension_words));
  }
  pen.at.y += line + kStrip + 6;
}

// The softmax row: the chosen key's bar in full colour.
void draw_row(Pen& pen, const view::NumberStep& step) {
  const float word = std::min(130.0F, pen.at.width * 0.32F), number = 64;
  for (std::size_t i = 0; i < step.bars.size(); ++i) {
    const view::NumberBar& bar = step.bars[i];
    const Rect row{pen.at.x, pen.at.y, pen.at.width, kBarRow};
    const Colour ink = (bar.chosen ? pen.theme().ink : pen.theme().muted).alpha(pen.opacity);
    pen.frame.line({row.x, row.y, word, row.h}, bar.label, bar.chosen ? kLabel : kMonoSmall, ink);
    const Rect track{row.x + word + 8, row.y + 5, row.w - word - number - 16, row.h - 10};
    pen.frame.fill(track, pen.theme().sunken.alpha(0.7F), 3);
    const Colour full = bar.chosen ? pen.colours().full : mix(pen.colours().soft, pen.colours().full, 0.25F);
    if (bar.weight > 0) pen.frame.fill({track.x, track.y, std::max(2.0F, track.w * static_cast<float>(bar.weight)), track.h}, full.alpha(pen.opacity), 3);
    pen.frame.line({row.right() - number, row.y, number, row.h}, bar.text, kMonoSmall, ink, Align::right);
    const Hit hit = pen.frame.target(pen.id("numbers-bar", i), row, {.label = {}, .cursor = Cursor::arrow, .focusable = false});
    if (hit.hovered) pen.frame.tooltip(bar.label + "\n" + bar.exact);
    pen.at.y += kBarRow;
  }
  if (!step.bars.empty()) pen.at.y += 6;
}

// "✓ score   recomputed 1.234567   runtime 1.234567   difference 1.2e−7", one under the other where they would not fit.
void draw_check(Pen& pen, const view::NumberCheck& check) {
  const Colour edge = check.agrees ? pen.colours().full : pen.theme().danger;
  std::vector<std::pair<std::string, std::string>> parts;
  if (!check.recomputed.empty()) parts = {{pen.view.recomputed_label, check.recomputed}, {pen.view.runtime_label, check.runtime}};
  parts.emplace_back(parts.empty() ? pen.view.largest_label : pen.view.difference_label, check.difference);
  const float top = pen.at.y;
  const Rect name{pen.at.x + 12, pen.at.y, pen.at.width - 12, kCheckRow};
  pen.frame.line(name, check.what, kLabel, pen.theme().ink.alpha(pen.opacity));
  pen.at.y += kCheckRow;
  const float label = [&] {
    float most = 0;
    for (const auto& [what, value] : parts) most = std::max(most, pen.frame.measure(what, kSmall));
    return most + 14;
  }();
  for (const auto& [what, value] : parts) {
    pen.frame.line({name.x, pen.at.y, label, kCheckRow}, what, kSmall, pen.theme().muted.alpha(pen.opacity));
    pen.frame.line({name.x + label, pen.at.y, name.w - label, kCheckRow}, value, kMonoSmall, pen.theme().ink.alpha(pen.opacity));
    pen.at.y += kCheckRow;
  }
  pen.frame.fill({pen.at.x, top + 3, 3, pen.at.y - top - 6}, edge.alpha(pen.opacity), 1.5F);
  pen.at.y += 6;
}

void draw_step(Pen& pen, const view::NumberStep& step, std::size_t at) {
  pen.at.y += 8;
  pen.words(step.title, kStrong, pen.colours().text, 2);
  pen.words(step.plain, kSmall, pen.theme().ink, 6);
  for (std::size_t i = 0; i < step.strips.size(); ++i) draw_strip(pen, step.strips[i], at * 8 + i);
  for (const std::string& line : step.lines) pen.words(line, kMonoSmall, pen.theme().ink, 4);
  draw_row(pen, step);
  for (const view::NumberCheck& check : step.checks) draw_check(pen, check);
}

}  // namespace

float draw(const view::NumbersView& view, std::uint64_t which, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const Seat seat = view.family.seat;
  frame.interaction.region(id_of("region-numbers", seat_index(seat), which));
  place.y += draw_head_state(view.head, seat, frame, place, commands);
  if (view.steps.empty()) return place.y;
  Pen pen{view, which, frame, place, strength(view.head, frame, id_of("numbers-strength", seat_index(seat), which)), panel, commands};
  pen.words(view.head.sentence, kLabel, frame.theme.ink, 6);
  draw_choosers(pen);
  for (std::size_t i = 0; i < view.steps.size(); ++i) draw_step(pen, view.steps[i], i);
  pen.at.y += 4;
  pen.words(view.note, kSmall, frame.theme.muted);
  return pen.at.y;
}

}  // namespace trilens::ui
