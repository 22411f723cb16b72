// From one vector a token to one vector a text.
//
// Not here: which pooling a family uses (src/lab/embed.cpp), normalisation. Pure functions; sums in double precision.
// Precondition of all: at least one token; `hidden` is a contiguous [token, hidden] f32 view without padding.
//
//   std::vector<float> v = mean_over_tokens(states.view<float>().outer(0));  // [1, token, hidden] -> [hidden]
#pragma once

#include <vector>

#include "tensor/tensor.hpp"

namespace trilens::analysis {

[[nodiscard]] std::vector<float> mean_over_tokens(const TensorView<float>& hidden);  // [token, hidden] -> [hidden]
[[nodiscard]] std::vector<float> first_token(const TensorView<float>& hidden);       // BERT's [CLS]
[[nodiscard]] std::vector<float> last_token(const TensorView<float>& hidden);

}  // namespace trilens::analysis
