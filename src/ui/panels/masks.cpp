// Mask switches: presets, then for each attention its mask, who may see whom, and its heads; below, what the model says before and after.

#include <algorithm>
#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kPicture = 112;
constexpr float kPhonePicture = 96;

struct At {
  const view::MasksView& view;
  Frame& frame;
  PanelState& panel;
  Commands& commands;

  [[nodiscard]] std::uint64_t seat() const { return seat_index(view.family.seat); }
  [[nodiscard]] const FamilyColours& colours() const { return frame.theme.of(view.family.family); }
  [[nodiscard]] float tall() const { return panel.phone ? 44 : 32; }
  void set(const protocol::Switches& switches) const { commands.emplace_back(state::SetSwitches{view.family.seat, switches}); }
};

// Buttons that flow into lines; the one in force is filled.
float draw_presets(const At& a, Place place) {
  float x = place.x, y = place.y;
  for (std::size_t i = 0; i < a.view.presets.size(); ++i) {
    const view::PresetView& preset = a.view.presets[i];
    const float wide = std::min(place.width, text_button_width(a.frame, preset.choice.choice.label));
    if (x + wide > place.x + place.width && x > place.x) {
      x = place.x;
      y += a.tall() + 6;
    }
    const std::string hint = preset.refusal.empty() ? preset.look : preset.refusal;
    const ButtonOptions options{hint, {}, a.view.enabled && preset.refusal.empty(), false, preset.choice.choice.selected};
    if (text_button(a.frame, id_of("mask-preset", a.seat(), i), {x, y, wide, a.tall()}, preset.choice.choice.label, options)) a.set(preset.choice.then);
    x += wide + 6;
  }
  return y + a.tall() + 8;
}

// "mask  [own | causal | both ways | window]", or why it cannot be chosen.
float draw_row(const At& a, const view::MaskKindView& kind, const view::SwitchRowView& row, Place place) {
  const Theme& theme = a.frame.theme;
  const float label = 22;
  a.frame.line({place.x, place.y, place.width, label}, row.label, kSmall, theme.muted);
  float y = place.y + label;
  if (!row.refusal.empty()) return y + a.frame.paragraph({place.x, y}, place.width, row.refusal, kSmall, theme.muted, 5) + 6;
  std::vector<view::ChoiceView> choices;
  for (const view::SwitchChoiceView& c : row.choices) choices.push_back(c.choice);
  const float wide = std::min(place.width, segmented_width(a.frame, choices));
  const Id id = id_of("mask-row-" + kind.id + row.id, a.seat());
  const auto chosen = segmented(a.frame, id, {place.x, y, wide, a.tall()}, choices);
  if (chosen && a.view.enabled) a.set(row.choices[*chosen].then);
  return y + a.tall() + 6;
}

// Rows are who looks, columns are what is looked at; filled: may be seen.
void draw_picture(const At& a, const view::MaskKindView& kind, Rect box) {
  const view::MaskPictureView& picture = kind.picture;
  const Theme& theme = a.frame.theme;
  a.frame.fill(box, theme.sunken, 3);
  const float opacity = picture.stale ? 0.45F : 1;
  if (picture.rows > 0) {
    const float w = box.w / static_cast<float>(picture.columns), h = box.h / static_cast<float>(picture.rows);
    const float gap = std::min(w, h) > 5 ? 1 : 0;
    for (const view::MaskRun& run : picture.runs) {
      const Rect bar{box.x + w * static_cast<float>(run.from), box.y + h * static_cast<float>(run.row), w * static_cast<float>(run.to - run.from) - gap, h - gap};
      a.frame.fill(bar, a.colours().full.alpha(opacity * 0.8F));
    }
  }
  if (picture.cut) {
    a.frame.segment({box.x + 6, box.y + 6}, {box.right() - 6, box.bottom() - 6}, theme.ink, 2);
    a.frame.segment({box.right() - 6, box.y + 6}, {box.x + 6, box.bottom() - 6}, theme.ink, 2);
  }
  a.frame.stroke(box, theme.hairline, 3);
  const Hit hit = a.frame.target(id_of("mask-picture-" + kind.id, a.seat()), box, {.label = kind.title + ". " + picture.sentence, .cursor = Cursor::arrow});
  if (hit.hovered) a.frame.tooltip(picture.sentence);
  else if (hit.focused) a.frame.tooltip_at(box, picture.sentence);
  if (hit.focused) a.frame.focus_ring(box, 3);
}

