// What a transformer costs by formula: multiplications and additions, and the bytes of its key/value cache, from its shape alone;
// and what to make of measured times.
//
// A matrix product [n, a] x [a, b] counts 2·n·a·b (one multiplication and one addition each), everything else (norms, softmax,
// activations, embeddings, biases) nothing: as Kaplan et al. 2020 (arXiv:2001.08361, section 2.1) and torch's FlopCounterMode count.
// Of one block that reads n positions, each of which looks at m, with vectors of h, attention of a = heads · head size, a feed-forward network of f:
//   projections   2·n·h·a for each of q, k, v and the output        -> 8·n·h·a
//   attention     q·k 2·n·m·a, weights times v 2·n·m·a              -> 4·n·m·a     (a whole text: m = n, the n² term; masked positions count too,
//                                                                                   because the runtime multiplies them before it masks)
//   feed-forward  two matrices, three where one gates               -> 4·n·h·f or 6·n·h·f
//   cross         q and output 4·n·h·a, scores and mix 4·n·s·a over a source of s; its keys and values 4·s·h·a, once
//   head          2·n·h·vocabulary (T5 and GPT-2: every position that is computed); BERT's has one more matrix, 2·n·h·h
// Not here: configurations (lab/cost.cpp), clocks. Pure functions. Checked against transformers: tests/oracles/cost_oracle.py.
//
//   Flops f = read_flops(shape, 128);   f.total();          // one pass over 128 tokens
//   Flops g = step_flops(shape, 128, 0);                    // the next token, with a cache
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace trilens::analysis {

struct StackShape {
  std::int64_t layers = 0;
  std::int64_t hidden = 0;
  std::int64_t attention = 0;      // heads · head size
  std::int64_t feed_forward = 0;
  bool gated = false;
};

struct ModelShape {
  std::optional<StackShape> encoder;  // without a decoder: the family encoder
  std::optional<StackShape> decoder;  // with an encoder: it has cross-attention
  std::int64_t vocabulary = 0;        // 0: no head for words
  std::int64_t prompt = 1;            // encoder-decoder: tokens that the decoder starts from
};

struct Flops {
  std::int64_t projections = 0, attention = 0, feed_forward = 0, cross = 0, head = 0;
  [[nodiscard]] std::int64_t total() const { return projections + attention + feed_forward + cross + head; }
};

// A text of n tokens until there is a first answer: one pass; of an encoder-decoder the encoder's and the decoder's first.
[[nodiscard]] Flops read_flops(const ModelShape& shape, std::int64_t tokens);
// One more token by the decoder, whose cache holds `past`; `source`: tokens that the encoder read, 0 where there is none.
[[nodiscard]] Flops step_flops(const ModelShape& shape, std::int64_t past, std::int64_t source);

// Keys and values of f32 that a decoder holds: of its own `past`, and of the source.
struct CacheBytes {
  std::int64_t self = 0, cross = 0;
};
[[nodiscard]] CacheBytes cache_bytes(const ModelShape& shape, std::int64_t past, std::int64_t source);

// Middle, least and most of some measurements; the middle of an even number is the mean of the two. Precondition: there is one.
struct Spread {
  double median = 0, low = 0, high = 0;
};
[[nodiscard]] Spread spread(std::span<const double> values);

// The one rate r (per second) with which cost / r fits the times best: least squares of times, Σ(millis - cost/r)², so that long runs, where
// computing outweighs starting, count most. 0: nothing to fit.
[[nodiscard]] double fitted_rate(std::span<const double> cost, std::span<const double> millis);

}  // namespace trilens::analysis
