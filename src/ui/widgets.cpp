#include "ui/widgets.hpp"

#include <cmath>

namespace trilens::ui {
namespace {

constexpr float kRadius = 8;

void explain(Frame& frame, const Hit& hit, Rect rect, const ButtonOptions& options) {
  if (!hit.hovered && !hit.focused) return;
  std::string words(options.label);
  if (!options.keys.empty()) words += "   " + std::string(options.keys);
  if (words.empty()) return;
  if (hit.focused && !hit.hovered) frame.tooltip_at(rect, words);
  else frame.tooltip(words);
}

Colour button_fill(Frame& frame, Id id, const Hit& hit, const ButtonOptions& options) {
  const Theme& theme = frame.theme;
  const float warmth = frame.motion.follow(id ^ 0x77, hit.hovered && options.enabled ? 1.0F : 0.0F);
  if (options.strong) return mix(theme.ink, theme.muted, warmth * 0.5F);
  const Colour base = options.active ? theme.sunken : theme.paper.alpha(0);
  return mix(base, hit.held ? theme.hairline : theme.sunken, warmth);
}

}  // namespace

ButtonOptions options_of(const view::ButtonView& button) { return {button.label, button.keys, button.enabled, button.active, false}; }

bool icon_button(Frame& frame, Id id, Rect rect, Icon icon, const ButtonOptions& options) {
  const Hit hit = frame.target(id, rect, {.label = options.label, .enabled = options.enabled});
  frame.fill(rect, button_fill(frame, id, hit, options), kRadius);
  const Theme& theme = frame.theme;
  const Colour colour = options.strong ? theme.paper : options.enabled ? (options.active || hit.hovered ? theme.ink : theme.muted) : theme.faint.alpha(0.7F);
  draw_icon(frame, icon, rect.centre(), 16, colour);
  if (hit.focused) frame.focus_ring(rect, kRadius);
  explain(frame, hit, rect, options);
  return hit.pressed;
}

float text_button_width(const Frame& frame, std::string_view text) { return std::ceil(frame.measure(text, kSmall)) + 24; }

bool text_button(Frame& frame, Id id, Rect rect, std::string_view text, const ButtonOptions& options) {
  const Hit hit = frame.target(id, rect, {.label = options.label.empty() ? text : options.label, .enabled = options.enabled});
  frame.fill(rect, button_fill(frame, id, hit, options), kRadius);
  if (!options.strong) frame.stroke(rect, options.active ? frame.theme.ink : mix(frame.theme.hairline, frame.theme.faint, 0.4F), kRadius);
  frame.line(rect.inset(4), text, kSmall, options.strong ? frame.theme.paper : options.enabled ? frame.theme.ink : frame.theme.faint, Align::centre);
  if (hit.focused) frame.focus_ring(rect, kRadius);
  if (!options.label.empty() && options.label != text) explain(frame, hit, rect, options);
  return hit.pressed;
}

float segmented_width(const Frame& frame, std::span<const view::ChoiceView> choices) {
  float width = 4;
  for (const auto& choice : choices) width += std::max(30.0F, std::ceil(frame.measure(choice.label, kSmall)) + 18);
  return width;
}

std::optional<std::size_t> segmented(Frame& frame, Id id, Rect rect, std::span<const view::ChoiceView> choices) {
  std::optional<std::size_t> pressed;
  const Theme& theme = frame.theme;
  frame.fill(rect, theme.sunken, kRadius);
  const float spare = (rect.w - segmented_width(frame, choices)) / static_cast<float>(std::max<std::size_t>(1, choices.size()));
  float x = rect.x + 2;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const Rect part{x, rect.y + 2, std::max(30.0F, std::ceil(frame.measure(choices[i].label, kSmall)) + 18) + spare, rect.h - 4};
    const Hit hit = frame.target(id_of("segment", id, i), part, {.label = choices[i].label});
    if (choices[i].selected) {
      frame.fill(part, theme.dark ? theme.hairline : theme.raised, kRadius - 2);
      frame.stroke(part, theme.dark ? theme.faint.alpha(0.5F) : theme.hairline, kRadius - 2);
    }
    frame.line(part, choices[i].label, choices[i].selected ? kLabel : kSmall, choices[i].selected || hit.hovered ? theme.ink : theme.muted, Align::centre);
    if (hit.focused) frame.focus_ring(part, kRadius - 2);
    if (hit.pressed) pressed = i;
    x += part.w;
  }
  return pressed;
}