// A square a head, layers from the top: full is on, half filled is between, empty is off. Returns where it ends.
float draw_heads(const At& a, const view::MaskKindView& kind, Place place) {
  const Theme& theme = a.frame.theme;
  a.frame.line({place.x, place.y, place.width, 22}, kind.heads_title, kSmall, theme.muted);
  float y = place.y + 24;
  if (!kind.heads_refusal.empty()) return y + a.frame.paragraph({place.x, y}, place.width, kind.heads_refusal, kSmall, theme.muted, 5) + 6;
  std::size_t most = 1;
  for (const auto& layer : kind.heads) most = std::max(most, layer.size());
  const float number = 22;
  const float cell = std::min(a.panel.phone ? 44.0F : 26.0F, (place.width - number) / static_cast<float>(most));
  for (std::size_t layer = 0; layer < kind.heads.size(); ++layer) {
    a.frame.line({place.x, y, number - 6, cell}, std::to_string(layer + 1), kMonoSmall, theme.muted, Align::right);
    for (std::size_t head = 0; head < kind.heads[layer].size(); ++head) {
      const view::SwitchHeadView& h = kind.heads[layer][head];
      const Rect place_of{place.x + number + cell * static_cast<float>(head), y, cell, cell};
      const Rect box = place_of.inset(std::min(3.0F, cell / 8));
      const Hit hit = a.frame.target(id_of("mask-head-" + kind.id, a.seat(), layer * 1000 + head), place_of, {.label = h.sentence, .enabled = a.view.enabled});
      a.frame.fill(box, theme.sunken, 4);
      const float part = std::clamp(std::abs(h.factor), 0.0F, 1.0F);
      if (part > 0) a.frame.fill({box.x, box.bottom() - box.h * part, box.w, box.h * part}, mix(a.colours().soft, a.colours().full, hit.hovered ? 1.0F : 0.7F), part == 1 ? 4.0F : 2.0F);
      if (part == 0) a.frame.segment({box.x + 4, box.bottom() - 4}, {box.right() - 4, box.y + 4}, theme.muted, 1.5F);  // told without colour too
      a.frame.stroke(box, h.factor == 1 ? theme.hairline : theme.ink, 4, h.factor == 1 ? 1.0F : 1.5F);
      if (hit.hovered) a.frame.tooltip(h.sentence);
      else if (hit.focused) a.frame.tooltip_at(place_of, h.sentence);
      if (hit.focused) a.frame.focus_ring(place_of, 4);
      if (hit.pressed) a.commands.emplace_back(state::SetHead{a.view.family.seat, kind.kind, layer, head, h.next});
    }
    y += cell;
  }
  return y + 6;
}

float draw_kind(const At& a, const view::MaskKindView& kind, Place place) {
  float y = place.y;
  a.frame.line({place.x, y, place.width, 24}, kind.title, kLabel, a.frame.theme.ink);
  y += 26;
  for (const view::SwitchRowView& row : kind.rows) y = draw_row(a, kind, row, {place.x, y, place.width});
  const float side = a.panel.phone ? kPhonePicture : kPicture;
  draw_picture(a, kind, {place.x, y + 4, side, side});
  const float beside = place.width - side - 16;
  const float heads = draw_heads(a, kind, {place.x + side + 16, y, beside});
  y = std::max(y + side + 8, heads);
  return y + a.frame.paragraph({place.x, y}, place.width, kind.picture.sentence, kSmall, a.frame.theme.muted, 3) + 12;
}

