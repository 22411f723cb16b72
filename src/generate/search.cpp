#include "generate/search.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace trilens::generate {
namespace {

Result<void> check_rows(const Batch& batch, const Needs& needs, std::span<const RowAnswer> rows) {
  if (rows.size() != batch.rows) {
    return fail(ErrorCode::invalid_argument, "The search wants the logits of " + std::to_string(batch.rows) +
                                                 " rows, but was fed " + std::to_string(rows.size()) + ".");
  }
  for (const RowAnswer& row : rows) {
    if (const auto* full = std::get_if<std::span<const float>>(&row)) {
      const bool usable = std::ranges::any_of(*full, [](float x) { return std::isfinite(x); }) &&
                          std::ranges::none_of(*full, [](float x) { return x == INFINITY; });
      if (usable) continue;
    } else if (needs.full_rows) {
      return fail(ErrorCode::invalid_argument, "The search wants full rows of logits, but was fed statistics.");
    } else if (std::isfinite(std::get<RowStatistics>(row).log_sum_exp)) {
      continue;
    }
    return fail(ErrorCode::runtime_failed,
                "The model gave no usable scores for the next token: its logits are infinite or not numbers.");
  }
  return {};
}

}  // namespace

Result<Search> Search::begin(std::vector<std::int32_t> prompt, GenerationOptions options) {
  if (const Result<void> valid = validate(options); !valid) return std::unexpected(valid.error());
  if (prompt.empty()) return fail(ErrorCode::invalid_argument, "A search needs at least one token to start from.");
  if (std::ranges::any_of(prompt, [](std::int32_t id) { return id < 0; })) {
    return fail(ErrorCode::invalid_argument, "A token id of the prompt is negative.");
  }
  if (options.strategy == Strategy::beam && options.num_beams == 1) options.strategy = Strategy::greedy;
  if (options.strategy == Strategy::beam) return Search(BeamSearch(std::move(prompt), std::move(options)));
  return Search(SingleSearch(std::move(prompt), std::move(options)));
}

bool Search::done() const {
  return std::visit([](const auto& s) { return s.done(); }, strategy_);
}

const Batch& Search::wants() const {
  return std::visit([](const auto& s) -> const Batch& { return s.wants(); }, strategy_);
}

Needs Search::needs() const {
  return std::visit([](const auto& s) { return s.needs(); }, strategy_);
}

Result<Fed> Search::feed(std::span<const RowAnswer> rows) {
  if (done()) return fail(ErrorCode::invalid_argument, "The search has ended and wants no more.");
  if (const Result<void> fine = check_rows(wants(), needs(), rows); !fine) return std::unexpected(fine.error());
  return std::visit([rows](auto& s) { return s.feed(rows); }, strategy_);
}

Continuation Search::result() const {
  return std::visit([](const auto& s) { return s.result(); }, strategy_);
}

std::vector<Continuation> Search::results() const {
  if (const auto* beam = std::get_if<BeamSearch>(&strategy_)) return beam->results();
  return {result()};
}

const BeamTree* Search::beam_tree() const {
  const auto* beam = std::get_if<BeamSearch>(&strategy_);
  return beam != nullptr ? &beam->tree() : nullptr;
}

std::int64_t Search::generated() const {
  return std::visit([](const auto& s) { return s.generated(); }, strategy_);
}

const GenerationOptions& Search::options() const {
  return std::visit([](const auto& s) -> const GenerationOptions& { return s.options(); }, strategy_);
}

}  // namespace trilens::generate
