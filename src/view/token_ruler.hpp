// The text under three tokenizers: its characters on a common ruler, their UTF-8 bytes, and below them the tokens of each seat, each
// over exactly what it stands for.
//
// A cell is a codepoint: tokens end between codepoints, or within one, and then span some of its bytes. Built while its tab is open.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct RulerCharView {
  std::string text;                 // visible: "a", "␣", "é"
  std::string tooltip;              // "é · U+00E9 · bytes C3 A9"
  std::vector<std::string> bytes;   // "C3", "A9"; all that there are, also where they are not drawn
  bool show_bytes = false;
  bool space = false;
  std::optional<std::size_t> word;  // index in words
  bool hovered = false, pinned = false;
  state::Mark mark;
};

struct RulerTokenView {
  std::string display;              // its text, or "F0 9F" where it is a part of a character
  std::string tooltip;
  std::size_t first = 0, last = 0;  // cells [first, last)
  std::size_t byte_first = 0;       // of the first cell: 0 unless part
  std::size_t byte_last = 0;        // of the last cell: one behind; 0: the whole of it
  std::size_t share = 0, shares = 1;  // several stand for the same characters, and which bytes are whose is not known: side by side
  bool part = false;                // of a character
  bool unknown = false;
  bool hovered = false, pinned = false;
  std::optional<std::size_t> word;
  state::Mark mark;
};

// One seat.
struct RulerRowView {
  FamilyView family;
  std::vector<RulerTokenView> tokens;
  std::string before, before_tooltip;  // tokens that the text does not contain, outside the ruler: "[CLS]", "+6"
  std::string after, after_tooltip;
  std::string empty;                   // why there are none
  bool stale = false;
};

struct RulerWordView {
  std::string text;
  std::size_t begin = 0;            // byte
  std::size_t first = 0, last = 0;  // cells [first, last)
  bool picked = false;
  state::Mark mark;
};

struct TokenRulerView {
  std::vector<RulerCharView> chars;
  std::vector<RulerWordView> words;
  std::vector<RulerRowView> rows;   // by seat
  std::string hint;                 // what a press does
  std::string characters_label, bytes_label;
  std::string bytes_button;         // "All bytes"
  bool all_bytes = false;
  std::string cut;                  // the text is longer than what is drawn
};

[[nodiscard]] TokenRulerView build_token_ruler(const state::State& state, const Words& words);

// How many tokens a text takes.
struct MeasureView {
  std::string label;                // "tokens a word"
  std::string value;                // "1.43"
  std::string of;                   // "10 tokens in 7 words"
};
[[nodiscard]] std::vector<MeasureView> build_measures(const protocol::Reading& reading, const std::string& text, const Words& words);

}  // namespace trilens::view
