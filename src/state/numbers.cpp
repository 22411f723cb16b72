#include "state/numbers.hpp"

#include <algorithm>

#include "state/state.hpp"

namespace trilens::state {
namespace {

// The cell that is pinned in this seat, of the maps that its family has.
std::optional<Cell> pinned(const State& state, Seat seat) {
  if (!state.pin_cell || state.pin_cell->seat != seat) return std::nullopt;
  return state.pin_cell;
}

std::int64_t at_most(std::optional<std::int64_t> wanted, std::int64_t count) {
  return std::clamp<std::int64_t>(wanted.value_or(0), 0, std::max<std::int64_t>(count - 1, 0));
}

}  // namespace

NumbersChoice numbers_choice(const State& state, Seat seat) {
  NumbersChoice choice = state.numbers[seat_index(seat)];
  if (choice.text != state.document.text) choice = {.text = {}, .kind = choice.kind, .layer = choice.layer, .head = choice.head, .query = {}, .key = {}, .candidate = {}};
  choice.text = state.document.text;
  return choice;
}

protocol::ExplainAttention attention_to_explain(const State& state, Seat seat) {
  const ColumnState& column = state.column(seat);
  const NumbersChoice choice = numbers_choice(state, seat);
  const std::optional<Cell> cell = pinned(state, seat);
  const std::vector<AttentionKind> kinds = kinds_of(column.family);
  protocol::ExplainAttention ask{.seat = seat, .text = state.document.text, .target = {}, .query = choice.query, .key = choice.key};
  const AttentionKind wanted = choice.kind.value_or(cell ? cell->kind : AttentionKind::self);
  ask.kind = std::ranges::find(kinds, wanted) != kinds.end() ? wanted : AttentionKind::self;
  if (cell && cell->kind == ask.kind && !ask.query && !ask.key) {
    ask.query = static_cast<std::int64_t>(cell->row);
    ask.key = static_cast<std::int64_t>(cell->column);
  }
  const MapChoice& map = column.map(ask.kind).choice;
  std::int64_t layers = column.map(ask.kind).layers, heads = column.map(ask.kind).heads;
  for (const protocol::SwitchAbility& can : column.loaded ? column.loaded->switches : std::vector<protocol::SwitchAbility>()) {
    if (can.kind != protocol::attention_kind_name(ask.kind)) continue;
    layers = can.layers;
    heads = can.heads;
  }
  ask.layer = at_most(choice.layer ? choice.layer : map.rollout ? std::nullopt : map.layer, layers);
  ask.head = at_most(choice.head ? choice.head : map.head, heads);
  return ask;
}

protocol::ExplainPrediction prediction_to_explain(const State& state, Seat seat) {
  const ColumnState& column = state.column(seat);
  const NumbersChoice choice = numbers_choice(state, seat);
  return {.seat = seat, .text = state.document.text, .place = choice.place, .token = column.guess, .candidate = choice.candidate};
}

}  // namespace trilens::state
