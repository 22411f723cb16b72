#include "ui/shell.hpp"

#include <cmath>
#include <utility>

#include "ui/bars_ui.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kBlankButton = 60;
constexpr float kSwipe = 64;

void draw_field_box(const view::PageView& view, Frame& frame, const Bars& bars, const ShellInput& input, bool& focus_field, Commands& commands) {
  const Theme& theme = frame.theme;
  frame.interaction.region(id_of("region-text"));
  frame.fill(bars.field_box, theme.raised, 10);
  frame.stroke(bars.field_box, theme.hairline, 10);
  const Rect blank{bars.field_box.right() - kBlankButton, bars.field_box.y + 5, kBlankButton - 5, std::min(34.0F, bars.field_box.h - 10)};
  if (text_button(frame, id_of("blank"), blank, "___", options_of(view.header.blank))) {
    commands.emplace_back(state::InsertBlank{input.selection_begin, input.selection_end});
    focus_field = true;
  }
}

}  // namespace

ShellResult Shell::draw(const view::PageView& view, Frame& frame, const ShellInput& input, Commands& commands) {
  focus_field_ = false;
  panel_.fields = {};
  panel_.again = false;
  panel_.phone = view.layout == state::LayoutClass::phone;
  panel_.roomy = view.tab != state::Tab::overview;
  const Bars bars = lay_bars({view.layout, frame.width(), input.field_lines, kBlankButton});

  frame.fill({0, 0, frame.width(), frame.height()}, frame.theme.paper);
  frame.push_clip({0, bars.header, frame.width(), frame.height() - bars.header - bars.footer});
  const float end = draw_body(view, frame, {0, bars.header - input.scroll, frame.width()}, commands);
  frame.pop_clip();
  draw_header(view, frame, bars, input, commands);
  if (bars.footer > 0) draw_footer(view, frame, bars, commands);
  draw_options(view.options, frame, bars.header, commands);
  draw_keys(view.keys, frame, commands);
  swipe(view, frame, commands);
  frame.finish();
  if (view.keys.open || panel_.open_menu != 0) panel_.fields = {};  // they would lie over what is on top
  settle_hover(commands);
  return {bars.field, end + input.scroll + bars.footer, bars.header, bars.footer, focus_field_, panel_.fields, panel_.again};
}

void Shell::draw_header(const view::PageView& view, Frame& frame, const Bars& bars, const ShellInput& input, Commands& commands) {
  const Theme& theme = frame.theme;
  const Rect bar{0, 0, frame.width(), bars.header};
  frame.interaction.regions_first();
  frame.interaction.block(bar);
  frame.fill(bar, theme.paper);
  const float margin = std::max(24.0F, (frame.width() - kMostWidth) / 2), second = bars.header - 48;
  draw_field_box(view, frame, bars, input, focus_field_, commands);
  if (view.layout == state::LayoutClass::phone) {
    draw_icon(frame, Icon::lens, {28, 26}, 26, theme.ink);
    frame.line({48, 0, 120, 52}, view.header.title, kWordmark, theme.ink);
    draw_tools(view, frame, {160, 0, frame.width() - 160 - 8, 52}, panel_, commands);
    draw_family_switch(view.header, frame, {4, second, frame.width() - 8, 48}, commands);
  } else {
    const bool wide = view.layout == state::LayoutClass::wide;
    draw_icon(frame, Icon::lens, {(wide ? margin : 20) + 14, 34}, 30, theme.ink);
    if (wide) frame.line({margin + 38, 12, 100, 44}, view.header.title, kWordmark, theme.ink);
    const float right = wide ? frame.width() - margin + 8 : frame.width() - 12;
    draw_tools(view, frame, {bars.field_box.right() + 8, 12, right - bars.field_box.right() - 8, 44}, panel_, commands);
    const float steps = transport_width(view.header, frame);
    if (wide) {
      draw_transport(view.header, frame, {right - steps, second, steps, 48}, true, commands);
      draw_tabs(view.header, frame, {margin, second, right - steps - 16 - margin, 48}, panel_, commands);
    } else {
      draw_transport(view.header, frame, {right - steps, second, steps, 48}, true, commands);
      const float tabs = std::min(170.0F, right - steps - 24);
      draw_tabs(view.header, frame, {24, second, tabs, 48}, panel_, commands);
    }
  }
  frame.hairline({0, bars.header - frame.pixel()}, {frame.width(), bars.header - frame.pixel()}, theme.hairline);
}

