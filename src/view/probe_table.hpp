// Phenomena in bulk: a table of phenomena by seats, each cell a share of right answers with its 95 % interval and the chance level, or
// why the model cannot be asked; and which differences between seats are more than chance.
//
// Two seats differ when, of the items that one of them got right and the other wrong, one has too many for chance (sign test on the same
// items, two-sided, p < 0.05). Built while its tab is open.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct ProbeCellView {
  FamilyView family;
  bool known = false;        // share, low, high
  double share = 0, low = 0, high = 1, chance = 0;
  std::string percent;       // "92.0 %"
  std::string interval;      // "80–97 % · 46 of 50"
  std::string cannot;        // why it cannot be asked
  std::string status;        // "waiting", "12 of 20", "stopped"
  double part = 0;           // running: [0, 1]
  bool queued = false, running = false;
  bool stale = false;        // of another number of items than is chosen now
  std::string better;        // "more right than GPT-2 (p = 0.004)"; empty: no more than chance
  std::string trouble;
  std::string tooltip;
};

struct ProbeRowView {
  std::string id;
  std::string title, why, example;
  bool chosen = false;
  std::vector<ProbeCellView> cells;  // by seat
};

struct ProbeTableView {
  std::string title, intro;
  std::string items_label;
  std::vector<ChoiceView> items;
  std::string button;        // "Run", "Stop"
  std::string all_button;    // "Choose all", "Choose none"
  bool all = false;          // what that button chooses
  bool running = false, can_run = false;
  std::string progress;      // "7 of 36 · The right context decides"
  double part = 0;
  std::string legend;        // how to read a cell, and when a difference counts
  std::vector<ProbeRowView> rows;
};

[[nodiscard]] ProbeTableView build_probe_table(const state::State& state, const Words& words);

// Two-sided p of the sign test: of `a` + `b` items on which two disagree, `a` speak for the one. 1 where there are none.
[[nodiscard]] double sign_test(std::int64_t a, std::int64_t b);

}  // namespace trilens::view
