#include "ui/bars_ui.hpp"

#include <array>
#include <cmath>

#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kButton = 36;
constexpr float kBigButton = 44;

template <class Command>
void press(bool pressed, Commands& commands, Command command) {
  if (pressed) commands.emplace_back(std::move(command));
}

}  // namespace

float transport_width(const view::HeaderView& view, const Frame& frame) { return 5 * kButton + 4 * 2 + 16 + std::max(110.0F, frame.measure(view.clock, kSmall)); }

void draw_transport(const view::HeaderView& view, Frame& frame, Rect rect, bool clock_left, Commands& commands) {
  frame.interaction.region(id_of("region-steps"));
  const float size = clock_left ? kButton : kBigButton, gap = clock_left ? 2.0F : 4.0F;
  const float all = 5 * size + 4 * gap;
  const float clock = frame.measure(view.clock, kSmall);
  float x = clock_left ? rect.right() - all : rect.x + 8;
  const float y = rect.centre().y - size / 2;
  if (clock_left) frame.line({x - clock - 16, rect.y, clock + 4, rect.h}, view.clock, kSmall, frame.theme.muted);
  else frame.line({x + all + 8, rect.y, rect.right() - x - all - 20, rect.h}, view.clock, kSmall, frame.theme.muted, Align::right);
  const auto next = [&] {
    const Rect r{x, y, size, size};
    x += size + gap;
    return r;
  };
  press(icon_button(frame, id_of("to_start"), next(), Icon::to_start, options_of(view.to_start)), commands, state::ToStart{});
  press(icon_button(frame, id_of("step_back"), next(), Icon::step_back, options_of(view.step_back)), commands, state::StepBack{});
  ButtonOptions play = options_of(view.play);
  play.strong = play.enabled || view.play.active;
  const bool pressed = icon_button(frame, id_of("play"), next(), view.play.active ? Icon::pause : Icon::play, play);
  if (pressed && view.play.active) commands.emplace_back(state::Stop{});
  else press(pressed, commands, state::Play{});
  press(icon_button(frame, id_of("step"), next(), Icon::step, options_of(view.step)), commands, state::Step{});
  press(icon_button(frame, id_of("to_end"), next(), Icon::to_end, options_of(view.to_end)), commands, state::ToEnd{});
}

void draw_tools(const view::PageView& page, Frame& frame, Rect rect, PanelState& panel, Commands& commands) {
  const view::HeaderView& view = page.header;
  frame.interaction.region(id_of("region-tools"));
  float x = rect.right();
  const auto next = [&](float width) {
    x -= width;
    return Rect{x, rect.centre().y - kButton / 2, width, kButton};
  };
  const auto room = [&](float width) { return x - width >= rect.x - 0.5F; };
  const Icon theme = view.theme == "system" ? Icon::auto_theme : view.dark ? Icon::moon : Icon::sun;
  if (room(kButton)) press(icon_button(frame, id_of("keys"), next(kButton), Icon::help, options_of(view.keys)), commands, state::ToggleKeys{});
  if (room(kButton)) press(icon_button(frame, id_of("theme"), next(kButton), theme, options_of(view.theme_button)), commands, state::CycleTheme{});
  if (room(kButton)) press(icon_button(frame, id_of("options"), next(kButton), Icon::options, options_of(view.options)), commands, state::ToggleOptions{});
  if (room(64) && view.languages.size() > 1) {
    view::ChoiceView current;
    std::vector<view::ChoiceView> names;
    for (const auto& language : view.languages) {
      names.push_back(language);
      if (language.selected) current = language;
    }
    const Rect place = next(std::min(112.0F, dropdown_width(frame, {{}, names})));
    if (const auto chosen = dropdown(frame, id_of("language"), place, panel.open_menu, {{}, view.languages})) {
      commands.emplace_back(state::SetLanguage{view.languages[*chosen].id});
    }
  }
  const float share = std::ceil(frame.measure(view.share_label, kSmall)) + 34;
  if (room(share)) {
    constexpr std::array kKinds{state::ExportKind::link, state::ExportKind::picture, state::ExportKind::csv, state::ExportKind::json, state::ExportKind::page};
    const auto chosen = dropdown(frame, id_of("share"), next(share), panel.open_menu, {{}, view.shares, view.share_label});
    if (chosen) commands.emplace_back(state::Export{kKinds[*chosen]});
  }
  if (room(kButton)) press(icon_button(frame, id_of("copy"), next(kButton), Icon::copy, options_of(view.copy)), commands, state::CopyText{view.copy_text});
  if (room(kButton)) press(icon_button(frame, id_of("projector"), next(kButton), Icon::screen, options_of(view.projector)), commands, state::ToggleProjector{});
}

