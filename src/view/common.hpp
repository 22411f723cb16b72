// What several panels share: the words to build with, a panel's head, a failure, a choice, a bar.
//
// A view is plain rows: strings translated, numbers formatted, flags decided. It borrows nothing but what says `span`, and
// that lives as long as the State it was built from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/family.hpp"
#include "base/seat.hpp"
#include "state/state.hpp"
#include "view/format.hpp"
#include "view/strings.hpp"

namespace trilens::view {

// What a builder needs beside the state.
struct Words {
  const Strings& strings;
  NumberStyle number{};  // words_of() takes it from the strings
};
[[nodiscard]] Words words_of(const Strings& strings);

enum class Offer : std::uint8_t { retry, use_wasm, keep };

struct OfferView {
  Offer offer = Offer::retry;  // keep: let go of the failure, the model before stays
  std::string label;         // of the button
};

struct TroubleView {
  std::string code;          // "model_malformed"
  std::string title;         // what kind of trouble, in words
  std::string sentence;      // what is wrong, where, what to do
  std::string detail;        // what the lower layer said; may be empty
  std::vector<OfferView> offers;
};

// The top of a panel. `state` in words for the mirror and for a hint beside a dimmed panel.
struct PanelHead {
  std::string title;         // "What it says"
  std::string term;          // "logits → probabilities": the field's own, written once beside the title
  std::string explanation;   // two sentences, opened from the term
  std::string sentence;      // what is to be seen, in one plain sentence
  bool stale = false;        // dim it: it is about an earlier text or choice
  bool waiting = false;      // something is on its way
  bool empty = false;        // nothing to show; `sentence` says why
  std::string hint;          // "updating…", "of the text before", or empty
  std::optional<TroubleView> trouble;
};

struct ChoiceView {
  std::string id;
  std::string label;
  bool selected = false;
};

// One candidate.
struct BarView {
  std::int32_t id = 0;
  std::string display;       // for people
  std::string token;         // vocabulary spelling
  double probability = 0;    // exact
  double length = 0;         // [0, 1] of the bar's full width; the same scale in all columns
  std::string percent;       // "12.3 %"
  std::string exact;         // for hover: every digit
  std::string spoken;        // "was, 12.3 %"
  bool chosen = false;       // generation: the one taken
};

// Colours and shapes follow the family, placement the seat; its names are words.
struct FamilyView {
  Family family = Family::encoder;
  Seat seat = Seat::left;
  std::string id;            // "encoder"
  std::string name;          // "Encoder"
  std::string short_name;    // "BERT"; of a model that is not bundled its own: "distilgpt2"
};
// A family as such, and the one of the model in a seat.
[[nodiscard]] FamilyView family_view(Family family, const Words& words);
[[nodiscard]] FamilyView family_view(const state::State& state, Seat seat, const Words& words);
[[nodiscard]] bool bundled(std::string_view model);
[[nodiscard]] std::string short_model_name(std::string_view model);  // "Xenova/distilgpt2@main" -> "distilgpt2"

[[nodiscard]] TroubleView trouble_view(const state::Trouble& trouble, const Words& words);

// A piece for people: the space that only says "a new word begins" is left out; else as visible().
[[nodiscard]] std::string piece_text(std::string_view display, std::string_view spelling);

// White space made visible ("␣", "⏎", "⇥"); an empty string becomes "∅". Everything else stays.
[[nodiscard]] std::string visible(std::string_view text);

// Whether a piece of this column lies under the pointer, or under the pin.
struct Lit {
  bool hovered = false;
  bool pinned = false;
};
// Which of a kind's two texts its rows (queries) and columns (keys) are pieces of.
[[nodiscard]] state::Side side_of_rows(protocol::AttentionKind kind);
[[nodiscard]] state::Side side_of_columns(protocol::AttentionKind kind);
[[nodiscard]] Lit lit(const state::State& state, Seat seat, state::Side side, const protocol::Piece& piece, std::size_t index);

// --- For builders alone ---

// Title, term and explanation of `panel.<panel>`.
[[nodiscard]] PanelHead panel_head(std::string_view panel, const Words& words);
// Stale, waiting, trouble, and why there is nothing to show, for panels about the column's reading.
void reading_head(PanelHead& head, const state::State& state, Seat seat, const Words& words);
// The same for a panel that shows an experiment's answer.
void experiment_head(PanelHead& head, const state::State& state, Seat seat, const state::ExperimentState& experiment, const Words& words);
// The hint that goes with stale and waiting.
void settle_head(PanelHead& head, const Words& words);
[[nodiscard]] BarView bar_view(const protocol::Candidate& candidate, double scale, const Words& words);
// Where two bars would read the same ("is" and " is"), their spaces are shown.
[[nodiscard]] std::vector<BarView> bar_views(const std::vector<protocol::Candidate>& candidates, double scale, const Words& words);
[[nodiscard]] double nice_scale(double most);  // the next of 5 %, 10 %, 20 %, 30 %, 50 %, 75 %, 100 %
[[nodiscard]] std::string scale_text(double scale, const Words& words);
[[nodiscard]] std::string entropy_text(double bits, const Words& words);

}  // namespace trilens::view
