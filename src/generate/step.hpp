// What goes into and comes out of a search: the batch it wants, the answers it takes, the steps it made. Plain values.
//
//   for (const Step& step : search.result().steps) bars(step.alternatives);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "tensor/statistics.hpp"

namespace trilens::generate {

// The next run of the model.
struct Batch {
  std::vector<std::int32_t> tokens;   // [row, width], row-major: the first batch holds the prompt in one row, each later one the newest token of each row
  std::size_t rows = 0;
  std::size_t width = 0;
  std::vector<std::int32_t> parents;  // [row]: this row goes on from the cache of that row of the previous batch; empty for the first batch
  bool reorder = false;               // parents is not 0, 1, 2, … over all rows of the previous batch: the cache has to be gathered
  std::int64_t past = 0;              // tokens of each row that its cache already holds
};

struct Needs {
  bool full_rows = false;
  std::uint32_t top_k = 0;  // unless full_rows: so many winners of each row suffice, with its statistics
};

// The logits after the last token of a row: all of them, or their statistics. Borrowed until feed() returns.
using RowAnswer = std::variant<std::span<const float>, RowStatistics>;

enum class Fed : std::uint8_t {
  advanced,
  needs_full_rows,  // the winners did not suffice (ties, or penalties took too many): feed the same rows again in full
};

struct Alternative {
  std::int32_t id = 0;
  float logit = 0;         // as the model gave it
  double probability = 0;  // of the full vocabulary at temperature 1, before penalties
};

struct Step {
  std::int32_t id = 0;
  double probability = 0;      // as in Alternative
  double log_probability = 0;  // its natural logarithm
  double entropy_nats = 0;     // of the full vocabulary at temperature 1
  std::vector<Alternative> alternatives;  // the most probable, by falling probability; the chosen one need not be among them
};

enum class StopReason : std::uint8_t {
  running,    // not done
  eos,
  length,     // max_new_tokens
  exhausted,  // no token is allowed any more
};

struct Continuation {
  std::vector<std::int32_t> ids;  // new tokens only, the end token included where it came
  std::vector<Step> steps;        // one an id
  StopReason stop_reason = StopReason::running;
  double score = 0;               // beam: log probability after penalties / length ^ length_penalty; else: the sum of log probabilities
};

// Every candidate that a beam search looked at, kept for display.
struct BeamTree {
  enum class Fate : std::uint8_t {
    growing,   // taken on; it may have children
    finished,  // ended and among the best that ended, at least for a while
    pruned,    // looked at, not taken on
  };
  struct Node {
    std::int32_t parent = -1;        // index into nodes; -1: continues the prompt
    std::int32_t id = 0;
    std::int32_t depth = 0;          // 0 for the first new token
    double log_probability = 0;      // of this token, full vocabulary, temperature 1, before penalties
    double score = 0;                // sum of log probabilities along the beam, after penalties
    double final_score = 0;          // finished: score / length ^ length_penalty
    std::int32_t rank = 0;           // among the candidates of its depth, 0 is best
    std::int32_t expansion = 0;      // index into expansions: what the model said before this token
    Fate fate = Fate::pruned;
  };
  struct Expansion {                 // what the model said after a node
    std::int32_t node = -1;          // -1: after the prompt
    double entropy_nats = 0;
    float log_sum_exp = 0;           // of the model's logits
    std::vector<Alternative> alternatives;
  };
  std::vector<Node> nodes;
  std::vector<Expansion> expansions;
  std::vector<std::int32_t> live;    // nodes that grow on, best first
  std::vector<std::int32_t> best;    // finished nodes, best first; at the end best[0] is the result
};

}  // namespace trilens::generate
