// Who can answer this? A row for each task, a cell for each model: a mark (full, half, crossed out) and a word say whether it can, then
// what it answered, how sure it is and what that cost, or why it cannot.

#include <algorithm>
#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

using view::AnswerStatus;
using view::AnswerVerdict;

constexpr float kMark = 6;   // radius

// Full, half full, empty and crossed: told by shape as well as by colour.
void draw_mark(AnswerVerdict verdict, Point at, Colour colour, Frame& frame) {
  frame.circle(at, kMark, colour, 1.6F);
  if (verdict == AnswerVerdict::can) frame.circle(at, kMark, colour);
  if (verdict == AnswerVerdict::cannot) frame.segment({at.x - 4, at.y + 4}, {at.x + 4, at.y - 4}, colour, 1.6F);
  if (verdict != AnswerVerdict::partly) return;
  std::vector<Point> half;
  for (int i = 0; i <= 10; ++i) {
    const float angle = 3.14159F * (0.5F + static_cast<float>(i) / 10);
    half.push_back({at.x + kMark * std::cos(angle), at.y + kMark * std::sin(angle)});
  }
  frame.polygon(half, colour);
}

float draw_bars(const view::AnswerCellView& view, Frame& frame, Place at, float opacity) {
  const FamilyColours& colours = frame.theme.of(view.family.family);
  float label = 0, number = 0;
  for (const view::AnswerBarView& bar : view.bars) {
    label = std::max(label, std::ceil(frame.measure(bar.text, kSmall)));
    number = std::max(number, std::ceil(frame.measure(bar.number, kMonoSmall)));
  }
  label = std::min(label, at.width * 0.62F);
  const float tall = 22;
  float y = at.y;
  for (const view::AnswerBarView& bar : view.bars) {
    frame.line({at.x, y, label, tall}, bar.text, bar.best ? kLabel : kSmall, frame.theme.ink.alpha(opacity));
    const Rect track{at.x + label + 10, y + 7, std::max(8.0F, at.width - label - number - 24), 8};
    frame.fill(track, frame.theme.sunken, 4);
    frame.fill({track.x, track.y, track.w * static_cast<float>(bar.length), track.h}, (bar.best ? colours.full : mix(colours.full, frame.theme.sunken, 0.5F)).alpha(opacity), 4);
    frame.line({track.right() + 4, y, at.x + at.width - track.right() - 4, tall}, bar.number, kMonoSmall, frame.theme.muted.alpha(opacity), Align::right);
    y += tall;
  }
  return y;
}

// The mark, its word, and what is under way at the right.
float draw_verdict(const view::AnswerCellView& view, Frame& frame, Place at, float opacity) {
  const Theme& theme = frame.theme;
  const FamilyColours& colours = theme.of(view.family.family);
  const float tall = 24;
  const bool known = !view.verdict_words.empty();
  float used = 0;
  if (known) {
    const bool able = view.verdict != AnswerVerdict::cannot;
    draw_mark(view.verdict, {at.x + kMark + 1, at.y + tall / 2}, (able ? colours.full : theme.muted).alpha(opacity), frame);
    used = 22 + frame.line({at.x + 22, at.y, at.width - 22, tall}, view.verdict_words, kLabel, (able ? colours.text : theme.muted).alpha(opacity)) + 12;
  }
  const bool cost = view.status_words.empty();
  frame.line({at.x + used, at.y, at.width - used, tall}, cost ? view.cost : view.status_words, cost ? kMonoSmall : kSmall, theme.muted, known ? Align::right : Align::left);
  return at.y + tall;
}

// The question to ask; an empty id is the text's own.
state::ChooseAnswer chosen_question(const view::ChoiceView& choice) {
  state::ChooseAnswer out;
  if (!choice.id.empty()) out.chosen.questions.push_back(choice.id);
  return out;
}

}  // namespace

