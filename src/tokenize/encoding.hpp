// Encoding: what a text became. Ids, the tokens' own text, and which bytes of the input each came from.
//
// Offsets are bytes [begin, end) of the input as given, before any normalization; a token that is only a part of a character
// has the whole character's bytes. Tokens that the post-processor added have {0, 0} and `special`.
// `text` borrows from the Tokenizer, which must outlive the Encoding. Plain values; nothing fails.
//
//   Encoding all = tokenizer.encode(text);
//   Truncated cut = truncate(all, 512);
//   if (cut.cut_byte) tell(*cut.cut_byte);   // the text from this byte on is not read
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace trilens::tokenize {

struct Token {
  std::int32_t id = 0;
  std::string_view text;  // as the vocabulary has it ("##ing", "Ġthe", "▁the")
  std::size_t begin = 0;
  std::size_t end = 0;
  bool special = false;      // added by the post-processor, not written in the text
  std::int32_t type_id = 0;  // the segment, as BERT's token_type_ids count
};

struct Encoding {
  std::vector<Token> tokens;

  [[nodiscard]] std::vector<std::int32_t> ids() const;
  [[nodiscard]] std::vector<std::int32_t> type_ids() const;
};

struct Truncated {
  Encoding encoding;
  std::optional<std::size_t> cut_byte;  // where the unread rest of the text begins; nullopt: all of it was read
};

// At most `max_tokens` tokens: what came from the text is cut at its end, special tokens stay (even when there are more
// of them than max_tokens).
[[nodiscard]] Truncated truncate(const Encoding& encoding, std::size_t max_tokens);

}  // namespace trilens::tokenize
