// One clock for all three: the decoder and the encoder-decoder take a step each time it ticks; the encoder answers in one, unless it is to
// fill its blanks one at a time.
#include <algorithm>
#include <array>
#include <utility>

#include "state/store_impl.hpp"

namespace trilens::state {
void Store::Impl::reset_generation(Seat seat) {
  const std::size_t f = seat_index(seat);
  cancel(advance_id[f]);
  begin_id[f].reset();
  state.column(seat).generation = {};
}

void Store::Impl::reset_clock() {
  state.clock = {};
  rush = false;
  play_due.reset();
  for (const Seat seat : kSeats) reset_generation(seat);
  touch();
}

// Text or options have moved on: what is there stays, dimmed; the next step starts anew.
void Store::Impl::stale_generation() {
  stop();
  for (const Seat seat : kSeats) {
    GenerationState& g = state.column(seat).generation;
    g.begun = false;
    g.stale = g.stale || g.advanced > 0 || g.replacing || g.trouble;
  }
}

void Store::Impl::fill_otherwise() {
  for (const Seat seat : kSeats) {
    if (state.column(seat).family != Family::encoder) continue;
    reset_generation(seat);
    ensure(seat);
  }
}

bool Store::Impl::clock_stale() const {
  return std::ranges::any_of(kSeats, [&](Seat seat) { return steps_on(state, seat) && state.column(seat).generation.stale; });
}

bool Store::Impl::clock_busy() const {
  return std::ranges::any_of(kSeats, [&](Seat seat) { return steps_on(state, seat) && state.column(seat).generation.waiting; });
}

void Store::Impl::step_forward() {
  touch();
  if (clock_stale()) reset_clock();
  if (clock_busy() || !can_step(state)) return;
  ++state.clock.cursor;
  for (const Seat seat : kSeats) ensure(seat);
}

// A press of the button: ends playing, and reads what is still being typed.
void Store::Impl::step_by_hand() {
  state.clock.playing = false;
  rush = false;
  play_due.reset();
  if (read_due) read_all();
  step_forward();
}

// Asks for what the column lacks to show the step at the cursor.
void Store::Impl::ensure(Seat seat) {
  const std::size_t f = seat_index(seat);
  ColumnState& column = state.column(seat);
  GenerationState& g = column.generation;
  const std::int64_t wanted = state.clock.cursor;
  if (!steps_on(state, seat) || wanted <= g.advanced || g.finished || g.waiting || g.stale || g.trouble) return;
  if (!present[f] || column.loading || blank_text(state.document.text)) return;
  // Whether an encoder's text has blanks is known when it has been read.
  if (column.family == Family::encoder && (column.reading_stale || column.reading_waiting)) return;
  // One step at a time, so that the text after each is known.
  std::int64_t base = g.advanced;
  std::int64_t tokens = 1;
  if (!g.begun) {
    protocol::BeginGeneration begin{.seat = seat, .text = state.document.text, .options = state.document.options};
    begin.as_read = true;
    begin.prefix = state.document.prefixes[f].text;
    begin.prefix_ids = state.document.prefixes[f].ids;
    begin.serial = g.serial = ++generations;
    begin.watch = column.family == Family::encoder_decoder;
    begin_id[f] = send(std::move(begin), Pending{.purpose = Purpose::begin, .seat = seat});
    g.begun = true;
    // Stopped before: the same search from its start gives the same steps.
    base = 0;
    tokens = g.advanced + 1;
  }
  g.waiting = true;
  advance_id[f] = send(protocol::Advance{seat, tokens},
                       Pending{.purpose = Purpose::advance, .seat = seat, .tokens = tokens, .base = base});
  touch();
}

void Store::Impl::on_generated(const protocol::Generated& result, const Pending& asked) {
  GenerationState& g = state.column(asked.seat).generation;
  const bool beam = state.document.options.strategy == protocol::Strategy::beam && state.column(asked.seat).family != Family::encoder;
  const bool stopped = result.stop_reason == "cancelled";
  const std::int64_t before = g.advanced;
  g.waiting = false;
  if (std::exchange(g.replacing, false)) g.texts.clear();
  g.steps = result.steps;
  // The best beam may be shorter than the search is deep; elsewhere a step is a token.
  if (!beam) g.advanced = static_cast<std::int64_t>(result.steps.size());
  else if (!stopped) g.advanced = std::max(asked.base + asked.tokens, result.depth);
  g.texts.resize(static_cast<std::size_t>(g.advanced) + 1);
  for (std::size_t i = 0; i < result.forced_texts.size() && i + 1 < g.texts.size(); ++i) g.texts[i + 1] = result.forced_texts[i];
  g.texts.back() = g.advanced > 0 ? result.text : std::string();
  g.finished = result.finished && !stopped;
  g.stop_reason = result.stop_reason;
  g.prefill_ms = result.prefill_ms;
  g.decode_ms = result.decode_ms;
  g.cache_bytes = result.cache_bytes;
  g.cut = result.cut;
  if (stopped) state.clock.playing = false;
  if (!stopped && g.advanced > before) ensure(asked.seat);  // it may have to catch up with the clock
}

void Store::Impl::on_generation_error(const Error& error, Seat seat) {
  ColumnState& column = state.column(seat);
  GenerationState& g = column.generation;
  g.waiting = false;
  g.begun = false;
  if (error.code == ErrorCode::cancelled) {
    state.clock.playing = false;
    return;
  }
  if (std::exchange(g.replacing, false)) {
    g.steps.clear();
    g.texts.clear();
  }
  g.trouble = trouble_of(error, column);
}

void Store::Impl::play(bool to_end, double now) {
  if (read_due) read_all();
  if (clock_stale()) reset_clock();
  if (!can_step(state) && !to_end) state.clock.cursor = 0;  // at the end: once more from the start
  if (!can_step(state)) return;
  state.clock.playing = true;
  rush = to_end;
  play_due = now;
}

void Store::Impl::stop() {
  state.clock.playing = false;
  rush = false;
  play_due.reset();
  for (const Seat seat : kSeats) {
    const std::size_t f = seat_index(seat);
    if (!advance_id[f]) continue;
    GenerationState& g = state.column(seat).generation;
    cancel(advance_id[f]);
    begin_id[f].reset();
    g.waiting = false;
    g.begun = false;
  }
}

// Plays on when everything that the last tick asked for has arrived.
void Store::Impl::drive(double now) {
  while (state.clock.playing && !clock_busy()) {
    if (!can_step(state)) {
      touch();
      state.clock.playing = false;
      rush = false;
      play_due.reset();
      return;
    }
    if (!rush && play_due && now < *play_due) return wake_at(*play_due, now);
    step_forward();
    play_due = now + (rush ? 0 : play_interval_millis(state.pace));
  }
}

}  // namespace trilens::state
