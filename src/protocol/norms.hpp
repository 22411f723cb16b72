// How long each position's vector is after each block, and how much the block turned it, as asked and as answered.
// Not here: what it looks like (view/machine.hpp). Values; no threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/seat.hpp"

namespace trilens::protocol {

// "norms". The text is prepared as for Read; `written`: ids that follow it, of a decoder behind the text, of an encoder-decoder behind its start.
// Errors: empty_input, model_unsupported (no hidden states), invalid_argument (more written than there are positions).
struct Norms {
  Seat seat = Seat::left;
  std::string text;
  std::vector<std::int32_t> written;
};

// One stack; an encoder-decoder has two, the encoder's first.
struct NormsStack {
  std::string id;                            // "encoder", "decoder"
  std::vector<std::vector<float>> norms;     // [state, position]: ‖hidden state‖; state 0: embeddings, then after each block
  std::vector<std::vector<float>> cosine;    // [block, position]: of the states after and before it; 1: the block did not turn it
};

struct NormsTable {
  std::vector<NormsStack> stacks;
};

template <class IO>
void describe(IO& io, NormsStack& s) {
  io("id", s.id);
  io("norms", s.norms);
  io("cosine", s.cosine);
}

template <class IO>
void describe(IO& io, NormsTable& t) {
  io("stacks", t.stacks);
}

}  // namespace trilens::protocol
