#include "state/store.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "state/share.hpp"
#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

constexpr double kTimerSlackMillis = 1.5;  // timers of a browser fire a little early

template <class... Ts>
struct Match : Ts... {
  using Ts::operator()...;
};

}  // namespace

Store::Store(Setup setup) : impl_(std::make_unique<Impl>()) {
  State& state = impl_->state;
  for (const Seat seat : kSeats) {
    state.column(seat).seat = seat;
    state.column(seat).family = family_at_home(seat);
  }
  state.examples = setup.examples;
  state.replacements = setup.replacements;
  state.lists = setup.lists;
  if (!state.lists.empty()) state.document.items = state.lists.front().items;
  state.answer_offers = setup.answer_offers;
  state.shelf.catalog = setup.catalog;
  state.language = known_language(setup.language) ? setup.language : std::string(kLanguages.front());
  impl_->take_settings(setup.settings);
  impl_->setup = std::move(setup);
}

Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

const State& Store::state() const { return impl_->state; }
bool Store::dirty() const { return impl_->dirty; }
void Store::clean() { impl_->dirty = false; }
std::vector<Effect> Store::take_effects() { return std::exchange(impl_->effects, {}); }

void Store::start(double now_ms) {
  Impl& m = *impl_;
  const std::vector<Example>& examples = m.state.examples;
  if (!m.setup.text.empty()) m.state.document.text = within_limit(utf8::repair(m.setup.text));
  else if (!examples.empty()) m.state.document.text = examples.front().text;
  if (!m.setup.shared.empty()) m.open_shared(m.setup.shared, true, now_ms);
  if (m.setup.load_at_start) {
    for (const Seat seat : kSeats) m.load({.seat = seat, .model = m.state.column(seat).model, .provider = m.state.column(seat).provider}, std::nullopt);
  }
  m.text_changed(true, now_ms);
  m.settle(now_ms);
}

void Store::apply(const Command& command, double now_ms) {
  Impl& m = *impl_;
  State& s = m.state;
  if (m.pointing(command)) return;
  if (m.chrome(command) || m.editing(command, now_ms) || m.switching(command, now_ms) || m.shelving(command) || m.probing(command)) return m.settle(now_ms);
  std::visit(Match{
                 [&](const SelectToken& c) { m.guess(c.seat, c.piece); },
                 [&](const SelectMap& c) { m.select_map(c); },
                 [&](const ChooseLeak& c) { s.leak = c.choice; },
                 [&](const ChooseTokens& c) { s.tokens = c.choice; },
                 [&](const ChooseSpace& c) { s.space.take(c.choice); },
                 [&](const ChooseHeads& c) {
                   s.heads = c.choice;
                   s.heads.threshold = std::clamp(s.heads.threshold, 0.0, kMostThreshold);
                 },
                 [&](const ShowHeads& c) { s.heads.kind[seat_index(c.seat)] = c.kind; },
                 [&](const MoveLens& c) { s.lens[seat_index(c.seat)] = LensWindow{s.document.text, std::max<std::int64_t>(c.first, 0)}; },
                 [&](const ChooseNumbers& c) {
                   s.numbers[seat_index(c.seat)] = c.choice;
                   s.numbers[seat_index(c.seat)].text = s.document.text;
                 },
                 [&](const ChooseCost& c) { s.cost.choice = c.choice; },
                 [&](const MeasureCost&) { m.measure_cost(); },
                 [&](const StopCost&) { m.stop_cost(); },
                 [&](const ShadeMachine& c) { s.machine_shade = c.shade; },
                 [&](const ChooseAnswer& c) { s.answer.chosen = c.chosen; },
                 [&](const StopAnswers&) { s.answer.stopped = s.document.text; },
                 [&](const RunAnswers&) { m.run_answers(); },
                 [&](const Step&) { m.step_by_hand(); },
                 [&](const StepBack&) {
                   m.stop();
                   s.clock.cursor = std::max<std::int64_t>(0, s.clock.cursor - 1);
                 },
                 [&](const ToStart&) {
                   m.stop();
                   s.clock.cursor = 0;
                 },
                 [&](const GoToStep& c) {
                   m.stop();
                   s.clock.cursor = std::clamp<std::int64_t>(c.cursor, 0, known_steps(s));
                 },
                 [&](const ToEnd&) { m.play(true, now_ms); },
                 [&](const Play&) { m.play(false, now_ms); },
                 [&](const Stop&) { m.stop(); },
                 [&](const LoadModel& c) { m.load(c, std::nullopt); },
                 [&](const UseProvider& c) { m.use_provider(c); },
                 [&](const CancelLoad& c) {
                   const auto id = m.load_id[seat_index(c.seat)];
                   if (id) (void)m.send(protocol::Cancel{.request = *id, .seat = {}}, std::nullopt);
                 },
                 [&](const Retry& c) { m.retry(c.seat); },
                 [&](const KeepModel& c) { s.column(c.seat).load_trouble.reset(); },
                 [&](const ChooseFiles& c) { m.emit(OpenFileChooser{c.folder}); },
                 [&](const Export& c) { m.emit(ExportPage{static_cast<int>(c.kind), shared_json(s)}); },
                 [&](const OpenShared& c) { m.open_shared(c.json, false, now_ms); },
                 [&](const CopyText& c) { m.emit(CopyToClipboard{c.text}); },
                 [&](const CommitText&) {
                   if (m.read_due) m.read_all();
                 },
                 [](const auto&) {},  // pointing(), chrome(), editing(), switching() and shelving() have taken the rest
             },
             command);
  m.touch();
  m.settle(now_ms);
}

