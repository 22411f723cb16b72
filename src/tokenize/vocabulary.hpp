// Vocabulary: tokens and their ids, both ways, and a trie to walk while tokenizing.
//
// Filled once when tokenizer.json is read, then only read. Ids may have holes; they are below kIdLimit (json.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokenize/trie.hpp"

namespace trilens::tokenize {

class Vocabulary {
 public:
  // A token that is there already takes the new id. Precondition: 0 <= id.
  void add(std::string token, std::int32_t id);

  [[nodiscard]] std::optional<std::int32_t> id_of(std::string_view token) const;
  [[nodiscard]] std::int32_t find(std::u32string_view token) const { return trie_.find(token); }  // Trie::kNoValue: not there
  // "" for an id that has no token; lives as long as the vocabulary.
  [[nodiscard]] std::string_view token(std::int32_t id) const;
  [[nodiscard]] bool has(std::int32_t id) const { return tokens_.contains(id); }
  [[nodiscard]] std::size_t size() const { return tokens_.size(); }
  [[nodiscard]] const Trie& trie() const { return trie_; }

 private:
  Trie trie_;
  std::unordered_map<std::int32_t, std::string> tokens_;
};

}  // namespace trilens::tokenize
