// Opens up a model: bytes of an ONNX file in, bytes of the same model with its inner values as named outputs out.
//
// Added outputs ("taps"), all f32, by canonical name; {l} counts layers from 0:
//   self.{l}.probabilities, .scores, .q, .k, .v          encoder or GPT; with Options::context also .context
//   decoder_self.{l}.…, cross.{l}.…                      the decoder file of an encoder–decoder
//   hidden.{i}, decoder_hidden.{i}                       i = 0: embeddings, …, last: after the final norm, as transformers'
//                                                        output_hidden_states counts them
// Shapes (B batch, H heads, Q queries, K keys with the cache's, D head size, S sequence): probabilities, scores [B,H,Q,K], q [B,H,Q,D],
// k and v [B,H,K,D], context [B,H,Q,D] (probabilities · v, before a switch's factor of the heads), hidden [B,S,hidden]. `scores` = q·k * score_scale + mask and bias; q and k are taken before a constant scale.
// What was there before stays byte for byte, except that a tapped value takes the tap's name where it can (that costs no node).
// Taps stand where they do not keep ONNX Runtime from its optimizations: on its CPU (so WASM) the outputs are bit for bit those of the untouched
// model, in f32, f16, q8 and q4 files alike. Of an f16 file the CPU computes much in f32, and a tap shows what it computed.
//
// Added inputs ("switches", with Options::switches), one of each role for a kind of attention, all layers in one tensor (see Switch):
//   switch.{kind}.bias       f32 [L|1, B|1, H|1, Q|1, K|1]   added to the scores right before the softmax; rest 0
//   switch.{kind}.own_mask   bool [1]                        false: the graph's own mask no longer acts, only the bias does; rest true
//   switch.{kind}.heads      f32 [L|1, H|1, Q|1, 1]          times each head's context (probabilities · v); 0 silences it; rest 1
//   switch.cross.connection  f32 [1]                         times all heads of the cross-attention: 0 cuts it; rest 1
// The runtime wants a value for every input at every run: feed Switch::rest where nothing is changed. Then the outputs are bit for bit those
// of the untouched model (on the CPU, so WASM). A dimension of 1 stands for all. causal, bidirectional, window: own_mask false and a bias of
// Switch::lowest where a query must not look (leave each query one key: a row of nothing but `lowest` spreads evenly over all keys).
// own_mask takes causal and padding mask away together, never a position bias (T5). Where a graph cannot have a switch, Surgery::refusals
// says why; a kind without a mask of its own (MaskState::none) has no own_mask and needs none. The taps show what the switches made of it:
// `scores` includes the bias; `probabilities` does not include heads.
// One tensor per kind and not one per layer: at rest three small feeds instead of dozens, and a mask for all layers is sent once.
//
// Not here: running a model (infer/port.hpp), files with weights beside them, attention in Loop or Scan.
// Lifetime: input is borrowed for the call; the result owns everything. Pure, one thread.
// Errors: model_malformed (cut short, cyclic, absurd), model_unsupported (fused attention, external weights), out_of_memory.
//
//   Result<Surgery> s = open_up(bytes, {});
//   for (const Tap& t : s->taps) fetches.push_back(t.name);
//   for (const Switch& w : s->switches) feeds.push_back(full(w.name, w.element_type, w.rest_dims, w.rest));
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
enum class Quantity : std::uint8_t { probabilities, scores, q, k, v, context, hidden };

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
enum class MaskState : std::uint8_t {
  unknown,      // not looked for: switches were not asked for
  none,         // the graph masks nothing here
  switched,     // it does, and own_mask takes it away
  inseparable,  // it does or may, and there is no switch: see Surgery::refusals
};

