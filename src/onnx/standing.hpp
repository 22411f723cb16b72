// A small model that tells how one token stands among all: its own logit, and how many are above it. It runs on logits where they lie
// (a GPU), so that a whole vocabulary need not come back for one number each.
//
//   input   logits        [B, S, V] f32
//   input   answer        [B, S, 1] i32     which token, at each position
//   output  answer_logit  [B, S, 1] f32
//   output  above         [B, S, 1] f32     tokens with a greater logit; exact up to 2^24. rank = above + 1; equal ones share a rank
//
// NaN is above nothing. Pure; never fails.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace trilens::onnx {

inline constexpr std::string_view kStandingLogits = "logits", kStandingAnswer = "answer", kStandingLogit = "answer_logit", kStandingAbove = "above";

[[nodiscard]] std::vector<std::uint8_t> standing_model();

}  // namespace trilens::onnx
