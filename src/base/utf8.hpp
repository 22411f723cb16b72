// UTF-8: decode, encode, validate, repair.
//
// Not here: normalization, case, categories (src/tokenize). Offsets are always bytes into the UTF-8 text.
// Decoding follows Unicode 15, chapter 3.9, table 3-7; repair replaces each maximal subpart by U+FFFD, as browsers do.
//
//   for (utf8::Reader r("é!"); !r.done();) { auto c = r.next(); use(c.codepoint, c.begin, c.end); }
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trilens::utf8 {

inline constexpr char32_t kReplacement = 0xFFFD;

struct Codepoint {
  char32_t codepoint = 0;
  std::size_t begin = 0;  // byte offset of the first byte
  std::size_t end = 0;    // byte offset past the last byte
  bool valid = true;      // false: an ill-formed maximal subpart; codepoint is U+FFFD
};

// Walks over borrowed text; the text must outlive the reader. Never fails, never reads past the end.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  // Precondition: !done().
  Codepoint next();

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

// Appends the UTF-8 form of a codepoint; surrogates and values past U+10FFFF become U+FFFD.
void append(std::string& out, char32_t codepoint);

[[nodiscard]] bool valid(std::string_view text);

// The text itself when valid; else a copy in which each ill-formed sequence is U+FFFD.
[[nodiscard]] std::string repair(std::string_view text);

[[nodiscard]] std::u32string decode(std::string_view text);
[[nodiscard]] std::string encode(std::u32string_view codepoints);

// Number of codepoints (ill-formed subparts count one each).
[[nodiscard]] std::size_t length(std::string_view text);

}  // namespace trilens::utf8
