// Reads the table of a learned position bias out of a model's file: a T5's relative_attention_bias (Raffel et al. 2020, section 2.1), one
// number for each bucket of distances and each head, added to the scores of every layer.
//
// Not here: which distance falls into which bucket (analysis/attention_account.hpp); biases of other kinds, of which nothing is guessed.
// Lifetime: input is borrowed for the call. Pure. Errors: model_malformed, model_unsupported (no such table is found), out_of_memory.
//
//   Result<PositionTable> table = position_table(bytes, AttentionKind::self);
//   score += table->values[bucket * table->heads + head];
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {

struct PositionTable {
  std::int64_t buckets = 0, heads = 0;
  std::vector<float> values;  // [bucket, head] f32
};

// The table whose rows are added to the scores of the first attention of this kind.
[[nodiscard]] Result<PositionTable> position_table(std::span<const std::uint8_t> model, AttentionKind kind);

}  // namespace trilens::onnx
