// Texts for a loaded model: its ids, its pieces with byte offsets into what the visitor wrote, where it had to be cut; and
// ids back to words.
//
// Errors: empty_input (what to do), unsupported_task (a blank where the model has none). Pure functions of model and text.
//
//   auto text = text_as_read(model, "The ___ barked.");  // text->ids: [CLS] the [MASK] barked . [SEP]
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "lab/forward.hpp"
#include "lab/loaded_model.hpp"
#include "lab/prompt.hpp"
#include "protocol/results.hpp"
#include "tensor/statistics.hpp"

namespace trilens::lab {

struct ModelText {
  std::string prompt;                   // what was encoded
  Ids ids;
  std::vector<protocol::Piece> pieces;  // one an id; offsets into the visitor's text
  std::optional<protocol::Cut> cut;
  std::size_t blanks = 0;
};

// The text itself, every character of it. `room`: positions to leave free for what will be written, at most half of them.
[[nodiscard]] Result<ModelText> text_to_the_letter(const LoadedModel& model, std::string_view text, std::size_t room = 0);
// Only `___` and other families' blanks are rewritten.
[[nodiscard]] Result<ModelText> text_with_blanks(const LoadedModel& model, std::string_view text);
// As `Read` gives it to the family (prompt.hpp).
[[nodiscard]] Result<ModelText> text_as_read(const LoadedModel& model, std::string_view text, std::size_t room = 0);

// What an encoder-decoder's writing begins with: its start token, and the one that its configuration forces on it.
[[nodiscard]] Ids decoder_prompt(const LoadedModel& model);
// The same with a given text after it: its start token and the pieces of `target`, without the end token.
[[nodiscard]] ModelText decoder_text(const LoadedModel& model, std::string_view target);
// Pieces of ids that the model wrote; their offsets are into decode(ids).
[[nodiscard]] std::vector<protocol::Piece> output_pieces(const LoadedModel& model, std::span<const std::int32_t> ids);

[[nodiscard]] std::string decode(const LoadedModel& model, std::span<const std::int32_t> ids);  // special tokens left out
[[nodiscard]] std::string spelling(const LoadedModel& model, std::int32_t id);
[[nodiscard]] std::string display(const LoadedModel& model, std::int32_t id);
[[nodiscard]] protocol::Candidate candidate(const LoadedModel& model, std::int32_t id, double probability, double logit);
[[nodiscard]] std::vector<protocol::Candidate> candidates(const LoadedModel& model, const RowStatistics& row);
[[nodiscard]] double bits(double nats);

}  // namespace trilens::lab
