// A text as its predictions are looked at from the inside: what is read, at which positions the answers stand, what the model says there.
// For experiments on the stack that the words come out of: an encoder, a decoder, the decoder of an encoder-decoder over its own writing.
//
// Errors: unsupported_task (no head for words), model_unsupported (no hidden states), those of the runtime, cancelled.
//
//   auto look = co_await look_at(context, std::move(text), request.token);
//   auto own = co_await own_words(context, *look, {position}, 5);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "infer/port.hpp"
#include "lab/context.hpp"
#include "lab/sides.hpp"
#include "protocol/lens.hpp"
#include "tensor/statistics.hpp"

namespace trilens::lab {

// Ids with their pieces, and the positions whose predictions are the answer.
struct Look {
  Sides sides;
  std::vector<protocol::Piece> pieces;
  std::vector<std::size_t> marked;
  [[nodiscard]] std::size_t length() const { return pieces.size(); }
};

// An encoder's text without a blank gets one: at `token`, else where Read puts it.
[[nodiscard]] Task<Result<Look>> look_at(Context& context, ModelText text, std::optional<std::int64_t> token);

// What the model itself says of all that is read.
struct Said {
  infer::RemoteTensor logits;   // [1, .., vocabulary] f32
  std::uint32_t first = 0;      // the row of position 0
};
[[nodiscard]] Task<Result<Said>> say(Context& context, const Look& look);
// The same at some positions.
[[nodiscard]] Task<Result<std::vector<RowStatistics>>> own_words(Context& context, const Look& look, std::vector<std::uint32_t> positions, std::uint32_t top_k);

// How many states come before the last; else why there is nothing to look into.
[[nodiscard]] Result<std::int64_t> blocks_of(const LoadedModel& model);
// "hidden.3", or "decoder_hidden.3".
[[nodiscard]] std::string state_name(const Look& look, std::int64_t state);

[[nodiscard]] protocol::LensWord word_of(const LoadedModel& model, const ScoredToken& token, double probability);

}  // namespace trilens::lab
