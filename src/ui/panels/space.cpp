// Space, page-wide: the list as chips, how it is looked at, and a question that is answered from it step by step.

#include <algorithm>
#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/panels/space_mark.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kChipMost = 420;
constexpr float kMarkRoom = 40;   // mark and number
constexpr float kCloseRoom = 26;

// Things of their own widths in lines, from left to right.
struct Flow {
  Place place;
  float tall = 32, gap = 8;
  float x = 0, y = 0;
  explicit Flow(Place at, float height) : place(at), tall(height), x(at.x), y(at.y) {}
  Rect take(float wide) {
    wide = std::min(wide, place.width);
    if (x > place.x && x + wide > place.x + place.width) next_line();
    const Rect rect{x, y, wide, tall};
    x += wide + gap;
    return rect;
  }
  void next_line() {
    x = place.x;
    y += tall + 6;
  }
  [[nodiscard]] float bottom() const { return x > place.x ? y + tall : y; }
};

void draw_chip(const view::SpaceItemView& item, std::size_t i, Rect rect, Frame& frame, Commands& commands) {
  const Theme& theme = frame.theme;
  const Hit hit = frame.target(id_of("space-item", i), rect, {.label = item.number + " " + item.text, .cursor = Cursor::hand});
  if (hit.hovered || hit.focused) commands.emplace_back(state::HoverItem{i});
  if (hit.pressed) commands.emplace_back(state::PinItem{i});
  frame.fill(rect, item.lit ? theme.sunken : theme.raised, 8);
  frame.stroke(rect, item.lit ? theme.ink : theme.hairline, 8);
  draw_mark(frame, i, {rect.x + 13, rect.centre().y}, item.lit ? 6.5F : 5.0F);
  frame.line({rect.x + 22, rect.y, 24, rect.h}, item.number, kMonoSmall, theme.muted);
  const Rect text{rect.x + 22 + frame.measure(item.number, kMonoSmall) + 7, rect.y, 0, rect.h};
  frame.line({text.x, text.y, rect.right() - kCloseRoom - text.x, rect.h}, item.text, kBody, theme.ink);
  if (hit.focused) frame.focus_ring(rect, 8);
  const Rect close{rect.right() - kCloseRoom, rect.y + (rect.h - 26) / 2, 24, 26};
  if (icon_button(frame, id_of("space-remove", i), close, Icon::close, {.label = item.remove_label, .keys = {}})) commands.emplace_back(state::RemoveItem{i});
}

float draw_list(const view::SpaceIntroView& view, Frame& frame, Place place, bool phone, Commands& commands) {
  Flow flow(place, phone ? 44.0F : 32.0F);
  if (!view.empty.empty()) {
    const float tall = frame.paragraph({place.x, place.y}, place.width, view.empty, kBody, frame.theme.ink, 3);
    flow.y += tall + 6;
  }
  for (std::size_t i = 0; i < view.items.size(); ++i) {
    const view::SpaceItemView& item = view.items[i];
    const float wide = std::ceil(frame.measure(item.text, kBody)) + std::ceil(frame.measure(item.number, kMonoSmall)) + kMarkRoom + kCloseRoom - 6;
    draw_chip(item, i, flow.take(std::min(wide, phone ? place.width : kChipMost)), frame, commands);
  }
  return flow.bottom();
}

float draw_lists(const view::SpaceIntroView& view, Frame& frame, Place place, bool phone, Commands& commands) {
  Flow flow(place, phone ? 44.0F : 32.0F);
  const auto button = [&](Id id, const std::string& text, bool active, bool enabled) {
    return text_button(frame, id, flow.take(text_button_width(frame, text)), text, {.label = {}, .keys = {}, .enabled = enabled, .active = active});
  };
  frame.line(flow.take(frame.measure(view.list_label, kSmall) + 4), view.list_label, kSmall, frame.theme.muted);
  for (std::size_t i = 0; i < view.lists.size(); ++i) {
    if (!button(id_of("space-list", i), view.lists[i].label, view.lists[i].selected, true)) continue;
    commands.emplace_back(state::SetItems{view.list_items[i]});
    state::SpaceChoice choice = view.choice;
    choice.question.clear();
    commands.emplace_back(state::ChooseSpace{choice});
  }
  if (button(id_of("space-add"), view.add_label, false, !view.add_text.empty())) commands.emplace_back(state::AddItems{view.add_text, false});
  if (button(id_of("space-add-words"), view.add_words_label, false, !view.add_text.empty())) commands.emplace_back(state::AddItems{view.add_text, true});
  if (button(id_of("space-clear"), view.clear_label, false, !view.items.empty())) commands.emplace_back(state::SetItems{});
  return flow.bottom();
}

