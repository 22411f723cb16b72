// Mask switches: what a seat's attention may be changed into, who may see whom then, and what the model says before and after.
//
// What is in force is told from the settings; of a mask that is the graph's own, from the weights that its attention was measured to
// have (a weight of 0 is a key that is not seen). Nothing here goes by the family's name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct MasksIntroView {
  std::string sentence;        // what this is
  std::string rest_note;       // "Loading a model puts its switches back to rest."
  std::string reset_label;     // "All back to rest"
  bool switched = false;       // something is not at rest: reset can be pressed
};

// A way to set the switches: pressing it makes `then` of the seat's settings.
struct SwitchChoiceView {
  ChoiceView choice;
  protocol::Switches then;
};

// A row of choices, or why there are none.
struct SwitchRowView {
  std::string id;              // "mask", "window", "connection"
  std::string label;
  std::vector<SwitchChoiceView> choices;
  std::string refusal;         // not empty: they are shown disabled
};

struct SwitchHeadView {
  float factor = 1;
  float next = 1;              // what a press makes of it: 1 → 0 → ½ → 1
  std::string sentence;        // "layer 1, head 2: off"
};

// Who may see whom: in row r (a query), keys [from, to).
struct MaskRun {
  std::size_t row = 0, from = 0, to = 0;
};
struct MaskPictureView {
  std::size_t rows = 0, columns = 0;  // 0: not known yet
  std::vector<MaskRun> runs;
  bool measured = false;       // from attention weights: the mask is the model's own
  bool cut = false;            // cross-attention brings nothing
  bool stale = false;
  std::string sentence;        // "36 of 64 looks are allowed"
};

struct MaskKindView {
  std::string id;              // "self"
  state::AttentionKind kind = state::AttentionKind::self;
  std::string title;           // "encoder: self-attention"
  std::vector<SwitchRowView> rows;
  std::string heads_title;     // "heads, by layer"
  std::vector<std::vector<SwitchHeadView>> heads;  // [layer][head]
  std::string heads_refusal;
  MaskPictureView picture;
};

struct PresetView {
  std::string id;              // "encoder_causal"
  SwitchChoiceView choice;
  std::string look;            // what to look for
  std::string refusal;
};

struct MovedWordView {
  std::string display;
  std::string token;
  std::int32_t id = 0;
  double before = 0, after = 0;
  double before_length = 0, after_length = 0;  // [0, 1] of the bars
  std::string before_text, after_text;         // "12.3 %"
  std::string change_text;     // "+12.3", percentage points
  std::string rank_text;       // "1 → 14"
  std::string spoken;
};

struct MovedPlaceView {
  std::string title;           // "blank 1", "next word"
  std::string sentence;        // "38.1 % of the probability went to other words; entropy 2.10 → 5.31 bits"
  std::vector<MovedWordView> words;
};

struct MasksView {
  FamilyView family;
  PanelHead head;
  std::string in_force;        // "causal mask · 2 heads changed"; empty: at rest
  std::string look;            // what to look for now
  bool enabled = false;        // a model is here and can be switched
  std::vector<PresetView> presets;   // the first is rest
  std::vector<MaskKindView> kinds;
  std::string before_label, after_label;   // "at rest", "switched"
  std::string answer_before, answer_after;
  std::string word_label, change_label, rank_label;
  std::vector<MovedPlaceView> places;      // nothing at rest
};

[[nodiscard]] MasksIntroView build_masks_intro(const state::State& state, const Words& words);
[[nodiscard]] MasksView build_masks(const state::State& state, Seat seat, const Words& words);
// What of a seat is not at rest, in words for its head and for what is copied; empty at rest.
[[nodiscard]] std::string switched_words(const state::State& state, Seat seat, const Words& words);
// The mask of one kind as it is in force.
[[nodiscard]] MaskPictureView mask_picture(const state::ColumnState& column, state::AttentionKind kind, const protocol::Switches& switches);

}  // namespace trilens::view
