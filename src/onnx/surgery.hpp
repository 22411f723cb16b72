// Opens up a model: bytes of an ONNX file in, bytes of the same model with its inner values as named outputs out.
//
// Added outputs ("taps"), all f32, by canonical name; {l} counts layers from 0:
//   self.{l}.probabilities, .scores, .q, .k, .v          encoder or GPT
//   decoder_self.{l}.…, cross.{l}.…                      the decoder file of an encoder–decoder
//   hidden.{i}, decoder_hidden.{i}                       i = 0: embeddings, …, last: after the final norm, as transformers'
//                                                        output_hidden_states counts them
// Shapes (B batch, H heads, Q queries, K keys with the cache's, D head size, S sequence): probabilities, scores [B,H,Q,K], q [B,H,Q,D],
// k and v [B,H,K,D], hidden [B,S,hidden]. `scores` = q·k * score_scale + mask and bias; q and k are taken before a constant scale.
// What was there before stays byte for byte, except that a tapped value takes the tap's name where it can (that costs no node).
// Taps stand where they do not keep ONNX Runtime from its optimizations: the outputs are those of the untouched model.
// Not here: running a model (infer/port.hpp), switches that change it, files with weights beside them, attention in Loop or Scan.
// Lifetime: input is borrowed for the call; the result owns everything. Pure, one thread.
// Errors: model_malformed (cut short, cyclic, absurd), model_unsupported (fused attention, external weights), out_of_memory.
//
//   Result<Surgery> s = open_up(bytes, {});
//   for (const Tap& t : s->taps) fetches.push_back(t.name);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace trilens::onnx {

enum class AttentionKind : std::uint8_t { self, decoder_self, cross };
enum class Quantity : std::uint8_t { probabilities, scores, q, k, v, hidden };

// How `k` lies in memory. key_major, but for graphs that neither hold it so nor tell how to transpose it.
enum class KeyLayout : std::uint8_t {
  key_major,      // [B, H, K, D]
  feature_major,  // [B, H, D, K]
};

[[nodiscard]] std::string_view kind_name(AttentionKind kind);          // "self", "decoder_self", "cross"
[[nodiscard]] std::string_view quantity_name(Quantity quantity);       // "probabilities", …, "hidden"
[[nodiscard]] std::string tap_name(AttentionKind kind, std::uint32_t layer, Quantity quantity);  // attention quantities
[[nodiscard]] std::string hidden_name(AttentionKind kind, std::uint32_t index);                  // "hidden.3"

// One added output.
struct Tap {
  std::string name;
  Quantity quantity = Quantity::probabilities;
  AttentionKind kind = AttentionKind::self;  // of hidden states: self or decoder_self
  std::uint32_t index = 0;                   // the layer; of hidden states: 0 to layers
  friend bool operator==(const Tap&, const Tap&) = default;
};

// What the graph says about one attention. A factor is nullopt where the graph computes it or its branches differ.
struct AttentionFacts {
  AttentionKind kind = AttentionKind::self;
  std::uint32_t layer = 0;
  KeyLayout key_layout = KeyLayout::key_major;
  std::optional<double> q_scale;      // already inside the tapped q; 1 as a rule
  std::optional<double> k_scale;      // already inside the tapped k; 1 as a rule
  std::optional<double> score_scale;  // from the tapped q·k to the scores: 1/√d; 1 in T5
};

struct Port {
  std::string name;
  std::int32_t element_type = 0;      // TensorProto.DataType: 1 f32, 7 int64, 9 bool, 10 f16
  std::vector<std::string> dims;      // "2", "batch_size", "" where unnamed; empty when the file gives no shape
};

// One weight, so that files that share weights (a T5's encoder and decoder) can be counted together.
struct Weight {
  std::uint64_t elements = 0;
  std::uint64_t fingerprint = 0;      // of the values, in any order: a transposed copy has the same; 0: small, never shared
  friend auto operator<=>(const Weight&, const Weight&) = default;
};

struct Options {
  bool probabilities = true;          // off: no such taps, as for each below
  bool scores = true;
  bool qkv = true;                    // q, k and v
  bool hidden = true;
  bool allow_closed = false;          // on: a graph without attention that we can see opens with the taps that there are
};

struct Surgery {
  std::vector<std::uint8_t> model;
  std::vector<Tap> taps;                       // by kind, layer, quantity
  std::vector<AttentionFacts> attentions;      // by kind, layer
  std::vector<Port> inputs, outputs;           // of the untouched model
  std::vector<Weight> weights;
  std::uint64_t parameter_count = 0;           // see count_parameters
  std::vector<std::string> fused;              // fused attention operators, "com.microsoft.MultiHeadAttention"
  std::string producer;                        // what wrote the file, as it says itself
  std::int64_t opset = 0;

  [[nodiscard]] std::uint32_t layers(AttentionKind kind) const;
  [[nodiscard]] bool has(std::string_view tap) const;
};

[[nodiscard]] Result<Surgery> open_up(std::span<const std::uint8_t> model, const Options& options);

// Parameters of the files together. The rule: elements of weight initializers, floating (single numbers left out) or quantized, in which
// case scales and zero points do not count; a matrix that occurs twice (tied embeddings, also transposed or in two files) counts once.
[[nodiscard]] std::uint64_t count_parameters(std::span<const Surgery* const> files);

}  // namespace trilens::onnx
