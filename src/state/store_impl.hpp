// The Store's inside, shared by its source files and by nobody else. Each file is one concern:
// store.cpp and receive.cpp (what comes in), document.cpp (text, options, undo), chrome.cpp (pointing, arranging), reading.cpp (load, read, attention), shelf.cpp (models to be had), clock.cpp (generation), switches.cpp (of attention), prefix.cpp (what a column begins with), experiments.cpp (what tabs ask by themselves), sharing.cpp (a page from elsewhere), automation.cpp and script_*.cpp (scripts).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/history.hpp"
#include "state/store.hpp"

namespace trilens::state {

enum class Purpose : std::uint8_t { load, read, attention, begin, advance, plan, fetch, shelf, experiment, switches, probe, script };

// A request that the engine has and whose answer is wanted.
struct Pending {
  Purpose purpose = Purpose::script;
  Seat seat = Seat::left;
  AttentionKind kind = AttentionKind::self;
  std::int64_t tokens = 0;             // advance: how many were asked for
  std::int64_t base = 0;               // advance: how many the engine had before
  Experiment experiment = {};
  std::optional<std::int64_t> ticket = std::nullopt;  // a script waits for this very answer
};

// A script that waits for something on screen.
struct Waiting {
  enum class For : std::uint8_t { readings, step, end, map };
  For what = For::readings;
  std::int64_t ticket = 0;
  Seat seat = Seat::left;
  AttentionKind kind = AttentionKind::self;
  bool started = true;                 // step: false while it queues behind the step before
};

struct Store::Impl {
  State state;
  History history;
  Setup setup;
  std::vector<Effect> effects;
  bool dirty = true;

  std::int64_t last_id = 0;
  std::map<std::int64_t, Pending> pending;
  std::vector<Waiting> waiting;
  // The request whose answer the screen takes; an answer to any other is dropped.
  std::array<std::optional<std::int64_t>, 3> load_id, read_id, begin_id, advance_id, switch_id, probe_id;
  std::array<std::optional<std::int64_t>, 3> switch_ticket;  // the script that waits for the change to come
  std::array<std::array<std::optional<std::int64_t>, 3>, 3> map_id;
  std::array<std::array<std::optional<std::int64_t>, kExperiments.size()>, 3> experiment_id;
  std::optional<std::int64_t> plan_id, fetch_id, shelf_id;
  std::array<bool, 3> present{};       // the engine holds this seat's model
  bool engine_alive = true;

  std::optional<double> next_wake;
  std::optional<double> read_due;      // typing has to pause until then
  std::optional<double> play_due;
  std::optional<std::int64_t> shared_cursor;  // the step that a shared page stood at, until it is reached
  std::array<std::optional<protocol::Switches>, 3> shared_switches;  // by Seat: of a shared page, until its model is here
  std::array<std::optional<NumbersChoice>, 3> shared_numbers;          // so too
  bool rush = false;                   // ToEnd: no pause between steps
  std::uint64_t map_version = 0;
  std::int64_t generations = 0;        // begun so far: the next one's serial

  // store.cpp
  void touch() { dirty = true; }
  void emit(Effect effect) { effects.push_back(std::move(effect)); }
  std::int64_t send(protocol::Request request, std::optional<Pending> wanted);
  void cancel(std::optional<std::int64_t>& id);
  void wake_at(double due, double now);
  void tick(double now);
  void settle(double now);             // after anything came in: play on, answer scripts
  void receive(const protocol::ReplyMessage& reply, double now);
  void remember_settings();
  void take_settings(std::string_view json);
  void engine_lost(const Error& why, bool restarted, double now);
  [[nodiscard]] bool pointing(const Command& command);  // hover, pin, select: true when it was one of these
  [[nodiscard]] bool chrome(const Command& command);    // theme, layout, menus

  // document.cpp
  [[nodiscard]] bool editing(const Command& command, double now);  // text and options: true when it was one of these
  void edit(Document next, std::string_view kind, bool at_once, double now);
  [[nodiscard]] bool editing_items(const Command& command, double now);  // space.cpp: the list of Space
  void change_document(Document next, bool at_once, double now);

  // prefix.cpp
  [[nodiscard]] bool prefixing(const Command& command, double now);
  void rewrite(Seat seat);
  void forget_prefix_ids(Seat seat);