float dropdown_width(const Frame& frame, const DropdownOptions& options) {
  float widest = 0;
  for (const auto& choice : options.choices) widest = std::max(widest, frame.measure(choice.label, kSmall));
  const float label = options.label.empty() ? 0 : frame.measure(options.label, kSmall) + 6;
  return std::ceil(label + widest) + 32;
}

std::optional<std::size_t> dropdown(Frame& frame, Id id, Rect rect, Id& open, const DropdownOptions& options) {
  const Theme& theme = frame.theme;
  std::string_view value;
  for (const auto& choice : options.choices) {
    if (choice.selected) value = choice.label;
  }
  const std::string spoken = std::string(options.shown.empty() ? options.label : options.shown) + " " + std::string(value);
  const Hit hit = frame.target(id, rect, {.label = spoken, .enabled = !options.choices.empty()});
  if (hit.pressed) open = open == id ? 0 : id;
  const bool is_open = open == id;
  if (hit.hovered || is_open) frame.fill(rect, theme.sunken, 6);
  float x = rect.x + 8;
  if (!options.label.empty()) x += frame.line({x, rect.y, rect.w, rect.h}, options.label, kSmall, theme.muted) + 6;
  frame.line({x, rect.y, rect.right() - 20 - x, rect.h}, options.shown.empty() ? value : options.shown, kSmall, theme.ink);
  draw_icon(frame, Icon::chevron, {rect.right() - 12, rect.centre().y}, 9, theme.muted);
  if (hit.focused) frame.focus_ring(rect, 6);
  if (!is_open) return std::nullopt;

  // The list itself: its places count from this frame on, so its answer comes with the pointer's next event.
  std::optional<std::size_t> chosen;
  const float item = std::max(34.0F, rect.h >= 44 ? 44.0F : 0.0F);  // fingers
  float widest = rect.w;
  for (const auto& choice : options.choices) widest = std::max(widest, frame.measure(choice.label, kSmall) + 52);
  Rect list{rect.x, rect.bottom() + 4, widest, item * static_cast<float>(options.choices.size()) + 8};
  if (list.bottom() > frame.height() - 8) list.y = std::max(8.0F, rect.y - 4 - list.h);
  if (list.right() > frame.width() - 8) list.x = frame.width() - 8 - list.w;
  for (std::size_t i = 0; i < options.choices.size(); ++i) {
    if (frame.interaction.take_pressed(id_of("option", id, i))) chosen = i;
  }
  if (chosen) frame.interaction.return_focus(id);
  if (chosen || (frame.interaction.press_began() && !list.contains(frame.interaction.pointer()) && !rect.contains(frame.interaction.pointer()))) open = 0;
  frame.on_top([list, id, choices = std::vector<view::ChoiceView>(options.choices.begin(), options.choices.end()), item](Frame& top) {
    const Theme& t = top.theme;
    top.shadow(list, 10);
    top.fill(list, t.raised, 10);
    top.stroke(list, t.hairline, 10);
    top.interaction.modal();
    top.interaction.block(list);
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const Rect row{list.x + 4, list.y + 4 + item * static_cast<float>(i), list.w - 8, item};
      const Hit over = top.target(id_of("option", id, i), row, {.label = choices[i].label});
      if (over.hovered) top.fill(row, t.sunken, 6);
      if (choices[i].selected) draw_icon(top, Icon::check, {row.x + 16, row.centre().y}, 12, t.ink);
      top.line({row.x + 32, row.y, row.w - 36, row.h}, choices[i].label, kSmall, t.ink);
      if (over.focused) top.focus_ring(row.inset(2), 6);
    }
  });
  return chosen;
}