// A word before a row of choices; the chosen one's id.
std::optional<std::string> draw_setting(const view::SettingView& setting, Flow& flow, Frame& frame) {
  const float label = std::ceil(frame.measure(setting.label, kSmall)) + 8;
  const float wide = segmented_width(frame, setting.choices);
  const bool below = label + wide > flow.place.width;   // a phone: the word above its choices
  if (below) {
    frame.line(flow.take(flow.place.width), setting.label, kSmall, frame.theme.muted);
    flow.next_line();
  }
  Rect rect = flow.take(below ? std::min(wide, flow.place.width) : label + wide + 12);
  if (!below) {
    frame.line({rect.x, rect.y, label, rect.h}, setting.label, kSmall, frame.theme.muted);
    rect = {rect.x + label, rect.y, wide, rect.h};
  }
  const auto chosen = segmented(frame, id_of("space-setting", id_of(setting.id)), rect, setting.choices);
  return chosen ? std::optional(setting.choices[*chosen].id) : std::nullopt;
}

struct SliderWords {
  std::string_view label, value;
  double at = 0, least = 0, most = 1;
};

std::optional<double> draw_slider(std::string_view id, const SliderWords& words, Flow& flow, Frame& frame) {
  const float label = std::ceil(frame.measure(words.label, kSmall)) + 8;
  const Rect rect = flow.take(label + 150 + 104);
  frame.line({rect.x, rect.y, label, rect.h}, words.label, kSmall, frame.theme.muted);
  frame.line({rect.x + label + 156, rect.y, 96, rect.h}, words.value, kMonoSmall, frame.theme.ink);
  return slider(frame, id_of(id), {rect.x + label, rect.y, 150, rect.h},
                {.label = std::string(words.label) + " " + std::string(words.value), .value = words.at, .least = words.least, .most = words.most, .step = 1});
}

float draw_settings(const view::SpaceIntroView& view, Frame& frame, Place place, bool phone, Commands& commands) {
  Flow flow(place, phone ? 44.0F : 32.0F);
  state::SpaceChoice choice = view.choice;
  bool changed = false;
  if (const auto id = draw_setting(view.pooling, flow, frame)) {
    choice.pooling = protocol::pooling_from_name(*id).value_or(choice.pooling);
    changed = true;
  }
  if (view.layer_most > 0) {
    if (const auto layer = draw_slider("space-layer", {view.layer_label, view.layer_text, view.layer, 0, view.layer_most}, flow, frame)) {
      choice.layer = *layer >= view.layer_most ? std::nullopt : std::optional(static_cast<std::int64_t>(*layer));
      changed = true;
    }
  }
  if (const auto id = draw_setting(view.projection, flow, frame)) {
    choice.projection = protocol::projection_from_name(*id).value_or(choice.projection);
    changed = true;
  }
  if (view.tsne) {
    const SliderWords words{view.perplexity_label, view.perplexity_text, std::min(view.perplexity, view.perplexity_most), 1, view.perplexity_most};
    if (const auto perplexity = draw_slider("space-perplexity", words, flow, frame)) {
      choice.perplexity = *perplexity;
      changed = true;
    }
    if (text_button(frame, id_of("space-seed"), flow.take(text_button_width(frame, view.seed_label)), view.seed_label, {})) {
      ++choice.seed;
      changed = true;
    }
  }
  if (changed) commands.emplace_back(state::ChooseSpace{choice});
  return flow.bottom();
}

