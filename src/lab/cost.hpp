// The shape of a loaded model as the cost formulas take it.
#pragma once

#include "analysis/cost.hpp"
#include "model/config.hpp"

namespace trilens::lab {

// `head`: it scores the words of its vocabulary. `prompt`: tokens that an encoder-decoder's decoder starts from.
[[nodiscard]] analysis::ModelShape cost_shape(const model::Config& config, bool head, std::int64_t prompt);

}  // namespace trilens::lab
