// What a family says: for each blank (decoder: for the next piece) its best candidates with true probabilities.
#pragma once

#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct BlankView {
  std::string title;         // "blank 1", "next piece", "“tired”, hidden"
  std::vector<BarView> bars;
  std::string entropy;       // "2.31 bits"
  std::string entropy_words; // "unsure: as if choosing among 5"
  std::size_t piece = 0;     // index of the piece in the family's input
  bool hovered = false;
};

struct PredictionView {
  FamilyView family;
  PanelHead head;
  std::string task;          // "fill", "continue", "translate", "guess"
  std::string task_words;    // "fills the blank, seeing both sides"
  std::string prompt_label;
  std::string prompt;        // the text as the model got it, with its own form of the blank
  std::string answer_label;
  std::string answer;        // the text that results
  std::vector<BlankView> blanks;
  double scale = 1;          // probability at full bar length, the same in all three columns
  std::string scale_text;    // "full bar: 50 %"
  std::string link;          // of the way from a bar to its account
};

[[nodiscard]] PredictionView build_prediction(const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