float draw_questions(const view::SpaceIntroView& view, Frame& frame, Place place, bool phone, Commands& commands) {
  Flow flow(place, phone ? 44.0F : 32.0F);
  frame.line(flow.take(frame.measure(view.question_label, kSmall) + 4), view.question_label, kSmall, frame.theme.muted);
  for (std::size_t i = 0; i < view.questions.size(); ++i) {
    const view::ChoiceView& question = view.questions[i];
    if (!text_button(frame, id_of("space-question", i), flow.take(text_button_width(frame, question.label)), question.label, {.label = {}, .keys = {}, .active = question.selected})) continue;
    state::SpaceChoice choice = view.choice;
    choice.question = question.id;
    commands.emplace_back(state::ChooseSpace{choice});
  }
  return flow.bottom();
}

// Side by side where there is room, else one below the other.
float draw_steps(const view::SpaceIntroView& view, Frame& frame, Place place) {
  if (view.steps.empty()) return place.y;
  const Theme& theme = frame.theme;
  const bool beside = place.width > 900;
  const auto count = static_cast<float>(view.steps.size());
  const float gap = 12, wide = beside ? (place.width - gap * (count - 1)) / count : place.width;
  const auto height = [&](const view::RetrievalStepView& step) {
    return 20 + Frame::line_height(kLabel) + 4 + (step.text.empty() ? 0 : frame.paragraph_height(wide - 28, step.text, kBody) + 6) +
           (step.note.empty() ? 0 : frame.paragraph_height(wide - 28, step.note, kSmall));
  };
  float tallest = 0, y = place.y;
  for (const auto& step : view.steps) tallest = std::max(tallest, height(step));
  for (std::size_t i = 0; i < view.steps.size(); ++i) {
    const view::RetrievalStepView& step = view.steps[i];
    const Rect box{beside ? place.x + static_cast<float>(i) * (wide + gap) : place.x, y, wide, beside ? tallest : height(step)};
    frame.fill(box, theme.sunken, 8);
    float at = box.y + 10;
    frame.line({box.x + 14, at, wide - 28, Frame::line_height(kLabel)}, std::to_string(i + 1) + "  " + step.title, kLabel, theme.ink);
    at += Frame::line_height(kLabel) + 4;
    if (!step.text.empty()) at += frame.paragraph({box.x + 14, at}, wide - 28, step.text, kBody, theme.ink) + 6;
    if (!step.note.empty()) frame.paragraph({box.x + 14, at}, wide - 28, step.note, kSmall, theme.muted);
    if (!beside) y += box.h + 8;
  }
  return beside ? y + tallest + 6 : y;
}

}  // namespace

void draw_mark(Frame& frame, std::size_t index, Point at, float radius) {
  const Colour colour = mark_colour(index, frame.theme.dark);
  const float r = radius;
  switch (index / 7 % 4) {  // another shape when the colours begin again
    case 0: frame.circle(at, r, colour); break;
    case 1: frame.fill({at.x - r * 0.88F, at.y - r * 0.88F, r * 1.76F, r * 1.76F}, colour, 1); break;
    case 2: frame.polygon({{at.x, at.y - r * 1.15F}, {at.x + r * 1.1F, at.y + r * 0.85F}, {at.x - r * 1.1F, at.y + r * 0.85F}}, colour); break;
    default: frame.polygon({{at.x, at.y - r * 1.25F}, {at.x + r * 1.25F, at.y}, {at.x, at.y + r * 1.25F}, {at.x - r * 1.25F, at.y}}, colour);
  }
}

float draw(const view::SpaceIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-space-list"));
  Place at = place;
  at.y = draw_lists(view, frame, at, panel.phone, commands) + 8;
  at.y = draw_list(view, frame, at, panel.phone, commands) + 10;
  frame.interaction.region(id_of("region-space-settings"));
  at.y = draw_settings(view, frame, at, panel.phone, commands) + 8;
  frame.interaction.region(id_of("region-space-question"));
  at.y = draw_questions(view, frame, at, panel.phone, commands) + 10;
  at.y = draw_steps(view, frame, at);
  return at.y + frame.paragraph({at.x, at.y}, at.width, view.note, kBody, frame.theme.ink, 4) + 4;
}

}  // namespace trilens::ui
