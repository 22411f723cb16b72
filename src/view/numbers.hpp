// Where one number comes from: an attention weight, or a prediction, as an account in steps. Each step says in a line what happens, shows
// the vectors that it starts from, puts the real numbers into the formula, and sets what was recomputed beside what the runtime gave.
//
// Not here: the recomputing (lab/explain_attention.cpp, lab/explain_prediction.cpp). Every sentence follows from the engine's answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "state/numbers.hpp"
#include "view/common.hpp"

namespace trilens::view {

// A vector as a strip of bars, up and down.
struct NumberStrip {
  std::string id;              // "q", "k", "products", …
  std::string label;           // "query of “tired”"
  std::vector<float> values;
  float most = 0;              // the largest size: what a full bar is
  std::string scale;           // "± 2.31"
};
[[nodiscard]] std::string strip_text(const NumberStrip& strip, std::size_t i, const std::string& words);  // of one bar, for hover

// One share among others, of the softmax row.
struct NumberBar {
  std::string label;
  double weight = 0;
  std::string text;            // "0.123"
  std::string exact;           // for hover
  bool chosen = false;
};

struct NumberCheck {
  std::string id;              // "score", "scores", "weight", …
  std::string what;
  std::string recomputed, runtime;  // empty where the line is about many numbers
  std::string difference;      // "the same", "1.2e−7"
  bool agrees = true;          // but for rounding
};

struct NumberStep {
  std::string id;              // "query_key", "dot", …
  std::string title;           // "2  Dot product"
  std::string plain;           // what happens, in a line
  std::vector<NumberStrip> strips;
  std::vector<std::string> lines;   // the formula with its numbers, and what else is to be said
  std::vector<NumberBar> bars;
  std::vector<NumberCheck> checks;
};

struct NumberChooser {
  std::string id;              // "kind", "layer", "head", "query", "key", "place", "candidate"
  std::string label;
  std::vector<ChoiceView> choices;
};

struct NumbersView {
  FamilyView family;
  PanelHead head;              // sentence: what is accounted for
  std::vector<NumberChooser> choosers;
  std::vector<NumberStep> steps;
  std::string note;            // how exact the numbers can be
  std::string recomputed_label, runtime_label, difference_label, largest_label;
  std::string dimension_words; // "dimension #i: #x"
  state::NumbersChoice choice;
};

[[nodiscard]] NumbersView build_attention_account(const state::State& state, Seat seat, const Words& words);
[[nodiscard]] NumbersView build_prediction_account(const state::State& state, Seat seat, const Words& words);

// The view's choice with one thing chosen otherwise.
[[nodiscard]] state::NumbersChoice chosen(const NumbersView& view, std::string_view chooser, std::string_view id);

}  // namespace trilens::view
