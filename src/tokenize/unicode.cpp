#include "tokenize/unicode.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>

namespace trilens::tokenize::unicode {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

#include "tokenize/unicode_differences.inc"

template <std::size_t N>
bool listed(const Range (&ranges)[N], char32_t c) {
  const auto after =
      std::upper_bound(std::begin(ranges), std::end(ranges), c, [](char32_t value, const Range& range) { return value < range.first; });
  return after != std::begin(ranges) && c <= std::prev(after)->last;
}

utf8proc_category_t category(char32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

bool is_letter_category(utf8proc_category_t k) { return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO; }
bool is_mark_category(utf8proc_category_t k) { return k >= UTF8PROC_CATEGORY_MN && k <= UTF8PROC_CATEGORY_ME; }
bool is_number_category(utf8proc_category_t k) { return k >= UTF8PROC_CATEGORY_ND && k <= UTF8PROC_CATEGORY_NO; }
bool is_punctuation_category(utf8proc_category_t k) { return k >= UTF8PROC_CATEGORY_PC && k <= UTF8PROC_CATEGORY_PO; }

bool is_ascii_letter(char32_t c) { return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z'); }
bool is_ascii_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

Expansion itself(char32_t c) {
  Expansion out;
  out.chars[0] = c;
  out.size = 1;
  return out;
}

Expansion decompose_with(char32_t c, int options) {
  std::array<utf8proc_int32_t, std::tuple_size_v<decltype(Expansion::chars)>> buffer{};
  int last_class = 0;
  const utf8proc_ssize_t n = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), buffer.data(), static_cast<utf8proc_ssize_t>(buffer.size()),
                                                     static_cast<utf8proc_option_t>(options), &last_class);
  if (n <= 0 || static_cast<std::size_t>(n) > buffer.size()) return itself(c);
  Expansion out;
  out.size = static_cast<std::size_t>(n);
  std::transform(buffer.begin(), buffer.begin() + n, out.chars.begin(), [](auto v) { return static_cast<char32_t>(v); });
  return out;
}

}  // namespace

bool is_whitespace(char32_t c) {
  if (c < 0x80) return c == U' ' || (c >= 0x09 && c <= 0x0D);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool is_letter(char32_t c) {
  if (c < 0x80) return is_ascii_letter(c);
  return is_letter_category(category(c)) != listed(kLetter, c);
}

bool is_number(char32_t c) {
  if (c < 0x80) return is_ascii_digit(c);
  return is_number_category(category(c)) != listed(kNumber, c);
}

bool is_numeric(char32_t c) {
  if (c < 0x80) return is_ascii_digit(c);
  return is_number_category(category(c)) != listed(kNumeric, c);
}

bool is_decimal(char32_t c) {
  if (c < 0x80) return is_ascii_digit(c);
  return (category(c) == UTF8PROC_CATEGORY_ND) != listed(kDecimal, c);
}

bool is_word(char32_t c) {
  if (c < 0x80) return is_ascii_letter(c) || is_ascii_digit(c) || c == U'_';
  const utf8proc_category_t k = category(c);
  const bool word =
      is_letter_category(k) || is_mark_category(k) || k == UTF8PROC_CATEGORY_ND || k == UTF8PROC_CATEGORY_NL || k == UTF8PROC_CATEGORY_PC;
  return word != listed(kWord, c);
}

bool is_punctuation(char32_t c) {
  if (c < 0x80) return c > U' ' && c < 0x7F && !is_ascii_letter(c) && !is_ascii_digit(c);
  return is_punctuation_category(category(c)) != listed(kPunctuation, c);
}

bool is_upper_letter(char32_t c) { return (category(c) == UTF8PROC_CATEGORY_LU) != listed(kUpperLetter, c); }
bool is_lower_letter(char32_t c) { return (category(c) == UTF8PROC_CATEGORY_LL) != listed(kLowerLetter, c); }
bool is_title_letter(char32_t c) { return (category(c) == UTF8PROC_CATEGORY_LT) != listed(kTitleLetter, c); }
bool is_modifier(char32_t c) { return (category(c) == UTF8PROC_CATEGORY_LM) != listed(kModifier, c); }
bool is_other_letter(char32_t c) { return (category(c) == UTF8PROC_CATEGORY_LO) != listed(kOtherLetter, c); }

bool is_symbol(char32_t c) {
  const utf8proc_category_t k = category(c);
  return (k >= UTF8PROC_CATEGORY_SM && k <= UTF8PROC_CATEGORY_SO) != listed(kSymbol, c);
}

bool is_regex_mark(char32_t c) { return is_mark_category(category(c)) != listed(kRegexMark, c); }
bool is_regex_punctuation(char32_t c) { return is_punctuation_category(category(c)) != listed(kRegexPunctuation, c); }
bool is_regex_word(char32_t c) { return is_word(c) != listed(kRegexWord, c); }

bool is_mark(char32_t c) { return c >= 0x80 && is_mark_category(category(c)) != listed(kMark, c); }

bool is_nonspacing_mark(char32_t c) { return c >= 0x80 && (category(c) == UTF8PROC_CATEGORY_MN) != listed(kNonspacingMark, c); }

bool is_control(char32_t c) {
  if (c < 0x80) return (c < U' ' && c != U'\t' && c != U'\n' && c != U'\r') || c == 0x7F;
  const utf8proc_category_t k = category(c);
  const bool control = k == UTF8PROC_CATEGORY_CC || k == UTF8PROC_CATEGORY_CF || k == UTF8PROC_CATEGORY_CO;
  return control != listed(kControl, c);
}

bool is_chinese(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
         (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

Expansion lowercase(char32_t c) {
  if (c < 0x80) return itself(c >= U'A' && c <= U'Z' ? c + 32 : c);
  if (c == 0x130) {  // the one character whose full lowercase is two (SpecialCasing.txt)
    Expansion out = itself(U'i');
    out.chars[out.size++] = 0x307;
    return out;
  }
  return itself(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
}

Expansion decompose(char32_t c) {
  if (c < 0x80 || listed(kUndecomposed, c)) return itself(c);
  return decompose_with(c, UTF8PROC_DECOMPOSE);
}

Expansion decompose_compatible(char32_t c) {
  if (c < 0x80 || listed(kUndecomposedCompatible, c)) return itself(c);
  return decompose_with(c, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
}

char32_t compose(char32_t first, char32_t second) {
  if (second < 0x80) return 0;  // no composite ends in ASCII
  std::array<utf8proc_int32_t, 2> pair{static_cast<utf8proc_int32_t>(first), static_cast<utf8proc_int32_t>(second)};
  const int options = UTF8PROC_COMPOSE | UTF8PROC_STABLE;
  if (utf8proc_normalize_utf32(pair.data(), 2, static_cast<utf8proc_option_t>(options)) != 1) return 0;
  const auto composite = static_cast<char32_t>(pair[0]);
  return listed(kUndecomposed, composite) ? 0 : composite;
}

int combining_class(char32_t c) {
  if (c < 0x300 || listed(kCombiningClassZero, c)) return 0;
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class;
}

bool GraphemeBreaker::between(char32_t left, char32_t right) {
  return utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(left), static_cast<utf8proc_int32_t>(right), &state_) != 0;
}

}  // namespace trilens::tokenize::unicode
