// Closer looks at how a text is written: one step's distribution before and after the sliders, where an encoder-decoder looked while it
// chose each word, the tree of a beam search, and the sliders themselves. Numbers are the engine's; nothing is computed here but lengths.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "view/common.hpp"
#include "view/menus.hpp"

namespace trilens::view {

struct ReshapedRowView {
  std::int32_t id = 0;
  std::string display;
  std::string token;
  double before = 0, after = 0;    // exact
  double before_length = 0, after_length = 0, cumulative = 0;  // [0, 1]; lengths by the same scale
  std::string percent;             // "25.0 %": after; "—" where it is cut
  std::string reason;              // "cut by top-k"; empty: it can be drawn
  std::string cut;                 // "", "forbidden", "top_k", "top_p"
  std::string spoken;
  bool chosen = false;
};

struct DistributionView {
  bool shown = false;
  std::string title;               // "Step 3: what the model said, and what the sliders leave of it"
  std::vector<ReshapedRowView> rows;
  double scale = 1;
  double top_p = 1;                // where the running sum is cut; 1: nowhere
  std::string summary;             // "7 of 4 096 pieces can be drawn; top-k cut 4 056, top-p 33"
  std::string more;                // "They have 91.2 % of the model's own probability. Entropy 3.21 bits before, 2.10 after."
  std::string legend;              // what outline, bar and line mean
  std::string note;                // why the text does not depend on it, or that it is of an earlier text
  std::string trouble;             // why there is none
};

[[nodiscard]] DistributionView build_distribution(const state::State& state, Seat seat, const Words& words);

struct CrossRowView {
  std::string label;               // the word that was chosen
  std::vector<float> weights;      // [source piece], sums to 1
  std::vector<std::string> spoken; // "while it chose “la” it looked at “the” with 0.412"
  bool current = false;            // the cursor stands here
  bool forced = false;
};

struct CrossView {
  bool shown = false;
  std::string title, note;
  std::vector<std::string> columns;  // pieces of the source
  std::vector<CrossRowView> rows;    // up to the cursor
  double scale = 1;                  // the strongest weight
};

[[nodiscard]] CrossView build_cross(const state::State& state, Seat seat, const Words& words);

struct BeamNodeView {
  std::int64_t parent = -1;        // index into nodes; -1: the prompt
  std::int64_t depth = 0;          // its column
  std::int64_t row = 0;            // its place in the column, 0 is best
  std::string display;
  std::string score;               // "−3.21": summed
  std::string final_score;         // "−0.80": of one that has ended, per length; else empty
  std::string fate;                // "growing", "finished", "pruned"
  std::string spoken;
  bool winner = false;             // on the way to the best
};

struct BeamsView {
  FamilyView family;
  bool shown = false;
  std::string title;               // "Decoder · GPT-2: 4 beams"
  std::string sentence;            // which one won, and with what score
  std::string legend;
  std::vector<BeamNodeView> nodes;
  std::int64_t depths = 0, rows = 0;  // columns there are, nodes of the fullest
  std::int64_t cursor = -1;        // the column of the clock's step
};

[[nodiscard]] BeamsView build_beams(const state::State& state, Seat seat, const Words& words);

// The options that the strategy reads, above the columns.
struct GenerationIntroView {
  std::string note;
  std::vector<OptionView> rows;
};

[[nodiscard]] GenerationIntroView build_generation_intro(const state::State& state, const Words& words);

}  // namespace trilens::view
