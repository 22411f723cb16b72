// Single numbers that a graph computes from nothing but constants and sizes: torch.onnx writes the scale of scaled_dot_product_attention as
// sqrt(1 / sqrt(Shape(q)[-1])), and GPT-2's eager attention divides by pow(Shape(v)[-1], 0.5). Private to this room.
//
// Sizes are followed back to where the graph states them: the shape that a Reshape is given, or a constant's own.
// Not here: numbers that depend on how long a text is. What cannot be told is nullopt. Bounded: at most kMaxSteps values are looked at.
//
//   if (const auto scale = known_number(model, Model::input(mul, 1))) use(*scale);
#pragma once

#include <optional>

#include "onnx/graph.hpp"

namespace trilens::onnx {

[[nodiscard]] std::optional<double> known_number(const Model& model, ValueId value);

}  // namespace trilens::onnx
