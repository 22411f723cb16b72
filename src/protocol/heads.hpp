// All attention heads of one kind, as asked and as answered: a small picture of each, and what each does as scores.
// Not here: one head's map in full precision (Attention in requests.hpp), what a head is called (view/heads.hpp). Values; no threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/seat.hpp"

namespace trilens::protocol {

enum class AttentionKind : std::uint8_t { self, decoder_self, cross };  // "self", "decoder_self", "cross"

// "heads". The text is prepared as for Read. Errors: those of Attention.
struct Heads {
  Seat seat = Seat::left;
  AttentionKind kind = AttentionKind::self;
  std::string text;
  std::optional<std::string> target;  // encoder-decoder; absent: the model's own greedy output
  bool hide_special = false;          // special tokens are left out of rows and columns, and each row made to sum to 1 again
};

// analysis/head_scores.hpp says what each is; 0 to 1, computed from the full map.
struct HeadScores {
  std::optional<double> previous, next, first, itself, same, special, broad;
};

struct HeadMap {
  std::string what;                // "head"; "mean": of the layer's heads; "rollout": from the first layer to this one
  std::int64_t layer = 0;
  std::optional<std::int64_t> head;  // of "head"
  std::vector<double> cells;       // [tile_rows, tile_columns], rounded to four decimals: a picture, not a measurement
  HeadScores scores;
};

struct HeadMaps {
  std::string kind;                // as asked
  std::int64_t layers = 0, heads = 0;
  std::int64_t rows = 0, columns = 0;            // pieces, without those hidden
  std::int64_t tile_rows = 0, tile_columns = 0;  // fewer than those: each cell is the largest of its block
  std::int64_t hidden = 0;         // special tokens left out, of rows and columns together
  bool causal = false;             // no head gives anything to a later piece
  std::vector<HeadMap> maps;       // layer by layer: its heads, their mean, the rollout
};

template <class IO>
void describe(IO& io, HeadScores& s) {
  io("previous", s.previous);
  io("next", s.next);
  io("first", s.first);
  io("itself", s.itself);
  io("same", s.same);
  io("special", s.special);
  io("broad", s.broad);
}

template <class IO>
void describe(IO& io, HeadMap& m) {
  io("what", m.what);
  io("layer", m.layer);
  io("head", m.head);
  io("cells", m.cells);
  io("scores", m.scores);
}

template <class IO>
void describe(IO& io, HeadMaps& m) {
  io("kind", m.kind);
  io("layers", m.layers);
  io("heads", m.heads);
  io("rows", m.rows);
  io("columns", m.columns);
  io("tile_rows", m.tile_rows);
  io("tile_columns", m.tile_columns);
  io("hidden", m.hidden);
  io("causal", m.causal);
  io("maps", m.maps);
}

}  // namespace trilens::protocol
