// The table of experiments, and what is common to all: asking when the tab is open, keeping the old answer while a new one comes.
#include <algorithm>
#include <array>
#include <utility>

#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

std::optional<protocol::Request> leak_request(const State& state, Seat seat) {
  const LeakTexts texts = leak_texts(state);
  if (texts.begin == texts.end || texts.text == texts.changed) return std::nullopt;
  return protocol::Leak{seat, texts.text, texts.changed};
}

std::optional<protocol::Request> space_request(const State& state, Seat seat) {
  if (state.document.items.empty()) return std::nullopt;
  const SpaceChoice& choice = state.space;
  protocol::Space request{.seat = seat, .items = state.document.items, .question = choice.question, .pooling = choice.pooling,
                          .layer = choice.layer, .projection = choice.projection};
  if (choice.projection == protocol::Projection::tsne) {  // else they change nothing
    request.perplexity = choice.perplexity;
    request.seed = choice.seed;
  }
  return request;
}

// The second half of retrieval: asked when the encoder has found its passage.
std::optional<protocol::Request> answer_request(const State& state, Seat seat) {
  const auto found = retrieved(state);
  if (!found || seat_that_answers(state) != seat) return std::nullopt;
  protocol::Generate request{.seat = seat, .text = answer_prompt(state.space.question, state.document.items[found->item]), .options = {}};
  request.options.max_new_tokens = 24;
  request.options.alternatives = 3;
  return request;
}

std::optional<protocol::Request> heads_request(const State& state, Seat seat) {
  protocol::Heads request{.seat = seat, .kind = heads_kind(state, seat), .text = state.document.text, .target = {}};
  request.hide_special = state.heads.hide_special;
  return request;
}

// The text at rest and under the seat's settings; at rest there is nothing to compare.
std::optional<protocol::Request> masks_request(const State& state, Seat seat) {
  const ColumnState& column = state.column(seat);
  const protocol::Switches& switches = state.document.switches[seat_index(seat)];
  if (switches.at_rest()) return std::nullopt;
  return protocol::CompareSwitches{seat, state.document.text, column.family == Family::encoder ? column.guess : std::nullopt, kReadTopK, switches};
}

// Paging inside what was computed asks nothing anew: the window moves in steps, with room on both sides.
std::optional<protocol::Request> lens_request(const State& state, Seat seat) {
  constexpr std::int64_t kStep = 16;
  protocol::Lens ask{.seat = seat, .text = state.document.text, .token = state.column(seat).guess, .first = {}};
  const std::optional<std::int64_t> first = lens_first(state, seat);
  const auto* answered = state.column(seat).experiment(Experiment::lens).as<protocol::LensTable>();
  const bool whole = answered != nullptr && std::cmp_equal(answered->positions.size(), answered->total);
  if (first && !whole) ask.first = std::max<std::int64_t>(*first / kStep - 1, 0) * kStep;
  return ask;
}

// Of the positions that the clock shows: what is written follows the text.
std::optional<protocol::Request> norms_request(const State& state, Seat seat) {
  const ColumnState& column = state.column(seat);
  if (state.machine_shade == MachineShade::none || !column.reading || column.reading_stale) return std::nullopt;
  protocol::Norms request{.seat = seat, .text = state.document.text, .written = {}};
  if (column.family == Family::encoder || column.generation.stale) return request;
  for (const protocol::Step& step : shown_steps(state, seat)) request.written.push_back(step.id);
  return request;
}

std::optional<protocol::Request> explain_request(const State& state, Seat seat) {
  const std::optional<TextWord> word = picked_word(state);
  if (!word) return std::nullopt;
  return protocol::ExplainTokens{seat, state.document.text, static_cast<std::int64_t>(word->begin), static_cast<std::int64_t>(word->end)};
}

// The step under the cursor, of a text that the engine still holds.
std::optional<protocol::Request> distribution_request(const State& state, Seat seat) {
  const GenerationState& g = state.column(seat).generation;
  const std::int64_t step = std::min<std::int64_t>(state.clock.cursor, static_cast<std::int64_t>(g.steps.size()));  // it may have ended before
  if (state.column(seat).family == Family::encoder || g.serial == 0 || g.replacing || step < 1) return std::nullopt;
  const bool beam = state.document.options.strategy == protocol::Strategy::beam;
  if (beam && !g.steps[static_cast<std::size_t>(step) - 1].forced) return std::nullopt;
  return protocol::Reshape{.seat = seat, .step = step, .options = state.document.options, .top = kReshapeTop, .serial = g.serial};
}

