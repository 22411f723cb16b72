// The switches of a seat's attention, as set and as answered: which mask, how strong each head, whether cross-attention reaches; and
// one text predicted at rest and under other settings.
// Not here: what they do to a graph (lab/switchboard.hpp), what they mean in words (view/masks.hpp). Values; no threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/seat.hpp"

namespace trilens::protocol {

enum class MaskChoice : std::uint8_t { native, causal, bidirectional, window };
[[nodiscard]] std::string_view mask_name(MaskChoice mask);  // "native", …
[[nodiscard]] std::optional<MaskChoice> mask_from_name(std::string_view name);

// Of one kind of attention. `heads`: factors as [layer][head]; 1 is rest, 0 silences, what is left out rests.
struct KindSwitches {
  MaskChoice mask = MaskChoice::native;
  std::int64_t window = 0;  // with MaskChoice::window: keys that a query sees, itself among them
  std::vector<std::vector<float>> heads;
  friend bool operator==(const KindSwitches&, const KindSwitches&) = default;
};

struct Switches {
  KindSwitches self, decoder_self, cross;
  double connection = 1;    // factor of all cross-attention; 0 cuts it
  friend bool operator==(const Switches&, const Switches&) = default;
  [[nodiscard]] bool at_rest() const { return *this == Switches{}; }
};

// "set_switches". Errors: unsupported_task (the graph has no such switch, and why), invalid_argument.
struct SetSwitches {
  Seat seat = Seat::left;
  Switches switches;
};

// "compare_switches": the text as for Read, at rest and under these settings; the seat's own stand as they stood afterwards.
struct CompareSwitches {
  Seat seat = Seat::left;
  std::string text;
  std::optional<std::int64_t> token;  // as Read's
  std::int64_t top_k = 8;
  Switches switches;
};

// What can be switched in one kind of attention. A refusal is empty where it can.
struct SwitchAbility {
  std::string kind;            // "self", "decoder_self", "cross"
  std::int64_t layers = 0;
  std::int64_t heads = 0;
  std::string mask_refusal;
  std::string heads_refusal;
  std::string cut_refusal;     // of cross alone
};

struct SwitchesSet {
  Switches switches;           // in force
  std::vector<SwitchAbility> can;
};

// A word before and after. Ranks count from 1, over the whole vocabulary.
struct WordChange {
  std::int32_t id = 0;
  std::string token;           // vocabulary spelling
  std::string display;
  double before = 0, after = 0;  // probabilities
  std::int64_t rank_before = 0, rank_after = 0;
};

// One blank, or the next word.
struct PlaceChange {
  std::int64_t position = 0;   // among the pieces that the model reads; encoder-decoder: of the blank, or 0
  double entropy_before = 0, entropy_after = 0;  // bits
  double moved = 0;            // total variation distance: the share of probability that went to other words
  std::vector<WordChange> words;  // the best of both, by falling change
};

struct SwitchComparison {
  std::string task;            // as Reading's
  std::string answer_before, answer_after;  // decoder: its greedy continuation; else Reading::answer
  std::vector<PlaceChange> places;
};

template <class IO>
void describe(IO& io, KindSwitches& s) {
  std::string mask(mask_name(s.mask));
  io("mask", mask);
  s.mask = mask_from_name(mask).value_or(MaskChoice::native);
  io("window", s.window);
  io("heads", s.heads);
}

template <class IO>
void describe(IO& io, Switches& s) {
  io("self", s.self);
  io("decoder_self", s.decoder_self);
  io("cross", s.cross);
  io("connection", s.connection);
}

template <class IO>
void describe(IO& io, SwitchAbility& a) {
  io("kind", a.kind);
  io("layers", a.layers);
  io("heads", a.heads);
  io("mask_refusal", a.mask_refusal);
  io("heads_refusal", a.heads_refusal);
  io("cut_refusal", a.cut_refusal);
}

template <class IO>
void describe(IO& io, SwitchesSet& s) {
  io("switches", s.switches);
  io("can", s.can);
}

template <class IO>
void describe(IO& io, WordChange& w) {
  io("id", w.id);
  io("token", w.token);
  io("display", w.display);
  io("before", w.before);
  io("after", w.after);
  io("rank_before", w.rank_before);
  io("rank_after", w.rank_after);
}

template <class IO>
void describe(IO& io, PlaceChange& p) {
  io("position", p.position);
  io("entropy_before", p.entropy_before);
  io("entropy_after", p.entropy_after);
  io("moved", p.moved);
  io("words", p.words);
}

template <class IO>
void describe(IO& io, SwitchComparison& c) {
  io("task", c.task);
  io("answer_before", c.answer_before);
  io("answer_after", c.answer_after);
  io("places", c.places);
}

}  // namespace trilens::protocol
