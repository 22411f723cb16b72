#include "tokenize/aligned_text.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace trilens::tokenize {

AlignedText AlignedText::from_utf8(std::string_view text) {
  AlignedText out;
  out.chars.reserve(text.size());
  out.source.reserve(text.size());
  for (utf8::Reader reader(text); !reader.done();) {
    const utf8::Codepoint c = reader.next();
    out.push(c.codepoint, {c.begin, c.end});
  }
  return out;
}

AlignedText AlignedText::slice(std::size_t begin, std::size_t end) const {
  AlignedText out;
  out.append(*this, begin, end);
  return out;
}

void AlignedText::append(const AlignedText& other, std::size_t begin, std::size_t end) {
  work::step(end - begin);
  chars.append(other.chars, begin, end - begin);
  source.insert(source.end(), other.source.begin() + static_cast<std::ptrdiff_t>(begin), other.source.begin() + static_cast<std::ptrdiff_t>(end));
}

void AlignedText::prepend(std::u32string_view text) {
  if (empty()) return;
  work::step(size());
  chars.insert(0, text);
  source.insert(source.begin(), text.size(), source.front());
}

void AlignedText::rewrite(std::span<const Change> changes) {
  if (empty()) return;
  AlignedText out;
  out.chars.reserve(changes.size());
  out.source.reserve(changes.size());
  const std::size_t last = size() - 1;
  std::size_t at = 0;  // the next old character
  for (const Change& c : changes) {
    if (c.change > 0) {
      out.push(c.character, source[std::min(at == 0 ? 0 : at - 1, last)]);
    } else {
      out.push(c.character, source[std::min(at, last)]);
      at += 1 + static_cast<std::size_t>(-c.change);
    }
  }
  *this = std::move(out);
}

}  // namespace trilens::tokenize
