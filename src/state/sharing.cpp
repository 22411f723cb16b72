// A page from elsewhere: what a link or a file says is put in place, as if somebody had done it by hand.
#include <utility>

#include "state/share.hpp"
#include "state/store_impl.hpp"

namespace trilens::state {

void Store::Impl::open_shared(const std::string& json, bool at_start, double now) {
  auto shared = parse_shared(json);
  if (!shared) {
    state.notice = Notice{"notice.link_refused", {{"why", shared.error().message}}};
    return touch();
  }
  if (!shared->language.empty() && shared->language != state.language) {
    state.language = shared->language;
    emit(LanguageChanged{state.language});
  }
  state.tab = shared->tab;
  if (shared->items) shared->document.items = std::move(*shared->items);
  else if (!state.lists.empty()) shared->document.items = state.lists.front().items;
  state.leak = shared->leak;
  state.heads = shared->heads;
  state.space.take(shared->space);
  state.answer.chosen = shared->answer;
  state.tokens = shared->tokens;
  state.cost.choice = shared->cost;
  state.machine_shade = shared->shade;
  std::array<std::optional<std::int64_t>, 3> guesses;
  for (const Seat seat : kSeats) {
    ColumnState& column = state.column(seat);
    const std::size_t f = seat_index(seat);
    SharedSeat& wanted = shared->seats[f];
    guesses[f] = wanted.guess;
    NumbersChoice numbers = wanted.numbers.value_or(NumbersChoice{});
    numbers.text = shared->document.text;
    state.lens[f] = wanted.lens_first ? std::optional(LensWindow{shared->document.text, *wanted.lens_first}) : std::nullopt;
    for (MapState& map : column.maps) map.choice = {};
    for (const SharedMap& map : wanted.maps) column.map(map.kind).choice = map.choice;
    const bool same = column.model == wanted.model && column.provider == wanted.provider;
    column.model = std::move(wanted.model);
    column.provider = wanted.provider;
    // A model begins at rest: what is to be switched waits until it is here.
    if (at_start || !same) {
      shared_switches[f] = std::move(wanted.switches);
      shared_numbers[f] = std::move(numbers);
    } else {
      shared->document.switches[f] = std::move(wanted.switches);
      state.numbers[f] = std::move(numbers);
    }
    if (at_start) column.guess = wanted.guess;
    if (!at_start && !same) load({.seat = seat, .model = column.model, .provider = column.provider}, std::nullopt);
  }
  if (at_start) {
    state.document = std::move(shared->document);
  } else {
    // The maps that were chosen anew are asked for with the text, also when it is the same one.
    const bool same_text = shared->document.text == state.document.text;
    edit(std::move(shared->document), "", true, now);
    if (same_text || guesses != std::array<std::optional<std::int64_t>, 3>{}) {
      for (const Seat seat : kSeats) state.column(seat).guess = guesses[seat_index(seat)];
      read_all();
    }
  }
  shared_cursor = shared->cursor > 0 ? std::optional(shared->cursor) : std::nullopt;
  touch();
}

void Store::Impl::catch_up() {
  if (!shared_cursor || clock_busy()) return;
  for (const Seat seat : kSeats) {
    if (!reading_settled(seat)) return;
  }
  const std::int64_t before = state.clock.cursor;
  if (before < *shared_cursor && can_step(state)) step_forward();
  if (state.clock.cursor >= *shared_cursor || state.clock.cursor == before) shared_cursor.reset();
}

}  // namespace trilens::state
