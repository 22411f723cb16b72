// The machine: each column's own architecture as a grid of positions by blocks, drawn from what is loaded and what is read.
//
// One cell is one position in one block: two or three operations (self-attention, cross-attention where there is one, feed-forward). Cells
// that the current step of the clock computes are `now`, those that it reuses (encoder states, key/value cache) are `kept`.
// Not here: what a cell attends to (attention.hpp). All counts follow from the loaded model and the pieces; none is drawn by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "view/attention.hpp"
#include "view/common.hpp"

namespace trilens::view {

enum class Activity : std::uint8_t {
  ready,  // read, before the clock's first step
  now,    // computed by this step
  kept,   // computed by an earlier one, and still used
  done,   // computed by an earlier one, not needed any more
};
[[nodiscard]] std::string_view activity_name(Activity activity);

// The hidden state of one position after one block, on the scale of its column of the page.
struct MachineShadeView {
  float part = 0;             // [0, 1]
  double value = 0;           // norm, or cosine with the state before
  std::string sentence;       // "“dog” after block 2: norm 12.3"
};

struct MachineColumn {
  std::string label;          // the piece
  Activity activity = Activity::ready;
  bool head = false;          // the output head reads this position in this step
  std::string spoken;         // "“dog”: computed now"
  std::vector<MachineShadeView> shades;             // [block]; empty: the cells show activity alone
  std::optional<MachineShadeView> embedding_shade;
};

struct MachinePart {
  std::string label;          // "self-attention"
  MapShape shape = MapShape::square;  // of an attention; what it may see
  bool attention = false;     // else the feed-forward network
};

// A stack of blocks over a row of positions.
struct MachineStack {
  std::string id;             // "encoder", "decoder"
  std::string title;          // "encoder: 4 blocks"
  std::string shape;          // "9 × 128": positions by numbers in each vector
  std::string block;          // of one block, for hover: "4 heads of 32, …"
  std::int64_t layers = 0;
  std::vector<MachinePart> parts;       // of each block, in the order in which they come
  std::vector<MachineColumn> columns;
  std::string embeddings;     // for hover
  bool has_head = false;      // the words come out of this stack
  bool feeds_next = false;    // its states are what the next stack's cross-attention reads
};

// A switch across the page, in the machine's own tab.
struct MachineIntroView {
  bool shown = false;
  std::string label;
  std::vector<ChoiceView> choices;   // "none", "norms", "similarity"
  std::string note;                  // what the colours mean; may be empty
};

struct MachineView {
  FamilyView family;
  PanelHead head;             // sentence: what this step computes and what it reuses
  std::vector<MachineStack> stacks;
  std::string head_label;     // "→ 6 144 words"
  std::string head_hover;
  std::string bridge;         // "cross-attention"; empty: there is none
  std::int64_t cells_now = 0, cells_kept = 0;
  bool shaded = false;        // cells are coloured by value; what is computed now is framed
  std::string legend_low, legend_high;  // ends of the scale: "1.2", "84.3"
  std::string legend;         // "norm, logarithmic"
  std::string now_label;      // beside a framed cell: "computed in this step"
  std::optional<TroubleView> shade_trouble;
};

[[nodiscard]] MachineIntroView build_machine_intro(const state::State& state, const Words& words);
[[nodiscard]] MachineView build_machine(const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
