// WordLevel: a piece is a token, or unknown.
#include "tokenize/model/model.hpp"

namespace trilens::tokenize {
namespace {

class WordLevel final : public Model {
 public:
  WordLevel(Vocabulary vocabulary, std::int32_t unknown) : Model(std::move(vocabulary)), unknown_(unknown) {}
  void tokenize(std::u32string_view piece, std::vector<ModelToken>& out) const override {
    const std::int32_t id = vocabulary().find(piece);
    out.push_back({id == Trie::kNoValue ? unknown_ : id, 0, piece.size()});
  }
  [[nodiscard]] PieceAccount explain(std::u32string_view piece) const override {
    PieceAccount out;
    out.kind = ModelKind::word_level;
    out.whole = vocabulary().find(piece) != Trie::kNoValue;
    return out;
  }
  [[nodiscard]] std::optional<std::int32_t> unknown() const override { return unknown_; }

 private:
  std::int32_t unknown_;
};

}  // namespace

Result<ModelPtr> make_word_level(const Section& section) {
  Fields fields(section);
  const std::string unknown_token = fields.string("unk_token");
  if (!fields.ok()) return fields.failure();
  auto vocabulary = read_vocabulary(section);
  if (!vocabulary) return std::unexpected(vocabulary.error());
  const auto unknown = vocabulary->id_of(unknown_token);
  if (!unknown) return section.malformed("has an unk_token \"" + unknown_token + "\" that is not in its vocabulary");
  return std::make_unique<WordLevel>(std::move(*vocabulary), *unknown);
}

}  // namespace trilens::tokenize
