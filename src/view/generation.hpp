// The clock's panel: what the family has written by this step, and what else it could have written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct StepView {
  std::int64_t number = 0;   // from 1
  std::string display;       // visible()
  std::string token;
  std::string percent;
  std::string entropy;       // "2.31 bits"
  std::string time;          // "3.1 ms"; "—" for what took no run of its own
  std::string spoken;        // "step 3: dog, 12.3 %"
  bool current = false;      // the cursor stands here
  bool future = false;       // known, but past the cursor: calm
  bool end = false;          // the end token
};

struct GenerationView {
  FamilyView family;
  PanelHead head;
  std::string prompt;        // what it goes on from (decoder), or reads (encoder-decoder)
  std::string written;       // text up to the cursor
  std::string newest;        // its last piece, to be marked at the end of `written`
  std::string whole;         // all that is known
  std::vector<StepView> steps;
  std::int64_t cursor = 0;
  std::string alternatives_title;    // "step 3 could also have been"
  std::vector<BarView> alternatives; // of the step at the cursor
  double scale = 1;
  std::vector<ChoiceView> fill_modes; // an encoder with several blanks: all at once, or one at a time; else empty
  std::string blanks_title;           // one at a time: "Before step 2 it expected in each open blank"
  std::vector<BarView> blanks;        // the first word of each; the one that was filled is chosen
  std::string comparison;             // one at a time, finished: the text that one pass for all would have given
  std::string state_words;   // "not started", "writing…", "finished: it wrote its end token", "answers in one pass"
  bool running = false;
  bool finished = false;     // at the cursor
};

[[nodiscard]] GenerationView build_generation(const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
