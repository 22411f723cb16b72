// Load, read, attention: what the screen asks of the engine about one text, and what becomes of the answers.
#include <algorithm>
#include <utility>

#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

// A device may fail where the processor does not.
bool wasm_may_help(ErrorCode code) {
  switch (code) {
    case ErrorCode::webgpu_unavailable:
    case ErrorCode::gpu_lost:
    case ErrorCode::gpu_wrong:
    case ErrorCode::runtime_failed:
    case ErrorCode::out_of_memory: return true;
    default: return false;
  }
}

std::int64_t layers_of(const protocol::Loaded& loaded, AttentionKind kind) {
  return kind == AttentionKind::self ? loaded.layers : loaded.decoder_layers;
}

void keep_within(std::optional<std::int64_t>& index, std::int64_t size) {
  if (index && *index >= size) index.reset();
}

std::vector<protocol::Piece> pieces_or_names(const std::vector<protocol::Piece>& pieces, const std::vector<std::string>& names) {
  if (pieces.size() == names.size()) return pieces;
  std::vector<protocol::Piece> out;
  for (const std::string& name : names) {
    protocol::Piece piece;
    piece.text = name;
    piece.display = name;
    out.push_back(std::move(piece));
  }
  return out;
}

}  // namespace

Trouble trouble_of(const Error& error, const ColumnState& column) {
  const bool on_wasm = column.loaded ? column.loaded->provider == "wasm" : column.provider == ProviderChoice::wasm;
  return {error, /*retry=*/true, /*use_wasm=*/!on_wasm && wasm_may_help(error.code)};
}

void Store::Impl::load(const LoadModel& what, std::optional<std::int64_t> ticket) {
  const std::size_t f = seat_index(what.seat);
  ColumnState& column = state.column(what.seat);
  cancel(load_id[f]);
  cancel(read_id[f]);
  cancel(advance_id[f]);
  for (auto& id : map_id[f]) cancel(id);
  for (auto& id : experiment_id[f]) cancel(id);
  begin_id[f].reset();
  column.loading = true;
  column.model = what.model;
  column.must_be = what.family;
  column.provider = what.provider;
  column.progress.reset();
  column.load_trouble.reset();
  column.failed_model.clear();
  column.reading_waiting = false;
  column.reading_stale = column.reading.has_value();
  column.generation.waiting = false;
  column.generation.begun = false;
  for (MapState& map : column.maps) {
    map.waiting = false;
    map.stale = !map.values.empty();
  }
  load_id[f] = send(protocol::Load{what.seat, what.family, what.model, what.provider},
                    Pending{.purpose = Purpose::load, .seat = what.seat, .ticket = ticket});
  touch();
}

void Store::Impl::on_loaded(const protocol::Loaded& loaded, Seat seat) {
  ColumnState& column = state.column(seat);
  column.loading = false;
  column.progress.reset();
  column.load_trouble.reset();
  if (column.family != loaded.family) {  // another kind of model sits here now: what the one before said is not its own
    column.family = loaded.family;
    forget_reading(seat);
    std::array<MapChoice, 3> choices;
    for (std::size_t i = 0; i < choices.size(); ++i) choices[i] = column.maps[i].choice;
    column.maps = {};
    for (std::size_t i = 0; i < choices.size(); ++i) column.maps[i].choice = choices[i];
    column.guess.reset();
    forget_pointing(seat);
  }
  if (column.loaded && column.loaded->model != loaded.model) forget_prefix_ids(seat);
  column.loaded = loaded;
  ++column.loads;
  rest_switches(seat);
  if (auto wanted = std::exchange(shared_switches[seat_index(seat)], std::nullopt)) state.document.switches[seat_index(seat)] = std::move(*wanted);
  forget_experiments(seat);
  if (auto wanted = std::exchange(shared_numbers[seat_index(seat)], std::nullopt)) state.numbers[seat_index(seat)] = std::move(*wanted);
  forget_probes(seat);
  present[seat_index(seat)] = true;
  for (const AttentionKind kind : kinds_of(column.family)) {
    MapState& map = column.map(kind);
    map.layers = layers_of(loaded, kind);
    map.heads = loaded.heads;
    keep_within(map.choice.layer, map.layers);
    keep_within(map.choice.head, map.heads);
  }
  reset_generation(seat);
  if (!read_due) read(seat);
  ensure(seat);
}

