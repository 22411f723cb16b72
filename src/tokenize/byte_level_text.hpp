// Text as the byte-level alphabet writes it.
#pragma once

#include "base/utf8.hpp"
#include "tokenize/aligned_text.hpp"
#include "tokenize/byte_alphabet.hpp"

namespace trilens::tokenize {

// Appends characters [begin, end) of `text`, one letter of the byte-level alphabet for each UTF-8 byte; every byte of a
// character has the whole character's span.
inline void append_byte_level(AlignedText& out, const AlignedText& text, std::size_t begin, std::size_t end) {
  std::string bytes;
  for (std::size_t i = begin; i < end; ++i) {
    bytes.clear();
    utf8::append(bytes, text.chars[i]);
    for (const char byte : bytes) out.push(char_from_byte(static_cast<unsigned char>(byte)), text.source[i]);
  }
}

}  // namespace trilens::tokenize
