#include "tokenize/encoding.hpp"

#include <algorithm>

namespace trilens::tokenize {

std::vector<std::int32_t> Encoding::ids() const {
  std::vector<std::int32_t> out(tokens.size());
  std::ranges::transform(tokens, out.begin(), &Token::id);
  return out;
}

std::vector<std::int32_t> Encoding::type_ids() const {
  std::vector<std::int32_t> out(tokens.size());
  std::ranges::transform(tokens, out.begin(), &Token::type_id);
  return out;
}

Truncated truncate(const Encoding& encoding, std::size_t max_tokens) {
  if (encoding.tokens.size() <= max_tokens) return {encoding, std::nullopt};
  const auto specials = static_cast<std::size_t>(std::ranges::count_if(encoding.tokens, &Token::special));
  std::size_t room = max_tokens > specials ? max_tokens - specials : 0;
  Truncated out;
  for (const Token& token : encoding.tokens) {
    if (token.special) {
      out.encoding.tokens.push_back(token);
    } else if (room > 0) {
      out.encoding.tokens.push_back(token);
      --room;
    } else if (!out.cut_byte) {
      out.cut_byte = token.begin;
    }
  }
  return out;
}

}  // namespace trilens::tokenize
