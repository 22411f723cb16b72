// Everything that is on screen, as values: what is not here is not on screen.
//
// Not here: how it changes (store.hpp), how it looks (src/view), words (assets/i18n). Only the Store writes to it;
// everyone else borrows `const State&` for the length of a frame. Offsets are bytes of UTF-8.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/family.hpp"
#include "base/seat.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"
#include "state/answer.hpp"
#include "state/cost.hpp"
#include "state/experiment.hpp"
#include "state/numbers.hpp"
#include "state/probes.hpp"
#include "state/shelf.hpp"
#include "state/space.hpp"
#include "state/tokens.hpp"

namespace trilens::state {

using protocol::AttentionKind;
using protocol::GenerateOptions;
using protocol::ProviderChoice;

inline constexpr std::size_t kMaxTextBytes = 200'000;  // longer text is cut here, and the status says so
inline constexpr std::size_t kMaxPrefixBytes = 2'000;  // of a forced prefix
inline constexpr double kDebounceMillis = 150;         // from the last key to the readings
inline constexpr std::int64_t kReshapeTop = 16;        // tokens of a step's distribution
inline constexpr std::int64_t kReadTopK = 8;           // bars of a prediction
inline constexpr std::array kAttentionKinds{AttentionKind::self, AttentionKind::decoder_self, AttentionKind::cross};

// One for each file of assets/i18n; the first is what an unknown one becomes.
inline constexpr std::array<std::string_view, 2> kLanguages{"en", "nb"};

enum class Tab : std::uint8_t { overview, machine, tokens, attention, prediction, masks, lens, numbers, leak, answer, generation, space, cost };
inline constexpr std::array kTabs{Tab::overview, Tab::machine, Tab::tokens, Tab::attention, Tab::prediction, Tab::masks, Tab::lens, Tab::numbers, Tab::leak, Tab::answer, Tab::generation, Tab::space, Tab::cost};

// How fast Play goes.
enum class Pace : std::uint8_t { slow, normal, fast };
inline constexpr std::array kPaces{Pace::slow, Pace::normal, Pace::fast};
// Between two steps of Play, at least: time to explain, to follow, to watch it run.
[[nodiscard]] constexpr double play_interval_millis(Pace pace) { return pace == Pace::slow ? 1400 : pace == Pace::normal ? 350 : 90; }

enum class Theme : std::uint8_t { system, light, dark };
enum class LayoutClass : std::uint8_t { wide, tablet, phone };

// Which of a family's two texts: what the user wrote, or what the encoder-decoder writes.
enum class Side : std::uint8_t { text, output };

// Some characters, pointed at. Every piece that overlaps [begin, end) lights up, in all three columns (side text).
// A piece without characters (specials; begin == end) is named by seat and index, and lights up alone.
struct Mark {
  Side side = Side::text;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::optional<Seat> seat = {};          // where it was pointed at; always set for side output
  std::optional<std::size_t> piece = {};  // index in that column's pieces of that side
  friend bool operator==(const Mark&, const Mark&) = default;
};

// One cell of one attention map.
struct Cell {
  Seat seat = Seat::left;
  AttentionKind kind = AttentionKind::self;
  std::size_t row = 0;
  std::size_t column = 0;
  friend bool operator==(const Cell&, const Cell&) = default;
};

// Which map is shown; absent: the mean.
struct MapChoice {
  std::optional<std::int64_t> layer;
  std::optional<std::int64_t> head;
  bool rollout = false;                    // what has reached each position after `layer` (absent: the last), instead of a head
  friend bool operator==(const MapChoice&, const MapChoice&) = default;
};

struct MapState {
  MapChoice choice;                        // what is asked for; the map shown may still be the one before (stale)
  std::vector<protocol::Piece> rows;       // query pieces
  std::vector<protocol::Piece> columns;    // key pieces
  std::vector<float> values;               // [row, column] f32, row-major
  std::int64_t layers = 0;                 // how many there are; 0: not known yet
  std::int64_t heads = 0;
  std::uint64_t version = 0;               // grows with every new map: when to upload it again
  bool stale = false;                      // the text or the choice has moved on
  bool waiting = false;                    // a request is on its way
  std::optional<Trouble> trouble;
};

// What a column is made to begin with. Tokens where there are any, which belong to this text and this model; then `text` is how they read.
struct Prefix {
  std::string text;                        // valid UTF-8, at most kMaxPrefixBytes
  std::vector<std::int32_t> ids;
  [[nodiscard]] bool empty() const { return text.empty() && ids.empty(); }
  friend bool operator==(const Prefix&, const Prefix&) = default;
};

struct GenerationState {
  bool begun = false;                      // the engine holds a search for this text and these options
  bool waiting = false;                    // an Advance is on its way
  bool stale = false;                      // text or options have moved on; the next step starts anew
  bool replacing = false;                  // what is here has another forced prefix; what replaces it is on its way
  std::int64_t serial = 0;                 // what the engine knows this generation by; 0: there was none yet
  std::vector<protocol::Step> steps;       // all that is known, also past the cursor; beam: of the beam that is best now
  std::vector<std::string> texts;          // [n]: decoded after n steps of the clock; texts[0] is empty
  std::int64_t advanced = 0;               // how many steps of the clock are known
  bool finished = false;
  std::string stop_reason;                 // protocol::Generated
  double prefill_ms = 0;
  double decode_ms = 0;
  std::int64_t cache_bytes = 0;
  std::optional<protocol::Cut> cut;
  std::optional<Trouble> trouble;
};

struct ColumnState {
  Seat seat = Seat::left;
  Family family = Family::encoder;                      // of what is loaded; before that, of whose home it is

