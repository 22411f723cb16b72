#include "state/probes.hpp"

#include <algorithm>

#include "state/store_impl.hpp"

namespace trilens::state {

bool ProbesState::running() const {
  return std::ranges::any_of(cells, [](const auto& row) { return std::ranges::any_of(row, [](const ProbeCell& c) { return c.queued || c.running; }); });
}

bool Store::Impl::probing(const Command& command) {
  if (const auto* choose = std::get_if<ChooseProbes>(&command)) {
    if (choose->phenomenon < kPhenomena.size()) state.probes.chosen[choose->phenomenon] = !state.probes.chosen[choose->phenomenon];
    if (choose->all) state.probes.chosen.fill(*choose->all);
    if (choose->items) state.probes.items = std::clamp<std::int64_t>(*choose->items, 1, kProbeItems.back());
  } else if (std::holds_alternative<RunProbes>(command)) {
    run_probes();
  } else if (std::holds_alternative<StopProbes>(command)) {
    stop_probes();
  } else {
    return false;
  }
  touch();
  return true;
}

void Store::Impl::run_probes() {
  for (const Seat seat : kSeats) {
    auto& cells = state.probes.cells[seat_index(seat)];
    for (std::size_t p = 0; p < cells.size(); ++p) {
      if (!state.probes.chosen[p] || cells[p].running) continue;
      cells[p].queued = state.column(seat).loaded.has_value();
      cells[p].trouble.reset();
    }
  }
}

// What is done stays.
void Store::Impl::stop_probes() {
  for (const Seat seat : kSeats) {
    cancel(probe_id[seat_index(seat)]);
    for (ProbeCell& cell : state.probes.cells[seat_index(seat)]) cell.queued = cell.running = false;
  }
}

// Each seat does one phenomenon at a time.
void Store::Impl::feed_probes() {
  if (state.tab != Tab::answer && state.probes.running()) {
    stop_probes();
    touch();
  }
  for (const Seat seat : kSeats) {
    const std::size_t f = seat_index(seat);
    if (probe_id[f] || !present[f] || state.column(seat).loading) continue;
    auto& cells = state.probes.cells[f];
    const auto next = std::ranges::find_if(cells, [](const ProbeCell& c) { return c.queued; });
    if (next == cells.end()) continue;
    const auto phenomenon = static_cast<std::int64_t>(next - cells.begin());
    next->queued = false;
    next->running = true;
    next->done = next->total = 0;
    touch();
    probe_id[f] = send(protocol::Probe{seat, std::string(kPhenomena[static_cast<std::size_t>(phenomenon)]), state.probes.items},
                       Pending{.purpose = Purpose::probe, .seat = seat, .tokens = state.probes.items, .base = phenomenon});
  }
}

ProbeCell& Store::Impl::probe_cell(const Pending& asked) { return state.probes.cells[seat_index(asked.seat)][static_cast<std::size_t>(asked.base)]; }

void Store::Impl::on_probe(const protocol::ResultValue& value, const Pending& asked) {
  ProbeCell& cell = probe_cell(asked);
  cell.running = false;
  cell.asked = asked.tokens;
  if (const auto* probed = std::get_if<protocol::Probed>(&value)) cell.value = *probed;
  touch();
}

void Store::Impl::on_probe_error(const Error& error, const Pending& asked) {
  ProbeCell& cell = probe_cell(asked);
  cell.running = false;
  cell.value.reset();
  if (error.code != ErrorCode::cancelled) cell.trouble = trouble_of(error, state.column(asked.seat));
  touch();
}

// Of another model, or of other switches: nothing of it holds.
void Store::Impl::forget_probes(Seat seat) {
  cancel(probe_id[seat_index(seat)]);
  state.probes.cells[seat_index(seat)] = {};
}

}  // namespace trilens::state
