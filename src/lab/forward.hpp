// Single passes through a loaded model, without a cache.
//
// Not here: decoding over time (decoder_run.hpp), texts (text.hpp). Borrows the model; the caller holds the family's turn.
// Errors: those of infer/port.hpp.
//
//   auto logits = co_await encoder_logits(model, ids);             // [1, query, vocabulary] f32, stays with the runtime
//   auto maps = co_await decoder_taps(model, nullptr, ids, {"self.0.probabilities"});
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "infer/port.hpp"
#include "lab/decoder_run.hpp"
#include "lab/loaded_model.hpp"

namespace trilens::lab {

using Ids = std::vector<std::int32_t>;

// What an encoder's head says: logits [1, query, vocabulary] f32 where model.head is `words`, whatever it gives where not. Pieces from
// `second` on belong to the second text (token_type_ids), where there are two.
[[nodiscard]] Task<Result<infer::RemoteTensor>> encoder_logits(LoadedModel& model, Ids ids, std::size_t second = SIZE_MAX);

// The decoder's over a whole text at once. `source` is the encoder-decoder's, nullptr for a decoder; it is borrowed until the task ends.
[[nodiscard]] Task<Result<infer::RemoteTensor>> decoder_logits(LoadedModel& model, const Source* source, Ids ids);

// The encoder of an encoder-decoder.
[[nodiscard]] Task<Result<Source>> encode_source(LoadedModel& model, Ids ids);

// The vectors that an encoder ends in, [1, query, hidden] f32: of its last layer's tap, or of the graph's own output where it is closed.
// Errors: model_unsupported, where it has neither.
[[nodiscard]] Task<Result<Tensor>> last_states(LoadedModel& model, infer::Runtime& runtime, Ids ids);

// Named outputs of a pass over the whole text: attention [1, head, query, key] f32, hidden states [1, query, hidden] f32.
[[nodiscard]] Task<Result<std::vector<Tensor>>> encoder_taps(LoadedModel& model, Ids ids, std::vector<std::string> names);
// `source` is the encoder-decoder's, nullptr for a decoder; it is borrowed until the task ends.
[[nodiscard]] Task<Result<std::vector<Tensor>>> decoder_taps(LoadedModel& model, const Source* source, Ids ids, std::vector<std::string> names);

}  // namespace trilens::lab
