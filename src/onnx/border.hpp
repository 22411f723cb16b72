// Puts f32 where a file takes or gives f16: a Cast behind each such input and before each such output, under the same names.
//
// Some exports are f16 to the border (logits, past key values); the rest of Trilens knows f32. What is computed inside stays as it was: an
// f16 number is an f32 number, and comes back as the same one. The price is that a cache takes twice the memory.
// Not here: what is in the graph (surgery.hpp), whose result this takes. Pure. Errors: model_malformed.
//
//   if (has_f16_border(surgery)) surgery.model = f32_border(surgery.model).value();
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {

[[nodiscard]] bool has_f16_border(const Surgery& surgery);

[[nodiscard]] Result<std::vector<std::uint8_t>> f32_border(std::span<const std::uint8_t> model);

}  // namespace trilens::onnx
