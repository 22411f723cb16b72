// When a model has made up its mind: from which of its states on the answer stays the most probable one.
//
// After nostalgebraist, "interpreting GPT: the logit lens" (2020). Not here: running heads (lab/lens.cpp), words (view/lens.hpp). Pure.
//
//   settled_from(std::array{9, 1, 3, 1, 1})  ->  3   // it led once before, and lost that again
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace trilens::analysis {

// ranks: [state], from the embeddings up, 1 is the most probable. ranks.size() where it does not lead at the end.
[[nodiscard]] std::size_t settled_from(std::span<const std::int64_t> ranks);

}  // namespace trilens::analysis
