#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "tokenize/model/model.hpp"

namespace trilens::tokenize {
namespace {

struct Known {
  std::string_view type;
  Result<ModelPtr> (*make)(const Section&);
};

constexpr std::array kKnown{
    Known{"BPE", make_bpe},
    Known{"Unigram", make_unigram},
    Known{"WordLevel", make_word_level},
    Known{"WordPiece", make_word_piece},
};

// Files from before version 0.10 of the reference name no type; what members there are tells (models/mod.rs, ModelUntagged).
std::string type_of(const Section& section) {
  if (std::string named = section.type(); !named.empty()) return named;
  if (section.find("merges")) return "BPE";
  if (section.find("max_input_chars_per_word")) return "WordPiece";
  if (const auto vocabulary = section.find("vocab"); vocabulary && vocabulary->value().is_array()) return "Unigram";
  return section.find("unk_token") ? "WordLevel" : "";
}

}  // namespace

Result<ModelPtr> make_model(const Section& section) {
  const std::string type = type_of(section);
  for (const Known& known : kKnown) {
    if (known.type == type) return known.make(section);
  }
  if (type.empty()) return section.malformed("has no \"type\"");
  return section.unsupported("the model \"" + type + "\"");
}

PieceAccount told(const Model& model, std::u32string_view piece) {
  PieceAccount out;
  if (piece.size() <= kLongestTold) out = model.explain(piece);
  else out.too_long = true;
  std::vector<ModelToken> tokens;
  model.tokenize(piece, tokens);
  for (const ModelToken& token : tokens) out.ids.push_back(token.id);
  return out;
}

Result<Vocabulary> read_vocabulary(const Section& model) {
  const auto section = model.find("vocab");
  if (!section || !section->value().is_object()) return model.malformed("lacks \"vocab\", an object of tokens and their ids");
  Vocabulary out;
  for (const auto& [token, id] : section->value().items()) {
    if (!id.is_number_unsigned() || id.template get<std::uint64_t>() >= static_cast<std::uint64_t>(kIdLimit)) {
      return section->malformed("has an id that is no whole number below " + std::to_string(kIdLimit) + ", of the token \"" + token + "\"");
    }
    out.add(token, static_cast<std::int32_t>(id.template get<std::uint64_t>()));
  }
  return out;
}

ByteTokens::ByteTokens(const Vocabulary& vocabulary) {
  constexpr std::u32string_view kHex = U"0123456789ABCDEF";
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const char32_t token[] = {U'<', U'0', U'x', kHex[byte >> 4], kHex[byte & 15], U'>'};
    ids_.push_back(vocabulary.find({token, 6}));
  }
}

bool ByteTokens::append(std::string_view bytes, std::vector<std::int32_t>& ids) const {
  const auto id_of = [this](char byte) { return ids_[static_cast<unsigned char>(byte)]; };
  if (std::ranges::any_of(bytes, [&](char byte) { return id_of(byte) == Trie::kNoValue; })) return false;
  for (const char byte : bytes) ids.push_back(id_of(byte));
  return true;
}

}  // namespace trilens::tokenize
