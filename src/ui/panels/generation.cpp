#include <algorithm>
#include <cmath>

#include "ui/panels/bars.hpp"
#include "ui/panels/filling.hpp"
#include "ui/panels/generation_looks.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kOther = 24;

// The best that a step was not, one under the other; a press goes on from it, and lets it be seen.
void draw_others(Seat seat, const view::StepView& step, Frame& frame, Rect place, Commands& commands) {
  for (std::size_t i = 0; i < step.others.size(); ++i) {
    const view::OtherView& other = step.others[i];
    const Rect rect{place.x, place.y + 2 + static_cast<float>(i) * kOther, place.w, kOther};
    const Hit hit = frame.target(id_of("other", seat_index(seat), static_cast<std::uint64_t>(step.number) * 8 + i), rect, {.label = other.spoken});
    if (hit.pressed) {
      commands.emplace_back(state::ContinueFrom{seat, step.number, other.id});
      commands.emplace_back(state::Play{});
    }
    if (hit.hovered) {
      frame.fill(rect, frame.theme.sunken, 5);
      frame.tooltip(other.spoken);
    }
    frame.line({rect.x + 2, rect.y, rect.w - 4, rect.h}, other.display, kMonoSmall, (hit.hovered ? frame.theme.ink : frame.theme.muted).alpha(step.future ? 0.5F : 1.0F), Align::centre);
    if (hit.focused) frame.focus_ring(rect, 5);
  }
}

// What it is made to begin with, and the way back.
float draw_prefix(const view::GenerationView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  float y = place.y;
  const float tall = panel.phone ? 44 : 36;
  if (view.prefix) {
    frame.line({place.x, y, place.width, 22}, view.prefix->label, kSmall, frame.theme.muted);
    y += 24;
    const float back = view.prefix_back.empty() ? 0 : text_button_width(frame, view.prefix_back) + 8;
    draw_field(*view.prefix, PanelState::prefix + seat_index(view.family.seat), frame, {place.x, y, place.width - back, tall}, panel);
    const Rect button{place.x + place.width - back + 8, y, back - 8, tall};
    if (back > 0 && text_button(frame, id_of("prefix-back", seat_index(view.family.seat)), button, view.prefix_back, {})) commands.emplace_back(state::SetPrefix{view.family.seat, {}});
    y += tall + 6;
  }
  if (!view.prefix_note.empty()) y += frame.paragraph({place.x, y}, place.width, view.prefix_note, kSmall, frame.theme.ink, 3) + 4;
  return y;
}

// Every step as a chip, its probability under it; a click goes there.
float draw_steps(const view::GenerationView& view, Frame& frame, Place place, const PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const FamilyColours& colours = theme.of(view.family.family);
  const float tall = panel.phone ? 52 : 46;
  // What each could also have been stands below it, where a pointer can hit it; on a phone the step's own bars do.
  const bool others = panel.roomy && !panel.phone;
  const auto most = others ? std::ranges::max(view.steps, {}, [](const view::StepView& s) { return s.others.size(); }).others.size() : 0;
  const float full = tall + static_cast<float>(most) * kOther;
  float x = place.x, y = place.y;
  for (const view::StepView& step : view.steps) {
    float wide = std::max({40.0F, std::ceil(frame.measure(step.display, kMono)) + 14, std::ceil(frame.measure(step.percent, kMonoSmall)) + 10});
    if (others) for (const view::OtherView& other : step.others) wide = std::max(wide, std::min(96.0F, std::ceil(frame.measure(other.display, kMonoSmall)) + 12));
    if (x > place.x && x + wide > place.x + place.width) {
      x = place.x;
      y += full + 8;
    }
    const Rect chip{x, y, std::min(wide, place.width), tall};
    const Id id = id_of("written-step", seat_index(view.family.seat), static_cast<std::uint64_t>(step.number));
    const Hit hit = frame.target(id, chip, {.label = step.spoken});
    if (hit.pressed) commands.emplace_back(state::GoToStep{step.number});
    if (hit.hovered) frame.tooltip(step.spoken + "\n" + step.entropy + " · " + step.time + "\n" + step.token);
    const float fade = step.future ? 0.4F : 1.0F;
    frame.fill(chip, (step.current ? colours.soft : colours.tint).alpha(fade), 6);
    if (step.forced) {  // a second cue beside the words: a bar along its top
      frame.fill_corners({chip.x, chip.y, chip.w, 4}, theme.ink.alpha(fade), 3, Frame::all_corners);
    }
    if (step.current) frame.stroke(chip, colours.full, 6);
    else if (hit.hovered) frame.stroke(chip, theme.hairline, 6);
    frame.line({chip.x + 3, chip.y + 3, chip.w - 6, tall / 2}, step.display, step.end ? kMonoSmall : kMono, (step.end ? theme.muted : theme.ink).alpha(fade), Align::centre);
    frame.line({chip.x + 2, chip.y + tall / 2 - 1, chip.w - 4, tall / 2}, step.percent, kMonoSmall, theme.muted.alpha(fade), Align::centre);
    if (hit.focused) frame.focus_ring(chip, 6);
    if (others) draw_others(view.family.seat, step, frame, {chip.x, chip.bottom(), chip.w, 0}, commands);
    x += wide + 6;
  }
  return view.steps.empty() ? place.y : y + full;
}

}  // namespace

