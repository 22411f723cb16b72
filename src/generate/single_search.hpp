// Greedy search and sampling: one row, one token a step. See search.hpp, through which it is used.
//
// The reference: transformers 5.23, generation/utils.py, _sample.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "generate/options.hpp"
#include "generate/processors/processors.hpp"
#include "generate/step.hpp"

namespace trilens::generate {

class SingleSearch {
 public:
  // Precondition: options are valid, the prompt is not empty.
  SingleSearch(std::vector<std::int32_t> prompt, GenerationOptions options);

  [[nodiscard]] bool done() const { return so_far_.stop_reason != StopReason::running; }
  [[nodiscard]] const Batch& wants() const { return batch_; }
  [[nodiscard]] Needs needs() const { return needs_; }
  // Precondition: one row, checked (search.cpp).
  [[nodiscard]] Fed feed(std::span<const RowAnswer> rows);
  [[nodiscard]] Continuation result() const { return so_far_; }
  [[nodiscard]] std::int64_t generated() const { return static_cast<std::int64_t>(so_far_.ids.size()); }
  [[nodiscard]] const GenerationOptions& options() const { return options_; }

 private:
  void take(std::int32_t id, const RowAnswer& answer);

  GenerationOptions options_;
  std::vector<Processor> processors_;
  std::vector<Warper> warpers_;
  Random random_;
  Needs needs_;
  std::vector<std::int32_t> sequence_;  // prompt and continuation
  Batch batch_;
  Continuation so_far_;
};

}  // namespace trilens::generate
