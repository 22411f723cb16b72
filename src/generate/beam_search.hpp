// Beam search: num_beams continuations side by side, scored by their log probability per length. See search.hpp.
//
// The reference: transformers 5.23, generation/utils.py, _beam_search, for one prompt and one returned sequence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "generate/options.hpp"
#include "generate/processors/processors.hpp"
#include "generate/step.hpp"

namespace trilens::generate {

class BeamSearch {
 public:
  // Precondition: options are valid, num_beams > 1, the prompt is not empty.
  BeamSearch(std::vector<std::int32_t> prompt, GenerationOptions options);

  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] const Batch& wants() const { return batch_; }
  [[nodiscard]] Needs needs() const { return needs_; }
  // Precondition: one answer a running beam, checked (search.cpp).
  [[nodiscard]] Fed feed(std::span<const RowAnswer> rows);
  [[nodiscard]] Continuation result() const;
  [[nodiscard]] std::vector<Continuation> results() const;
  [[nodiscard]] const BeamTree& tree() const { return tree_; }
  [[nodiscard]] std::int64_t generated() const { return length_; }
  [[nodiscard]] const GenerationOptions& options() const { return options_; }

 private:
  struct Beam {
    std::vector<std::int32_t> sequence;  // prompt and continuation
    std::int32_t node = -1;
    float score = 0;                     // sum of processed log probabilities; single precision, as in the reference
  };
  struct Candidate {
    std::size_t row = 0;
    std::int32_t id = 0;
    float score = 0;
    bool ends = false;
  };
  struct Finished {
    std::int32_t node = -1;
    float score = 0;  // per length
  };

  [[nodiscard]] bool collect(std::span<const RowAnswer> rows, std::vector<Candidate>& out) const;
  void record_expansions(std::span<const RowAnswer> rows);
  void grow(std::span<const Candidate> candidates, std::span<const RowAnswer> rows);
  void finish(std::int32_t node, float score);
  [[nodiscard]] bool can_improve() const;
  [[nodiscard]] float per_length(float score, std::int64_t length) const;
  [[nodiscard]] Continuation path_to(std::int32_t node, float score) const;
  void next_batch(std::span<const std::int32_t> parents);

  GenerationOptions options_;
  std::vector<Processor> processors_;
  std::size_t candidates_;          // how many are looked at in each step: (end tokens + 1) * num_beams
  Needs needs_;
  std::vector<Beam> running_;       // best first
  std::vector<Finished> finished_;  // best first, at most num_beams
  std::int64_t length_ = 0;         // new tokens of each running beam
  bool done_ = false;
  Batch batch_;
  BeamTree tree_;
};

}  // namespace trilens::generate
