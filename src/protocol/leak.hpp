// The leak test, as asked and as answered: one text, the same with a change, and how far each vector inside the model moved.
// Not here: what it means in words (view/leak.hpp). Values; no threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/seat.hpp"

namespace trilens::protocol {

// "leak". Both texts are prepared as for Read. Errors: empty_input, invalid_argument (the texts do not differ), model_unsupported (no
// hidden states).
struct Leak {
  Seat seat = Seat::left;
  std::string text;
  std::string changed;
};

struct LeakPair {
  std::int64_t before = 0;   // position among the pieces of the first text
  std::int64_t after = 0;    // of the second
  bool changed = false;      // this very piece differs
  std::string display;       // of the first text's piece; "dog→moon" where it differs
};

// What one stack did. A T5 has two: its encoder over the text, its decoder over what it writes of the first text.
struct LeakSide {
  std::string id;                              // "text" or "output"
  std::vector<LeakPair> pairs;
  std::vector<std::vector<float>> difference;  // [state, pair]: ‖after - before‖ / ‖before‖; state 0: embeddings, then after each block
  std::vector<std::vector<float>> cosine;      // [state, pair]
  bool reads_change = false;                   // false: the change lies where this model does not read (a decoder stops at a blank)
  std::int64_t shift = 0;                      // positions that the rest moved by; 0: as many pieces as before
  double left = 0;                             // the largest difference left of the change, over all states
  double right = 0;                            // and right of it
  std::int64_t left_count = 0, right_count = 0;  // pairs there are on each side; of "output", all count as right
};

struct LeakTest {
  std::vector<LeakSide> sides;
};

template <class IO>
void describe(IO& io, LeakPair& p) {
  io("before", p.before);
  io("after", p.after);
  io("changed", p.changed);
  io("display", p.display);
}

template <class IO>
void describe(IO& io, LeakSide& s) {
  io("id", s.id);
  io("pairs", s.pairs);
  io("difference", s.difference);
  io("cosine", s.cosine);
  io("reads_change", s.reads_change);
  io("shift", s.shift);
  io("left", s.left);
  io("right", s.right);
  io("left_count", s.left_count);
  io("right_count", s.right_count);
}

template <class IO>
void describe(IO& io, LeakTest& t) {
  io("sides", t.sides);
}

}  // namespace trilens::protocol
