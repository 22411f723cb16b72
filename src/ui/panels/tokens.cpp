#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

struct Chip {
  const view::TokenView* token = nullptr;
  Rect rect;
  bool joined_left = false;   // goes on where the piece before stopped: no gap, no round corner
  bool joined_right = false;
};

constexpr float kGap = 6;
constexpr int kOverviewLines = 5;  // longer texts are shown whole on their own tab

float chip_width(const Frame& frame, const view::TokenView& token) {
  const Type type = token.special ? kMonoSmall : kMono;
  return std::max(22.0F, std::ceil(frame.measure(token.display, type)) + 14);
}

// Chips in lines, pieces of one word kept together where they fit.
std::vector<Chip> flow(const Frame& frame, const std::vector<view::TokenView>& tokens, Place place, float tall, float line) {
  std::vector<Chip> chips;
  float x = place.x, y = place.y;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool joined = i > 0 && !tokens[i].starts_word && !tokens[i].special && !tokens[i - 1].special;
    float word = chip_width(frame, tokens[i]);
    for (std::size_t k = i + 1; !joined && k < tokens.size() && !tokens[k].starts_word && !tokens[k].special; ++k) word += chip_width(frame, tokens[k]) + 1;
    const float wide = std::min(chip_width(frame, tokens[i]), place.width);
    if (i > 0) x += joined ? 1 : kGap;
    const bool breaks = x > place.x && (x + std::min(word, place.width) > place.x + place.width || tokens[i].display == "⏎");
    if (breaks) {
      x = place.x;
      y += line;
    }
    if (joined && !breaks && !chips.empty()) chips.back().joined_right = true;
    chips.push_back({&tokens[i], {x, y, wide, tall}, joined && !breaks, false});
    x += wide;
  }
  return chips;
}

struct ChipLook {
  view::FamilyView family;
  Id id = 0;
  bool can_guess = false;  // a press hides the piece and guesses it
  float opacity = 1;       // stale is dimmed
};

void draw_chip(const Chip& chip, const ChipLook& look, Frame& frame, Commands& commands) {
  const auto& [family, id, can_guess, opacity] = look;
  const view::TokenView& token = *chip.token;
  const Theme& theme = frame.theme;
  const FamilyColours& colours = theme.of(family.family);
  const Hit hit = frame.target(id, chip.rect, {.label = token.tooltip});
  if (hit.hovered || hit.focused) commands.emplace_back(state::Hover{token.mark});
  if (hit.hovered) frame.tooltip(token.tooltip);
  else if (hit.focused) frame.tooltip_at(chip.rect, token.tooltip);
  if (hit.pressed) {
    commands.emplace_back(state::Pin{token.mark});
    if (can_guess) commands.emplace_back(state::SelectToken{look.family.seat, static_cast<std::int64_t>(token.index)});
  }

  const bool lit = token.hovered || token.pinned;
  const Frame::Corners corners = chip.joined_left ? (chip.joined_right ? Frame::no_corners : Frame::right_corners)
                                                  : (chip.joined_right ? Frame::left_corners : Frame::all_corners);
  const float glow = frame.motion.follow(id ^ 0x61, lit ? 1.0F : 0.0F);
  if (token.blank) {
    frame.fill_corners(chip.rect, mix(colours.soft, colours.full, glow * 0.25F).alpha(opacity), 6, corners);
    frame.stroke_corners(chip.rect, colours.full, 6, corners);
  } else if (token.special) {
    frame.fill_corners(chip.rect, colours.soft.alpha(glow), 6, corners);
    frame.stroke_corners(chip.rect, theme.hairline, 6, corners);
  } else {
    frame.fill_corners(chip.rect, mix(colours.tint, colours.soft, glow).alpha(opacity), 6, corners);
  }
  const Colour ink = token.special && !token.blank && !lit ? theme.muted : theme.ink;
  frame.line({chip.rect.x + 4, chip.rect.y, chip.rect.w - 8, chip.rect.h}, token.display, token.special ? kMonoSmall : kMono, ink.alpha(opacity), Align::centre);
  if (lit) frame.fill({chip.rect.x + 3, chip.rect.bottom() - 3, chip.rect.w - 6, 3}, colours.full, 1.5F);  // not by colour alone
  if (token.pinned) frame.circle({chip.rect.right() - 5, chip.rect.y + 5}, 3, colours.full);
  if (token.cut_after) frame.fill({chip.rect.right() + 2, chip.rect.y - 2, 2, chip.rect.h + 4}, colours.full, 1);
  if (hit.focused) frame.focus_ring(chip.rect, 6);
}

float draw_pieces(const std::vector<view::TokenView>& tokens, const view::TokensView& view, bool output, Frame& frame, Place place, const PanelState& panel,
                  Commands& commands) {
  const float tall = panel.phone ? 36 : 28;
  const float line = tall + (panel.roomy ? 30 : 6);
  const float opacity = strength(view.head, frame, id_of("pieces", seat_index(view.family.seat)));
  float bottom = place.y;
  for (const Chip& chip : flow(frame, tokens, place, tall, line)) {
    if (!panel.roomy && chip.rect.y >= place.y + line * kOverviewLines) {
      const std::string words = view.count + " …";
      const Rect more{place.x, bottom + 6, text_button_width(frame, words), tall};
      const bool pressed = text_button(frame, id_of(output ? "more-output" : "more-pieces", seat_index(view.family.seat)), more, words, {});
      if (pressed) commands.emplace_back(state::SelectTab{state::Tab::tokens});
      return more.bottom();
    }
    const Id id = id_of(output ? "output-piece" : "piece", seat_index(view.family.seat), chip.token->index);
    draw_chip(chip, {view.family, id, view.can_guess && !output && !chip.token->special, opacity}, frame, commands);
    if (panel.roomy) frame.line({chip.rect.x - 8, chip.rect.bottom() + 1, chip.rect.w + 16, 20}, chip.token->id_text, {Face::mono, 14}, frame.theme.muted, Align::centre);
    bottom = chip.rect.y + (panel.roomy ? line - 6 : tall);
  }
  return bottom;
}

}  // namespace

float draw(const view::TokensView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-tokens", seat_index(view.family.seat)));
  Place at = place;
  at.y += draw_head_state(view.head, view.family.seat, frame, at, commands);
  if (view.pieces.empty()) return at.y;
  at.y = draw_pieces(view.pieces, view, false, frame, at, panel, commands);
  if (!view.cut.empty()) at.y += 6 + frame.paragraph({at.x, at.y + 6}, at.width, view.cut, kSmall, frame.theme.muted);
  if (!view.measures.empty()) {
    at.y = draw(view.measures, frame, {at.x, at.y + 8, at.width});
    at.y += frame.paragraph({at.x, at.y + 2}, at.width, view.measured, kSmall, frame.theme.muted, 4) + 2;
  }
  if (!view.output.empty()) {
    at.y += 8;
    const float label = frame.measure(view.output_label, kSmall) + 10;
    frame.line({at.x, at.y, label, panel.phone ? 36.0F : 28.0F}, view.output_label, kSmall, frame.theme.muted);
    at.y = draw_pieces(view.output, view, true, frame, {at.x + label, at.y, at.width - label}, panel, commands);
  }
  return at.y;
}

}  // namespace trilens::ui