void Store::Impl::on_load_error(const Error& error, Seat seat) {
  ColumnState& column = state.column(seat);
  column.loading = false;
  column.progress.reset();
  column.load_trouble = trouble_of(error, column);
  if (column.provider != ProviderChoice::wasm && wasm_may_help(error.code)) column.load_trouble->use_wasm = true;
  // The one before stays: what is loaded anew after a restart, and what runs elsewhere, is that one again.
  if (column.loaded && !column.model.empty() && column.model != column.loaded->model) {
    column.failed_model = std::exchange(column.model, column.loaded->model);
    column.must_be.reset();
  }
  // What was loaded before is still there, and goes on reading.
  if (present[seat_index(seat)] && !read_due && column.reading_stale) read(seat);
}

// The same model, run by this one; while a failure to load stands there, the one that failed.
void Store::Impl::use_provider(const UseProvider& what) {
  const ColumnState& column = state.column(what.seat);
  const bool failed = column.load_trouble && !column.failed_model.empty();
  load({what.seat, failed ? std::nullopt : column.must_be, failed ? column.failed_model : column.model, what.provider}, std::nullopt);
}

void Store::Impl::text_changed(bool at_once, double now) {
  reject_waiting(Waiting::For::readings, {ErrorCode::cancelled, "A newer text replaced this one before all three had read it.", {}});
  reject_waiting(Waiting::For::map, {ErrorCode::cancelled, "A newer text replaced this one before its map was there.", {}});
  const auto same = std::ranges::find(state.examples, state.document.text, &Example::text);
  state.example = same == state.examples.end() ? std::string() : same->id;
  state.hover.reset();
  state.pin.reset();
  state.hover_cell.reset();
  state.pin_cell.reset();
  for (const Seat seat : kSeats) {
    const std::size_t f = seat_index(seat);
    ColumnState& column = state.column(seat);
    cancel(read_id[f]);
    for (auto& id : map_id[f]) cancel(id);
    column.reading_waiting = false;
    column.reading_stale = column.reading.has_value();
    column.guess.reset();
    for (MapState& map : column.maps) {
      map.waiting = false;
      map.stale = !map.values.empty();
    }
  }
  stale_generation();
  touch();
  if (at_once) return read_all();
  read_due = now + kDebounceMillis;
  wake_at(*read_due, now);
}

void Store::Impl::read_all() {
  read_due.reset();
  reset_clock();
  for (const Seat seat : kSeats) read(seat);
}

void Store::Impl::forget_reading(Seat seat) {
  ColumnState& column = state.column(seat);
  column.reading.reset();
  column.reading_text.clear();
  column.reading_stale = false;
  column.reading_waiting = false;
  for (MapState& map : column.maps) {
    map.rows.clear();
    map.columns.clear();
    map.values.clear();
    map.version = ++map_version;
    map.stale = false;
    map.waiting = false;
    map.trouble.reset();
  }
}

// What was pointed at in a column that no longer shows it.
void Store::Impl::forget_pointing(Seat seat) {
  const auto there = [&](const auto& at) { return at && at->seat == seat; };
  if (there(state.hover)) state.hover.reset();
  if (there(state.pin)) state.pin.reset();
  if (there(state.hover_cell)) state.hover_cell.reset();
  if (there(state.pin_cell)) state.pin_cell.reset();
}

void Store::Impl::read(Seat seat) {
  const std::size_t f = seat_index(seat);
  ColumnState& column = state.column(seat);
  cancel(read_id[f]);
  for (auto& id : map_id[f]) cancel(id);
  column.reading_trouble.reset();
  if (blank_text(state.document.text)) return forget_reading(seat);
  if (!present[f] || column.loading) return;  // it reads when it is loaded
  column.reading_waiting = true;
  column.reading_stale = column.reading.has_value();
  read_id[f] = send(protocol::Read{seat, state.document.text, kReadTopK, column.family == Family::encoder ? column.guess : std::nullopt},
                    Pending{.purpose = Purpose::read, .seat = seat});
  touch();
}

void Store::Impl::on_reading(protocol::Reading reading, Seat seat) {
  ColumnState& column = state.column(seat);
  column.reading = std::move(reading);
  column.reading_text = state.document.text;
  column.reading_stale = false;
  column.reading_waiting = false;
  for (const AttentionKind kind : kinds_of(column.family)) send_map(seat, kind);
  if (column.family == Family::encoder) ensure(seat);  // its blanks are known now
}

void Store::Impl::on_read_error(const Error& error, Seat seat) {
  ColumnState& column = state.column(seat);
  column.reading_waiting = false;
  column.reading_trouble = trouble_of(error, column);
}

