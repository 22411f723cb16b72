// One run of a decoder over time: its key/value cache, how far it has come, and what it reads from (the encoder's states).
//
// A graph without a cache reads the whole text again at every step; cache_bytes() is 0 then.
// Not here: which token comes next (src/generate), logits' statistics (infer::Runtime::row_statistics).
// Borrows the model and the runtime; owns the cache, which stays with the runtime (GPU buffers on webgpu). One thread, one
// call at a time. After an error of step() the run is of no more use; the model is.
//
//   DecoderRun run(model, runtime, std::move(source));
//   auto logits = co_await run.step(prompt);     // logits->at(0, 2): the row of row_statistics for the third token of `prompt`
//   co_await run.reorder(parents);                // {0, 0, 0}: three beams from one row
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "infer/port.hpp"
#include "lab/inputs.hpp"
#include "lab/loaded_model.hpp"

namespace trilens::lab {

// What an encoder made of the source: [1, length, hidden] f32.
struct Source {
  infer::RemoteTensor states;
  std::int64_t length = 0;
};

// What a step says.
struct StepLogits {
  infer::RemoteTensor values;  // [row, positions, vocabulary] f32; the step's tokens are the last of the positions
  std::int64_t positions = 0;
  std::int64_t width = 0;      // tokens of the step, a row
  std::vector<Tensor> watched = {};  // what `watch` names, of this pass

  // Where the i-th token of the step stands among the vectors of `values`, as row_statistics counts them.
  [[nodiscard]] std::uint32_t at(std::int64_t row, std::int64_t i) const {
    return static_cast<std::uint32_t>(row * positions + positions - width + i);
  }
  [[nodiscard]] std::uint32_t last(std::int64_t row = 0) const { return at(row, width - 1); }
};

class DecoderRun {
 public:
  // `watch`: outputs of every graph of the decoder that come back with each step.
  DecoderRun(LoadedModel& model, infer::Runtime& runtime, std::optional<Source> source, std::vector<std::string> watch = {});

  // Logits of the given tokens [rows, width], which follow those of earlier steps.
  [[nodiscard]] Task<Result<StepLogits>> step(std::vector<std::int32_t> tokens, std::int64_t rows = 1);

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
  [[nodiscard]] bool cached() const { return !slots_.empty(); }
  void remember(const std::vector<std::int32_t>& tokens);
  void give_all(Inputs& in, const std::vector<std::int32_t>& tokens, const GraphFacts& facts) const;

  LoadedModel& model_;
  infer::Runtime& runtime_;
  std::optional<Source> source_;
  std::vector<std::string> watch_;
  std::optional<infer::RemoteTensor> spread_;  // the source's states, once for each row
  std::vector<Slot> slots_;            // empty: there is no cache
  std::vector<std::int32_t> history_;  // [row, past + width]: what is read again where there is no cache
  std::int64_t rows_ = 1;
  std::int64_t past_ = 0;
  std::int64_t passes_ = 0;
};

}  // namespace trilens::lab