  bool loading = false;
  ProviderChoice provider = ProviderChoice::automatic;  // what was asked for
  std::string model;                                    // what was asked for; empty: the bundled one of `must_be`, or of the seat's home
  std::optional<Family> must_be;                        // what was asked for; none: any family
  std::optional<protocol::Progress> progress;           // while loading
  std::optional<protocol::Loaded> loaded;               // stays while another one loads, and when that fails
  std::optional<Trouble> load_trouble;
  std::string failed_model;                             // load_trouble: what could not be loaded, where another model stays; else empty

  std::optional<protocol::Reading> reading;
  std::string reading_text;                             // the text that `reading` is about
  bool reading_stale = false;
  bool reading_waiting = false;
  std::optional<Trouble> reading_trouble;
  std::optional<std::int64_t> guess;                    // encoder without a blank: the piece to hide; absent: the last word's

  std::array<MapState, 3> maps;                         // by AttentionKind
  GenerationState generation;
  std::array<ExperimentState, kExperiments.size()> experiments;  // by Experiment
  std::uint64_t loads = 0;                              // models that have been loaded here
  protocol::Switches switches;                          // what the engine has been told; Document::switches is what is wanted
  protocol::Switches switches_in_force;                 // what it has said to be so
  std::uint64_t switchings = 0;                         // changes of `switches`: what was computed before one is of another setting
  std::optional<Trouble> switches_trouble;              // why the last change was refused

