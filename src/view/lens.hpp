// The logit lens: a table of states by positions, each cell the word that the model would say there if it stopped then.
//
// Every word and verdict comes from the answer of the engine, never from the family.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct LensCellView {
  std::string word;          // the most probable
  float part = 0;            // [0, 1]: its probability
  bool answer = false;       // it is what the model says in the end
  bool settled = false;      // and stays so from here on
  std::string sentence;      // where, and how sure: for hover
  std::vector<std::string> top;   // "was 12.3 %"
  std::string answer_text;   // "the answer “was” stands at rank 12 (0.4 %) here"
};

struct LensColumnView {
  std::int64_t position = 0;
  std::string label;         // the piece that is read there
  bool marked = false;
  std::string settled;       // a sentence
};

struct LensView {
  FamilyView family;
  PanelHead head;
  std::string title;         // "at each position, what stands there"
  std::vector<std::string> states;  // "emb.", "1", "2", … from the bottom
  std::vector<LensColumnView> columns;
  std::vector<std::vector<LensCellView>> cells;  // [state][column]
  std::int64_t total = 0;    // positions of the text; columns are a window of them
  std::int64_t marked = 0;   // position
  std::optional<std::int64_t> first;  // position chosen to stand leftmost; none: so that the marked one is seen
  std::string range_words;   // "positions {from}–{to} of {total}", to be filled by range_text()
  std::string earlier, later;     // names of the buttons
  std::string mean_text;     // over the columns: from which block on answers are settled
  std::string scale_text;
  std::string layers_label;  // "block"
};

[[nodiscard]] LensView build_lens(const state::State& state, Seat seat, const Words& words);
[[nodiscard]] std::string range_text(const LensView& view, std::size_t from, std::size_t count);  // of columns

}  // namespace trilens::view
