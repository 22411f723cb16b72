// The "added_tokens" section of tokenizer.json: tokens that are found in the text before anything else looks at it.
//
// Most match the text as it is; those with `normalized` match the normalized text, and so are found after normalization.
// Of several that start at one place the longest wins. Reference: tokenizer/added_vocabulary.rs. Read once, then only asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.hpp"
#include "tokenize/json.hpp"
#include "tokenize/normalize/normalizer.hpp"
#include "tokenize/pieces.hpp"
#include "tokenize/trie.hpp"
#include "tokenize/vocabulary.hpp"

namespace trilens::tokenize {

struct AddedToken {
  std::int32_t id = 0;
  std::string content;
  std::string pattern;       // what is looked for: the content, normalized when `normalized`
  bool single_word = false;  // not within a word
  bool lstrip = false;       // takes the white space before it along
  bool rstrip = false;       // and after it
  bool normalized = false;   // is looked for in the normalized text
  bool special = false;      // decode can leave it out
};

class AddedTokens {
 public:
  // `section`: the array; `normalizer` may be null. An id that is not the one which the vocabulary implies is refused.
  [[nodiscard]] static Result<AddedTokens> from_json(const std::optional<Section>& section, const Vocabulary& vocabulary,
                                                     const Normalizer* normalizer);

  // Cuts the input at the tokens found, normalizes what lies between, and cuts that again.
  [[nodiscard]] Pieces extract(AlignedText input, const Normalizer* normalizer) const;

  [[nodiscard]] const AddedToken* find(std::int32_t id) const;
  [[nodiscard]] std::optional<std::int32_t> id_of(std::string_view content) const;
  [[nodiscard]] bool is_special(std::string_view content) const { return specials_.contains(std::string(content)); }
  [[nodiscard]] const std::vector<AddedToken>& all() const { return tokens_; }

 private:
  struct Found {
    std::int32_t id = -1;  // -1: text between
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  [[nodiscard]] std::vector<Found> search(std::u32string_view text, const Trie& trie) const;
  void add(AddedToken token);

  std::vector<AddedToken> tokens_;
  std::unordered_map<std::int32_t, std::size_t> by_id_;
  std::unordered_map<std::string, std::int32_t> ids_;  // content -> id
  std::unordered_set<std::string> specials_;
  Trie raw_;         // patterns looked for in the text as it is -> id
  Trie normalized_;  // in the normalized text
};

}  // namespace trilens::tokenize
