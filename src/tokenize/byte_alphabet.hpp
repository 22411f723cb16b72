// The byte-level alphabet: 256 visible characters that stand for the 256 bytes (openai/gpt-2, src/encoder.py, bytes_to_unicode).
#pragma once

#include <optional>

namespace trilens::tokenize {

[[nodiscard]] constexpr bool stands_for_itself(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
}

// 0x20 -> 'Ġ' (U+0120). Bytes that are no visible Latin-1 character take U+0100, U+0101 … in order.
[[nodiscard]] constexpr char32_t char_from_byte(unsigned char byte) {
  if (stands_for_itself(byte)) return byte;
  if (byte <= 0x20) return 0x100u + byte;
  if (byte <= 0xA0) return 0x100u + 0x21u + (byte - 0x7Fu);
  return 0x143;  // 0xAD, the soft hyphen
}

[[nodiscard]] constexpr std::optional<unsigned char> byte_from_char(char32_t c) {
  if (c < 0x100) return stands_for_itself(c) ? std::optional(static_cast<unsigned char>(c)) : std::nullopt;
  if (c <= 0x120) return static_cast<unsigned char>(c - 0x100u);
  if (c <= 0x142) return static_cast<unsigned char>(c - 0x121u + 0x7Fu);
  if (c == 0x143) return static_cast<unsigned char>(0xAD);
  return std::nullopt;
}

}  // namespace trilens::tokenize
