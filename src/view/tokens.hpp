// The pieces that a family cuts the text into, aligned with the other two by bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"
#include "view/token_ruler.hpp"

namespace trilens::view {

struct TokenView {
  std::size_t index = 0;       // in this family's pieces of this side
  std::int32_t id = 0;
  std::string display;         // visible() of what people read
  std::string token;           // vocabulary spelling
  std::string id_text;         // "1 234"
  std::string bytes_text;      // "bytes 4–7", "not in the text"
  std::string tooltip;         // all of it in one line
  std::int64_t begin = 0;      // bytes of the text (output: of the family's own output)
  std::int64_t end = 0;
  bool special = false;        // draw it as a marker, not as a word
  bool blank = false;          // the family's form of the blank
  bool starts_word = false;    // false: goes on where the piece before stopped
  std::optional<std::size_t> word;  // which word of the text it overlaps first; the same number in all columns
  bool hovered = false;
  bool pinned = false;
  bool cut_after = false;      // decoder: the text ends here for it (what follows the blank is not read)
  state::Mark mark;            // what Hover and Pin take
};

struct TokensView {
  FamilyView family;
  PanelHead head;
  std::string count;           // "9 pieces"
  std::vector<TokenView> pieces;
  std::string output_label;    // encoder-decoder: "writes"; else empty
  std::vector<TokenView> output;
  std::string cut;             // where and why the text was cut; empty: it was not
  std::vector<MeasureView> measures;  // on its own tab
  std::string measured;        // what a word is here
  bool can_guess = false;      // encoder without a blank: a click may hide a piece (SelectToken)
};

[[nodiscard]] TokensView build_tokens(const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
