// Filling blanks. An encoder looks at all of them in one pass. A T5 writes what stands in each, in order, after the blank's own sentinel.
// A BART writes the whole text again, and what it writes where the blank was is its answer; here everything outside of the blanks is written
// for it, so that the answer belongs to the text that was asked about (transformers' own example of filling <mask> does so for the first).
// Marian knows no blanks.
//
// Not here: where blanks come from (prompt.hpp), views. Errors: those of the runtime, cancelled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/context.hpp"
#include "lab/forward.hpp"
#include "lab/text.hpp"
#include "tensor/statistics.hpp"

namespace trilens::lab {

struct FilledBlank {
  std::size_t position = 0;  // index of the blank in the input's ids
  RowStatistics first;       // of the first token that would stand there
  Ids tokens;                // what the family puts there: one token (encoder), a span of up to kMaxSpan (encoder-decoder)
  double log_probability = 0; // natural, of `tokens` together; a span's end is not counted
};

struct Fills {
  std::vector<FilledBlank> blanks;
  Ids output;                   // encoder-decoder: all that was written, start token and sentinels included; else empty
  double prefill_ms = 0;        // the encoder's pass, and the decoder's first
  std::vector<double> step_ms;  // the decoder's further passes
  std::int64_t passes = 0;
  std::int64_t cache_bytes = 0;
};

inline constexpr std::size_t kMaxSpan = 10;

// Positions of the blanks: the mask token, or sentinels.
[[nodiscard]] std::vector<std::size_t> blank_positions(const LoadedModel& model, const Ids& ids);

// The piece that an encoder hides from itself when the text has no blank: the asked one, else the last one with a letter.
[[nodiscard]] std::optional<std::size_t> piece_to_guess(const ModelText& text, std::optional<std::int64_t> asked);

// Predicts the tokens at these positions of what an encoder reads, in one pass.
[[nodiscard]] Task<Result<Fills>> fill_by_encoder(Context& context, Ids ids, std::vector<std::size_t> positions, std::uint32_t top_k);

// Why this model cannot fill blanks; empty where it can. A decoder never can.
[[nodiscard]] std::string no_fill_reason(const LoadedModel& model);

// The model's own way, of those below.
[[nodiscard]] Task<Result<Fills>> fill_blanks(Context& context, Ids ids, std::vector<std::size_t> positions, std::uint32_t top_k);

// Writes the text of a BART again. Greedy in each blank, until it writes the token that follows there, or ends.
[[nodiscard]] Task<Result<Fills>> fill_by_rewriting(Context& context, Ids ids, std::vector<std::size_t> positions, std::uint32_t top_k);

// Writes the spans of an encoder-decoder's sentinels. Greedy: after each sentinel the most probable tokens, until it writes
// the next sentinel or ends; a sentinel that it would leave out is put in for it.
[[nodiscard]] Task<Result<Fills>> fill_by_spans(Context& context, Ids ids, std::vector<std::size_t> positions, std::uint32_t top_k);

}  // namespace trilens::lab
