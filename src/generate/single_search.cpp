#include "generate/single_search.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "generate/sampler.hpp"
#include "generate/step_record.hpp"

namespace trilens::generate {
namespace {

Needs needs_of(const GenerationOptions& options, std::span<const Processor> processors) {
  Needs needs = needs_for(1, !processors.empty(), options.alternatives);
  if (options.strategy == Strategy::sample) {
    // One more than top_k, to see whether a token outside ties with the k-th.
    needs = needs_for(static_cast<std::size_t>(options.top_k) + 1, !processors.empty(), options.alternatives);
    needs.full_rows = needs.full_rows || options.top_k == 0;
  }
  needs.full_rows = needs.full_rows || !only_lower(processors);
  return needs;
}

}  // namespace

SingleSearch::SingleSearch(std::vector<std::int32_t> prompt, GenerationOptions options)
    : options_(std::move(options)),
      processors_(processors_for(options_, prompt.size())),
      warpers_(warpers_for(options_)),
      random_(options_.seed),
      needs_(needs_of(options_, processors_)),
      sequence_(std::move(prompt)) {
  batch_ = {.tokens = sequence_, .rows = 1, .width = sequence_.size(), .parents = {}, .reorder = false, .past = 0};
}

Fed SingleSearch::feed(std::span<const RowAnswer> rows) {
  ScoreRow row = ScoreRow::of(rows[0], needs_.top_k);
  process(processors_, sequence_, row);
  std::optional<std::size_t> chosen;
  if (options_.strategy == Strategy::sample) {
    if (!warp(warpers_, row) || !row.complete()) return Fed::needs_full_rows;
    Random next = random_;  // drawn for good only if there is something to draw from
    chosen = draw(row, next.uniform());
    if (chosen) random_ = next;
  } else {
    chosen = arg_max(row);
    if (chosen ? !row.precedes_rest(*chosen) : !row.complete()) return Fed::needs_full_rows;
  }
  if (chosen) {
    take(row.id(*chosen), rows[0]);
  } else {
    so_far_.stop_reason = StopReason::exhausted;
  }
  return Fed::advanced;
}

void SingleSearch::take(std::int32_t id, const RowAnswer& answer) {
  const RowStatistics statistics = statistics_of(answer, static_cast<std::uint32_t>(options_.alternatives));
  const double log_probability = double{raw_logit(answer, id)} - double{statistics.log_sum_exp};
  so_far_.steps.push_back({.id = id,
                           .probability = std::exp(log_probability),
                           .log_probability = log_probability,
                           .entropy_nats = statistics.entropy_nats,
                           .alternatives = alternatives_of(statistics, options_.alternatives)});
  so_far_.ids.push_back(id);
  so_far_.score += log_probability;
  batch_ = {.tokens = {id},
            .rows = 1,
            .width = 1,
            .parents = {0},
            .reorder = false,
            .past = static_cast<std::int64_t>(sequence_.size())};
  sequence_.push_back(id);
  if (std::ranges::find(options_.eos_ids, id) != options_.eos_ids.end()) {
    so_far_.stop_reason = StopReason::eos;
  } else if (generated() >= options_.max_new_tokens) {
    so_far_.stop_reason = StopReason::length;
  }
}

}  // namespace trilens::generate
