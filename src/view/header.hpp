// The top of the page: name, input, transport, tabs, examples, theme, language.
#pragma once

#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct ButtonView {
  std::string id;            // the script command that does the same: "step", "play" (while playing "stop"), ...
  std::string label;         // in words, for tooltip and mirror
  std::string keys;          // "→"; may be empty
  bool enabled = false;
  bool active = false;       // pressed in: playing, projector on, options open
};

struct TabView {
  state::Tab tab = state::Tab::overview;
  std::string id;
  std::string label;
  bool selected = false;
};

struct FamilyTabView {
  FamilyView family;
  bool shown = false;
};

struct HeaderView {
  std::string title;              // "Trilens"
  std::string subtitle;
  std::string text;               // the input's content
  std::string input_label;
  std::string placeholder;
  std::string input_note;         // "empty: …", "the encoder read 120 of 20 000 characters", or empty
  ButtonView to_start, step_back, play, step, to_end, stop;  // play turns into pause while playing
  ButtonView undo, redo, blank, options, projector, theme_button, keys, copy;
  std::string share_label;
  std::vector<ChoiceView> shares; // what can be taken home; ids: "link", "picture", "csv", "json", "page"
  std::string copy_text;          // what `copy` puts on the clipboard: the text and the three answers
  std::string clock;              // "step 3 of 9", "step 3", "not started"
  std::int64_t cursor = 0;
  std::int64_t steps = 0;         // known; 0: none
  std::string examples_label;
  std::vector<TabView> tabs;
  std::vector<FamilyTabView> families;      // tablet and phone draw a switch of these
  std::vector<Seat> columns;                // the ones to draw, in order: 3 wide, 2 tablet, 1 phone
  std::vector<ChoiceView> languages;
  std::string theme;                        // "system", "light", "dark"
  bool dark = false;                        // what that comes to now
  bool reduced_motion = false;
};

[[nodiscard]] HeaderView build_header(const state::State& state, const Words& words);

// One row of "?".
struct KeyView {
  std::string keys;
  std::string what;
};
struct KeysView {
  bool open = false;
  std::string title;
  std::vector<KeyView> rows;
};
[[nodiscard]] KeysView build_keys(const state::State& state, const Words& words);

}  // namespace trilens::view
