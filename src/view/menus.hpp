// What opens from the header: the examples and the options of generation. And the line of status at the bottom.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct ExampleView {
  std::string id;
  std::string title;         // "Right context decides"
  std::string text;
  std::string look;          // what to look at
  bool selected = false;
  std::optional<Family> family = {};  // whose group it stands in; none: the row that all three share
};

// What shows one architecture. Its examples are the rows with this family, in their order.
struct ExampleGroupView {
  FamilyView family;
  std::string title;         // "Examples for the encoder (BERT)"
  std::string note;          // what they have in common, in one sentence
  std::int64_t count = 0;
  bool selected = false;     // the one on screen is in it
};

struct ExamplesView {
  std::string title;
  std::vector<ExampleView> rows;          // all there are
  std::string more;          // before the groups: "More"
  std::vector<ExampleGroupView> groups;   // in the order of the columns; only those that have examples
  std::string look;          // of the one on screen; empty: none is
};

[[nodiscard]] ExamplesView build_examples(const state::State& state, const Words& words);

enum class OptionKind : std::uint8_t { choice, integer, real };

struct OptionView {
  std::string name;          // what SetOption takes: "temperature"
  OptionKind kind = OptionKind::real;
  std::string label;
  std::string help;          // one sentence, with the value that is off
  std::string value_text;    // "0.7"
  double value = 0;
  double least = 0, most = 0, step = 0;
  std::vector<ChoiceView> choices;  // kind choice
  bool used = true;          // false: the strategy does not read it; show it calm
  bool changed = false;      // differs from where it starts
};

struct OptionsView {
  bool open = false;
  std::string title;
  std::string note;          // "these decide how the decoder and the encoder–decoder write"
  std::string reset_label;
  bool can_reset = false;
  std::vector<OptionView> rows;
  std::string pace_label;
  std::vector<ChoiceView> paces;  // how fast Play goes: "slow", "normal", "fast"
};

[[nodiscard]] OptionsView build_options(const state::State& state, const Words& words);

struct StatusView {
  std::string sentence;      // "All three have answered."; read aloud when it changes
  std::string privacy;       // "Nothing leaves this device."
  std::string device;        // "WebGPU: <adapter>", "no WebGPU, running on WASM"
  std::string notice;        // dismissable; empty: none
  std::string dismiss_label;
  std::optional<TroubleView> trouble;
  bool busy = false;
};

[[nodiscard]] StatusView build_status(const state::State& state, const Words& words);

}  // namespace trilens::view
