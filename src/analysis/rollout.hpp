// Attention rollout (Abnar & Zuidema 2020): how much of each input piece has reached each position after each layer, when the
// residual connection is taken to carry one half and attention (the mean of the heads) the other: R_l = (A_l + I)/2 · R_(l-1).
//
// For an encoder-decoder the paper says nothing. Here both of the decoder's sublayers have their residual: after self-attention
// by the same rule, cross-attention keeps one half and takes the other from what has reached the encoder's last states. So a
// row's parts, of what was written and of the text, sum to 1 together.
// Not here: the heads' mean (attention_mean.hpp). Pure functions; products in double precision.
// Errors: invalid_argument (not the shape that is asked for, layers that do not fit each other).
//
//   Result<Tensor> reached = rollout(means);   // [layer, query, key]: rows sum to 1
#pragma once

#include "base/error.hpp"
#include "tensor/tensor.hpp"

namespace trilens::analysis {

// The heads' means [layer, position, position] f32 -> what has reached each position after each layer, the same shape.
[[nodiscard]] Result<Tensor> rollout(const TensorView<float>& means);

struct DecoderRollout {
  Tensor written;  // [layer, target, target] f32: from what was written
  Tensor text;     // [layer, target, source] f32: from the text
};
// encoder: [source, source] f32, the rollout after the encoder's last layer; self: [layer, target, target]; cross: [layer, target, source].
[[nodiscard]] Result<DecoderRollout> decoder_rollout(const TensorView<float>& encoder, const TensorView<float>& self, const TensorView<float>& cross);

}  // namespace trilens::analysis
