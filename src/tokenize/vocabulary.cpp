#include "tokenize/vocabulary.hpp"

#include "base/utf8.hpp"

namespace trilens::tokenize {

void Vocabulary::add(std::string token, std::int32_t id) {
  trie_.insert(utf8::decode(token), id);
  tokens_.insert_or_assign(id, std::move(token));
}

std::optional<std::int32_t> Vocabulary::id_of(std::string_view token) const {
  const std::int32_t id = trie_.find(utf8::decode(token));
  if (id == Trie::kNoValue) return std::nullopt;
  return id;
}

std::string_view Vocabulary::token(std::int32_t id) const {
  const auto found = tokens_.find(id);
  return found == tokens_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace trilens::tokenize
