// What every strategy records of a row before processors touch it. Internal to this room.
#pragma once

#include <cstdint>
#include <vector>

#include "generate/step.hpp"
#include "tensor/statistics.hpp"

namespace trilens::generate {

// The statistics of an answer: those that came, or computed from the full row.
[[nodiscard]] RowStatistics statistics_of(const RowAnswer& answer, std::uint32_t top_k);

// The model's own logit of a token that the answer holds.
[[nodiscard]] float raw_logit(const RowAnswer& answer, std::int32_t id);

[[nodiscard]] std::vector<Alternative> alternatives_of(const RowStatistics& statistics, std::int64_t count);

// How many winners to ask for: `decisive` of them if nothing changes the scores, all that there can be otherwise; full rows
// where winners cannot settle it.
[[nodiscard]] Needs needs_for(std::size_t decisive, bool scores_change, std::int64_t alternatives);

}  // namespace trilens::generate
