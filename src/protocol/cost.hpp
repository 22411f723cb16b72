// What a model costs against the length of its text, as asked and as answered: measured times, counted bytes and passes, and formulas.
//
// Not here: the formulas (analysis/cost.hpp), the measuring (lab/cost.cpp), words (view/curves.hpp). Values; no threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/seat.hpp"

namespace trilens::protocol {

inline constexpr std::int64_t kMostCostTokens = 4096;
inline constexpr std::int64_t kMostCostRepetitions = 50;

// "cost". The text's own pieces, repeated or cut to each length. Progress tells how many lengths are done (loaded_bytes of total_bytes, stage
// "measure"). Stopped: what was measured so far is the answer. Errors: empty_input, those of the runtime, cancelled (nothing was measured).
struct Cost {
  Seat seat = Seat::left;
  std::string text;
  std::vector<std::int64_t> lengths{8, 16, 32, 64, 128, 256, 512};  // 1..kMostCostTokens each, rising; past the model's positions: these, once
  std::int64_t repetitions = 5;     // 2..kMostCostRepetitions: of each length; fewer where it takes long
  bool other_provider = false;      // also on the provider that the seat does not use, by a second copy of the model
};

struct CostTimes {
  double median_ms = 0, low_ms = 0, high_ms = 0;
  std::int64_t count = 0;           // measurements; 0: none could be made, the others say nothing
};

// One length.
struct CostPoint {
  std::int64_t tokens = 0;          // that were read
  std::int64_t passes = 0;          // runs of a session until the first answer: an encoder-decoder's encoder, and its decoder once
  CostTimes read;                   // the text until the first answer
  CostTimes step;                   // one further token with the cache; count 0: an encoder, or no room left
  std::int64_t past = 0;            // tokens in the cache before the first such step
  std::int64_t cache_bytes = 0;     // keys and values held after reading, as the runtime holds them
  std::int64_t self_bytes = 0, cross_bytes = 0;  // the same by formula
  std::int64_t read_flops = 0, step_flops = 0;   // by formula
  double read_fit_ms = 0, step_fit_ms = 0;       // what read_flops and step_flops take at the run's rates
};

struct CostRun {
  std::string provider;             // "webgpu" or "wasm"
  std::string trouble;              // why there is not more; else empty
  std::vector<CostPoint> points;
  double read_flops_per_second = 0, step_flops_per_second = 0;  // the one rate that fits the times best; 0: nothing to fit
};

struct CostTable {
  std::vector<CostRun> runs;        // the seat's own provider first
  std::int64_t limit_tokens = 0;    // where lengths had to end; 0: they did not
  std::int64_t prompt = 0;          // encoder-decoder: what its decoder starts from; else 0
  bool cached = false;              // steps use a key/value cache; false: an encoder, or every step reads all again
  bool stopped = false;             // not all was measured
};

template <class IO>
void describe(IO& io, CostTimes& t) {
  io("median_ms", t.median_ms);
  io("low_ms", t.low_ms);
  io("high_ms", t.high_ms);
  io("count", t.count);
}

template <class IO>
void describe(IO& io, CostPoint& p) {
  io("tokens", p.tokens);
  io("passes", p.passes);
  io("read", p.read);
  io("step", p.step);
  io("past", p.past);
  io("cache_bytes", p.cache_bytes);
  io("self_bytes", p.self_bytes);
  io("cross_bytes", p.cross_bytes);
  io("read_flops", p.read_flops);
  io("step_flops", p.step_flops);
  io("read_fit_ms", p.read_fit_ms);
  io("step_fit_ms", p.step_fit_ms);
}

template <class IO>
void describe(IO& io, CostRun& r) {
  io("provider", r.provider);
  io("trouble", r.trouble);
  io("points", r.points);
  io("read_flops_per_second", r.read_flops_per_second);
  io("step_flops_per_second", r.step_flops_per_second);
}

template <class IO>
void describe(IO& io, CostTable& t) {
  io("runs", t.runs);
  io("limit_tokens", t.limit_tokens);
  io("prompt", t.prompt);
  io("cached", t.cached);
  io("stopped", t.stopped);
}

}  // namespace trilens::protocol
