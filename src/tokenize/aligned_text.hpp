// AlignedText: text on its way through the tokenizer, each character tied to the bytes of the input that it came from.
//
// Not here: what is changed (normalize/, pretokenize/). One entry per codepoint; spans never run backwards. A value;
// no failure: ill-formed UTF-8 becomes U+FFFD with the span of its bytes.
// Where characters are added, removed or reordered, spans follow NormalizedString::transform of the reference
// (huggingface/tokenizers 0.23, tokenizer/normalizer.rs), so that offsets equal the reference's.
//
//   AlignedText text = AlignedText::from_utf8("é!");
//   text.filter([](char32_t c) { return c != U'!'; });   // text.chars == U"é", text.source[0] == {0, 2}
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tokenize/work.hpp"

namespace trilens::tokenize {

// Bytes [begin, end) of the input.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

// One character of a rewritten text. `change` as in the reference: 0 replaces the next old character, 1 is new (and
// shares the span of the character before it), -n replaces the next old one and drops n more.
struct Change {
  char32_t character = 0;
  std::ptrdiff_t change = 0;
};

struct AlignedText {
  std::u32string chars;
  std::vector<Span> source;  // [char], same length as chars

  [[nodiscard]] static AlignedText from_utf8(std::string_view text);

  [[nodiscard]] bool empty() const { return chars.empty(); }
  [[nodiscard]] std::size_t size() const { return chars.size(); }
  [[nodiscard]] std::u32string_view view(std::size_t begin, std::size_t end) const { return std::u32string_view(chars).substr(begin, end - begin); }
  [[nodiscard]] AlignedText slice(std::size_t begin, std::size_t end) const;
  // The input bytes under characters [begin, end). Precondition: begin < end <= size().
  [[nodiscard]] Span span(std::size_t begin, std::size_t end) const { return {source[begin].begin, source[end - 1].end}; }

  void push(char32_t character, Span from) {
    work::step();
    chars.push_back(character);
    source.push_back(from);
  }
  void append(const AlignedText& other, std::size_t begin, std::size_t end);
  void prepend(std::u32string_view text);  // takes the span of the first character; nothing happens to empty text
  void rewrite(std::span<const Change> changes);

  template <class Keep>
  void filter(Keep keep) {
    std::size_t kept = 0;
    work::step(chars.size());
    for (std::size_t i = 0; i < chars.size(); ++i) {
      if (!keep(chars[i])) continue;
      chars[kept] = chars[i];
      source[kept++] = source[i];
    }
    chars.resize(kept);
    source.resize(kept);
  }
};

}  // namespace trilens::tokenize
