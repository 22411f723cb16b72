// Switches of attention: what the document says is sent whenever the engine has been told something else; afterwards everything that
// the seat has said is read again.
#include <utility>

#include "state/store_impl.hpp"

namespace trilens::state {

bool Store::Impl::switching(const Command& command, double now) {
  Document next = state.document;
  if (const auto* set = std::get_if<SetSwitches>(&command)) {
    next.switches[seat_index(set->seat)] = set->switches;
  } else if (const auto* head = std::get_if<SetHead>(&command)) {
    auto& heads = kind_of(next.switches[seat_index(head->seat)], head->kind).heads;
    if (heads.size() <= head->layer) heads.resize(head->layer + 1);
    if (heads[head->layer].size() <= head->head) heads[head->layer].resize(head->head + 1, 1.0F);
    heads[head->layer][head->head] = head->factor;
    trim_heads(heads);
  } else if (std::holds_alternative<ResetSwitches>(command)) {
    next.switches = {};
  } else {
    return false;
  }
  edit(std::move(next), "", true, now);
  return true;
}

void Store::Impl::sync_switches() {
  for (const Seat seat : kSeats) {
    const std::size_t f = seat_index(seat);
    ColumnState& column = state.column(seat);
    const protocol::Switches& wanted = state.document.switches[f];
    if (!present[f] || column.loading || wanted == column.switches) continue;
    column.switches = wanted;
    column.switches_trouble.reset();
    ++column.switchings;
    Pending asked{.purpose = Purpose::switches, .seat = seat};
    asked.ticket = std::exchange(switch_ticket[f], std::nullopt);
    switch_id[f] = send(protocol::SetSwitches{seat, wanted}, asked);
    for (MapState& map : column.maps) map.stale = !map.values.empty();
    stale_generation();
    if (!read_due) read(seat);  // the engine serves a seat's requests one after another: it reads under the new settings
    touch();
  }
}

void Store::Impl::on_switches(const protocol::SwitchesSet& set, Seat seat) { state.column(seat).switches_in_force = set.switches; }

// The settings that were in force still are.
void Store::Impl::on_switches_error(const Error& error, Seat seat) {
  ColumnState& column = state.column(seat);
  column.switches = column.switches_in_force;
  state.document.switches[seat_index(seat)] = column.switches_in_force;
  column.switches_trouble = Trouble{error, false, false};
  ++column.switchings;
}

// A model begins at rest, and nothing that is undone gives it the settings of the one before.
void Store::Impl::rest_switches(Seat seat) {
  const std::size_t f = seat_index(seat);
  ColumnState& column = state.column(seat);
  if (!state.document.switches[f].at_rest()) state.notice = Notice{"notice.switches_rest", {{"model", column.loaded ? column.loaded->model : std::string()}}};
  state.document.switches[f] = column.switches = column.switches_in_force = {};
  column.switches_trouble.reset();
  switch_id[f].reset();
  history.rewrite([f](Document& document) { document.switches[f] = {}; }, [](const Document& a, const Document& b) { return same_document(a, b); }, state.document);
  state.can_undo = history.can_undo();
  state.can_redo = history.can_redo();
}

protocol::KindSwitches& kind_of(protocol::Switches& switches, AttentionKind kind) {
  switch (kind) {
    case AttentionKind::self: return switches.self;
    case AttentionKind::decoder_self: return switches.decoder_self;
    case AttentionKind::cross: return switches.cross;
  }
  return switches.self;
}

const protocol::KindSwitches& kind_of(const protocol::Switches& switches, AttentionKind kind) {
  return kind_of(const_cast<protocol::Switches&>(switches), kind);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

// Factors at rest at the end say nothing: without them, the same settings are equal.
void trim_heads(std::vector<std::vector<float>>& heads) {
  for (auto& layer : heads) {
    while (!layer.empty() && layer.back() == 1.0F) layer.pop_back();
  }
  while (!heads.empty() && heads.back().empty()) heads.pop_back();
}

}  // namespace trilens::state
