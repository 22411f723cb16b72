// Counts the parameters of a model. Private to this room; the rule stands at count_parameters in surgery.hpp.
#pragma once

#include <span>
#include <vector>

#include "onnx/graph.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {

[[nodiscard]] std::vector<Weight> find_weights(const Model& model);

// Elements, each fingerprint once.
[[nodiscard]] std::uint64_t count_weights(std::vector<Weight> weights);

}  // namespace trilens::onnx
