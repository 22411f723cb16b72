#include "view/prediction.hpp"

#include <algorithm>
#include <cmath>

namespace trilens::view {
namespace {

// The same length means the same probability in every column.
double shared_scale(const state::State& state) {
  double most = 0;
  for (const state::ColumnState& column : state.columns) {
    if (!column.reading) continue;
    for (const protocol::Blank& blank : column.reading->predictions) {
      for (const protocol::Candidate& c : blank.top) most = std::max(most, c.probability);
    }
  }
  return nice_scale(most);
}

std::string blank_title(const protocol::Reading& reading, std::size_t i, const Words& words) {
  const protocol::Blank& blank = reading.predictions[i];
  if (reading.task == "continue") return words.strings.get("prediction.next");
  if (reading.task == "translate") return words.strings.get("prediction.first");
  const auto at = static_cast<std::size_t>(blank.position);
  if (reading.task == "guess" && at < reading.tokens.size()) {
    return words.strings.fill("prediction.hidden", {{"piece", piece_text(reading.tokens[at].display, reading.tokens[at].text)}});
  }
  if (reading.predictions.size() == 1) return words.strings.get("prediction.blank");
  return words.strings.fill("prediction.blank_number", {{"number", count_text(static_cast<std::int64_t>(i) + 1)}});
}

std::string entropy_words(double bits, const Words& words) {
  const double choices = std::exp2(bits);
  if (choices < 1.5) return words.strings.get("entropy.sure");
  return words.strings.fill("entropy.among", {{"choices", count_text(std::llround(choices))}});
}

}  // namespace

PredictionView build_prediction(const state::State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  PredictionView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("prediction", words);
  reading_head(v.head, state, seat, words);
  v.prompt_label = words.strings.get("prediction.prompt");
  v.answer_label = words.strings.get("prediction.answer");
  v.scale = shared_scale(state);
  v.scale_text = scale_text(v.scale, words);
  v.link = words.strings.get("numbers.link");
  if (!column.reading) return v;
  const protocol::Reading& reading = *column.reading;
  v.task = reading.task;
  v.task_words = words.strings.get("prediction.task." + v.family.id + "." + reading.task);
  v.prompt = reading.prompt;
  v.answer = reading.answer;
  for (std::size_t i = 0; i < reading.predictions.size(); ++i) {
    const protocol::Blank& blank = reading.predictions[i];
    BlankView b;
    b.title = blank_title(reading, i, words);
    b.piece = static_cast<std::size_t>(blank.position);
    b.entropy = entropy_text(blank.entropy_bits, words);
    b.entropy_words = entropy_words(blank.entropy_bits, words);
    b.bars = bar_views(blank.top, v.scale, words);
    if (b.piece < reading.tokens.size() && reading.task != "translate") {
      b.hovered = lit(state, seat, state::Side::text, reading.tokens[b.piece], b.piece).hovered;
    }
    v.blanks.push_back(std::move(b));
  }
  const BarView* best = v.blanks.empty() || v.blanks.front().bars.empty() ? nullptr : &v.blanks.front().bars.front();
  v.head.sentence = best == nullptr ? words.strings.get("prediction.nothing")
                                    : words.strings.fill("prediction.sentence", {{"task", v.task_words}, {"piece", best->display}, {"percent", best->percent}});
  return v;
}

}  // namespace trilens::view
