// The "pre_tokenizer" section of tokenizer.json: text cut into the pieces that the model sees one by one.
//
// Known: BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, Metaspace, Punctuation, Sequence, Split (patterns: pattern.hpp),
// UnicodeScripts, Whitespace, WhitespaceSplit. Behaviour is that of huggingface/tokenizers 0.23 (pre_tokenizers/).
// Immutable once made; pre_tokenize() is safe from several threads and never fails.
#pragma once

#include <memory>

#include "base/error.hpp"
#include "tokenize/json.hpp"
#include "tokenize/pieces.hpp"

namespace trilens::tokenize {

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  virtual void pre_tokenize(Pieces& pieces) const = 0;
};

using PreTokenizerPtr = std::unique_ptr<const PreTokenizer>;

// The one factory: names what it does not know. `depth` counts the Sequences around the part.
[[nodiscard]] Result<PreTokenizerPtr> make_pretokenizer(const Section& section, int depth = 0);

// The parts.
[[nodiscard]] Result<PreTokenizerPtr> make_bert_pretokenizer(const Section& section);
[[nodiscard]] Result<PreTokenizerPtr> make_byte_level_pretokenizer(const Section& section);
[[nodiscard]] Result<PreTokenizerPtr> make_delimiter(const Section& section);
[[nodiscard]] Result<PreTokenizerPtr> make_digits(const Section& section);
[[nodiscard]] Result<PreTokenizerPtr> make_metaspace(const Section& section);
[[nodiscard]] Result<PreTokenizerPtr> make_punctuation(const Section& section);
[[nodiscard]] Result<PreTokenizerPtr> make_split(const Section& section);
[[nodiscard]] Result<PreTokenizerPtr> make_unicode_scripts(const Section& section);
[[nodiscard]] Result<PreTokenizerPtr> make_whitespace(const Section& section);
[[nodiscard]] Result<PreTokenizerPtr> make_whitespace_split(const Section& section);

// "behavior": "Isolated" or "isolated", and so on.
[[nodiscard]] std::optional<SplitBehavior> split_behavior_from_name(std::string_view name);

}  // namespace trilens::tokenize