struct AttentionFacts {
  AttentionKind kind = AttentionKind::self;
  std::uint32_t layer = 0;
  KeyLayout key_layout = KeyLayout::key_major;
  std::optional<double> q_scale;      // already inside the tapped q; 1 as a rule
  std::optional<double> k_scale;      // already inside the tapped k; 1 as a rule
  std::optional<double> score_scale;  // from the tapped q·k to the scores: 1/√d; 1 in T5
  MaskState own_mask = MaskState::unknown;  // of the kind, all layers together
  bool position_bias = false;         // weights take part in the scores beside q·k (T5, ALiBi); no switch takes that away
};

// What a switch does.
enum class Role : std::uint8_t { bias, own_mask, heads, connection };

[[nodiscard]] std::string_view role_name(Role role);                   // "bias", …
[[nodiscard]] std::string switch_name(AttentionKind kind, Role role);  // "switch.self.bias"

// One added input. Shapes stand at the head of this file.
struct Switch {
  std::string name;
  Role role = Role::bias;
  AttentionKind kind = AttentionKind::self;
  std::uint32_t layers = 0;               // L: the leading dimension of bias and heads, unless 1
  std::int32_t element_type = 1;          // TensorProto.DataType: 1 f32, 9 bool
  std::vector<std::int64_t> rest_dims;    // of the resting value: all 1
  float rest = 0;                         // its only element; of a bool, 1 is true
  float lowest = 0;                       // of a bias: what masks a key; 0 for other roles. f16 models reach less far than f32
  friend bool operator==(const Switch&, const Switch&) = default;
};

// Why a graph has no such switch.
enum class Obstacle : std::uint8_t {
  mask_unknown,        // something acts on the scores that is neither a mask nor a position bias as we know them
  mask_mixed,          // mask and weights are computed together in a way that we cannot take apart
  mask_shared,         // what the mask is made of is used for something else as well
  mask_after_softmax,  // the mask acts on the probabilities too
  shape_unknown,       // the graph does not tell whether scores or context are [B,H,…,…]
  type_unknown,        // nor whether they are f32 or f16
  is_output,           // the value to be changed is an output of the model itself
  old_opset,           // operator sets before 9 lack what switches are built of
};

[[nodiscard]] std::string_view obstacle_name(Obstacle obstacle);       // "mask_mixed"

struct Refusal {
  AttentionKind kind = AttentionKind::self;
  Role role = Role::bias;
  Obstacle obstacle = Obstacle::mask_unknown;
  std::string message;                    // one sentence for the user
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
  bool context = false;               // off: what the product with v gives is not tapped
  bool switches = false;              // off: no inputs are added. They cost a few nodes for each attention
  bool allow_closed = false;          // on: a graph without attention that we can see opens with the taps that there are
};

struct Surgery {
  std::vector<std::uint8_t> model;
  std::vector<Tap> taps;                       // by kind, layer, quantity
  std::vector<AttentionFacts> attentions;      // by kind, layer
  std::vector<Switch> switches;                // by kind, role; every one has to be fed
  std::vector<Refusal> refusals;               // switches that this graph cannot have
  std::vector<Port> inputs, outputs;           // of the untouched model
  std::vector<Weight> weights;
  std::uint64_t parameter_count = 0;           // see count_parameters
  std::vector<std::string> fused;              // fused attention operators, "com.microsoft.MultiHeadAttention"
  std::string producer;                        // what wrote the file, as it says itself
  std::int64_t opset = 0;

  [[nodiscard]] std::uint32_t layers(AttentionKind kind) const;
  [[nodiscard]] bool has(std::string_view tap) const;
  [[nodiscard]] const Switch* find_switch(AttentionKind kind, Role role) const;  // nullptr: there is none
};

[[nodiscard]] Result<Surgery> open_up(std::span<const std::uint8_t> model, const Options& options);

// Parameters of the files together. The rule: elements of weight initializers, floating (single numbers left out) or quantized, in which
// case scales and zero points do not count; a matrix that occurs twice (tied embeddings, also transposed or in two files) counts once.
[[nodiscard]] std::uint64_t count_parameters(std::span<const Surgery* const> files);

}  // namespace trilens::onnx