void Shell::draw_footer(const view::PageView& view, Frame& frame, const Bars& bars, Commands& commands) {
  const Rect bar{0, frame.height() - bars.footer, frame.width(), bars.footer};
  frame.interaction.block(bar);
  frame.fill(bar, frame.theme.paper);
  frame.hairline({0, bar.y}, {bar.right(), bar.y}, frame.theme.hairline);
  draw_transport(view.header, frame, bar, false, commands);
}

void Shell::swipe(const view::PageView& view, Frame& frame, Commands& commands) {
  const Interaction& touch = frame.interaction;
  if (view.layout != state::LayoutClass::phone || !touch.touch() || !touch.released()) return;
  const float dx = touch.pointer().x - touch.pressed_at().x, dy = touch.pointer().y - touch.pressed_at().y;
  if (std::abs(dx) < kSwipe || std::abs(dx) < 2 * std::abs(dy)) return;
  for (std::size_t i = 0; i < view.header.families.size(); ++i) {
    if (!view.header.families[i].shown) continue;
    const std::size_t to = dx < 0 ? i + 1 : i - 1;  // the first one's left is past the end: nowhere
    if (to < view.header.families.size()) commands.emplace_back(state::ShowSeat{view.header.families[to].family.seat});
    return;
  }
}

// Pointing is said once when it begins and once when it ends, not in every frame.
void Shell::settle_hover(Commands& commands) {
  std::optional<state::Mark> mark;
  std::optional<state::Cell> cell;
  std::erase_if(commands, [&](const state::Command& command) {
    if (const auto* hover = std::get_if<state::Hover>(&command)) mark = hover->mark;
    else if (const auto* over = std::get_if<state::HoverCell>(&command)) cell = over->cell;
    else return false;
    return true;
  });
  if (mark != hovered_) commands.emplace_back(state::Hover{mark});
  if (cell != hovered_cell_) commands.emplace_back(state::HoverCell{cell});
  hovered_ = mark;
  hovered_cell_ = cell;
}

bool Shell::shortcut(Shortcut shortcut, const view::PageView& view, Commands& commands) {
  const view::HeaderView& header = view.header;
  const auto give = [&](bool enabled, state::Command command) {
    if (enabled) commands.push_back(std::move(command));
    return enabled;
  };
  switch (shortcut) {
    case Shortcut::step: return give(header.step.enabled, state::Step{});
    case Shortcut::step_back: return give(header.step_back.enabled, state::StepBack{});
    case Shortcut::to_start: return give(header.to_start.enabled, state::ToStart{});
    case Shortcut::to_end: return give(header.to_end.enabled, state::ToEnd{});
    case Shortcut::play: return header.play.active ? give(true, state::Stop{}) : give(header.play.enabled, state::Play{});
    case Shortcut::undo: return give(header.undo.enabled, state::Undo{});
    case Shortcut::redo: return give(header.redo.enabled, state::Redo{});
    case Shortcut::keys: return give(true, state::ToggleKeys{});
    case Shortcut::escape:
      if (panel_.open_menu != 0) panel_.open_menu = 0;
      else if (view.shelf.open && !view.keys.open && !view.options.open) {
        commands.emplace_back(state::CloseShelf{});
        panel_.closed_shelf = view.shelf.seat;
      } else if (panel_.open_examples) panel_.closed_examples = std::exchange(panel_.open_examples, std::nullopt);
      else if (view.keys.open) commands.emplace_back(state::ToggleKeys{});
      else if (view.options.open) commands.emplace_back(state::ToggleOptions{});
      else commands.emplace_back(state::ClearSelection{});
      return true;
  }
  return false;
}

}  // namespace trilens::ui
