// "Who can answer this?", as asked and as answered: one task on one text, and either what the model made of it or why it cannot.
//
// Not here: words for people (view/answer.hpp): reasons and ways are codes. Values; no threads.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/seat.hpp"

namespace trilens::protocol {

// In the order of the matrix' rows.
enum class AnswerTask : std::uint8_t { fill, go_on, translate, classify_blank, classify_prompt, classify_text, retrieve, question };
inline constexpr std::array kAnswerTasks{AnswerTask::fill,            AnswerTask::go_on,         AnswerTask::translate, AnswerTask::classify_blank,
                                         AnswerTask::classify_prompt, AnswerTask::classify_text, AnswerTask::retrieve,  AnswerTask::question};
[[nodiscard]] std::string_view answer_task_name(AnswerTask task);  // "fill", "continue", "translate", "classify_blank", …
[[nodiscard]] std::optional<AnswerTask> answer_task_from_name(std::string_view name);

// "answer". Which model abilities a task needs is looked up in the model itself; a task that it cannot do is an answer too.
// Errors: empty_input, no_blank (fill), invalid_argument (what the task needs is missing: names it), unsupported_task (the text is too
// long to be scored), those of the runtime, cancelled.
struct Answer {
  Seat seat = Seat::left;
  AnswerTask task = AnswerTask::fill;
  std::string text;
  std::string blank;                   // classify_*: what is written after the text, with ___ for the label: "It was ___."
  std::vector<std::string> labels;     // classify_*: at least two
  std::vector<std::string> sentences;  // retrieve: at least one
  std::string question;                // question
};

struct AnswerChoice {
  std::string text;
  double score = 0;                    // natural logarithm of its probability; retrieve: cosine
  std::optional<double> share;         // of the choices together; retrieve: none
};

struct Answered {
  std::string task;
  std::string verdict;                 // "can", "partly" (with a reservation: `reason`), "cannot" (`reason` says why)
  std::string reason;                  // a code: "no_writer", "unseen", …; empty for "can"
  std::string detail;                  // what goes with it: the text that is not seen, the tasks that the model names
  std::string way;                     // how it was asked, a code: "mask", "span", "next", "prompt", "prefix", …; empty for "cannot"
  std::string prompt;                  // the very text that the model was given
  std::string answer;
  std::optional<double> probability;   // written: of all its pieces together, the end included where it came; chosen: its share
  std::int64_t pieces = 0;             // written: how many that were
  std::vector<AnswerChoice> choices;   // in the order asked
  std::int64_t passes = 0;             // runs of a session
  double millis = 0;
};

template <class IO>
void describe(IO& io, AnswerChoice& c) {
  io("text", c.text);
  io("score", c.score);
  io("share", c.share);
}

template <class IO>
void describe(IO& io, Answered& a) {
  io("task", a.task);
  io("verdict", a.verdict);
  io("reason", a.reason);
  io("detail", a.detail);
  io("way", a.way);
  io("prompt", a.prompt);
  io("answer", a.answer);
  io("probability", a.probability);
  io("pieces", a.pieces);
  io("choices", a.choices);
  io("passes", a.passes);
  io("millis", a.millis);
}

}  // namespace trilens::protocol
