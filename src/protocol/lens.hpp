// The logit lens, as asked and as answered: what a model would say if it stopped after each of its blocks.
// Not here: what it means in words (view/lens.hpp). Values; no threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/seat.hpp"

namespace trilens::protocol {

inline constexpr std::int64_t kLensWindow = 64;  // positions of one answer

// "lens". The text is prepared as for Read; an encoder's text without a blank gets one where Read puts it. Errors: empty_input,
// unsupported_task (no head for words), model_unsupported (no hidden states; no head that can be cut out: onnx/head.hpp says why).
struct Lens {
  Seat seat = Seat::left;
  std::string text;
  std::int64_t top_k = 5;               // 1..kMaxTopK
  std::optional<std::int64_t> token;    // encoder, text without a blank: which piece to hide; absent: the last word's
  std::optional<std::int64_t> first;    // where the window of kLensWindow positions begins; absent: around the marked position
};

struct LensWord {
  std::int32_t id = 0;
  std::string token;         // vocabulary spelling
  std::string display;
  double probability = 0;    // of the full vocabulary
  double logit = 0;
};

struct LensCell {
  std::vector<LensWord> top;
  double entropy_bits = 0;   // of the full vocabulary
  double probability = 0;    // of the final answer
  std::int64_t rank = 1;     // of the final answer; 1: the most probable
};

struct LensPosition {
  std::int64_t position = 0;
  std::string piece;         // what is read there
  bool marked = false;       // a blank; of a decoder the last position
  LensWord answer;           // the most probable in the last state: what the model itself says
  std::int64_t settled = 0;  // the first state from which on the answer stays at rank 1
};

struct LensTable {
  std::string side;                          // "text"; "output": the decoder's own writing, of an encoder-decoder
  bool next = false;                         // predictions are of what comes after the position; else of what stands there
  std::int64_t total = 0;                    // positions there are; those below are a window of them
  std::int64_t marked = 0;                   // the first marked one, or the one that writes the first token
  std::vector<LensPosition> positions;
  std::vector<std::vector<LensCell>> cells;  // [state, position]; state 0: embeddings, then after each block
};

template <class IO>
void describe(IO& io, LensWord& w) {
  io("id", w.id);
  io("token", w.token);
  io("display", w.display);
  io("probability", w.probability);
  io("logit", w.logit);
}

template <class IO>
void describe(IO& io, LensCell& c) {
  io("top", c.top);
  io("entropy_bits", c.entropy_bits);
  io("probability", c.probability);
  io("rank", c.rank);
}

template <class IO>
void describe(IO& io, LensPosition& p) {
  io("position", p.position);
  io("piece", p.piece);
  io("marked", p.marked);
  io("answer", p.answer);
  io("settled", p.settled);
}

template <class IO>
void describe(IO& io, LensTable& t) {
  io("side", t.side);
  io("next", t.next);
  io("total", t.total);
  io("marked", t.marked);
  io("positions", t.positions);
  io("cells", t.cells);
}

}  // namespace trilens::protocol
