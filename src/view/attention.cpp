#include "view/attention.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace trilens::view {
namespace {

using protocol::AttentionKind;
using protocol::Piece;
using state::MapState;
using state::State;


MapShape shape_of(Family family, AttentionKind kind) {
  if (kind == AttentionKind::cross) return MapShape::bridge;
  if (kind == AttentionKind::decoder_self || family == Family::decoder) return MapShape::triangle;
  return MapShape::square;
}

std::string_view shape_id(MapShape shape) {
  switch (shape) {
    case MapShape::square: return "square";
    case MapShape::triangle: return "triangle";
    case MapShape::bridge: return "bridge";
  }
  return "";
}

std::string quoted_piece(const Piece& piece) { return piece_text(piece.display, piece.text); }

std::vector<LabelView> labels(const State& state, Seat seat, state::Side side, const std::vector<Piece>& pieces, const std::vector<std::size_t>* kept) {
  std::vector<LabelView> out;
  for (std::size_t at = 0; at < (kept != nullptr ? kept->size() : pieces.size()); ++at) {
    const std::size_t i = kept != nullptr ? (*kept)[at] : at;
    const Lit light = lit(state, seat, side, pieces[i], i);
    out.push_back({quoted_piece(pieces[i]), pieces[i].text, pieces[i].special, light.hovered, light.pinned, state::mark_of(seat, side, pieces[i], i)});
  }
  return out;
}

// The largest weight among rows that have a choice: a row that sees one piece alone gives it everything, and would
// leave the rest of the map dark.
float largest_choice(const AttentionView& v) {
  float most = 0;
  for (std::size_t r = 0; r < v.rows; ++r) {
    const std::span<const float> row = v.values.subspan(r * v.columns, v.columns);
    const auto seen = std::ranges::count_if(row, [](float weight) { return weight > 0; });
    if (seen > 1) most = std::max(most, std::ranges::max(row));
  }
  return most;
}

std::string choice_text(const state::MapChoice& choice, const Words& words) {
  const auto number = [](const std::optional<std::int64_t>& i) { return i ? count_text(*i + 1) : std::string(); };
  if (choice.rollout) return words.strings.fill(choice.layer ? "attention.choice.rollout_to" : "attention.choice.rollout", {{"layer", number(choice.layer)}});
  const char* key = choice.layer ? (choice.head ? "attention.choice.one" : "attention.choice.layer")
                                 : (choice.head ? "attention.choice.head" : "attention.choice.mean");
  return words.strings.fill(key, {{"layer", number(choice.layer)}, {"head", number(choice.head)}});
}

std::vector<ChoiceView> choices(std::int64_t count, const std::optional<std::int64_t>& chosen, const Words& words) {
  std::vector<ChoiceView> out{{"mean", words.strings.get("attention.mean"), !chosen}};
  for (std::int64_t i = 0; i < count; ++i) out.push_back({std::to_string(i), count_text(i + 1), chosen == i});
  return out;
}

// Where a cell of the whole map is shown; none: it is hidden, or there is no such cell.
std::optional<std::pair<std::size_t, std::size_t>> shown_at(const AttentionView& v, const state::Cell& cell) {
  if (!v.parts) return cell.row < v.rows && cell.column < v.columns ? std::optional(std::pair(cell.row, cell.column)) : std::nullopt;
  const auto row = std::ranges::find(v.parts->rows, cell.row), column = std::ranges::find(v.parts->columns, cell.column);
  if (row == v.parts->rows.end() || column == v.parts->columns.end()) return std::nullopt;
  return std::pair(static_cast<std::size_t>(row - v.parts->rows.begin()), static_cast<std::size_t>(column - v.parts->columns.begin()));
}

// What HeadsChoice hides; on its tab alone.
void take_values(AttentionView& v, const State& state, const MapState& map) {
  const bool here = state.tab == state::Tab::attention;
  v.rows = map.rows.size();
  v.columns = map.columns.size();
  v.values = map.values;
  if (here && state.heads.hide_special) {
    v.parts = std::make_shared<const MapParts>(without_special(map));
    v.rows = v.parts->rows.size();
    v.columns = v.parts->columns.size();
    v.values = v.parts->values;
  }
  v.drawn = v.values;
  if (here && state.heads.threshold > 0) {
    v.strong = std::make_shared<const std::vector<float>>(at_least(v.values, state.heads.threshold));
    v.drawn = *v.strong;
  }
  const auto per_mille = static_cast<std::uint64_t>(std::lround(here ? state.heads.threshold * 1000 : 0));
  v.version = map.version * 2048 + (v.parts ? 1024 : 0) + per_mille;
}

std::optional<PointedView> pointed(const State& state, const AttentionView& v, const MapState& map, const Words& words) {
  const auto mine = [&](const std::optional<state::Cell>& cell) {
    return cell && cell->seat == v.family.seat && cell->kind == v.kind && shown_at(v, *cell).has_value();
  };
  const bool hovered = mine(state.hover_cell);
  if (!hovered && !mine(state.pin_cell)) return std::nullopt;
  const state::Cell& cell = hovered ? *state.hover_cell : *state.pin_cell;
  const auto [row, column] = *shown_at(v, cell);
  PointedView p{.row = row, .column = column, .value = {}, .exact = {}, .sentence = {}, .masked = false, .pinned = !hovered, .link = {}};
  p.masked = v.shape == MapShape::triangle && cell.column > cell.row;
  const float value = v.values[row * v.columns + column];
  p.link = words.strings.get("numbers.link");
  p.value = weight_text(static_cast<double>(value), words.number);
  p.exact = exact_text(value, words.number);
  p.sentence = words.strings.fill(p.masked ? "attention.masked" : "attention.sees",
                                  {{"row", quoted_piece(map.rows[cell.row])}, {"column", quoted_piece(map.columns[cell.column])}, {"value", p.value}});
  return p;
}

// Rows of what an encoder-decoder has written by this step of the clock: row i was computed for step i + 1. Only when the
// clock writes the very pieces that the map is about.
std::size_t rows_reached(const State& state, Seat seat, AttentionKind kind, const MapState& map) {
  const state::GenerationState& g = state.column(seat).generation;
  const auto cursor = static_cast<std::size_t>(std::max<std::int64_t>(state.clock.cursor, 0));
  if (side_of_rows(kind) == state::Side::text || cursor == 0 || g.stale || g.advanced == 0) return map.rows.size();
  for (std::size_t i = 0; i < g.steps.size() && i + 1 < map.rows.size(); ++i) {
    if (g.steps[i].id != map.rows[i + 1].id) return map.rows.size();
  }
  return std::min(cursor, map.rows.size());
}

void fill_head(AttentionView& v, const State& state, const MapState& map, const Words& words) {
  const state::ColumnState& column = state.column(v.family.seat);
  const std::string key = v.family.id + "." + v.id;
  v.head.title = words.strings.get("attention." + key + ".title");
  v.head.term = words.strings.get("attention." + v.id + ".term");
  v.head.explanation = words.strings.get("attention." + v.id + ".explanation");
  v.head.sentence = words.strings.get("attention." + key + ".sentence");
  v.head.stale = map.stale || (column.reading_stale && !map.values.empty());
  v.head.waiting = map.waiting || (column.reading_waiting && !map.values.empty());
  v.head.empty = map.values.empty();
  if (map.trouble) v.head.trouble = trouble_view(*map.trouble, words);
  settle_head(v.head, words);
  if (!v.head.empty) return;
  if (column.reading && !map.trouble) {
    v.head.sentence = words.strings.get(map.waiting ? "empty.reading" : "attention.none");
    return;
  }
  PanelHead why;
  reading_head(why, state, v.family.seat, words);
  if (why.empty) v.head.sentence = why.sentence;
}

}  // namespace