float draw(const view::AnswerIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-answer"));
  const Theme& theme = frame.theme;
  const float tall = panel.phone ? 44 : 32;
  float y = place.y;
  const float button = text_button_width(frame, view.button);
  if (text_button(frame, id_of("answer-run"), {place.x, y, button, tall}, view.button, {.label = view.button, .keys = {}})) {
    if (view.running) commands.emplace_back(state::StopAnswers{});
    else commands.emplace_back(state::RunAnswers{});
  }
  const float bar = std::min(160.0F, place.width - button - 140);
  float x = place.x + button + 14;
  if (view.running && bar > 40) {
    progress_bar(frame, {x, y + tall / 2 - 3, bar, 6}, view.part, theme.ink);
    x += bar + 12;
  }
  frame.line({x, y, place.x + place.width - x, tall}, view.progress, kSmall, theme.muted);
  y += tall + 8;
  if (!view.questions.empty()) {
    const float used = frame.line({place.x, y, place.width, tall}, view.question_label, kSmall, theme.muted) + 10;
    const float wide = std::ceil(segmented_width(frame, view.questions));
    const bool below = used + wide > place.width;
    if (below) y += tall;
    const Rect rect{place.x + (below ? 0 : used), y, std::min(wide, place.width), tall};
    if (wide <= place.width) {
      if (const auto chosen = segmented(frame, id_of("answer-question"), rect, view.questions)) commands.emplace_back(chosen_question(view.questions[*chosen]));
    } else if (const auto chosen = dropdown(frame, id_of("answer-question"), rect, panel.open_menu, {.label = {}, .choices = view.questions})) {
      commands.emplace_back(chosen_question(view.questions[*chosen]));
    }
    y += tall + 6;
  }
  if (!view.note.empty()) y += frame.paragraph({place.x, y}, place.width, view.note, kBody, theme.ink, 4) + 4;
  return y + 6;
}

float draw(const view::AnswerRowView& view, Frame& frame, Place place) {
  const float used = frame.line({place.x, place.y, place.width, 26}, view.title, kStrong, frame.theme.ink) + 14;
  const float room = place.width - used;
  if (room > 360) return place.y + 2 + std::max(24.0F, frame.paragraph({place.x + used, place.y + 3}, room, view.text, kSmall, frame.theme.muted, 2)) + 4;
  return place.y + 26 + frame.paragraph({place.x, place.y + 26}, place.width, view.text, kSmall, frame.theme.muted, 3) + 4;
}

float draw(const view::AnswerCellView& view, Frame& frame, Place place, PanelState& /*panel*/, Commands& commands) {
  const Theme& theme = frame.theme;
  const std::uint64_t seat = seat_index(view.family.seat);
  const Id id = id_of("answer-" + view.task, seat);
  frame.interaction.region(id_of("region-answers", seat));
  const float opacity = frame.motion.follow(id ^ 0x5157, view.stale ? 0.45F : 1.0F);
  Place at = place;
  at.y = draw_verdict(view, frame, at, opacity) + 2;
  if (view.trouble) {
    const auto box = trouble_box(frame, id_of("answer-trouble", id), {at.x, at.y, at.width, 0}, *view.trouble);
    if (box.pressed) apply_offer(*box.pressed, view.family.seat, commands);
    return at.y + box.height + 12;
  }
  const float top = at.y;
  if (!view.answer.empty()) {
    const float tall = frame.paragraph_height(at.width - 16, view.answer, kStrong, 5);
    frame.fill({at.x, at.y + 2, 3, tall}, theme.of(view.family.family).full.alpha(opacity), 1.5F);
    at.y += frame.paragraph({at.x + 12, at.y + 2}, at.width - 16, view.answer, kStrong, theme.ink.alpha(opacity), 5) + 4;
  }
  if (!view.number.empty()) {
    frame.line({at.x + 12, at.y, at.width - 12, 22}, view.number, kMonoSmall, theme.muted.alpha(opacity));
    at.y += 24;
  }
  if (!view.bars.empty()) at.y = draw_bars(view, frame, {at.x + 12, at.y, at.width - 12}, opacity) + 4;
  if (!view.reason.empty()) at.y += frame.paragraph({at.x, at.y}, at.width, view.reason, kSmall, theme.muted.alpha(opacity), 8) + 4;
  if (!view.asked.empty() && at.y > top) {
    const Rect spot{at.x, top, at.width, at.y - top};
    const Hit hit = frame.target(id, spot, {.label = view.answer + ". " + view.asked, .cursor = Cursor::arrow});
    if (hit.hovered) frame.tooltip(view.asked);
    else if (hit.focused) frame.tooltip_at(spot, view.asked);
    if (hit.focused) frame.focus_ring(spot, 4);
  }
  return at.y + 12;
}

}  // namespace trilens::ui
