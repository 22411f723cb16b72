// Cost against length: a picture across all columns (curves of what was measured beside what a formula says), and each column's numbers.
//
// Times, bytes and flops are the engine's (protocol/cost.hpp); here they are put on axes, into words, and on a line of text.
// Where something is drawn is told in [0, 1] of the picture, from the left and from the bottom.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct CurvePointView {
  double tokens = 0, value = 0;   // exact, in the quantity's base unit (ms, flops, bytes)
  float x = 0, y = 0;
  float low = 0, high = 0;        // of the whisker; both y: there is none
  std::string sentence;           // "128 tokens: 12.3 ms (11.9 to 14.0, 5 times)"
};

struct CurveView {
  FamilyView family;
  std::string provider;           // "webgpu", "wasm"
  std::string label;              // at the end of its line: "GPT-2 · wasm"
  bool second = false;            // measured on the provider that the column does not use: hollow marks
  std::vector<CurvePointView> points;
  std::vector<CurvePointView> formula;  // dashed beside it; empty: the points are the formula's own
  std::string rate;               // "12.3 GFLOP/s"; empty: nothing was fitted
};

struct TickView {
  float at = 0;
  std::string label;
};

struct CurvesView {
  std::string intro;              // what the button does
  std::string measure_label, stop_label, again_label;
  bool can_measure = false, measuring = false;
  std::string progress;           // "GPT-2 on wasm: 3 of 7 lengths"
  std::optional<double> part;     // [0, 1] of all seats
  ChoiceView other_provider;      // a switch
  std::string quantity_label, axes_label;
  std::vector<ChoiceView> quantities, axes;
  state::CostChoice choice;
  std::vector<CurveView> curves;  // none: nothing has been measured, or none has this quantity
  std::string title;              // of the picture: "time until the first answer"
  std::string x_label;
  std::vector<TickView> x_ticks, y_ticks;
  std::string how_to_read;        // dots, whiskers, dashes and their rates
  std::string machine;            // "WebGPU: nvidia lovelace · WASM: 1 thread · 8 cores"
  std::string nothing;            // why there is no curve; else empty
};

struct CostLineView {
  std::vector<std::string> cells; // as CostTableView::columns
  std::string sentence;           // for hover: exact, with spread
};

struct CostRunView {
  std::string title;              // "on wasm"
  std::string trouble;            // may be empty
  std::vector<CostLineView> lines;
};

struct CostTableView {
  FamilyView family;
  PanelHead head;
  std::vector<std::string> sentences;  // computed from the numbers
  std::vector<std::string> columns;    // "tokens", "first answer", …
  std::vector<CostRunView> runs;
};

[[nodiscard]] CurvesView build_curves(const state::State& state, const Words& words);
[[nodiscard]] CostTableView build_cost_table(const state::State& state, Seat seat, const Words& words);

// Some 4 to 7 round places between two positive values, decades in full where there is room; and of a linear axis from 0.
[[nodiscard]] std::vector<double> log_ticks(double low, double high);
[[nodiscard]] std::vector<double> linear_ticks(double most);

}  // namespace trilens::view
