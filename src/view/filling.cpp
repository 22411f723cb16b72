#include "view/filling.hpp"

#include <algorithm>

namespace trilens::view {
namespace {

// Where in the text a blank stands among the blanks, from 1.
std::int64_t number_of(const protocol::Reading& reading, std::int64_t position) {
  const auto at = std::ranges::find(reading.predictions, position, &protocol::Blank::position);
  return at - reading.predictions.begin() + 1;
}

// Each blank's first word, in the order of the text.
std::vector<BarView> first_words(const protocol::Step& step, const protocol::Reading& reading, double& scale, const Words& words) {
  std::vector<protocol::Candidate> first;
  for (const protocol::Blank& blank : *step.blanks) {
    if (!blank.top.empty()) first.push_back(blank.top.front());
  }
  double most = 0;
  for (const protocol::Candidate& c : first) most = std::max(most, c.probability);
  scale = nice_scale(most);
  std::vector<BarView> bars = bar_views(first, scale, words);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const std::int64_t position = (*step.blanks)[i].position;
    const std::vector<Fill> values{{"number", count_text(number_of(reading, position))}, {"piece", bars[i].display}};
    bars[i].display = words.strings.fill("filling.blank", values);
    bars[i].spoken = bars[i].display + ", " + bars[i].percent;
    bars[i].chosen = step.position == position;
  }
  return bars;
}

// Blanks whose word is not the one that stood first in the pass for all of them.
std::int64_t changed_words(const std::vector<protocol::Step>& steps, const protocol::Reading& reading) {
  return std::ranges::count_if(steps, [&](const protocol::Step& step) {
    const auto at = std::ranges::find(reading.predictions, step.position, [](const protocol::Blank& b) { return std::optional(b.position); });
    return at != reading.predictions.end() && !at->top.empty() && at->top.front().id != step.id;
  });
}

}  // namespace

std::vector<ChoiceView> fill_modes(const state::State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  if (column.family != Family::encoder || !state::has_blanks(column) || column.reading->predictions.size() < 2) return {};
  const bool one = state.document.one_by_one;
  return {{"all", words.strings.get("filling.all"), !one}, {"one", words.strings.get("filling.one"), one}};
}

void add_blanks(GenerationView& view, const state::State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  const std::vector<protocol::Step>& steps = column.generation.steps;
  view.head.sentence = words.strings.get("filling.sentence");
  if (view.cursor > 0 && static_cast<std::size_t>(view.cursor) <= steps.size()) {
    const protocol::Step& step = steps[static_cast<std::size_t>(view.cursor) - 1];
    double scale = 1;
    if (step.blanks && step.blanks->size() > 1) {
      view.blanks = first_words(step, *column.reading, scale, words);
      view.blanks_title = words.strings.fill("filling.title", {{"step", count_text(view.cursor)}});
    }
  }
  if (!view.finished || column.reading_stale) return;
  const std::int64_t changed = changed_words(steps, *column.reading);
  const std::vector<Fill> values{{"changed", count_text(changed)}, {"blanks", count_text(static_cast<std::int64_t>(steps.size()))}, {"answer", column.reading->answer}};
  view.comparison = words.strings.fill(changed == 0 ? "filling.same" : "filling.other", values);
}

}  // namespace trilens::view
