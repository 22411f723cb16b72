// A phenomenon of assets/probes/ put to a model in bulk, as asked and as answered.
//
// Not here: how each kind is asked (lab/probe.cpp; docs/phenomena.md has it in words). Values; no threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/seat.hpp"

namespace trilens::protocol {

// "probe". The items of assets/probes/<phenomenon>.json, each answered by the choice with the highest score; progress tells how many
// are done (loaded_bytes of total_bytes, stage "probe"). What the model cannot be asked is an answer too.
// Errors: invalid_argument (no such phenomenon), model_malformed (the file), those of the runtime, cancelled.
struct Probe {
  Seat seat = Seat::left;
  std::string phenomenon;         // "right_context"
  std::int64_t items = 0;         // the first so many; 0: all
};

struct ProbedItem {
  std::vector<double> scores;     // one a choice: natural logarithms of probabilities (of answers and summaries: a piece), or cosines
  std::int64_t chosen = 0;
  std::int64_t right = 0;
};

struct Probed {
  std::string phenomenon;
  std::string kind;               // "blank", "translate", …
  double chance = 0;              // [0, 1]
  std::string cannot;             // why it cannot be asked, a code as in Answered; else empty, and what follows is filled in
  std::vector<ProbedItem> items;
  std::int64_t hits = 0;
  double low = 0, high = 1;       // the 95 % interval of hits / items, by Wilson
  std::int64_t passes = 0;        // runs of a session
  double millis = 0;
};

template <class IO>
void describe(IO& io, ProbedItem& p) {
  io("scores", p.scores);
  io("chosen", p.chosen);
  io("right", p.right);
}

template <class IO>
void describe(IO& io, Probed& p) {
  io("phenomenon", p.phenomenon);
  io("kind", p.kind);
  io("chance", p.chance);
  io("cannot", p.cannot);
  io("items", p.items);
  io("hits", p.hits);
  io("low", p.low);
  io("high", p.high);
  io("passes", p.passes);
  io("millis", p.millis);
}

}  // namespace trilens::protocol
