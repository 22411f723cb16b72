// The leak test: who noticed that a word was changed, layer by layer, and what that says about the architecture.
//
// The verdict is computed from the numbers that are drawn, never from the family.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

// Page-wide: the sentence, in which a word is chosen, and what to put in its place.
struct LeakWordView {
  std::string text;          // with the marks around it
  std::size_t begin = 0;     // what ChooseLeak takes
  bool selected = false;
  bool choosable = true;     // a blank is not
};

struct LeakIntroView {
  std::string title;         // "change"
  std::vector<LeakWordView> words;
  std::string into;          // "into"
  std::vector<ChoiceView> replacements;
  std::optional<std::size_t> chosen_begin;  // what ChooseLeak takes to keep the word
  std::string sentence;      // "The dog that chased the cats ___ moon."; empty: there is nothing to change
  std::string note;          // what to do, or what to look for
};

enum class LeakVerdict : std::uint8_t {
  not_read,      // the change lies where this model does not read
  nothing_left,  // it is the first word: nothing stands left of it
  still,         // no vector left of the change moved
  barely,        // they moved, but 20 times less than on the right, and by at most 2 %: rounding
  moved,         // they moved
  all_moved,     // what is written, of another source
  none_moved,    // what is written did not notice
};

struct LeakCellView {
  float part = 0;            // [0, 1] of the scale
  std::string sentence;      // "after block 2, “dog” moved by 12.3 % of its length (cosine 0.981)"
};

struct LeakSideView {
  std::string id;            // "text", "output"
  std::string title;         // "the text", "what it writes"
  LeakVerdict verdict = LeakVerdict::not_read;
  std::string sentence;      // the verdict
  std::vector<std::string> states;   // "embeddings", "1", "2", … from the bottom
  std::vector<std::string> labels;   // pieces
  std::vector<bool> changed;         // this very piece
  std::vector<std::vector<LeakCellView>> cells;  // [state][piece]
};

struct LeakView {
  FamilyView family;
  PanelHead head;
  std::vector<LeakSideView> sides;
  std::string scale_text;    // "white: did not move; full: moved by 100 % of its length or more"
  std::string layers_label;  // "layer"
};

[[nodiscard]] LeakIntroView build_leak_intro(const state::State& state, const Words& words);
[[nodiscard]] LeakView build_leak(const state::State& state, Seat seat, const Words& words);
[[nodiscard]] LeakVerdict leak_verdict(const protocol::LeakSide& side);
[[nodiscard]] std::string_view verdict_id(LeakVerdict verdict);  // "still"

}  // namespace trilens::view
