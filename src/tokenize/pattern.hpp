// Pattern: what Replace and Split look for. A string, or one of the regular expressions that tokenizers in use have.
//
// Not here: a regular expression engine. Known are literal text, one character or class repeated (`\s+`, ` {2,}`, `[\n\t]`),
// and GPT-2's word pattern; anything else is `tokenizer_unsupported`. Every search is linear in the text.
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

namespace trilens::tokenize {

// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+   (openai/gpt-2, src/encoder.py)
[[nodiscard]] std::vector<Match> gpt2_words(std::u32string_view text);

// One character out of a set.
struct CharacterClass {
  bool negated = false;
  std::u32string chars;                        // any of these
  std::vector<bool (*)(char32_t)> predicates;  // or what satisfies one of these
  [[nodiscard]] bool contains(char32_t c) const;
};

class Pattern {
 public:
  // {"String": "…"} or {"Regex": "…"}
  [[nodiscard]] static Result<Pattern> from_json(const Section& section);

  [[nodiscard]] std::vector<Match> matches(std::u32string_view text) const;

 private:
  enum class Kind : std::uint8_t { literal, repeat, gpt2 };

  [[nodiscard]] static std::optional<Pattern> from_regex(std::u32string_view regex);

  Kind kind_ = Kind::literal;
  std::u32string literal_;
  CharacterClass repeated_;  // as many as there are, from least_ to most_
  std::size_t least_ = 1;
  std::size_t most_ = 1;
};

}  // namespace trilens::tokenize
