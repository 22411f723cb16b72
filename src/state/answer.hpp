// "Who can answer this?" on the page's side: what the text on screen becomes for each task, and what the user chose beside it.
//
// Not here: what a model does with it (lab/answer.cpp), words (view/answer.hpp). Pure functions of the state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "protocol/answer.hpp"
#include "state/experiment.hpp"

namespace trilens::state {

struct State;

// What the tasks need beside the text. As offered (assets/examples.json), and as the user chose: there, what is empty is as offered.
struct AnswerNeeds {
  std::vector<std::string> questions;  // offered: several; chosen: at most one
  std::string blank;                   // "It was ___."
  std::vector<std::string> labels;     // "good", "bad"
  std::vector<std::string> sentences;  // to look among
  friend bool operator==(const AnswerNeeds&, const AnswerNeeds&) = default;
};

struct AnswerState {
  AnswerNeeds chosen;
  std::optional<std::string> stopped;  // the text at which the user stopped it; another text runs again
};

enum class QuestionFrom : std::uint8_t { text, chosen, offered };

struct AnswerTexts {
  std::string fill;          // with a blank: the text's own, or the last word's
  std::string hidden;        // the word that was hidden for it; empty: the text has a blank
  bool has_blank = false;
  std::string start;         // up to the first blank: what is gone on with
  std::string whole;         // blanks left out
  std::string context;       // whole, without the question that stands in it
  std::string own_question;  // that stands in the text; empty: none
  std::string question;      // the one that is asked
  QuestionFrom question_from = QuestionFrom::offered;
  std::string blank;         // the template of classification
  std::vector<std::string> labels, sentences;
};
[[nodiscard]] AnswerTexts answer_texts(const State& state);

// The text that this task is about, as it is sent.
[[nodiscard]] const std::string& answer_text(const AnswerTexts& texts, protocol::AnswerTask task);

[[nodiscard]] bool answers_stopped(const State& state);
[[nodiscard]] std::optional<protocol::Request> answer_request(const State& state, Seat seat, protocol::AnswerTask task);
[[nodiscard]] Experiment answer_experiment(protocol::AnswerTask task);

// assets/examples.json: {"answer": {"questions": […], "blank": "It was ___.", "labels": […], "sentences": […]}}; left out: none.
// Errors: invalid_argument.
[[nodiscard]] Result<AnswerNeeds> parse_answer_needs(std::string_view json);

}  // namespace trilens::state
