// How a word came to its tokens: merges and attempts as lines, each with the word as it then stands; the lattice as boxes below the
// characters they cover, the best path on top and filled.

#include <algorithm>
#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kChipTall = 26, kLaneTall = 44, kLaneTallNarrow = 26;

struct Pen {
  Frame& frame;
  const FamilyColours& colours;
  Place place;
  float opacity = 1;
  Id id = 0;
  std::uint64_t count = 0;
};

float chip_width(const Frame& frame, const std::string& text) { return std::max(20.0F, std::ceil(frame.measure(text, kMonoSmall)) + 10); }

void draw_chip(Pen& pen, const view::AccountTokenView& token, Rect rect, bool strong) {
  Frame& frame = pen.frame;
  const Hit hit = frame.target(id_of("account-chip", pen.id, ++pen.count), rect, {.label = token.tooltip, .cursor = Cursor::arrow, .focusable = false});
  if (hit.hovered) frame.tooltip(token.tooltip);
  frame.fill(rect, (strong ? pen.colours.soft : pen.colours.tint).alpha(pen.opacity), 5);
  if (strong) frame.stroke(rect, pen.colours.full.alpha(pen.opacity), 5, 1.5F);
  frame.line({rect.x + 2, rect.y, rect.w - 4, rect.h}, token.text, kMonoSmall, frame.theme.ink.alpha(pen.opacity), Align::centre);
}

// Chips in lines from x on. Returns where they end below.
float draw_chips(Pen& pen, const std::vector<view::AccountTokenView>& tokens, float x, float y, bool strong) {
  const float left = x, right = pen.place.x + pen.place.width;
  for (const view::AccountTokenView& token : tokens) {
    const float wide = std::min(chip_width(pen.frame, token.text), pen.place.width);
    if (x > left && x + wide > right) {
      x = left;
      y += kChipTall + 3;
    }
    draw_chip(pen, token, {x, y, wide, kChipTall}, strong || token.fresh);
    x += wide + 3;
  }
  return y + kChipTall;
}

// Struck out: no token.
float draw_tried(Pen& pen, const view::AccountStepView& step, float x, float y) {
  Frame& frame = pen.frame;
  const Theme& theme = frame.theme;
  const float left = x, right = pen.place.x + pen.place.width;
  const auto word = [&](const std::string& text, Type type, bool struck) {
    const float wide = std::min(std::ceil(frame.measure(text, type)), right - left);
    if (x > left && x + wide > right) {
      x = left;
      y += kChipTall;
    }
    frame.line({x, y, wide + 1, kChipTall}, text, type, theme.muted.alpha(pen.opacity));
    if (struck) frame.segment({x, y + kChipTall / 2}, {x + wide, y + kChipTall / 2}, theme.muted.alpha(pen.opacity), 1);
    x += wide + 12;
  };
  for (std::size_t i = 0; i < step.tried.size(); ++i) {
    if (!step.more.empty() && i + 1 == step.tried.size()) word(step.more, kSmall, false);
    word(step.tried[i], kMonoSmall, true);
  }
  if (step.word.empty()) return y + kChipTall;
  const float wide = chip_width(frame, step.word.front().text);
  if (x > left && x + wide > right) {
    x = left;
    y += kChipTall;
  }
  draw_chip(pen, step.word.front(), {x, y, wide, kChipTall}, true);
  return y + kChipTall;
}

float draw_steps(Pen& pen, const view::AccountPieceView& piece, float y) {
  Frame& frame = pen.frame;
  const Theme& theme = frame.theme;
  float label = 0;
  for (const view::AccountStepView& step : piece.steps) label = std::max(label, std::ceil(frame.measure(step.label, kSmall)));
  label = std::min(label + 12, pen.place.width * 0.4F);
  for (const view::AccountStepView& step : piece.steps) {
    frame.line({pen.place.x, y, label - 8, kChipTall}, step.label, kSmall, theme.muted.alpha(pen.opacity));
    if (!step.rule.empty()) {
      const Rect spot{pen.place.x, y, label - 8, kChipTall};
      const Hit hit = frame.target(id_of("account-rule", pen.id, ++pen.count), spot, {.label = step.rule, .cursor = Cursor::arrow, .focusable = false});
      if (hit.hovered) frame.tooltip(step.rule);
    }
    y = step.attempt ? draw_tried(pen, step, pen.place.x + label, y) : draw_chips(pen, step.word, pen.place.x + label, y, false);
    if (!step.shorter.empty()) y += frame.paragraph({pen.place.x + label, y + 1}, pen.place.width - label, step.shorter, kSmall, theme.muted.alpha(pen.opacity), 3);
    y += 4;
  }
  return y;
}

