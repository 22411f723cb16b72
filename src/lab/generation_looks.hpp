// Looks at a generation under way that run no model: a step's distribution under other options, and the tree of a beam search.
// `generation`: the seat's, nullptr where there is none. Errors: see protocol/requests.hpp, Reshape and Beams.
#pragma once

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/context.hpp"
#include "lab/generation.hpp"

namespace trilens::lab {

// generate/reshape.hpp on the logits that were kept (step_rows.hpp). The generation stays where it is.
[[nodiscard]] Task<Result<protocol::Reshaped>> reshape(Context& context, Generation* generation, protocol::Reshape request);

[[nodiscard]] Result<protocol::BeamTree> beams(const Context& context, const Generation* generation, const protocol::Beams& request);

}  // namespace trilens::lab