std::optional<protocol::Request> beams_request(const State& state, Seat seat) {
  const GenerationState& g = state.column(seat).generation;
  const bool beam = state.document.options.strategy == protocol::Strategy::beam && state.document.options.num_beams > 1;
  if (!beam || state.column(seat).family == Family::encoder || g.serial == 0 || g.replacing || g.stale || g.advanced == 0) return std::nullopt;
  return protocol::Beams{.seat = seat, .serial = g.serial, .steps = g.advanced};
}

std::optional<protocol::Request> weight_request(const State& state, Seat seat) { return attention_to_explain(state, seat); }
std::optional<protocol::Request> word_request(const State& state, Seat seat) { return prediction_to_explain(state, seat); }

template <protocol::AnswerTask kTask>
std::optional<protocol::Request> ask(const State& state, Seat seat) {
  return answer_request(state, seat, kTask);
}

struct Row {
  Experiment id;
  Tab tab;
  // What to ask of this seat now; none: nothing can be asked of it (the view says why).
  std::optional<protocol::Request> (*request)(const State&, Seat);
  bool of_text = true;         // false: the sentence is not what it is about, and may be empty
  std::string_view name = {};  // among those of its tab; empty: it is the only one
  bool by_hand = false;        // measured on a press: what is under way ends by stop_cost() alone
  bool quick = false;          // what is on its way is awaited, and then the newest asked for: an answer for each stop of a slider
};

constexpr std::array kRows{
    Row{Experiment::masks, Tab::masks, masks_request},
    Row{Experiment::leak, Tab::leak, leak_request},
    Row{Experiment::space, Tab::space, space_request, false},
    Row{Experiment::answer, Tab::space, answer_request, false, "retrieved_answer"},
    Row{Experiment::heads, Tab::attention, heads_request, true, "heads"},
    Row{Experiment::lens, Tab::lens, lens_request},
    Row{Experiment::explain_attention, Tab::numbers, weight_request, true, "weight_account"},
    Row{Experiment::explain_prediction, Tab::numbers, word_request, true, "word_account"},
    Row{Experiment::answer_fill, Tab::answer, ask<protocol::AnswerTask::fill>, true, "fill"},
    Row{Experiment::answer_go_on, Tab::answer, ask<protocol::AnswerTask::go_on>, true, "go_on"},
    Row{Experiment::answer_translate, Tab::answer, ask<protocol::AnswerTask::translate>, true, "translate"},
    Row{Experiment::answer_classify_blank, Tab::answer, ask<protocol::AnswerTask::classify_blank>, true, "classify_blank"},
    Row{Experiment::answer_classify_prompt, Tab::answer, ask<protocol::AnswerTask::classify_prompt>, true, "classify_prompt"},
    Row{Experiment::answer_classify_text, Tab::answer, ask<protocol::AnswerTask::classify_text>, true, "classify_text"},
    Row{Experiment::answer_retrieve, Tab::answer, ask<protocol::AnswerTask::retrieve>, true, "retrieve"},
    Row{Experiment::answer_question, Tab::answer, ask<protocol::AnswerTask::question>, true, "question"},
    Row{Experiment::cost, Tab::cost, cost_request, false, {}, true},
    Row{Experiment::norms, Tab::machine, norms_request, true, "norms"},
    Row{Experiment::explain, Tab::tokens, explain_request, true, "explained"},
    Row{Experiment::distribution, Tab::generation, distribution_request, true, "distribution", false, true},
    Row{Experiment::beams, Tab::generation, beams_request, true, "beams", false, true},
};
static_assert(kRows.size() == kExperiments.size());

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// A word without the marks around it: "tired." -> "tired".
void trim(std::string_view text, std::size_t& begin, std::size_t& end) {
  static constexpr std::string_view kMarks = ".,;:!?()[]\"'";
  while (begin < end && kMarks.find(text[end - 1]) != std::string_view::npos) --end;
  while (begin < end && kMarks.find(text[begin]) != std::string_view::npos) ++begin;
}

struct Span {
  std::size_t begin = 0, end = 0;
};

// Words that can be replaced: not the blanks.
std::vector<Span> words_of(std::string_view text) {
  std::vector<Span> out;
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && is_space(text[at])) ++at;
    Span word{at, at};
    while (at < text.size() && !is_space(text[at])) ++at;
    word.end = at;
    trim(text, word.begin, word.end);
    if (word.begin < word.end && text.substr(word.begin, word.end - word.begin).find("___") == std::string_view::npos) out.push_back(word);
  }
  return out;
}

}  // namespace

