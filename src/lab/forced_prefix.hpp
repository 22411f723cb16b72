// What a generation is made to begin with: the tokens of a forced prefix, and what the model says of each.
// Not here: the search that goes on behind it. Errors: invalid_argument (a token that the model has not, a prefix that is too long).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/context.hpp"
#include "lab/decoder_run.hpp"
#include "lab/forward.hpp"
#include "protocol/requests.hpp"

namespace trilens::lab {

// A decoder's stands behind `before`: where it begins with a letter or a digit and no space is there, it begins a new word. An
// encoder-decoder's is what its decoder begins with, behind its start token.
[[nodiscard]] Result<Ids> forced_prefix(const LoadedModel& model, const protocol::BeginGeneration& request, std::string_view before);

// The prefix's tokens as steps: the last of `logits`' positions but one tells of the last of them. Reads the logits of the pass.
[[nodiscard]] Task<Result<std::vector<protocol::Step>>> forced_steps(Context& context, const StepLogits& logits, std::span<const std::int32_t> prefix);

}  // namespace trilens::lab
