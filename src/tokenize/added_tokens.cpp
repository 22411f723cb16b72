#include "tokenize/added_tokens.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "tokenize/unicode.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

Result<AddedToken> read(const Section& section) {
  Fields fields(section);
  AddedToken token;
  token.id = static_cast<std::int32_t>(fields.integer("id", 0, kIdLimit - 1));
  token.content = fields.string("content");
  token.single_word = fields.boolean("single_word");
  token.lstrip = fields.boolean("lstrip");
  token.rstrip = fields.boolean("rstrip");
  token.normalized = fields.boolean("normalized");
  token.special = fields.boolean("special");
  if (!fields.ok()) return fields.failure();
  token.pattern = token.content;
  return token;
}

std::string normalized(const std::string& content, const Normalizer& normalizer) {
  AlignedText text = AlignedText::from_utf8(content);
  normalizer.normalize(text);
  return utf8::encode(text.chars);
}

}  // namespace

Result<AddedTokens> AddedTokens::from_json(const std::optional<Section>& section, const Vocabulary& vocabulary, const Normalizer* normalizer) {
  AddedTokens out;
  if (!section) return out;
  if (!section->value().is_array()) return section->malformed("must be an array");
  auto next_id = static_cast<std::int32_t>(vocabulary.size());
  for (const Section& element : section->elements()) {
    auto token = read(element);
    if (!token) return std::unexpected(token.error());
    if (token->content.empty()) continue;
    // The reference goes by the vocabulary, and else counts on from its size. A file that says otherwise contradicts itself.
    auto implied = out.id_of(token->content);
    if (!implied) implied = vocabulary.id_of(token->content);
    if (!implied) implied = next_id++;
    if (*implied != token->id) {
      return element.malformed("gives \"" + token->content + "\" the id " + std::to_string(token->id) + ", where the vocabulary implies " +
                               std::to_string(*implied));
    }
    if (token->normalized && normalizer != nullptr) token->pattern = normalized(token->content, *normalizer);
    out.add(std::move(*token));
  }
  return out;
}

void AddedTokens::add(AddedToken token) {
  if (!token.pattern.empty()) {
    Trie& trie = token.normalized ? normalized_ : raw_;
    const std::u32string pattern = utf8::decode(token.pattern);
    if (trie.find(pattern) == Trie::kNoValue) trie.insert(pattern, token.id);
  }
  ids_.insert_or_assign(token.content, token.id);
  if (token.special) specials_.insert(token.content);
  const auto [slot, fresh] = by_id_.try_emplace(token.id, tokens_.size());
  if (fresh) {
    tokens_.push_back(std::move(token));
  } else {
    tokens_[slot->second] = std::move(token);
  }
}

const AddedToken* AddedTokens::find(std::int32_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &tokens_[found->second];
}

std::optional<std::int32_t> AddedTokens::id_of(std::string_view content) const {
  const auto found = ids_.find(std::string(content));
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::vector<AddedTokens::Found> AddedTokens::search(std::u32string_view text, const Trie& trie) const {
  std::vector<Found> out;
  std::size_t rest = 0;
  for (std::size_t at = 0; at < text.size();) {
    Found match{-1, at, at};
    Trie::Node node = Trie::kRoot;
    for (std::size_t end = at; end < text.size();) {
      node = trie.child(node, text[end++]);
      if (node == Trie::kNone) break;
      if (trie.value(node) != Trie::kNoValue) match = {trie.value(node), at, end};
    }
    if (match.id < 0) {
      ++at;
      continue;
    }
    at = match.end;
    const AddedToken& token = *find(match.id);
    const bool within_word =
        (match.begin > 0 && unicode::is_word(text[match.begin - 1])) || (match.end < text.size() && unicode::is_word(text[match.end]));
    if (token.single_word && within_word) continue;
    if (token.lstrip) {
      while (match.begin > rest && unicode::is_whitespace(text[match.begin - 1])) {
        work::step();
        --match.begin;
      }
    }
    if (token.rstrip) {
      while (match.end < text.size() && unicode::is_whitespace(text[match.end])) {
        work::step();
        ++match.end;
      }
    }
    if (rest < match.begin) out.push_back({-1, rest, match.begin});
    out.push_back(match);
    rest = match.end;
  }
  if (rest < text.size()) out.push_back({-1, rest, text.size()});
  return out;
}

Pieces AddedTokens::extract(AlignedText input, const Normalizer* normalizer) const {
  Pieces out;
  const auto append = [&out](const AlignedText& text, const Found& found) {
    const std::size_t begin = out.text.size();
    out.text.append(text, found.begin, found.end);
    if (begin < out.text.size()) out.list.push_back({begin, out.text.size(), found.id});
  };
  for (const Found& part : search(input.chars, raw_)) {
    if (part.id >= 0) {
      append(input, part);
      continue;
    }
    AlignedText text = part.begin == 0 && part.end == input.size() ? std::move(input) : input.slice(part.begin, part.end);
    if (normalizer != nullptr) normalizer->normalize(text);
    for (const Found& found : search(text.chars, normalized_)) append(text, found);
  }
  return out;
}

}  // namespace trilens::tokenize
