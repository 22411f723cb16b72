// Cuts the head out of a model: from a hidden state to logits, as a small ONNX model of its own. What a logit lens runs (nostalgebraist 2020:
// the head on the hidden states of earlier layers), and what one logit is recomputed from.
//
// The cut model (B batch, S sequence, V vocabulary; all f32, also where the file computes in f16):
//   input   hidden          [B, S, hidden]   a hidden state as it is between blocks
//   output  final_norm      [B, S, hidden]   where the file has one after its last block (GPT-2, GPT-Neo, T5): Head::norm
//   output  projected_from  [B, S, width]    what the output projection reads: behind the final norm, BERT's transform, T5's d_model^-0.5
//   output  logits          [B, S, V]
// Its nodes are the file's own, so every scale and bias is in. With norms after each block (BERT, RoBERTa, DistilBERT, BART, Marian) `hidden` is what a
// block's last norm gives. `hidden.{l}` and `decoder_hidden.{l}` of surgery.hpp fit as they are, but the last one where Head::norm is not none: that is
// taken after the norm, and its logits are the model's own.
//
// Not here: running it, heads that are no language model's (labels, spans, one vector for a text), files with weights beside them.
// Lifetime: input is borrowed for the call; results own everything. Pure, one thread. Time and memory are linear in the file.
// Errors: model_malformed (cut short, cyclic, absurd), model_unsupported (no such head, and the sentence says why; a fused attention hides
// the hidden states), invalid_argument (no such token), out_of_memory.
//
//   Result<Head> head = head_of(bytes);
//   session.create(head->model);                                // feeds "hidden", fetches "logits"
//   Result<ProjectionRow> row = projection_row(head->model, token);
//   logit = dot(projected_from, row->weights) + row->bias;
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace trilens::onnx {

inline constexpr std::string_view kHeadInput = "hidden", kHeadNorm = "final_norm", kHeadProjected = "projected_from", kHeadLogits = "logits";

// What follows the last block. LayerNorm: Ba et al. 2016; RMSNorm: Zhang and Sennrich 2019.
enum class NormKind : std::uint8_t { none, layer_norm, rms_norm };

// How the output projection multiplies.
enum class Projection : std::uint8_t {
  exact,       // MatMul or Gemm of a weight that may be stored in fewer bits: a row's dot product is the logit, but for rounding
  four_bits,   // MatMulNBits: likewise, unless it says that it rounds what it reads to 8 bits (accuracy_level 4)
  integers,    // MatMulInteger: what it reads is rounded to 8 bits first, so a dot product comes near the logit only
  nonlinear,   // something other than scale and bias stands between the product and the logits: no rows
};

struct Head {
  std::vector<std::uint8_t> model;
  NormKind norm = NormKind::none;       // none: there is no output final_norm
  bool normed_blocks = false;           // each block ends in a norm, `hidden` with it
  bool bias = false;                    // something is added to the product
  Projection projection = Projection::exact;
  std::uint32_t width = 0;              // of projected_from
  std::uint32_t vocabulary = 0;         // V
};

[[nodiscard]] Result<Head> head_of(std::span<const std::uint8_t> model);

// One token's part in the output projection: logit = dot(projected_from, weights) + bias.
struct ProjectionRow {
  std::vector<float> weights;           // [width], dequantized, scales behind the product included
  float bias = 0;
};

// Out of a cut model. Reads that row alone, so it may be asked for every token that is looked at.
[[nodiscard]] Result<ProjectionRow> projection_row(std::span<const std::uint8_t> head_model, std::uint32_t token);

}  // namespace trilens::onnx
