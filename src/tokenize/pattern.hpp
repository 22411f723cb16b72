// Pattern: what Replace and Split look for. A string, or one of the regular expressions that regex.hpp takes.
//
// GPT-2's word pattern has code of its own, since most byte-level tokenizers use it; any other expression that Regex does not
// know is `tokenizer_unsupported`. Every search is linear in the text, whatever the pattern (Regex::Search).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenize/json.hpp"
#include "tokenize/pieces.hpp"
#include "tokenize/regex.hpp"

namespace trilens::tokenize {

// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+   (openai/gpt-2, src/encoder.py)
[[nodiscard]] std::vector<Match> gpt2_words(std::u32string_view text);

class Pattern {
 public:
  // {"String": "…"} or {"Regex": "…"}
  [[nodiscard]] static Result<Pattern> from_json(const Section& section);

  [[nodiscard]] std::vector<Match> matches(std::u32string_view text) const;

 private:
  enum class Kind : std::uint8_t { literal, regex, gpt2 };

  [[nodiscard]] static std::optional<Pattern> from_regex(std::u32string_view regex);

  Kind kind_ = Kind::literal;
  std::u32string literal_;
  std::optional<Regex> regex_;
};

}  // namespace trilens::tokenize
