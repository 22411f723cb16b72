#include <cmath>

#include "ui/panels/bars.hpp"
#include "ui/panels/filling.hpp"

namespace trilens::ui {
namespace {

// Every step as a chip, its probability under it; a click goes there.
float draw_steps(const view::GenerationView& view, Frame& frame, Place place, const PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const FamilyColours& colours = theme.of(view.family.family);
  const float tall = panel.phone ? 52 : 46;
  float x = place.x, y = place.y;
  for (const view::StepView& step : view.steps) {
    const float wide = std::max({40.0F, std::ceil(frame.measure(step.display, kMono)) + 14, std::ceil(frame.measure(step.percent, kMonoSmall)) + 10});
    if (x > place.x && x + wide > place.x + place.width) {
      x = place.x;
      y += tall + 6;
    }
    const Rect chip{x, y, std::min(wide, place.width), tall};
    const Id id = id_of("written-step", seat_index(view.family.seat), static_cast<std::uint64_t>(step.number));
    const Hit hit = frame.target(id, chip, {.label = step.spoken});
    if (hit.pressed) commands.emplace_back(state::GoToStep{step.number});
    if (hit.hovered) frame.tooltip(step.spoken + "\n" + step.entropy + " · " + step.time + "\n" + step.token);
    const float fade = step.future ? 0.4F : 1.0F;
    frame.fill(chip, (step.current ? colours.soft : colours.tint).alpha(fade), 6);
    if (step.current) frame.stroke(chip, colours.full, 6);
    else if (hit.hovered) frame.stroke(chip, theme.hairline, 6);
    frame.line({chip.x + 3, chip.y + 3, chip.w - 6, tall / 2}, step.display, step.end ? kMonoSmall : kMono, (step.end ? theme.muted : theme.ink).alpha(fade), Align::centre);
    frame.line({chip.x + 2, chip.y + tall / 2 - 1, chip.w - 4, tall / 2}, step.percent, kMonoSmall, theme.muted.alpha(fade), Align::centre);
    if (hit.focused) frame.focus_ring(chip, 6);
    x += wide + 6;
  }
  return view.steps.empty() ? place.y : y + tall;
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
  if (!view.alternatives.empty()) {
    at.y += 10;
    frame.line({at.x, at.y, at.width, 22}, view.alternatives_title, kSmall, theme.muted);
    at.y += 24;
    at.y += draw_bars(view.alternatives, frame, at, {view.family.family, id_of("alternatives", family), panel.roomy ? std::size_t{10} : std::size_t{4}, 1});
  }
  return at.y;
}

}  // namespace trilens::ui
