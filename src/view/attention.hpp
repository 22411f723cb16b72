// Who looks at whom: one map of one family. Rows are readers (queries), columns are what is read (keys).
//
// `values` borrows from the State, or from `parts` where special tokens are hidden. One linear scale, from 0 to `scale`; the legend
// says so. On the tab of attention HeadsChoice says what is hidden; positions of Cell are those of the whole map everywhere.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "view/attention_parts.hpp"
#include "view/common.hpp"

namespace trilens::view {

enum class MapShape : std::uint8_t { square, triangle, bridge };

struct LabelView {
  std::string display;
  std::string tooltip;
  bool special = false;
  bool hovered = false;      // row or column to light up
  bool pinned = false;
  state::Mark mark;          // what Hover and Pin take
};

struct PointedView {
  std::size_t row = 0;
  std::size_t column = 0;
  std::string value;         // "0.123"
  std::string exact;         // every digit
  std::string sentence;      // "“chased” sees “dog”: 0.123"
  bool masked = false;       // the mask forbids it: nothing there to see
  bool pinned = false;
  std::string link;          // of the way to its account
};

struct AttentionView {
  FamilyView family;
  protocol::AttentionKind kind = protocol::AttentionKind::self;
  std::string id;            // "self", "decoder_self", "cross"
  PanelHead head;            // title: "Source", "Target", "Bridge"; term: "self-attention", ...
  MapShape shape = MapShape::square;
  std::string shape_sign;    // "■", "◣", "▤"
  std::string shape_words;   // "full square"
  std::string rows_label;    // "reads"
  std::string columns_label; // "is read"
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::span<const float> values;   // [rows, columns] f32, row-major; empty: no map yet
  std::span<const float> drawn;    // the same without what is below the threshold
  std::shared_ptr<const MapParts> parts;            // special tokens are hidden: what is left
  std::shared_ptr<const std::vector<float>> strong;  // behind `drawn`, where there is a threshold
  [[nodiscard]] state::Cell cell(std::size_t row, std::size_t column) const {
    return {family.seat, kind, parts ? parts->rows[row] : row, parts ? parts->columns[column] : column};
  }
  std::uint64_t version = 0;       // upload again when it changes
  float scale = 1;                 // the colour at full strength
  std::string scale_text;          // "0 … 0.8"
  std::vector<LabelView> row_labels;
  std::vector<LabelView> column_labels;
  std::optional<PointedView> pointed;   // under the pointer, else pinned
  std::size_t rows_reached = 0;         // rows that the clock has come to; the rest is calm. rows: all
  std::string choice;                   // "mean of all layers and heads", "layer 2, head 3"
  std::string layer_label, head_label;
  std::vector<ChoiceView> layers;       // id "mean", "0", "1", ...; labels count from 1
  std::vector<ChoiceView> heads;        // "mean", "0", "1", ..., "rollout"
};

[[nodiscard]] AttentionView build_attention(const state::State& state, Seat seat, protocol::AttentionKind kind, const Words& words);

}  // namespace trilens::view
