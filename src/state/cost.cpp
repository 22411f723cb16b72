// Measuring on a press: one seat after the other, so that none disturbs another's times; stopped by a press, by an edit, and by leaving the tab.
#include "state/cost.hpp"

#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

// Asked for, of the model that is still there.
bool pressed_for(const State& state, Seat seat) {
  const CostPress& press = state.cost.press;
  return press.presses > 0 && press.loads[seat_index(seat)] == state.column(seat).loads;
}

}  // namespace

std::string_view cost_quantity_name(CostQuantity quantity) {
  switch (quantity) {
    case CostQuantity::read: return "read";
    case CostQuantity::step: return "step";
    case CostQuantity::total: return "total";
    case CostQuantity::flops: return "flops";
    case CostQuantity::cache: return "cache";
  }
  return "";
}

std::optional<CostQuantity> cost_quantity_from_name(std::string_view name) {
  for (const CostQuantity quantity : kCostQuantities) {
    if (cost_quantity_name(quantity) == name) return quantity;
  }
  return std::nullopt;
}

bool measuring_to_come(const State& state, Seat seat) {
  return pressed_for(state, seat) && !state.cost.press.stopped && state.column(seat).experiment(Experiment::cost).asked.empty();
}

bool measuring(const State& state) {
  for (const Seat seat : kSeats) {
    if (state.column(seat).experiment(Experiment::cost).waiting || measuring_to_come(state, seat)) return true;
  }
  return false;
}

std::optional<protocol::Request> cost_request(const State& state, Seat seat) {
  const CostPress& press = state.cost.press;
  if (!pressed_for(state, seat)) return std::nullopt;
  const auto request = [&] {
    protocol::Cost out;
    out.seat = seat;
    out.text = press.text;
    out.other_provider = press.other_provider;
    return out;
  };
  if (!state.column(seat).experiment(Experiment::cost).asked.empty()) return request();  // as it was asked
  if (press.stopped) return std::nullopt;
  for (const Seat other : kSeats) {
    if (other == seat) continue;
    if (state.column(other).experiment(Experiment::cost).waiting) return std::nullopt;
    if (seat_index(other) < seat_index(seat) && measuring_to_come(state, other)) return std::nullopt;
  }
  return request();
}

void Store::Impl::measure_cost() {
  if (measuring(state) || blank_text(state.document.text)) return;
  CostPress& press = state.cost.press;
  ++press.presses;
  press.text = state.document.text;
  press.other_provider = state.cost.choice.other_provider;
  press.stopped = false;
  for (const Seat seat : kSeats) {
    ColumnState& column = state.column(seat);
    const bool there = present[seat_index(seat)] && !column.loading;
    press.loads[seat_index(seat)] = there ? std::optional(column.loads) : std::nullopt;
    ExperimentState& e = column.experiment(Experiment::cost);
    if (there) e.asked.clear();
    if (there) e.stale = e.value.has_value();
  }
}

// The engine answers with what it has; that is still wanted.
void Store::Impl::stop_cost() {
  if (!measuring(state)) return;
  state.cost.press.stopped = true;
  for (const Seat seat : kSeats) {
    const auto id = experiment_id[seat_index(seat)][experiment_index(Experiment::cost)];
    if (id && state.column(seat).experiment(Experiment::cost).waiting) (void)send(protocol::Cancel{.request = *id, .seat = {}}, std::nullopt);
  }
  touch();
}

}  // namespace trilens::state