// Two bars one above the other: pale at rest, full as switched.
float draw_words(const At& a, const view::MovedPlaceView& moved, Place place, std::uint64_t index) {
  const Theme& theme = a.frame.theme;
  const float opacity = strength(a.view.head, a.frame, id_of("masks-strength", a.seat()));
  constexpr float kRow = 34;
  float y = place.y;
  a.frame.line({place.x, y, place.width, 24}, moved.title, kLabel, theme.ink.alpha(opacity));
  y += 24;
  y += a.frame.paragraph({place.x, y}, place.width, moved.sentence, kSmall, theme.muted, 3) + 4;
  const float word = std::min(104.0F, place.width * 0.26F), number = 62, change = 92;
  const float track = std::max(20.0F, place.width - word - number - change - 16);
  const float right = place.x + place.width;
  a.frame.line({place.x, y, word, 20}, a.view.word_label, kSmall, theme.muted);
  a.frame.line({right - change, y, change, 20}, a.view.change_label, kSmall, theme.muted, Align::right);
  y += 22;
  for (std::size_t i = 0; i < moved.words.size(); ++i, y += kRow) {
    const view::MovedWordView& w = moved.words[i];
    const Rect row{place.x, y, place.width, kRow};
    const Hit hit = a.frame.target(id_of("mask-word", a.seat() * 64 + index, i), row, {.label = w.spoken, .cursor = Cursor::arrow});
    if (hit.hovered) {
      a.frame.fill({row.x - 6, row.y, row.w + 12, row.h}, theme.sunken.alpha(0.6F), 4);
      a.frame.tooltip(w.spoken + "\n" + w.token + "  #" + std::to_string(w.id));
    }
    a.frame.line({row.x, row.y, word - 6, row.h}, w.display, kMono, theme.ink.alpha(opacity));
    const float x = row.x + word;
    const auto bar = [&](float top, double length, Colour colour) {
      a.frame.fill({x, top, track, 9}, theme.sunken.alpha(0.7F), 2);
      if (length > 0) a.frame.fill({x, top, std::max(2.0F, track * static_cast<float>(length)), 9}, colour.alpha(opacity), 2);
    };
    bar(row.y + 6, w.before_length, mix(theme.faint, theme.muted, 0.3F));
    bar(row.y + 18, w.after_length, a.colours().full);
    const float numbers = x + track + 4;
    a.frame.line({numbers, row.y, number, kRow / 2}, w.before_text, kMonoSmall, theme.muted.alpha(opacity), Align::right);
    a.frame.line({numbers, row.y + kRow / 2, number, kRow / 2}, w.after_text, kMonoSmall, theme.ink.alpha(opacity), Align::right);
    a.frame.line({right - change, row.y, change, kRow / 2}, w.change_text, kMonoSmall, theme.ink.alpha(opacity), Align::right);
    a.frame.line({right - change, row.y + kRow / 2, change, kRow / 2}, w.rank_text, kMonoSmall, theme.muted.alpha(opacity), Align::right);
    if (hit.focused) a.frame.focus_ring(row, 4);
  }
  return y + 10;
}

float draw_answer(const At& a, const std::string& label, const std::string& answer, bool switched, Place place) {
  const Theme& theme = a.frame.theme;
  const float opacity = strength(a.view.head, a.frame, id_of("masks-strength", a.seat()));
  a.frame.line({place.x + 12, place.y, place.width - 12, 20}, label, kSmall, theme.muted);
  const float tall = a.frame.paragraph({place.x + 12, place.y + 20}, place.width - 12, answer, switched ? kStrong : kBody, theme.ink.alpha(opacity), 4);
  a.frame.fill({place.x, place.y + 2, 3, tall + 18}, switched ? a.colours().full : theme.faint, 1.5F);
  return place.y + tall + 28;
}

}  // namespace

float draw(const view::MasksIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-masks-intro"));
  float y = place.y + frame.paragraph({place.x, place.y}, place.width, view.sentence, kBody, frame.theme.ink, 5) + 8;
  const float wide = text_button_width(frame, view.reset_label), tall = panel.phone ? 44 : 32;
  if (text_button(frame, id_of("masks-reset"), {place.x, y, wide, tall}, view.reset_label, {{}, {}, view.switched, false, false})) commands.emplace_back(state::ResetSwitches{});
  const float beside = place.width - wide - 16;
  if (beside >= frame.measure(view.rest_note, kSmall)) {
    frame.line({place.x + wide + 16, y, beside, tall}, view.rest_note, kSmall, frame.theme.muted);
    return y + tall;
  }
  y += tall + 6;
  return y + frame.paragraph({place.x, y}, place.width, view.rest_note, kSmall, frame.theme.muted, 3);
}

float draw(const view::MasksView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-masks", seat_index(view.family.seat)));
  const At a{view, frame, panel, commands};
  float y = place.y;
  if (!view.presets.empty()) y = draw_presets(a, {place.x, y, place.width});
  if (!view.look.empty()) y += frame.paragraph({place.x, y}, place.width, view.look, kLabel, frame.theme.ink, 6) + 12;
  for (const view::MaskKindView& kind : view.kinds) y = draw_kind(a, kind, {place.x, y, place.width});
  y += draw_head_state(view.head, view.family.seat, frame, {place.x, y, place.width}, commands);
  if (view.places.empty()) return y;
  y = draw_answer(a, view.before_label, view.answer_before, false, {place.x, y, place.width});
  y = draw_answer(a, view.after_label, view.answer_after, true, {place.x, y, place.width}) + 4;
  for (std::size_t i = 0; i < view.places.size(); ++i) y = draw_words(a, view.places[i], {place.x, y, place.width}, i);
  return y;
}

}  // namespace trilens::ui