  // reading.cpp
  void load(const LoadModel& what, std::optional<std::int64_t> ticket);
  void text_changed(bool at_once, double now);
  void read_all();
  void read(Seat seat);
  void send_map(Seat seat, AttentionKind kind);
  void select_map(const SelectMap& what);
  void guess(Seat seat, std::int64_t piece);
  void retry(Seat seat);
  void use_provider(const UseProvider& what);
  void forget_reading(Seat seat);
  void forget_pointing(Seat seat);
  void on_loaded(const protocol::Loaded& loaded, Seat seat);
  void on_load_error(const Error& error, Seat seat);
  void on_reading(protocol::Reading reading, Seat seat);
  void on_read_error(const Error& error, Seat seat);
  void on_map(const protocol::AttentionMap& map, const Pending& asked);
  void on_map_error(const Error& error, const Pending& asked);
  [[nodiscard]] bool reading_settled(Seat seat) const;

  // sharing.cpp
  void open_shared(const std::string& json, bool at_start, double now);
  void catch_up();                     // steps on to where the shared page stood

  // experiments.cpp
  void run_answers();                  // all tasks of all seats once more
  void run_experiments();              // asks for what the open tab lacks
  void forget_experiments(Seat seat);  // what is awaited is not wanted any more, and what is there is of another model
  void on_experiment(const protocol::ResultValue& value, const Pending& asked);
  void on_experiment_error(const Error& error, const Pending& asked);

  // cost.cpp
  void measure_cost();
  void stop_cost();

  // probes.cpp
  [[nodiscard]] bool probing(const Command& command);
  void run_probes();
  void stop_probes();
  void feed_probes();                  // the next phenomenon of each seat
  [[nodiscard]] ProbeCell& probe_cell(const Pending& asked);  // probe: base is the phenomenon, tokens how many items
  void on_probe(const protocol::ResultValue& value, const Pending& asked);
  void on_probe_error(const Error& error, const Pending& asked);
  void forget_probes(Seat seat);

  // switches.cpp
  [[nodiscard]] bool switching(const Command& command, double now);
  void sync_switches();
  void on_switches(const protocol::SwitchesSet& set, Seat seat);
  void on_switches_error(const Error& error, Seat seat);
  void rest_switches(Seat seat);

  // shelf.cpp
  [[nodiscard]] bool shelving(const Command& command);
  void open_shelf(Seat seat);
  void close_shelf();
  void ask_for_kept();
  void forget_plan();
  void choose_model(const ChooseModel& what, std::optional<std::int64_t> ticket);
  void put_in_seat(const LoadModel& what, std::optional<std::int64_t> ticket);
  void send_plan(std::optional<std::int64_t> ticket);
  void choose_variant(const std::string& variant, std::optional<std::int64_t> ticket);
  void confirm_fetch(std::optional<std::int64_t> ticket);
  void get_again();
  void remove_kept(const std::string& key);
  void on_plan(protocol::ModelPlan plan);
  void on_plan_error(const Error& error);
  void on_fetched(const protocol::StoredModel& model);
  void on_fetch_error(const Error& error);
  void on_shelf(protocol::Shelf shelf);
  void shelf_lost(const Error& why);

  // clock.cpp
  void reset_generation(Seat seat);
  void reset_clock();
  void stale_generation();
  void step_forward();
  void step_by_hand();
  void ensure(Seat seat);
  void play(bool to_end, double now);
  void stop();
  void drive(double now);
  void on_generated(const protocol::Generated& result, const Pending& asked);
  void on_generation_error(const Error& error, Seat seat);
  [[nodiscard]] bool clock_busy() const;
  [[nodiscard]] bool clock_stale() const;
  void fill_otherwise();  // the encoders begin again, one blank at a time or all in one pass

  // automation.cpp
  void answer_scripts();
  void reject(std::int64_t ticket, const Error& error);
  void reject_waiting(Waiting::For what, const Error& error);
};

// cost.cpp: what to ask of a seat in its turn.
[[nodiscard]] std::optional<protocol::Request> cost_request(const State& state, Seat seat);

// At most kMaxTextBytes, cut between characters.
[[nodiscard]] std::string within_limit(std::string text);

[[nodiscard]] bool same_document(const Document& a, const Document& b);

[[nodiscard]] Trouble trouble_of(const Error& error, const ColumnState& column);

}  // namespace trilens::state