float draw(const view::GenerationView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const FamilyColours& colours = theme.of(view.family.family);
  const std::uint64_t family = seat_index(view.family.seat);
  frame.interaction.region(id_of("region-writes", family));
  Place at = place;
  at.y += draw_head_state(view.head, view.family.seat, frame, at, commands);
  if (view.head.empty && view.steps.empty()) return at.y;

  at.y = draw_prefix(view, frame, at, panel, commands);
  at.y = draw_fill_modes(view, frame, at, commands);
  // What it has written, its newest piece marked.
  if (!view.written.empty()) {
    const std::string& text = view.written;
    const float tall = frame.paragraph_height(at.width - 16, text, kStrong, panel.roomy ? 40 : 4);
    frame.fill({at.x, at.y + 2, 3, tall}, colours.full, 1.5F);
    at.y += frame.paragraph({at.x + 12, at.y + 2}, at.width - 16, text, kStrong, theme.ink, panel.roomy ? 40 : 4) + 8;
  }
  if (!view.state_words.empty()) {
    frame.line({at.x, at.y, at.width, 22}, view.state_words, kSmall, theme.muted);
    at.y += 26;
  }
  if (panel.roomy || view.steps.size() <= 16) {
    at.y = draw_steps(view, frame, at, panel, commands);
  } else {  // the ones around the clock; the tab of its own shows them all
    view::GenerationView near = view;
    const auto cursor = static_cast<std::ptrdiff_t>(std::min<std::int64_t>(view.cursor, static_cast<std::int64_t>(view.steps.size())));
    const std::ptrdiff_t begin = std::max<std::ptrdiff_t>(0, cursor - 12), end = std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(view.steps.size()), begin + 16);
    near.steps.assign(view.steps.begin() + begin, view.steps.begin() + end);
    at.y = draw_steps(near, frame, at, panel, commands);
  }
  at.y = draw_open_blanks(view, frame, at, panel);
  if (!view.alternatives.empty() && !view.distribution.shown) {  // which shows the same words, and more
    at.y += 10;
    frame.line({at.x, at.y, at.width, 22}, view.alternatives_title, kSmall, theme.muted);
    at.y += 24;
    at.y += draw_bars(view.alternatives, frame, at, {view.family.family, id_of("alternatives", family), panel.roomy ? std::size_t{10} : std::size_t{4}, 1});
  }
  at.y = draw(view.distribution, view.family, frame, at);
  at.y = draw(view.cross, view.family, frame, at);
  return at.y;
}

}  // namespace trilens::ui