  [[nodiscard]] const ExperimentState& experiment(Experiment e) const { return experiments[experiment_index(e)]; }
  [[nodiscard]] ExperimentState& experiment(Experiment e) { return experiments[experiment_index(e)]; }
  [[nodiscard]] MapState& map(AttentionKind kind) { return maps[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const MapState& map(AttentionKind kind) const { return maps[static_cast<std::size_t>(kind)]; }
};

// What the user wrote and may undo.
struct Document {
  std::string text;      // valid UTF-8
  GenerateOptions options;
  std::vector<std::string> items;  // what Space places: words, sentences, passages
  std::array<protocol::Switches, 3> switches;  // by Seat
  std::array<Prefix, 3> prefixes;              // by Seat
  bool one_by_one = false;         // an encoder fills its blanks one at a time, the most certain first, instead of all in one pass
};

// What the leak test changes: a word of the text, and what stands there instead.
struct LeakChoice {
  std::optional<std::size_t> begin;   // byte where the word begins; absent: the last word
  std::string replacement;            // empty: the first of State::replacements that is another word
  friend bool operator==(const LeakChoice&, const LeakChoice&) = default;
};

// How attention heads are laid out and drawn.
enum class HeadOrder : std::uint8_t { layers, previous, next, first, itself, same, special, broad };
inline constexpr std::array kHeadOrders{HeadOrder::layers, HeadOrder::previous, HeadOrder::next, HeadOrder::first,
                                        HeadOrder::itself, HeadOrder::same, HeadOrder::special, HeadOrder::broad};
[[nodiscard]] std::string_view head_order_name(HeadOrder order);   // "layers", "previous", ...
[[nodiscard]] std::optional<HeadOrder> head_order_from_name(std::string_view name);
inline constexpr double kMostThreshold = 0.5;

struct HeadsChoice {
  HeadOrder order = HeadOrder::layers;
  bool hide_special = false;                               // of maps, pictures and scores; rows are made to sum to 1 again
  double threshold = 0;                                    // weights below are not drawn; 0: all are
  std::array<std::optional<AttentionKind>, 3> kind = {};   // by seat; absent: the last of kinds_of
  friend bool operator==(const HeadsChoice&, const HeadsChoice&) = default;
};

// What the cells of the machine show beside what is computed and what is reused.
enum class MachineShade : std::uint8_t { none, norms, similarity };
inline constexpr std::array kMachineShades{MachineShade::none, MachineShade::norms, MachineShade::similarity};
[[nodiscard]] std::string_view machine_shade_name(MachineShade shade);   // "none", "norms", "similarity"
[[nodiscard]] std::optional<MachineShade> machine_shade_from_name(std::string_view name);

// Where a column's table of the logit lens begins; of another text it says nothing.
struct LensWindow {
  std::string text;
  std::int64_t first = 0;
};

// One clock for all three. Cursor 0 is before the first step; the encoder answers everything in step 1.
struct ClockState {
  std::int64_t cursor = 0;
  bool playing = false;
};

// What the page was told about the device.
struct Environment {
  bool system_dark = false;
  bool reduced_motion = false;
  bool webgpu = false;
  std::string adapter;  // empty: none
  std::int64_t threads = 0;  // of the WebAssembly runtime; 0: not known yet
  std::int64_t cores = 0;    // of the processor, as the browser tells; 0: it does not
};

// A sentence for the status line that is not about one column.
struct Notice {
  std::string key;      // of i18n, with `values` filled in
  std::vector<std::pair<std::string, std::string>> values;
};

struct Example {
  std::string id;
  std::string text;       // with `___` for a blank
  std::string title_key;  // of i18n
  std::string look_key;   // of i18n: what to look at
  std::optional<Family> family = {};  // whose architecture it shows; none: all three. All columns read it either way
};

struct State {
  Document document;
  std::array<ColumnState, 3> columns;  // by Seat
  ClockState clock;
  ShelfState shelf;

  std::optional<Mark> hover;
  std::optional<Mark> pin;
  std::optional<Cell> hover_cell;
  std::optional<Cell> pin_cell;

  Tab tab = Tab::overview;
  LayoutClass layout = LayoutClass::wide;
  Seat focus = Seat::left;           // phone: the one shown; tablet: one of the two shown
  Seat second_focus = Seat::middle;    // tablet: the other
  bool projector = false;
  Pace pace = Pace::normal;                 // of Play
  bool options_open = false;
  bool keys_open = false;
  Theme theme = Theme::system;
  std::string language = "en";
  Environment environment;

  LeakChoice leak;
  TokensChoice tokens;
  ProbesState probes;
  SpaceChoice space;
  std::vector<SpaceList> lists;             // what Space offers
  HeadsChoice heads;
  CostState cost;
  MachineShade machine_shade = MachineShade::none;
  std::array<std::optional<LensWindow>, 3> lens;  // by Seat; absent: so that the marked position is seen
  std::array<NumbersChoice, 3> numbers;     // by Seat
  std::vector<std::string> replacements;    // words that the leak test offers
  AnswerState answer;
  AnswerNeeds answer_offers;
  std::vector<Example> examples;
  std::string example;                      // the one whose text is on screen; else empty
  bool can_undo = false;
  bool can_redo = false;
  std::optional<Notice> notice;
  std::optional<Trouble> engine_trouble;    // the worker is gone and could not be had again

  [[nodiscard]] ColumnState& column(Seat seat) { return columns[seat_index(seat)]; }
  [[nodiscard]] const ColumnState& column(Seat seat) const { return columns[seat_index(seat)]; }
};

// The maps that a family has, in the order shown. encoder: self; decoder: self; encoder_decoder: self, decoder_self, cross.
[[nodiscard]] std::vector<AttentionKind> kinds_of(Family family);

// What Hover and Pin take for a piece: its characters, or, when it has none, the piece itself.
[[nodiscard]] Mark mark_of(Seat seat, Side side, const protocol::Piece& piece, std::size_t index);

// What the leak test compares: the text and the same with one word replaced. word: [begin, end) in the first, empty where there is no word.
struct LeakTexts {
  std::string text, changed;
  std::size_t begin = 0, end = 0;
  std::string replacement;
};
[[nodiscard]] LeakTexts leak_texts(const State& state);

// Whose heads are laid out in this seat.
[[nodiscard]] AttentionKind heads_kind(const State& state, Seat seat);

[[nodiscard]] protocol::KindSwitches& kind_of(protocol::Switches& switches, AttentionKind kind);
[[nodiscard]] const protocol::KindSwitches& kind_of(const protocol::Switches& switches, AttentionKind kind);
void trim_heads(std::vector<std::vector<float>>& heads);  // factors of 1 at the ends go: what is left out rests

// The position that was chosen to stand leftmost in the lens; none: nobody chose, of this text.
[[nodiscard]] std::optional<std::int64_t> lens_first(const State& state, Seat seat);

// Whether a step of this column can be taken otherwise: it is written, and of this very text.
[[nodiscard]] bool can_continue_from(const State& state, Seat seat, std::int64_t step);

// Where an experiment is shown, and its name among those of the same tab; empty: it is the only one.
struct ExperimentPlace {
  Tab tab = Tab::overview;
  std::string_view name;
};
[[nodiscard]] ExperimentPlace place_of(Experiment experiment);

// Nothing to read: empty or white space alone.
[[nodiscard]] bool blank_text(std::string_view text);

// Whether the text that was read has blanks to fill.
[[nodiscard]] bool has_blanks(const ColumnState& column);

// Whether the clock takes a seat on step by step. An encoder answers in one, unless it is to fill its blanks one at a time and there are some.
[[nodiscard]] bool steps_on(const State& state, Seat seat);

// The number of steps that a column can show now (an encoder that answers in one pass: 1 once it has read); of all: the most.
[[nodiscard]] std::int64_t known_steps(const State& state, Seat seat);
[[nodiscard]] std::int64_t known_steps(const State& state);

// What a writer has written up to the clock's step and reads in it: the steps before.
[[nodiscard]] std::span<const protocol::Step> shown_steps(const State& state, Seat seat);

// Whether another forward step would show or compute something.
[[nodiscard]] bool can_step(const State& state);

[[nodiscard]] bool known_language(std::string_view language);
[[nodiscard]] std::string_view tab_name(Tab tab);             // "overview", ...
[[nodiscard]] std::optional<Tab> tab_from_name(std::string_view name);
[[nodiscard]] std::string_view pace_name(Pace pace);          // "slow", ...
[[nodiscard]] std::optional<Pace> pace_from_name(std::string_view name);
[[nodiscard]] std::string_view theme_name(Theme theme);       // "system", "light", "dark"
[[nodiscard]] std::optional<Theme> theme_from_name(std::string_view name);
[[nodiscard]] std::string_view layout_name(LayoutClass layout);

}  // namespace trilens::state
