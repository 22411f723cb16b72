#include "ui/panels/bars.hpp"

namespace trilens::ui {

float draw(const view::PredictionView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const std::uint64_t family = seat_index(view.family.seat);
  frame.interaction.region(id_of("region-says", family));
  Place at = place;
  at.y += draw_head_state(view.head, view.family.seat, frame, at, commands);
  if (view.blanks.empty() && view.answer.empty()) return at.y;
  const float opacity = strength(view.head, frame, id_of("says", family));

  at.y += frame.paragraph({at.x, at.y}, at.width, view.task_words, kSmall, theme.muted, 2) + 4;
  if (!view.answer.empty()) {
    const Rect box{at.x, at.y, at.width, 0};
    const float tall = frame.paragraph_height(box.w - 16, view.answer, kStrong, panel.roomy ? 20 : 3);
    frame.fill({box.x, box.y + 2, 3, tall}, theme.of(view.family.family).full, 1.5F);
    at.y += frame.paragraph({at.x + 12, at.y + 2}, at.width - 16, view.answer, kStrong, theme.ink.alpha(opacity), panel.roomy ? 20 : 3) + 12;
  }
  for (std::size_t i = 0; i < view.blanks.size(); ++i) {
    const view::BlankView& blank = view.blanks[i];
    if (!panel.roomy && i == 2) break;  // the tab of its own shows them all
    const float title = 24;
    const float used = frame.line({at.x, at.y, at.width, title}, blank.title, kLabel, blank.hovered ? theme.of(view.family.family).text : theme.ink);
    frame.line({at.x + used + 10, at.y, at.width - used - 10, title}, blank.entropy_words, kSmall, theme.muted);
    const Hit hit = frame.target(id_of("blank-title", family, i), {at.x, at.y, at.width, title}, {.label = {}, .cursor = Cursor::arrow, .focusable = false});
    if (hit.hovered) frame.tooltip(blank.entropy + "\n" + blank.entropy_words);
    at.y += title + 2;
    const std::size_t most = panel.roomy ? 8 : view.blanks.size() > 1 ? 3 : 5;
    at.y += draw_bars(blank.bars, frame, at, {view.family.family, id_of("says-bars", family, i), most, opacity}) + 8;
  }
  if (panel.roomy && !view.prompt.empty()) {
    frame.line({at.x, at.y, at.width, 22}, view.prompt_label, kSmall, theme.muted);
    at.y += 24 + frame.paragraph({at.x, at.y + 24}, at.width, view.prompt, kMonoSmall, theme.ink) + 8;
  }
  return at.y;
}

}  // namespace trilens::ui
