// What the tokenizers need to know about characters, answered as the reference answers it.
//
// Tables are utf8proc's (Unicode 17). The reference (huggingface/tokenizers 0.23) is built from several crates with tables of
// several ages; where one of them answers differently for a character, `unicode_differences.inc` says so, and the answer
// here is the reference's. That file is written, and the answers checked over all codepoints, by tests/oracles/unicode.py.
// Not here: locale, titlecase, bidi, words. Pure functions; no failure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace trilens::tokenize::unicode {

[[nodiscard]] bool is_whitespace(char32_t c);       // White_Space, \s
[[nodiscard]] bool is_letter(char32_t c);           // \p{L}
[[nodiscard]] bool is_number(char32_t c);           // \p{N}
[[nodiscard]] bool is_numeric(char32_t c);          // Rust's char::is_numeric: general category N
[[nodiscard]] bool is_decimal(char32_t c);          // \d
[[nodiscard]] bool is_word(char32_t c);             // \w
[[nodiscard]] bool is_punctuation(char32_t c);      // ASCII punctuation and symbols, or general category P
// The classes that only regular expressions ask for, \p{Lu} and so on, and those whose answer is another there.
[[nodiscard]] bool is_upper_letter(char32_t c);       // \p{Lu}
[[nodiscard]] bool is_lower_letter(char32_t c);       // \p{Ll}
[[nodiscard]] bool is_title_letter(char32_t c);       // \p{Lt}
[[nodiscard]] bool is_modifier(char32_t c);           // \p{Lm}
[[nodiscard]] bool is_other_letter(char32_t c);       // \p{Lo}
[[nodiscard]] bool is_symbol(char32_t c);             // \p{S}
[[nodiscard]] bool is_regex_mark(char32_t c);         // \p{M}
[[nodiscard]] bool is_regex_punctuation(char32_t c);  // \p{P}
[[nodiscard]] bool is_regex_word(char32_t c);         // \w
[[nodiscard]] bool is_mark(char32_t c);             // general category M, as StripAccents sees it
[[nodiscard]] bool is_nonspacing_mark(char32_t c);  // general category Mn, as BertNormalizer sees it
[[nodiscard]] bool is_control(char32_t c);          // what BertNormalizer cleans away: Cc, Cf, Co but tab, line feed, return
[[nodiscard]] bool is_chinese(char32_t c);          // the CJK ideograph blocks that BERT separates

// One or more characters that stand for one.
struct Expansion {
  std::array<char32_t, 20> chars{};
  std::size_t size = 0;
  [[nodiscard]] std::span<const char32_t> view() const& { return {chars.data(), size}; }
  std::span<const char32_t> view() && = delete;  // would dangle
};

[[nodiscard]] Expansion lowercase(char32_t c);
[[nodiscard]] Expansion decompose(char32_t c);                    // full canonical decomposition
[[nodiscard]] Expansion decompose_compatible(char32_t c);         // full compatibility decomposition
[[nodiscard]] char32_t compose(char32_t first, char32_t second);  // primary composite; 0: there is none
[[nodiscard]] int combining_class(char32_t c);

// Walks over a text: is there a grapheme cluster boundary between two neighbours?
class GraphemeBreaker {
 public:
  [[nodiscard]] bool between(char32_t left, char32_t right);

 private:
  std::int32_t state_ = 0;
};

}  // namespace trilens::tokenize::unicode
