#include "generate/step_record.hpp"

#include <algorithm>
#include <limits>

#include "generate/options.hpp"

namespace trilens::generate {

RowStatistics statistics_of(const RowAnswer& answer, std::uint32_t top_k) {
  if (const auto* statistics = std::get_if<RowStatistics>(&answer)) return *statistics;
  return row_statistics(std::get<std::span<const float>>(answer), top_k);
}

float raw_logit(const RowAnswer& answer, std::int32_t id) {
  if (const auto* full = std::get_if<std::span<const float>>(&answer)) return (*full)[static_cast<std::size_t>(id)];
  const std::vector<ScoredToken>& top = std::get<RowStatistics>(answer).top;
  const auto at = std::ranges::find(top, id, &ScoredToken::id);
  return at != top.end() ? at->logit : -std::numeric_limits<float>::infinity();
}

std::vector<Alternative> alternatives_of(const RowStatistics& statistics, std::int64_t count) {
  const std::size_t n = std::min(statistics.top.size(), static_cast<std::size_t>(count));
  std::vector<Alternative> out;
  out.reserve(n);
  for (const ScoredToken& t : std::span(statistics.top).first(n)) {
    out.push_back({.id = t.id, .logit = t.logit, .probability = statistics.probability(t)});
  }
  return out;
}

Needs needs_for(std::size_t decisive, bool scores_change, std::int64_t alternatives) {
  if (decisive > kMaxStatistics) return {.full_rows = true, .top_k = static_cast<std::uint32_t>(alternatives)};
  const auto wanted = static_cast<std::uint32_t>(std::max(static_cast<std::int64_t>(decisive), alternatives));
  return {.full_rows = false, .top_k = scores_change ? kMaxStatistics : wanted};
}

}  // namespace trilens::generate
