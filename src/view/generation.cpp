#include "view/generation.hpp"

#include <algorithm>

#include "view/filling.hpp"

namespace trilens::view {
namespace {

using state::GenerationState;
using state::State;

std::string state_id(const State& state, const GenerationState& g, bool at_end) {
  if (g.trouble) return "trouble";
  if (g.waiting) return "running";
  if (g.stale) return "stale";
  if (g.finished && at_end) return "stop." + (g.stop_reason.empty() ? std::string("length") : g.stop_reason);
  return state.clock.cursor == 0 ? "ready" : "paused";
}

StepView step_view(const protocol::Step& step, std::int64_t number, const Words& words) {
  StepView v;
  v.number = number;
  v.display = piece_text(step.display, step.token);
  v.token = step.token;
  v.percent = percent_text(step.probability, words.number);
  v.entropy = entropy_text(step.entropy_bits, words);
  v.time = step.millis > 0 ? joined(millis_quantity(step.millis, words.number)) : std::string(kNothing);
  v.spoken = words.strings.fill("generation.step", {{"step", count_text(number)}, {"piece", v.display}, {"percent", v.percent}});
  return v;
}

// The whole answer in one step: every blank at once.
void encoder_steps(GenerationView& v, const state::ColumnState& column, const Words& words) {
  const protocol::Reading& reading = *column.reading;
  v.whole = reading.answer;
  v.prompt = reading.prompt;
  v.finished = v.cursor > 0;
  v.state_words = words.strings.get(v.finished ? "generation.state.encoder_done" : "generation.state.encoder");
  if (reading.predictions.empty() || reading.predictions.front().top.empty()) return;
  const protocol::Blank& first = reading.predictions.front();
  protocol::Step step{.id = first.top.front().id, .token = first.top.front().token, .display = first.top.front().display,
                      .probability = first.top.front().probability, .entropy_bits = first.entropy_bits, .millis = column.reading->prefill_ms, .top = {}};
  StepView row = step_view(step, 1, words);
  if (reading.predictions.size() > 1) {
    row.display = reading.answer;
    row.percent = row.entropy = std::string(kNothing);
    row.spoken = words.strings.fill("generation.all_at_once", {{"blanks", count_text(static_cast<std::int64_t>(reading.predictions.size()))}, {"answer", reading.answer}});
  }
  row.current = v.cursor > 0;
  row.future = v.cursor == 0;
  v.steps.push_back(std::move(row));
  if (v.cursor == 0) return;
  v.written = v.newest = reading.answer;
  v.alternatives_title = words.strings.get("generation.alternatives_encoder");
  v.scale = nice_scale(first.top.front().probability);
  v.alternatives = bar_views(first.top, v.scale, words);
  v.alternatives.front().chosen = true;
}

void alternatives(GenerationView& v, const protocol::Step& step, const Words& words) {
  double most = step.probability;
  for (const protocol::Candidate& c : step.top) most = std::max(most, c.probability);
  v.scale = nice_scale(most);
  v.alternatives_title = words.strings.fill("generation.alternatives", {{"step", count_text(v.cursor)}});
  // Sampling and penalties may take one from further down.
  std::vector<protocol::Candidate> shown = step.top;
  if (std::ranges::find(shown, step.id, &protocol::Candidate::id) == shown.end()) {
    shown.push_back({step.id, step.token, step.display, step.probability, 0});
  }
  v.alternatives = bar_views(shown, v.scale, words);
  for (BarView& bar : v.alternatives) bar.chosen = bar.id == step.id;
}

void writer_steps(GenerationView& v, const GenerationState& g, const Words& words) {
  const auto text_at = [&](std::int64_t n) { return static_cast<std::size_t>(n) < g.texts.size() ? g.texts[static_cast<std::size_t>(n)] : std::string(); };
  v.written = text_at(v.cursor);
  v.whole = text_at(g.advanced);
  const std::string before = v.cursor > 0 ? text_at(v.cursor - 1) : std::string();
  if (v.cursor > 0 && v.written.starts_with(before)) v.newest = v.written.substr(before.size());
  const auto count = static_cast<std::int64_t>(g.steps.size());
  for (std::int64_t i = 0; i < count; ++i) {
    StepView row = step_view(g.steps[static_cast<std::size_t>(i)], i + 1, words);
    row.current = i + 1 == v.cursor;
    row.future = i + 1 > v.cursor;
    row.end = g.finished && g.stop_reason == "eos" && i + 1 == count;
    v.steps.push_back(std::move(row));
  }
  v.finished = g.finished && v.cursor >= g.advanced;
  if (v.cursor > 0 && v.cursor <= count) alternatives(v, g.steps[static_cast<std::size_t>(v.cursor) - 1], words);
}

}  // namespace

GenerationView build_generation(const State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  const GenerationState& g = column.generation;
  GenerationView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("generation", words);
  v.cursor = std::min(state.clock.cursor, state::known_steps(state, seat));
  reading_head(v.head, state, seat, words);
  v.head.sentence = v.head.empty ? v.head.sentence : words.strings.get("generation.sentence." + v.family.id);
  v.fill_modes = fill_modes(state, seat, words);
  if (!state::steps_on(state, seat)) {
    if (column.reading) encoder_steps(v, column, words);
    return v;
  }
  v.head.stale = g.stale;
  v.head.waiting = g.waiting;
  v.head.hint.clear();
  v.head.trouble.reset();
  if (g.trouble) v.head.trouble = trouble_view(*g.trouble, words);
  settle_head(v.head, words);
  v.prompt = column.reading ? column.reading->prompt : std::string();
  v.running = g.waiting || (state.clock.playing && !g.finished);
  writer_steps(v, g, words);
  v.state_words = words.strings.get("generation.state." + state_id(state, g, v.finished));
  if (column.family == Family::encoder) {
    add_blanks(v, state, seat, words);
    return v;
  }
  const bool beam = state.document.options.strategy == protocol::Strategy::beam;
  if (beam && !v.head.empty) v.head.sentence = words.strings.get("generation.sentence.beam");
  return v;
}

}  // namespace trilens::view
