// All heads of one kind side by side: layer by layer, or sorted by what they do, with the name that the scores earn them.
//
// Scores come from the engine (analysis/head_scores.hpp); what counts as such a head is decided here, in numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

// Page-wide: how heads are laid out, what is hidden.
struct HeadsIntroView {
  std::string order_label;            // "sort by"
  std::vector<ChoiceView> orders;     // "layers", "previous", …
  std::string special_label;          // "special tokens"
  std::vector<ChoiceView> special;    // "shown", "hidden"
  std::string threshold_label;        // "draw from"
  double threshold = 0, most_threshold = 0;
  std::string threshold_text;         // "5.0 %"; "everything"
  std::string note;                   // what the order means, and what is hidden
  state::HeadsChoice choice;          // what ChooseHeads takes, changed in one place
};

// What a head mostly does: at least half of its attention goes there. Broad: at least 80 % of the largest possible entropy.
enum class HeadRole : std::uint8_t { previous, next, first, itself, same, special, broad, mixed };
[[nodiscard]] HeadRole head_role(const protocol::HeadScores& scores);
[[nodiscard]] std::string_view role_id(HeadRole role);  // "previous"
[[nodiscard]] std::optional<double> score_of(const protocol::HeadScores& scores, state::HeadOrder order);

struct HeadTileView {
  std::string id;                     // "0.2" (layer.head, from 0), "0.mean", "0.rollout"
  std::string name;                   // "layer 1, head 3"
  std::string caption;                // sorted: "1·3  84.2 %"; else empty
  std::string sentence;               // name, role and every score
  std::string role;                   // "previous piece"
  bool selected = false;              // what the large map shows
  state::MapChoice choice;            // what SelectMap takes
};

// Pictures that stand side by side, in one matrix with a column of zeros between two: the square root of each weight.
struct HeadRowView {
  std::string label;                  // the layer; sorted: empty
  std::vector<HeadTileView> tiles;
  std::vector<float> cells;           // [tile_rows, tiles · (tile_columns + 1) - 1]
  std::uint64_t version = 0;          // upload again when it changes
};

// A piece that is pointed at, as a part of a picture's side.
struct LitStrip {
  float from = 0, to = 1;
};

struct HeadsView {
  FamilyView family;
  PanelHead head;
  protocol::AttentionKind kind = protocol::AttentionKind::self;
  std::vector<ChoiceView> kinds;      // of this model; one alone: nothing to choose
  bool sorted = false;
  std::string layer_label, head_label;
  std::vector<std::string> columns;   // in order of layers: "1", "2", …, "mean", "rollout"
  std::size_t tile_rows = 0, tile_columns = 0;
  std::vector<HeadRowView> rows;
  std::vector<LitStrip> lit_rows, lit_columns;  // the same in every picture
  std::string summary;                // "Of 16 heads: 3 previous piece, …"; sorted: which does it most
  std::vector<std::string> notes;     // coarser pictures, how many are left out, what rollout does with the bridge
  std::string scale_text;
};

[[nodiscard]] HeadsIntroView build_heads_intro(const state::State& state, const Words& words);
// Empty but for its head unless the tab of attention is open.
[[nodiscard]] HeadsView build_heads(const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