float draw_lattice(Pen& pen, const view::AccountPieceView& piece, float y) {
  Frame& frame = pen.frame;
  const Theme& theme = frame.theme;
  const auto count = static_cast<float>(piece.characters.size());
  const float cell = std::min(46.0F, pen.place.width / count);
  const float lane_tall = cell >= 24 ? kLaneTall : kLaneTallNarrow;
  for (std::size_t i = 0; i < piece.characters.size(); ++i) {
    const Rect rect{pen.place.x + static_cast<float>(i) * cell, y, cell, 24};
    frame.line(rect, piece.characters[i], cell < 9 ? kMonoSmall : kMono, theme.ink.alpha(pen.opacity), Align::centre);
    frame.hairline({rect.x, rect.bottom() - 4}, {rect.x, rect.bottom()}, theme.hairline);
  }
  y += 26;
  for (const view::AccountEdgeView& edge : piece.edges) {
    const Rect rect = Rect{pen.place.x + static_cast<float>(edge.begin) * cell, y + static_cast<float>(edge.lane) * lane_tall, static_cast<float>(edge.end - edge.begin) * cell, lane_tall}.inset(1.5F);
    const Hit hit = frame.target(id_of("account-edge", pen.id, ++pen.count), rect, {.label = edge.tooltip, .cursor = Cursor::arrow, .focusable = false});
    if (hit.hovered) frame.tooltip(edge.tooltip);
    if (edge.best) frame.fill(rect, pen.colours.soft.alpha(pen.opacity), 5);
    else if (hit.hovered || edge.second) frame.fill(rect, theme.sunken.alpha(pen.opacity), 5);
    frame.stroke(rect, (edge.unknown ? theme.danger : edge.best ? pen.colours.full : edge.second ? theme.muted : theme.hairline).alpha(pen.opacity), 5, edge.best || edge.second ? 1.5F : 1.0F);
    const bool both = lane_tall > 40 && frame.measure(edge.score, kMonoSmall) + 4 < rect.w;
    const Rect text{rect.x + 1, rect.y + 1, rect.w - 2, both ? rect.h / 2 : rect.h};
    frame.line(text, edge.text, kMonoSmall, (edge.best ? theme.ink : theme.muted).alpha(pen.opacity), Align::centre);
    if (both) frame.line({rect.x + 1, rect.y + rect.h / 2 - 1, rect.w - 2, rect.h / 2}, edge.score, kMonoSmall, theme.muted.alpha(pen.opacity), Align::centre);
  }
  return y + static_cast<float>(piece.lanes) * lane_tall + 4;
}

float draw_piece(Pen& pen, const view::AccountPieceView& piece, bool titled, float y) {
  Frame& frame = pen.frame;
  if (titled) {
    frame.line({pen.place.x, y, pen.place.width, 26}, piece.title, {Face::mono, 16}, frame.theme.ink.alpha(pen.opacity));
    y += 28;
  }
  if (!piece.steps.empty()) y = draw_steps(pen, piece, y);
  if (!piece.edges.empty()) y = draw_lattice(pen, piece, y);
  if (!piece.sentence.empty()) y += frame.paragraph({pen.place.x, y}, pen.place.width, piece.sentence, kSmall, frame.theme.muted.alpha(pen.opacity), 8) + 4;
  return draw_chips(pen, piece.tokens, pen.place.x, y, true) + 14;
}

}  // namespace

float draw(const view::TokenAccountView& view, Seat seat, Family family, Frame& frame, Place place, Commands& commands) {
  if (view.title.empty()) return place.y;
  const Theme& theme = frame.theme;
  float y = place.y + 14;
  y += frame.paragraph({place.x, y}, place.width, view.title, kStrong, theme.ink, 3) + 6;
  y += draw_head_state(view.head, seat, frame, {place.x, y, place.width}, commands);
  if (view.pieces.empty()) return y;
  const float opacity = strength(view.head, frame, id_of("account", seat_index(seat)));
  for (const std::string* words : {&view.normalizer, &view.pretokenizer, &view.method}) {
    if (!words->empty()) y += frame.paragraph({place.x, y}, place.width, *words, kSmall, theme.muted.alpha(opacity), 8) + 5;
  }
  y += 4;
  Pen pen{frame, theme.of(family), place, opacity, id_of("account", seat_index(seat)), 0};
  for (const view::AccountPieceView& piece : view.pieces) y = draw_piece(pen, piece, view.pieces.size() > 1, y);
  return y;
}

// Label, number, and what it is of, in lines.
float draw(const std::vector<view::MeasureView>& measures, Frame& frame, Place place) {
  float y = place.y;
  float label = 0, value = 0;
  for (const view::MeasureView& m : measures) {
    label = std::max(label, std::ceil(frame.measure(m.label, kSmall)));
    value = std::max(value, std::ceil(frame.measure(m.value, kMono)));
  }
  for (const view::MeasureView& m : measures) {
    frame.line({place.x, y, label + 2, 24}, m.label, kSmall, frame.theme.ink);
    frame.line({place.x + label + 8, y, value + 2, 24}, m.value, kMono, frame.theme.ink, Align::right);
    frame.line({place.x + label + value + 22, y, place.width - label - value - 22, 24}, m.of, kSmall, frame.theme.muted);
    y += 24;
  }
  return y;
}

}  // namespace trilens::ui
