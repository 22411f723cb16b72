// Who can answer this? Tasks by seats: what each model made of the text, how sure it is and what it cost, or why it cannot.
//
// A cell's verdict is the engine's, from the model's own abilities; nothing here looks at a family to decide.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

enum class AnswerStatus : std::uint8_t { nothing, queued, running, answered };
enum class AnswerVerdict : std::uint8_t { can, partly, cannot };

struct AnswerBarView {
  std::string text;
  std::string number;        // "71.2 %", "0.83"
  double length = 0;         // [0, 1]
  bool best = false;
};

struct AnswerCellView {
  std::string task;          // "fill"
  std::string title;         // of its row
  FamilyView family;
  AnswerStatus status = AnswerStatus::nothing;
  std::string status_words;  // "waiting for its turn", "asking…", "stopped"
  bool stale = false;        // of an earlier text
  AnswerVerdict verdict = AnswerVerdict::cannot;
  std::string verdict_words; // "can", "in part", "cannot"
  std::string answer;
  std::string number;        // "36.1 %", with what it is of: "0.8 % for all 6 pieces"
  std::string cost;          // "7 passes · 34.2 ms"
  std::string reason;        // why not, or with what reservation
  std::string asked;         // for hover: how it was asked, and the text that the model was given
  std::vector<AnswerBarView> bars;
  std::optional<TroubleView> trouble;
};

// A task, across the page.
struct AnswerRowView {
  std::string task;
  std::string title;         // "Fill the blank"
  std::string text;          // what it is asked about
};

struct AnswerIntroView {
  std::string note;          // what was hidden or left out
  std::string progress;      // "14 of 24 answered"
  double part = 0;           // [0, 1]
  bool running = false;
  std::string button;        // "Stop", "Run again"
  std::string question_label;
  std::vector<ChoiceView> questions;
  std::vector<AnswerRowView> rows;
};

[[nodiscard]] AnswerIntroView build_answer_intro(const state::State& state, const Words& words);
[[nodiscard]] std::vector<AnswerCellView> build_answers(const state::State& state, Seat seat, const Words& words);  // one a row
[[nodiscard]] PanelHead build_answer_head(const Words& words);

[[nodiscard]] std::string_view answer_status_name(AnswerStatus status);     // "running"
[[nodiscard]] std::string_view answer_verdict_name(AnswerVerdict verdict);  // "can"

}  // namespace trilens::view
