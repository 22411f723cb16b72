// How a single token is shown to people: its text, or its bytes where these are no text by themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tokenize/json.hpp"

namespace trilens::tokenize {

struct DisplayRules {
  bool byte_level = false;  // tokens are written in the byte-level alphabet
  std::string space;        // what stands for a space ("▁"); "" when nothing does
  [[nodiscard]] static DisplayRules from_json(const Section& file);
};

// "Ġthe" -> " the"; "âĤ" -> "⟨E2 82⟩"; "<0xE2>" -> "⟨E2⟩". Never U+FFFD.
[[nodiscard]] std::string display_token(std::string_view token, const DisplayRules& rules);

// The bytes of a token that may be a part of a character: written in the byte-level alphabet, or "<0xE2>". Others: none.
[[nodiscard]] std::optional<std::string> token_bytes(std::string_view token, const DisplayRules& rules);

}  // namespace trilens::tokenize