void draw_tabs(const view::HeaderView& view, Frame& frame, Rect rect, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-tabs"));
  const Theme& theme = frame.theme;
  constexpr float kGap = 26, kLeastGap = 14;
  float words = 0;
  for (const auto& tab : view.tabs) words += std::ceil(frame.measure(tab.label, kLabel));
  const float gap = std::min(kGap, std::floor((rect.w - words) / static_cast<float>(view.tabs.size())));
  if (gap < kLeastGap) {  // not enough room in a row: the same as a list
    std::vector<view::ChoiceView> choices;
    for (const auto& tab : view.tabs) choices.push_back({tab.id, tab.label, tab.selected});
    const Rect place{rect.x - 8, rect.centre().y - kButton / 2, std::min(rect.w, dropdown_width(frame, {{}, choices})), kButton};
    if (const auto chosen = dropdown(frame, id_of("tabs"), place, panel.open_menu, {{}, choices})) commands.emplace_back(state::SelectTab{view.tabs[*chosen].tab});
    return;
  }
  float x = rect.x;
  for (std::size_t i = 0; i < view.tabs.size(); ++i) {
    const auto& tab = view.tabs[i];
    const float wide = std::ceil(frame.measure(tab.label, kLabel));
    const float around = std::min(8.0F, gap / 2);
    const Rect place{x - around, rect.y + 4, wide + 2 * around, rect.h - 8};
    const Id id = id_of("tab", i);
    const Hit hit = frame.target(id, place, {.label = tab.label});
    press(hit.pressed, commands, state::SelectTab{tab.tab});
    if (hit.hovered && !tab.selected) frame.fill(place, theme.sunken, 6);
    frame.line({x, rect.y, wide + 2, rect.h}, tab.label, tab.selected ? kLabel : kSmall, tab.selected ? theme.ink : theme.muted);
    const float there = frame.motion.follow(id, tab.selected ? 1.0F : 0.0F);
    if (there > 0.01F) frame.fill({x + wide / 2 * (1 - there), rect.bottom() - 2, wide * there, 2}, theme.ink);
    if (hit.focused) frame.focus_ring(place.inset(2), 6);
    x += wide + gap;
  }
}

void draw_family_switch(const view::HeaderView& view, Frame& frame, Rect rect, Commands& commands) {
  frame.interaction.region(id_of("region-families"));
  const Theme& theme = frame.theme;
  const float each = rect.w / static_cast<float>(std::max<std::size_t>(1, view.families.size()));
  bool long_names = true;  // the same kind of name for all three
  for (const auto& tab : view.families) {
    long_names = long_names && frame.measure(tab.family.name, kLabel) + 44 <= each;
    for (const auto& other : view.families) long_names = long_names && (&other == &tab || other.family.name != tab.family.name);
  }
  for (std::size_t i = 0; i < view.families.size(); ++i) {
    const auto& tab = view.families[i];
    const FamilyColours& colours = theme.of(tab.family.family);
    const Rect place{rect.x + each * static_cast<float>(i), rect.y, each, rect.h};
    const Id id = id_of("family", i);
    const Hit hit = frame.target(id, place, {.label = tab.family.name + " " + tab.family.short_name});
    press(hit.pressed, commands, state::ShowSeat{tab.family.seat});
    if (hit.hovered && !tab.shown) frame.fill(place.inset(4), theme.sunken, 6);
    const std::string& name = long_names ? tab.family.name : tab.family.short_name;
    const float wide = std::min(each - 40, frame.measure(name, kLabel)), start = place.centre().x - (wide + 20) / 2;
    draw_family_sign(frame, tab.family.family, {start + 6, place.centre().y}, 12);
    frame.line({start + 20, place.y, wide + 2, place.h}, name, tab.shown ? kLabel : kSmall, tab.shown ? colours.text : theme.muted);
    const float there = frame.motion.follow(id, tab.shown ? 1.0F : 0.0F);
    if (there > 0.01F) frame.fill({place.centre().x - each / 2 * there + 4, place.bottom() - 3, each * there - 8, 3}, colours.full, 1.5F);
    if (hit.focused) frame.focus_ring(place.inset(3), 6);
  }
}

}  // namespace trilens::ui