void Store::receive(const protocol::ReplyMessage& reply, double now_ms) {
  impl_->receive(reply, now_ms);
  impl_->settle(now_ms);
}

void Store::tick(double now_ms) {
  impl_->tick(now_ms);
  impl_->settle(now_ms);
}

void Store::engine_lost(const Error& why, bool restarted, double now_ms) {
  impl_->engine_lost(why, restarted, now_ms);
  impl_->settle(now_ms);
}

std::int64_t Store::Impl::send(protocol::Request request, std::optional<Pending> wanted) {
  const std::int64_t id = ++last_id;
  if (wanted) pending.emplace(id, *wanted);
  emit(SendRequest{id, protocol::to_json({id, std::move(request)})});
  return id;
}

// The screen no longer wants this answer. A script that waits for it still gets what the engine says.
void Store::Impl::cancel(std::optional<std::int64_t>& id) {
  if (!id) return;
  (void)send(protocol::Cancel{.request = *id, .seat = {}}, std::nullopt);
  if (const auto it = pending.find(*id); it != pending.end()) {
    if (it->second.ticket) it->second.purpose = Purpose::script;
    else pending.erase(it);
  }
  id.reset();
}

void Store::Impl::wake_at(double due, double now) {
  if (next_wake && *next_wake <= due && *next_wake > now) return;  // that one comes first and asks again
  next_wake = due;
  emit(WakeAfter{std::max(0.0, due - now)});
}

void Store::Impl::tick(double now) {
  if (next_wake && now + kTimerSlackMillis < *next_wake) return;  // somebody else's tick; ours is still to come
  next_wake.reset();
  if (read_due && now + kTimerSlackMillis >= *read_due) read_all();
  if (read_due) wake_at(*read_due, now);
  if (play_due && now + kTimerSlackMillis < *play_due) wake_at(*play_due, now);
}

void Store::Impl::settle(double now) {
  sync_switches();
  drive(now);
  run_experiments();
  feed_probes();
  catch_up();
  if (!clock_busy()) {
    const std::int64_t known = known_steps(state);
    if (state.clock.cursor > known) {
      state.clock.cursor = known;
      touch();
    }
  }
  answer_scripts();
}

void Store::Impl::engine_lost(const Error& why, bool restarted, double) {
  touch();
  std::array<bool, 3> wanted{};
  for (const Seat seat : kSeats) {
    const std::size_t f = seat_index(seat);
    wanted[f] = present[f] || state.column(seat).loading;
    present[f] = false;
    load_id[f].reset();
    read_id[f].reset();
    begin_id[f].reset();
    switch_id[f].reset();
    switch_ticket[f].reset();
    advance_id[f].reset();
    map_id[f] = {};
    experiment_id[f] = {};
    if (probe_id[f]) stop_probes();
    probe_id[f].reset();
    for (ExperimentState& e : state.column(seat).experiments) {
      e.waiting = false;
      e.asked.clear();  // asked again of the next engine
    }
    ColumnState& column = state.column(seat);
    column.loading = false;
    column.reading_waiting = false;
    column.reading_stale = column.reading.has_value();
    column.generation.waiting = false;
    column.generation.begun = false;
    for (MapState& map : column.maps) {
      map.waiting = false;
      map.stale = !map.values.empty();
    }
  }
  for (const auto& [id, asked] : std::exchange(pending, {})) {
    if (asked.ticket) reject(*asked.ticket, why);
  }
  state.clock.playing = false;
  engine_alive = restarted;
  if (!restarted) {
    state.engine_trouble = Trouble{why, false, false};
    shelf_lost(why);
    for (const Waiting& w : std::exchange(waiting, {})) reject(w.ticket, why);
    return;
  }
  state.engine_trouble.reset();
  shelf_lost(why);
  for (const Seat seat : kSeats) {
    const ColumnState& column = state.column(seat);
    if (wanted[seat_index(seat)]) load({seat, column.must_be, column.model, column.provider}, std::nullopt);
  }
}

}  // namespace trilens::state
