// The texts of one look inside a model: what its encoder (or only stack) reads, and what its decoder has written of it.
//
// Not here: which inner values there are (src/onnx). Errors: those of the runtime, cancelled.
//
//   auto sides = co_await take_sides(context, std::move(text), true, std::nullopt);  // decoder side: the model's own output
//   auto maps = co_await taps_of(context, *sides, {"cross.0.probabilities"});
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/context.hpp"
#include "lab/text.hpp"

namespace trilens::lab {

struct Sides {
  ModelText text;
  bool in_decoder = false;                     // encoder-decoder: the values asked for are the decoder's
  Ids output;                                  // with in_decoder: what the decoder reads, start token first
  std::vector<protocol::Piece> output_pieces;
};

// `target`: what the decoder has written; absent: its own greedy output.
[[nodiscard]] Task<Result<Sides>> take_sides(Context& context, ModelText text, bool in_decoder, std::optional<std::string> target);

// The hidden states of one stack by name, embeddings first; empty: they could not be opened. `in_decoder`: of an encoder-decoder's decoder.
[[nodiscard]] std::vector<std::string> state_names(const LoadedModel& model, bool in_decoder);

// Named inner values of one pass.
[[nodiscard]] Task<Result<std::vector<Tensor>>> taps_of(Context& context, const Sides& sides, std::vector<std::string> names);

}  // namespace trilens::lab
