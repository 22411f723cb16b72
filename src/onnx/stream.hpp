// Follows the residual stream through a model and names the hidden states. Private to this room.
//
// Before each self-attention the stream is the other operand of the sum that the attention's output is added to: so with norms
// before (GPT-2, T5) and after (BERT, BART) alike. After the last sum the stream ends in a norm: LayerNormalization, its older
// decomposed form, RMSNormalization or T5's decomposed one (Zhang and Sennrich 2019); its output is the last hidden state.
// Not here: attention and feed-forward side by side (GPT-J), fused SkipLayerNormalization: there, no hidden states are reported.
//
//   std::vector<HiddenState> states = find_hidden_states(model, find_attention(model));
#pragma once

#include <vector>

#include "onnx/attention.hpp"

namespace trilens::onnx {

struct HiddenState {
  AttentionKind kind = AttentionKind::self;  // self or decoder_self
  std::uint32_t index = 0;                   // 0: embeddings, …, number of layers: after the final norm
  GraphId graph = kMainGraph;                // where the layers stand; the value may come from a graph around it
  ValueId value = kNone;                     // [B, S, hidden]
};

// All layers + 1 of them for each graph that holds layers, or none where the stream cannot be followed to its end.
[[nodiscard]] std::vector<HiddenState> find_hidden_states(const Model& model, const std::vector<Attention>& attentions);

// Where the stream of a graph's layers ends, and with it what the blocks do.
struct StreamEnd {
  GraphId graph = kMainGraph;  // where the layers stand
  ValueId stream = kNone;      // what the last block gives, as hidden states between blocks are: with norms before, the sum; with norms after, normed
  ValueId norm = kNone;        // the final norm's output; kNone: no norm follows, or each block ends in one
  bool normed_blocks = false;  // each block ends in a norm
};

// Of each graph that holds layers, those whose stream can be followed to its end.
[[nodiscard]] std::vector<StreamEnd> find_stream_ends(const Model& model, const std::vector<Attention>& attentions);

struct Norm {
  ValueId value = kNone;       // its output, weight and bias included; kNone: there is no norm
  bool centered = false;       // takes the mean off: LayerNorm; else RMSNorm
};

// The norm that reads `value`.
[[nodiscard]] Norm norm_of(const Model& model, ValueId value);

// The value and what Cast, Identity and Dropout make of it: the same numbers under other names.
[[nodiscard]] std::vector<ValueId> aliases(const Model& model, ValueId value);

}  // namespace trilens::onnx
