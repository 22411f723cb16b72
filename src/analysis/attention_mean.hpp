// One map out of many: the mean of attention over heads, over layers, over both.
//
// Not here: rollout and flow, which multiply layers. Pure functions; sums in double precision, each mean of rows that sum
// to 1 sums to 1 as well. Errors: invalid_argument (not the shape that is asked for, nothing to take a mean of).
//
//   Result<Tensor> map = attention_map(layers, {.layer = 3, .head = std::nullopt});  // the heads' mean in layer 3
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/error.hpp"
#include "tensor/tensor.hpp"

namespace trilens::analysis {

// [layer, head, query, key] f32 -> [layer, query, key] f32
[[nodiscard]] Result<Tensor> mean_over_heads(const TensorView<float>& attention);

// [layer, head, query, key] f32 -> [head, query, key] f32
[[nodiscard]] Result<Tensor> mean_over_layers(const TensorView<float>& attention);

// Absent: the mean over all of them.
struct MapChoice {
  std::optional<std::int64_t> layer;
  std::optional<std::int64_t> head;
};

// The layers as a runtime hands them out, each [1, head, query, key] f32 -> [query, key] f32. One head of one layer comes
// back bit for bit.
[[nodiscard]] Result<Tensor> attention_map(std::span<const TensorView<float>> layers, MapChoice choice);

}  // namespace trilens::analysis
