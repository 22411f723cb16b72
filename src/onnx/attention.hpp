// Finds scaled dot-product attention in a plain graph. Private to this room.
//
// An attention is a Softmax whose input comes, through scale, mask and bias, from a MatMul of two computed values (q and the
// transposed k), and whose output goes into a MatMul with a third (v): Vaswani et al. 2017, section 3.2.1, as exporters write it.
// Not here: fused operators (named by fused_operators), attention inside Loop and Scan, a softmax written as Exp and Sum.
// Lifetime: ids of the Model that was searched. Never fails: what does not match is not attention.
//
//   for (const Attention& a : find_attention(model)) use(model.values[a.probabilities].name);
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "onnx/graph.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {

struct Attention {
  AttentionKind kind = AttentionKind::self;
  std::uint32_t layer = 0;          // counted per kind, in order of computation; branches of an If count alike
  GraphId graph = kMainGraph;       // where the Softmax stands
  NodeId softmax = kNone;
  NodeId product = kNone;           // the MatMul of q and k
  ValueId q = kNone;                // [B, H, Q, D] before a constant scale
  ValueId k = kNone;                // [B, H, K, D] before a constant scale and the last transposition, or [B, H, D, K]: see key_layout
  ValueId v = kNone;                // [B, H, K, D]
  ValueId scores = kNone;           // [B, H, Q, K] with scale, mask and bias, as it enters the Softmax
  ValueId probabilities = kNone;    // [B, H, Q, K], after the guard against NaN where there is one
  ValueId context = kNone;          // [B, H, Q, D] what the MatMul with v gives
  KeyLayout key_layout = KeyLayout::key_major;
  std::uint32_t key_rank = 0;       // of a feature-major k, where the graph tells it; else 0
  std::optional<double> q_scale, k_scale, score_scale;  // see surgery.hpp
};

// In order of computation; attentions of all branches of an If are listed.
[[nodiscard]] std::vector<Attention> find_attention(const Model& model);

// Fused attention operators in the model, "com.microsoft.MultiHeadAttention", each once.
[[nodiscard]] std::vector<std::string> fused_operators(const Model& model);
// What to say of them: model_unsupported, with how to export a file that can be opened.
[[nodiscard]] std::unexpected<Error> fused_attention(const std::vector<std::string>& operators);

// The branches of an If; empty for every other node.
[[nodiscard]] std::span<const GraphId> branches(const Node& node);

}  // namespace trilens::onnx
