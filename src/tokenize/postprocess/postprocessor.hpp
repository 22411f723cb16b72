// The "post_processor" section of tokenizer.json: special tokens around the text's tokens, and offsets trimmed.
//
// Known: BertProcessing, ByteLevel, RobertaProcessing, Sequence, TemplateProcessing, for one sequence (not pairs), as in
// huggingface/tokenizers 0.23 (processors/). Immutable once made; process() never fails.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenize/encoding.hpp"
#include "tokenize/json.hpp"

namespace trilens::tokenize {

// A token while it is worked on.
struct DraftToken {
  Token token;
  std::u32string_view literal;  // an added token as it stands in the text, white space around it included; else empty
};

struct PostProcessContext {
  std::string_view input;  // that the offsets point into
  bool add_special_tokens = true;
};

class PostProcessor {
 public:
  virtual ~PostProcessor() = default;
  virtual void process(std::vector<DraftToken>& tokens, const PostProcessContext& context) const = 0;
};

using PostProcessorPtr = std::unique_ptr<const PostProcessor>;

// The text of a known id, nullopt for an unknown one; the text lives as long as the tokenizer.
using TokenText = std::function<std::optional<std::string_view>(std::int32_t)>;

// The one factory: names what it does not know. `depth` counts the Sequences around the part.
[[nodiscard]] Result<PostProcessorPtr> make_postprocessor(const Section& section, const TokenText& text, int depth = 0);

[[nodiscard]] Result<PostProcessorPtr> make_bert_processing(const Section& section, const TokenText& text);
[[nodiscard]] Result<PostProcessorPtr> make_byte_level_postprocessor(const Section& section, const TokenText& text);
[[nodiscard]] Result<PostProcessorPtr> make_roberta_processing(const Section& section, const TokenText& text);
[[nodiscard]] Result<PostProcessorPtr> make_template_processing(const Section& section, const TokenText& text);

// What several of them do.
// An id from the file as a special token, or a complaint that the vocabulary has no such id.
[[nodiscard]] Result<Token> special_token(const Section& id, const TokenText& text);
// Takes the white space at both ends of a token out of its offsets (reference: pre_tokenizers/byte_level.rs, process_offsets).
void trim_offsets(std::vector<DraftToken>& tokens, std::string_view input, bool add_prefix_space);

}  // namespace trilens::tokenize
