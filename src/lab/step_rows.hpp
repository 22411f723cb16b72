// The logits that each step of a generation was chosen from, kept so that they can be looked at again without a run.
//
// They stay where the runtime computed them until somebody asks; then the row comes to this side and the tensor goes. Above kMostBytes the
// oldest are let go: their steps have no row any more. Not here: what is done with a row (generate/reshape.hpp). Owns what it keeps.
//
//   rows.add(std::move(logits), 3);                     // the last three positions of a pass: three steps
//   auto row = co_await rows.row(runtime, 0);           // [vocabulary], of the first step
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "infer/port.hpp"
#include "lab/decoder_run.hpp"

namespace trilens::lab {

class StepRows {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{128} << 20;

  // The last `count` positions of the first row, each a step's.
  void add(StepLogits logits, std::size_t count);
  [[nodiscard]] std::size_t size() const { return held_.size(); }
  void clear() { held_.clear(); }

  // Errors: invalid_argument (no such step), out_of_memory (let go), those of reading.
  [[nodiscard]] Task<Result<std::vector<float>>> row(infer::Runtime& runtime, std::size_t step);

 private:
  struct Held {
    std::shared_ptr<infer::RemoteTensor> tensor;  // [1, position, vocabulary] f32; of several steps the same
    std::uint32_t at = 0;                         // which of its vectors
    std::vector<float> row;                       // here already
    [[nodiscard]] bool gone() const { return tensor == nullptr && row.empty(); }
  };
  [[nodiscard]] std::size_t bytes() const;
  std::vector<Held> held_;
};

}  // namespace trilens::lab
