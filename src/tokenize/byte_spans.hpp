// Which bytes exactly a token stands for, where it is a part of a character.
//
// Offsets of the reference give such a token the whole character. Its own bytes are in its spelling (byte-level alphabet, byte
// fallback), and are trusted only where those of all tokens of the character together are the character's: a normalizer may have
// written other ones. Pure; nothing fails.
//
//   byte_spans(tokenizer, encoding, "😀")   // GPT-2: {0, 3}, {3, 4}
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "tokenize/tokenizer.hpp"

namespace trilens::tokenize {

// [token]; nothing for a token of whole characters, and where the bytes cannot be told.
[[nodiscard]] std::vector<std::optional<Span>> byte_spans(const Tokenizer& tokenizer, const Encoding& encoding, std::string_view text);

}  // namespace trilens::tokenize