ExperimentPlace place_of(Experiment experiment) {
  const auto row = std::ranges::find(kRows, experiment, &Row::id);
  return {row->tab, row->name};
}

std::optional<std::int64_t> lens_first(const State& state, Seat seat) {
  const auto& window = state.lens[seat_index(seat)];
  if (!window || window->text != state.document.text) return std::nullopt;
  return window->first;
}

LeakTexts leak_texts(const State& state) {
  LeakTexts out{.text = state.document.text, .changed = state.document.text, .begin = 0, .end = 0, .replacement = {}};
  const std::vector<Span> words = words_of(out.text);
  if (words.empty()) return out;
  Span chosen = words.back();
  for (const Span& word : words) {
    if (state.leak.begin && word.begin <= *state.leak.begin && *state.leak.begin < word.end) chosen = word;
  }
  const std::string_view word = std::string_view(out.text).substr(chosen.begin, chosen.end - chosen.begin);
  out.replacement = state.leak.replacement;
  for (const std::string& other : state.replacements) {
    if (!out.replacement.empty() && out.replacement != word) break;
    out.replacement = other;
  }
  if (out.replacement.empty() || out.replacement == word) return out;
  out.begin = chosen.begin;
  out.end = chosen.end;
  out.changed = out.text.substr(0, out.begin) + out.replacement + out.text.substr(out.end);
  return out;
}

void Store::Impl::run_answers() {
  state.answer.stopped.reset();
  for (ColumnState& column : state.columns) {
    for (const protocol::AnswerTask task : protocol::kAnswerTasks) {
      ExperimentState& e = column.experiment(answer_experiment(task));
      if (!e.waiting) e.asked.clear();
    }
  }
}

void Store::Impl::run_experiments() {
  if (state.tab != Tab::cost || state.document.text != state.cost.press.text) stop_cost();
  for (const Row& row : kRows) {
    for (const Seat seat : kSeats) {
      const std::size_t f = seat_index(seat);
      ColumnState& column = state.column(seat);
      ExperimentState& e = column.experiment(row.id);
      const bool shown = state.tab == row.tab;
      if (!shown && (!e.waiting || row.by_hand)) continue;
      const bool ready = shown && present[f] && !column.loading && (!read_due || row.by_hand) && (!row.of_text || !blank_text(state.document.text));
      const auto wanted = ready ? row.request(state, seat) : std::nullopt;
      std::string key = wanted ? std::to_string(column.loads) + "." + std::to_string(column.switchings) + protocol::to_json({0, *wanted}) : std::string();
      if (key == e.asked) continue;
      if (row.quick && e.waiting && wanted) continue;
      cancel(experiment_id[f][experiment_index(row.id)]);
      e.waiting = wanted.has_value();
      e.stale = e.value.has_value();
      e.asked = std::move(key);
      e.trouble.reset();
      e.progress.reset();
      touch();
      if (!wanted) continue;
      experiment_id[f][experiment_index(row.id)] = send(*wanted, Pending{.purpose = Purpose::experiment, .seat = seat, .experiment = row.id});
    }
  }
}

// What is awaited is not wanted any more; what is there is of another model.
void Store::Impl::forget_experiments(Seat seat) {
  for (auto& id : experiment_id[seat_index(seat)]) cancel(id);
  state.numbers[seat_index(seat)] = {};
  for (ExperimentState& e : state.column(seat).experiments) {
    const std::uint64_t version = e.version + 1;
    e = {};
    e.version = version;
  }
}

void Store::Impl::on_experiment(const protocol::ResultValue& value, const Pending& asked) {
  ExperimentState& e = state.column(asked.seat).experiment(asked.experiment);
  e.value = value;
  e.waiting = false;
  e.stale = false;
  e.progress.reset();
  e.trouble.reset();
  ++e.version;
}

void Store::Impl::on_experiment_error(const Error& error, const Pending& asked) {
  ColumnState& column = state.column(asked.seat);
  ExperimentState& e = column.experiment(asked.experiment);
  e.waiting = false;
  e.progress.reset();
  if (asked.experiment == Experiment::cost && error.code == ErrorCode::cancelled) return;  // by a press, before anything was measured
  e.trouble = trouble_of(error, column);
}

}  // namespace trilens::state
