// Where one number comes from, as asked and as answered: one weight of an attention, one logit, each step with the runtime's numbers
// that it starts from and ends in.
//
// Numbers that were recomputed in C++ are doubles, or are called recomputed; all others are the runtime's own, as it gave them out.
// -infinity travels as the lowest f32. Not here: how it reads (view/numbers.hpp). Values; no threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/seat.hpp"
#include "protocol/heads.hpp"
#include "protocol/lens.hpp"

namespace trilens::protocol {

// "explain_attention". The text as for Read. Errors: as Attention's, and invalid_argument (a query or key that there is not).
struct ExplainAttention {
  Seat seat = Seat::left;
  AttentionKind kind = AttentionKind::self;
  std::int64_t layer = 0, head = 0;
  std::string text;
  std::optional<std::string> target;  // encoder-decoder; absent: the model's own greedy output
  std::optional<std::int64_t> query;  // position; absent: the last word
  std::optional<std::int64_t> key;    // absent: where that query looks most, special tokens left aside
};

// "explain_prediction". The text as for Read. Errors: as Lens', and invalid_argument (a place or token that there is not),
// model_unsupported (an output projection whose rows cannot be read, and why).
struct ExplainPrediction {
  Seat seat = Seat::left;
  std::string text;
  std::int64_t place = 0;               // which of Reading::predictions
  std::optional<std::int64_t> token;    // encoder, text without a blank: which piece to hide; absent: the last word's
  std::optional<std::int64_t> candidate;  // id of the token to explain; absent: the likeliest
};

struct AttentionAccount {
  std::string kind;
  std::int64_t layer = 0, head = 0, layers = 0, heads = 0;
  std::vector<std::string> queries, keys;   // pieces, for people
  std::int64_t query = 0, key = 0;
  std::vector<float> q, k;                  // [d], of that query and key
  std::vector<float> products;              // [d] recomputed: q_i · k_i
  double dot = 0;                           // recomputed: their sum
  double scale = 1;
  bool scale_told = true;                   // false: the graph computes it; 1/√d was taken
  std::string bias;                         // "none", "relative" (T5's table), "graph" (what it adds was read off)
  std::int64_t distance = 0;                // of "relative": key - query
  std::int64_t bucket = 0, buckets = 0;
  double bias_value = 0;                    // of this cell
  std::string mask;                         // who decides what may be seen: "none", "causal", "graph", or a switch: "switched_causal", …
  std::int64_t window = 0;                  // of "switched_window"
  bool visible = true;
  double score = 0;                         // recomputed: dot · scale + bias; of a hidden key: the runtime's
  float runtime_score = 0;
  std::int64_t visible_keys = 0;
  double score_gap = 0;                     // the largest difference over all keys that are seen
  std::vector<float> scores;                // [key]
  std::vector<float> recomputed;            // [key] softmax of the runtime's scores
  std::vector<float> probabilities;         // [key]
  double log_sum_exp = 0;                   // recomputed, of the runtime's scores
  double weight_gap = 0;                    // the largest difference between the two rows of weights
  std::vector<float> v;                     // [d], of that key
  std::vector<float> part;                  // [d] recomputed: p · v of that key
  std::vector<float> mix;                   // [d] recomputed: over all keys
  std::vector<float> context;               // [d]; empty: it could not be tapped
  double mix_gap = 0;                       // the largest difference between those two
  double head_factor = 1;                   // of a switch, on what the head gives
  std::string variant;                      // "fp32", "fp16", "q8", …: in which numbers its weights lie
};

struct PredictionAccount {
  std::string side;                         // "text"; "output": the decoder's own writing, of an encoder-decoder
  bool next = false;                        // of what comes after the position; else of what stands there
  std::int64_t place = 0, places = 0;
  std::int64_t position = 0;
  std::string piece;                        // what is read there
  std::vector<LensWord> candidates;         // the likeliest, by falling probability
  LensWord word;                            // the one explained
  std::int64_t rank = 1;                    // its
  std::string norm;                         // of what stands before the head: "layer_norm", "rms_norm", "none"
  bool normed_blocks = false;               // each block ends in a norm
  bool transformed = false;                 // layers of the head's own stand between the hidden state and the product (BERT)
  double factor = 1;                        // where they do not: what the hidden state is multiplied by
  std::vector<float> hidden;                // [hidden] the last state, after the final norm
  std::vector<float> read;                  // [width] what the output projection reads
  std::vector<float> weights;               // [width] the token's row of it
  std::vector<float> products;              // [width] recomputed
  std::vector<std::int64_t> up, down;       // the dimensions that speak most for the word, and most against it
  std::string projection;                   // "exact", "four_bits", "integers"
  bool has_bias = false;
  double bias = 0;
  double dot = 0;                           // recomputed
  double logit = 0;                         // recomputed: dot + bias
  double log_sum_exp = 0;                   // over the vocabulary
  double probability = 0;                   // recomputed: exp(logit - log_sum_exp)
  std::int64_t vocabulary = 0;
  std::string variant;
};

template <class IO>
void describe(IO& io, AttentionAccount& a) {
  io("kind", a.kind);
  io("layer", a.layer);
  io("head", a.head);
  io("layers", a.layers);
  io("heads", a.heads);
  io("queries", a.queries);
  io("keys", a.keys);
  io("query", a.query);
  io("key", a.key);
  io("q", a.q);
  io("k", a.k);
  io("products", a.products);
  io("dot", a.dot);
  io("scale", a.scale);
  io("scale_told", a.scale_told);
  io("bias", a.bias);
  io("distance", a.distance);
  io("bucket", a.bucket);
  io("buckets", a.buckets);
  io("bias_value", a.bias_value);
  io("mask", a.mask);
  io("window", a.window);
  io("visible", a.visible);
  io("score", a.score);
  io("runtime_score", a.runtime_score);
  io("visible_keys", a.visible_keys);
  io("score_gap", a.score_gap);
  io("scores", a.scores);
  io("recomputed", a.recomputed);
  io("probabilities", a.probabilities);
  io("log_sum_exp", a.log_sum_exp);
  io("weight_gap", a.weight_gap);
  io("v", a.v);
  io("part", a.part);
  io("mix", a.mix);
  io("context", a.context);
  io("mix_gap", a.mix_gap);
  io("head_factor", a.head_factor);
  io("variant", a.variant);
}

template <class IO>
void describe(IO& io, PredictionAccount& p) {
  io("side", p.side);
  io("next", p.next);
  io("place", p.place);
  io("places", p.places);
  io("position", p.position);
  io("piece", p.piece);
  io("candidates", p.candidates);
  io("word", p.word);
  io("rank", p.rank);
  io("norm", p.norm);
  io("normed_blocks", p.normed_blocks);
  io("transformed", p.transformed);
  io("factor", p.factor);
  io("hidden", p.hidden);
  io("read", p.read);
  io("weights", p.weights);
  io("products", p.products);
  io("up", p.up);
  io("down", p.down);
  io("projection", p.projection);
  io("has_bias", p.has_bias);
  io("bias", p.bias);
  io("dot", p.dot);
  io("logit", p.logit);
  io("log_sum_exp", p.log_sum_exp);
  io("probability", p.probability);
  io("vocabulary", p.vocabulary);
  io("variant", p.variant);
}

}  // namespace trilens::protocol