std::optional<double> slider(Frame& frame, Id id, Rect rect, const SliderOptions& options) {
  const Theme& theme = frame.theme;
  const Hit hit = frame.target(id, rect, {.label = options.label, .enabled = options.enabled});
  const double span = std::max(1e-9, options.most - options.least);
  const auto part = static_cast<float>(std::clamp((options.value - options.least) / span, 0.0, 1.0));
  const Rect track{rect.x + 8, rect.centre().y - 2, rect.w - 16, 4};
  const Colour colour = options.enabled ? theme.ink : theme.faint;
  frame.fill(track, theme.sunken, 2);
  frame.fill({track.x, track.y, track.w * part, track.h}, colour, 2);
  frame.circle({track.x + track.w * part, rect.centre().y}, hit.hovered || hit.held ? 8 : 7, colour);
  if (hit.focused) frame.focus_ring(rect, 8);
  if (!hit.held || track.w <= 0) return std::nullopt;
  const double wanted = options.least + span * std::clamp((frame.interaction.pointer().x - track.x) / track.w, 0.0F, 1.0F);
  const double step = options.step > 0 ? options.step : span / 100;
  const double value = std::clamp(options.least + std::round((wanted - options.least) / step) * step, options.least, options.most);
  return value == options.value ? std::nullopt : std::optional(value);
}

void progress_bar(Frame& frame, Rect rect, std::optional<double> part, Colour colour) {
  frame.fill(rect, frame.theme.sunken, rect.h / 2);
  if (part) frame.fill({rect.x, rect.y, std::max(rect.h, rect.w * static_cast<float>(std::clamp(*part, 0.0, 1.0))), rect.h}, colour, rect.h / 2);
  else frame.fill({rect.x, rect.y, rect.w, rect.h}, colour.alpha(0.4F), rect.h / 2);
}

TroubleResult trouble_box(Frame& frame, Id id, Rect place, const view::TroubleView& trouble) {
  TroubleResult result;
  const Theme& theme = frame.theme;
  const float inner = place.w - 28;
  const float words = frame.paragraph_height(inner, trouble.sentence, kBody);
  const float tall = 12 + Frame::line_height(kStrong) + words + (trouble.offers.empty() ? 12 : 56);
  const Rect box{place.x, place.y, place.w, tall};
  frame.fill(box, theme.sunken, 6);
  frame.fill_corners({box.x, box.y, 4, box.h}, theme.danger, 4, Frame::left_corners);
  float y = box.y + 12;
  frame.line({box.x + 16, y, inner, Frame::line_height(kStrong)}, trouble.title, kStrong, theme.ink);
  y += Frame::line_height(kStrong);
  y += frame.paragraph({box.x + 16, y}, inner, trouble.sentence, kBody, theme.ink) + 8;
  float x = box.x + 16;
  for (std::size_t i = 0; i < trouble.offers.size(); ++i) {
    const float wide = text_button_width(frame, trouble.offers[i].label);
    if (text_button(frame, id_of("offer", id, i), {x, y, wide, 34}, trouble.offers[i].label, {})) result.pressed = trouble.offers[i].offer;
    x += wide + 8;
  }
  if (!trouble.detail.empty()) {
    const Hit hit = frame.target(id_of("trouble", id), {box.x, box.y, box.w, box.h - (trouble.offers.empty() ? 0 : 44)}, {.label = {}, .cursor = Cursor::arrow, .focusable = false});
    if (hit.hovered) frame.tooltip(trouble.code + ": " + trouble.detail);
  }
  result.height = tall;
  return result;
}

}  // namespace trilens::ui
