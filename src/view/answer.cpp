#include "view/answer.hpp"

#include <algorithm>

namespace trilens::view {
namespace {

using protocol::Answered;
using protocol::AnswerTask;

AnswerVerdict verdict_of(std::string_view id) {
  if (id == "can") return AnswerVerdict::can;
  return id == "partly" ? AnswerVerdict::partly : AnswerVerdict::cannot;
}

std::string key_of(const char* group, std::string_view id) { return std::string("answer.") + group + "." + std::string(id); }

// One of a few was chosen, by its share or by its cosine.
void fill_bars(AnswerCellView& v, const Answered& a, const Words& words) {
  for (const protocol::AnswerChoice& choice : a.choices) {
    AnswerBarView bar;
    bar.text = choice.text;
    bar.number = choice.share ? percent_text(*choice.share, words.number) : fixed_text(choice.score, 3, words.number);
    bar.length = std::clamp(choice.share.value_or(choice.score), 0.0, 1.0);
    bar.best = choice.text == a.answer;
    v.bars.push_back(std::move(bar));
  }
}

std::string number_of(const Answered& a, const Words& words) {
  if (!a.probability) return {};
  const std::string percent = percent_text(*a.probability, words.number);
  if (!a.choices.empty()) return words.strings.fill("answer.share", {{"percent", percent}, {"choices", count_text(static_cast<std::int64_t>(a.choices.size()))}});
  return a.pieces > 1 ? words.strings.fill("answer.pieces", {{"percent", percent}, {"pieces", count_text(a.pieces)}}) : percent;
}

void fill_answer(AnswerCellView& v, const Answered& a, const Words& words) {
  v.verdict = verdict_of(a.verdict);
  v.verdict_words = words.strings.get(key_of("verdict", a.verdict));
  if (!a.reason.empty()) v.reason = words.strings.fill(key_of("reason", a.reason), {{"detail", a.detail}});
  if (v.verdict == AnswerVerdict::cannot) return;
  v.answer = a.answer.empty() ? words.strings.get("answer.empty") : a.answer;
  v.number = number_of(a, words);
  v.cost = words.strings.fill(a.passes == 1 ? "answer.cost_one" : "answer.cost",
                              {{"passes", count_text(a.passes)}, {"time", joined(millis_quantity(a.millis, words.number))}});
  v.asked = words.strings.get(key_of("way", a.way)) + "\n" + a.prompt;
  fill_bars(v, a, words);
}

AnswerCellView cell_of(const state::State& state, Seat seat, AnswerTask task, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  const state::ExperimentState& e = column.experiment(state::answer_experiment(task));
  AnswerCellView v;
  v.task = answer_task_name(task);
  v.title = words.strings.get("answer.task." + v.task);
  v.family = family_view(state, seat, words);
  v.stale = e.stale;
  if (const auto* answered = e.as<Answered>()) {
    v.status = AnswerStatus::answered;
    fill_answer(v, *answered, words);
  }
  if (e.waiting) {
    v.status = e.progress ? AnswerStatus::running : AnswerStatus::queued;
    v.status_words = words.strings.get(e.progress ? "answer.running" : "answer.queued");
  } else if (e.trouble) {
    v.trouble = trouble_view(*e.trouble, words);
  } else if (!e.value || e.stale) {
    PanelHead head;
    experiment_head(head, state, seat, state::ExperimentState{}, words);
    v.status_words = state::answers_stopped(state) ? words.strings.get("answer.stopped") : head.sentence;
  }
  return v;
}

void fill_progress(AnswerIntroView& v, const state::State& state, const Words& words) {
  std::int64_t all = 0, done = 0;
  for (const Seat seat : kSeats) {
    for (const AnswerTask task : protocol::kAnswerTasks) {
      const state::ExperimentState& e = state.column(seat).experiment(state::answer_experiment(task));
      if (!e.waiting && e.asked.empty() && !state::answers_stopped(state)) continue;  // nothing to ask: no model yet, or no text for it
      ++all;
      v.running = v.running || e.waiting;
      if (!e.waiting && !e.asked.empty()) ++done;
    }
  }
  v.progress = words.strings.fill("answer.progress", {{"done", count_text(done)}, {"all", count_text(all)}});
  v.part = static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(all, 1));
  v.button = words.strings.get(v.running ? "answer.stop" : "answer.again");
}

void fill_questions(AnswerIntroView& v, const state::State& state, const state::AnswerTexts& texts, const Words& words) {
  v.question_label = words.strings.get("answer.question");
  // The text's own question comes first where it has one; its id is empty: nothing chosen.
  if (!texts.own_question.empty()) v.questions.push_back({"", texts.own_question, state.answer.chosen.questions.empty()});
  for (const std::string& question : state.answer_offers.questions) v.questions.push_back({question, question, question == texts.question});
  const bool listed = std::ranges::any_of(v.questions, [](const ChoiceView& c) { return c.selected; });
  if (!listed && !texts.question.empty()) v.questions.push_back({texts.question, texts.question, true});
}

}  // namespace

std::string_view answer_status_name(AnswerStatus status) {
  switch (status) {
    case AnswerStatus::nothing: return "nothing";
    case AnswerStatus::queued: return "queued";
    case AnswerStatus::running: return "running";
    case AnswerStatus::answered: return "answered";
  }
  return "";
}

std::string_view answer_verdict_name(AnswerVerdict verdict) {
  switch (verdict) {
    case AnswerVerdict::can: return "can";
    case AnswerVerdict::partly: return "partly";
    case AnswerVerdict::cannot: return "cannot";
  }
  return "";
}

AnswerIntroView build_answer_intro(const state::State& state, const Words& words) {
  AnswerIntroView v;
  if (state.tab != state::Tab::answer) return v;
  const state::AnswerTexts texts = state::answer_texts(state);
  if (texts.has_blank) v.note = words.strings.get("answer.note.blank");
  else if (!texts.hidden.empty()) v.note = words.strings.fill("answer.note.hidden", {{"word", texts.hidden}});
  fill_progress(v, state, words);
  fill_questions(v, state, texts, words);
  for (const AnswerTask task : protocol::kAnswerTasks) {
    AnswerRowView row;
    row.task = answer_task_name(task);
    row.title = words.strings.get("answer.task." + row.task);
    row.text = state::answer_text(texts, task);
    if (task == AnswerTask::classify_blank || task == AnswerTask::classify_prompt || task == AnswerTask::classify_text) {
      std::string labels;
      for (const std::string& label : texts.labels) labels += (labels.empty() ? "" : " / ") + label;
      row.text += "  →  " + (task == AnswerTask::classify_text ? std::string() : texts.blank + "  ") + labels;
    }
    if (task == AnswerTask::question) row.text += "  →  " + texts.question;
    v.rows.push_back(std::move(row));
  }
  return v;
}

std::vector<AnswerCellView> build_answers(const state::State& state, Seat seat, const Words& words) {
  std::vector<AnswerCellView> out;
  if (state.tab != state::Tab::answer) return out;
  for (const AnswerTask task : protocol::kAnswerTasks) out.push_back(cell_of(state, seat, task, words));
  return out;
}

PanelHead build_answer_head(const Words& words) { return panel_head("answer", words); }

}  // namespace trilens::view
