// One run of a decoder over time: its key/value cache, how far it has come, and what it reads from (the encoder's states).
//
// Not here: which token comes next (src/generate), logits' statistics (infer::Runtime::row_statistics).
// Borrows the model and the runtime; owns the cache, which stays with the runtime (GPU buffers on webgpu). One thread, one
// call at a time. After an error of step() the run is of no more use; the model is.
//
//   DecoderRun run(model, runtime, std::move(source));
//   auto logits = co_await run.step(prompt);     // [1, width, vocabulary] f32
//   co_await run.reorder(parents);                // {0, 0, 0}: three beams from one row
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "infer/port.hpp"
#include "lab/loaded_model.hpp"

namespace trilens::lab {

// What an encoder made of the source: [1, length, hidden] f32.
struct Source {
  infer::RemoteTensor states;
  std::int64_t length = 0;
};

class DecoderRun {
 public:
  DecoderRun(LoadedModel& model, infer::Runtime& runtime, std::optional<Source> source);

  // Logits [rows, width, vocabulary] of the given tokens [rows, width], which follow those of earlier steps.
  [[nodiscard]] Task<Result<infer::RemoteTensor>> step(std::vector<std::int32_t> tokens, std::int64_t rows = 1);

  // Row i goes on from what was row parents[i].
  [[nodiscard]] Task<Result<void>> reorder(std::vector<std::int32_t> parents);

  [[nodiscard]] std::int64_t past() const { return past_; }
  [[nodiscard]] std::int64_t cache_bytes() const;  // keys and values, self and cross
  [[nodiscard]] std::int64_t passes() const { return passes_; }

 private:
  struct Slot {
    model::CacheEntry names;
    std::optional<infer::RemoteTensor> value;  // [row, head, past, head size]; absent before the first step
  };
  [[nodiscard]] Task<Result<void>> spread_source();

  LoadedModel& model_;
  infer::Runtime& runtime_;
  std::optional<Source> source_;
  std::optional<infer::RemoteTensor> spread_;  // the source's states, once for each row
  std::vector<Slot> slots_;
  std::int64_t rows_ = 1;
  std::int64_t past_ = 0;
  std::int64_t passes_ = 0;
};

}  // namespace trilens::lab