AttentionView build_attention(const State& state, Seat seat, AttentionKind kind, const Words& words) {
  const MapState& map = state.column(seat).map(kind);
  AttentionView v;
  v.family = family_view(state, seat, words);
  v.kind = kind;
  v.id = protocol::attention_kind_name(kind);
  v.shape = shape_of(v.family.family, kind);
  const std::string shape(shape_id(v.shape));
  v.shape_sign = words.strings.get("attention.shape." + shape + ".sign");
  v.shape_words = words.strings.get("attention.shape." + shape);
  v.rows_label = words.strings.get("attention.rows");
  v.columns_label = words.strings.get("attention.columns");
  v.choice = choice_text(map.choice, words);
  v.layer_label = words.strings.get("attention.layer");
  v.head_label = words.strings.get("attention.head");
  v.layers = choices(map.layers, map.choice.layer, words);
  v.heads = choices(map.heads, map.choice.head, words);
  if (map.choice.rollout) v.layers.front().label = words.strings.get("attention.last");
  v.heads.front().selected = v.heads.front().selected && !map.choice.rollout;
  v.heads.push_back({"rollout", words.strings.get("attention.rollout"), map.choice.rollout});
  fill_head(v, state, map, words);
  if (map.values.empty()) return v;
  take_values(v, state, map);
  if (v.values.empty()) {
    v.rows = v.columns = 0;
    v.head.empty = true;
    v.head.sentence = words.strings.get("attention.all_special");
    return v;
  }
  const float most = std::ranges::max(v.values);
  v.scale = static_cast<float>(nice_scale(static_cast<double>(largest_choice(v))));
  v.scale_text = words.strings.fill(most > v.scale ? "attention.scale_more" : "attention.scale", {{"most", fixed_text(static_cast<double>(v.scale), 2, words.number)}});
  v.row_labels = labels(state, seat, side_of_rows(kind), map.rows, v.parts ? &v.parts->rows : nullptr);
  v.column_labels = labels(state, seat, side_of_columns(kind), map.columns, v.parts ? &v.parts->columns : nullptr);
  v.pointed = pointed(state, v, map, words);
  v.rows_reached = rows_reached(state, seat, kind, map);
  if (v.parts) v.rows_reached = static_cast<std::size_t>(std::ranges::lower_bound(v.parts->rows, v.rows_reached) - v.parts->rows.begin());
  return v;
}

}  // namespace trilens::view
