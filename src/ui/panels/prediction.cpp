#include "ui/panels/bars.hpp"

namespace trilens::ui {

namespace {

// Its best candidates; a press opens the account of the one.
float draw_candidates(const view::PredictionView& view, std::size_t i, Frame& frame, Place at, BarsOptions options, Commands& commands) {
  std::optional<std::size_t> pressed;
  options.link = view.link;
  options.pressed = &pressed;
  const float tall = draw_bars(view.blanks[i].bars, frame, at, options);
  if (pressed) {
    commands.emplace_back(state::ChooseNumbers{view.family.seat, {.text = {}, .kind = {}, .layer = {}, .head = {}, .query = {}, .key = {},
                                                                  .place = static_cast<std::int64_t>(i), .candidate = view.blanks[i].bars[*pressed].id}});
    commands.emplace_back(state::SelectTab{state::Tab::numbers});
  }
  return tall;
}

}  // namespace

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
    at.y += draw_candidates(view, i, frame, at, {view.family.family, id_of("says-bars", family, i), most, opacity}, commands) + 8;
  }
  if (panel.roomy && !view.prompt.empty()) {
    frame.line({at.x, at.y, at.width, 22}, view.prompt_label, kSmall, theme.muted);
    at.y += 24 + frame.paragraph({at.x, at.y + 24}, at.width, view.prompt, kMonoSmall, theme.ink) + 8;
  }
  return at.y;
}

}  // namespace trilens::ui
