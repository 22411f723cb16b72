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

template <protocol::AnswerTask kTask>
std::optional<protocol::Request> ask(const State& state, Seat seat) {
  return answer_request(state, seat, kTask);
}

struct Row {
  Experiment id;
  Tab tab;
  // What to ask of this seat now; none: nothing can be asked of it (the view says why).
  std::optional<protocol::Request> (*request)(const State&, Seat);
};

constexpr std::array kRows{
    Row{Experiment::leak, Tab::leak, leak_request},
    Row{Experiment::answer_fill, Tab::answer, ask<protocol::AnswerTask::fill>},
    Row{Experiment::answer_go_on, Tab::answer, ask<protocol::AnswerTask::go_on>},
    Row{Experiment::answer_translate, Tab::answer, ask<protocol::AnswerTask::translate>},
    Row{Experiment::answer_classify_blank, Tab::answer, ask<protocol::AnswerTask::classify_blank>},
    Row{Experiment::answer_classify_prompt, Tab::answer, ask<protocol::AnswerTask::classify_prompt>},
    Row{Experiment::answer_classify_text, Tab::answer, ask<protocol::AnswerTask::classify_text>},
    Row{Experiment::answer_retrieve, Tab::answer, ask<protocol::AnswerTask::retrieve>},
    Row{Experiment::answer_question, Tab::answer, ask<protocol::AnswerTask::question>},
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
  for (const Row& row : kRows) {
    for (const Seat seat : kSeats) {
      const std::size_t f = seat_index(seat);
      ColumnState& column = state.column(seat);
      ExperimentState& e = column.experiment(row.id);
      const bool shown = state.tab == row.tab;
      if (!shown && !e.waiting) continue;
      const bool ready = shown && present[f] && !column.loading && !read_due && !blank_text(state.document.text);
      const auto wanted = ready ? row.request(state, seat) : std::nullopt;
      std::string key = wanted ? std::to_string(column.loads) + protocol::to_json({0, *wanted}) : std::string();
      if (key == e.asked) continue;
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
  e.trouble = trouble_of(error, column);
}

}  // namespace trilens::state