bool Store::Impl::reading_settled(Seat seat) const {
  const ColumnState& column = state.column(seat);
  return !read_due && !column.loading && !column.reading_waiting;
}

void Store::Impl::send_map(Seat seat, AttentionKind kind) {
  const std::size_t f = seat_index(seat);
  MapState& map = state.column(seat).map(kind);
  auto& id = map_id[f][static_cast<std::size_t>(kind)];
  cancel(id);
  map.trouble.reset();
  map.waiting = true;
  map.stale = !map.values.empty();
  protocol::Attention request{.seat = seat, .kind = kind, .layer = map.choice.layer, .head = map.choice.head, .text = state.document.text, .target = {}};
  request.as_read = true;
  request.rollout = map.choice.rollout;
  id = send(std::move(request), Pending{.purpose = Purpose::attention, .seat = seat, .kind = kind});
  touch();
}

void Store::Impl::select_map(const SelectMap& what) {
  ColumnState& column = state.column(what.seat);
  MapState& map = column.map(what.kind);
  const std::vector<AttentionKind> kinds = kinds_of(column.family);
  if (std::ranges::find(kinds, what.kind) == kinds.end()) return;
  MapChoice choice = what.choice;
  if (map.layers > 0) keep_within(choice.layer, map.layers);
  if (map.heads > 0) keep_within(choice.head, map.heads);
  if (choice.rollout) choice.head.reset();
  if (choice == map.choice && !map.trouble) return;
  map.choice = choice;
  map.stale = !map.values.empty();
  state.pin_cell.reset();
  state.hover_cell.reset();
  // Without a reading of this very text it is asked for once there is one.
  if (column.reading && !column.reading_stale) send_map(what.seat, what.kind);
}

void Store::Impl::on_map(const protocol::AttentionMap& result, const Pending& asked) {
  MapState& map = state.column(asked.seat).map(asked.kind);
  map.waiting = false;
  const bool even = result.values.size() == result.rows.size() &&
                    std::ranges::all_of(result.values, [&](const auto& row) { return row.size() == result.columns.size(); });
  if (!even) {
    return on_map_error({ErrorCode::internal, "The engine sent an attention map whose rows do not fit its pieces; please report this.", {}}, asked);
  }
  map.rows = pieces_or_names(result.row_pieces, result.rows);
  map.columns = pieces_or_names(result.column_pieces, result.columns);
  map.values.clear();
  map.values.reserve(result.rows.size() * result.columns.size());
  for (const auto& row : result.values) map.values.insert(map.values.end(), row.begin(), row.end());
  map.layers = result.layers;
  map.heads = result.heads;
  map.version = ++map_version;
  map.stale = false;
  map.trouble.reset();
  const auto outside = [&](const std::optional<Cell>& cell) {
    return cell && cell->seat == asked.seat && cell->kind == asked.kind && (cell->row >= map.rows.size() || cell->column >= map.columns.size());
  };
  if (outside(state.hover_cell)) state.hover_cell.reset();
  if (outside(state.pin_cell)) state.pin_cell.reset();
}

void Store::Impl::on_map_error(const Error& error, const Pending& asked) {
  ColumnState& column = state.column(asked.seat);
  MapState& map = column.map(asked.kind);
  map.waiting = false;
  map.trouble = trouble_of(error, column);
}

void Store::Impl::guess(Seat seat, std::int64_t piece) {
  ColumnState& column = state.column(seat);
  if (!column.reading || column.reading_stale || column.reading->task != "guess" || column.guess == piece) return;
  if (piece < 0 || piece >= static_cast<std::int64_t>(column.reading->tokens.size())) return;
  if (column.reading->tokens[static_cast<std::size_t>(piece)].special) return;
  column.guess = piece;
  read(seat);
}

void Store::Impl::retry(Seat seat) {
  ColumnState& column = state.column(seat);
  if (column.load_trouble) return use_provider({seat, column.provider});
  if (column.reading_trouble) return read(seat);
  for (const AttentionKind kind : kinds_of(column.family)) {
    if (column.map(kind).trouble && column.reading && !column.reading_stale) send_map(seat, kind);
  }
  for (ExperimentState& e : column.experiments) {
    if (e.trouble) e.asked.clear();  // settle() asks once more
  }
  if (column.generation.trouble) {
    column.generation.trouble.reset();
    state.clock.cursor = std::max<std::int64_t>(state.clock.cursor, 1);
    ensure(seat);
  }
}

}  // namespace trilens::state
