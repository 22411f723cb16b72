// How probable given answers are to a model: in a blank, as what comes next, as what is written for a source. Asked exactly as the
// evaluation of the bundled models asks (scripts/models/trio/shipped.py), so that the scores of both are the same numbers.
//
// Not here: which answers there are, which of them is right, what a model cannot be asked (abilities.hpp). Scores are natural logarithms
// of probabilities over the full vocabulary, summed over an answer's pieces. Borrows context and model; the caller holds the turn.
// Errors: unsupported_task (more pieces than the model has positions), those of the runtime, cancelled.
//
//   auto scored = co_await score_next(context, "It was", {"good", "bad"});   // scored->scores[0]: of " good" after "It was"
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/context.hpp"
#include "lab/forward.hpp"

namespace trilens::lab {

struct Scored {
  std::vector<double> scores;        // one a choice
  std::vector<std::size_t> pieces;   // how many pieces each choice has
  std::string prompt;                // the text as given, with the first choice's blank
  std::int64_t passes = 0;
};

// A text with one blank; `beside` is a text of its own before it (a translation), `behind` one after it. Either may be empty.
struct BlankText {
  std::string before, after, beside, behind;
};

// Encoder with a mask token: as many masks as the choice has pieces, each asked alone.
[[nodiscard]] Task<Result<Scored>> score_masks(Context& context, BlankText text, std::vector<std::string> choices);
// Decoder: the choice after the text; a document's start token before it where there is one.
[[nodiscard]] Task<Result<Scored>> score_next(Context& context, std::string before, std::vector<std::string> choices);
// Encoder-decoder: the choice and the end, written for a source.
[[nodiscard]] Task<Result<Scored>> score_target(Context& context, std::string source, std::vector<std::string> choices);
// Encoder-decoder with sentinels: the choice as the span at the first one; `beside` and `behind` are not used.
[[nodiscard]] Task<Result<Scored>> score_span(Context& context, BlankText text, std::vector<std::string> choices);

// Without special tokens around them.
[[nodiscard]] Ids plain_pieces(const LoadedModel& model, std::string_view text);
// "[CLS]" and "[SEP]" of an encoder, as its own tokenizer puts them round a text; empty where it puts none.
struct EncoderFrame {
  Ids before, after;
};
[[nodiscard]] EncoderFrame encoder_frame(const LoadedModel& model);

}  // namespace trilens::lab
