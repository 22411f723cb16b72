// WordPiece: from the left, always the longest token that fits; a word with a rest that fits nothing is unknown as a whole.
// Wu et al. 2016, https://arxiv.org/abs/1609.08144; reference: models/wordpiece/mod.rs.
#include "base/utf8.hpp"
#include "tokenize/model/model.hpp"

namespace trilens::tokenize {
namespace {

struct WordPieceOptions {
  std::int32_t unknown = 0;
  std::u32string continuing_prefix;  // "##"
  std::size_t longest_word = 100;    // in characters; longer ones are unknown
};

class WordPiece final : public Model {
 public:
  WordPiece(Vocabulary vocabulary, const WordPieceOptions& options)
      : Model(std::move(vocabulary)),
        unknown_(options.unknown),
        longest_word_(options.longest_word),
        prefix_(options.continuing_prefix),
        continuing_(this->vocabulary().trie().walk(Trie::kRoot, options.continuing_prefix)) {}

  void tokenize(std::u32string_view piece, std::vector<ModelToken>& out) const override {
    const std::size_t before = out.size();
    bool known = piece.size() <= longest_word_;
    for (std::size_t at = 0; known && at < piece.size();) {
      const ModelToken token = longest_at(piece, at, [](const ModelToken&) {});
      known = token.id != Trie::kNoValue;
      out.push_back(token);
      at = token.end;
    }
    if (known) return;
    out.resize(before);
    out.push_back({unknown_, 0, piece.size()});
  }

  [[nodiscard]] PieceAccount explain(std::u32string_view piece) const override {
    PieceAccount out;
    out.kind = ModelKind::word_piece;
    for (std::size_t at = 0; piece.size() <= longest_word_ && at < piece.size();) {
      Attempt& attempt = out.attempts.emplace_back();
      attempt.begin = at;
      const ModelToken token = longest_at(piece, at, [&](const ModelToken& fits) { attempt.shorter.insert(attempt.shorter.begin(), fits.id); });
      const bool known = token.id != Trie::kNoValue;
      const std::string prefix = at == 0 ? std::string() : utf8::encode(prefix_);
      for (std::size_t end = piece.size(); end > at && (!known || end >= token.end); --end) attempt.tried.push_back(prefix + utf8::encode(piece.substr(at, end - at)));
      if (!known) break;
      attempt.found = token.id;
      attempt.shorter.erase(attempt.shorter.begin());  // the longest is the one taken
      at = token.end;
    }
    return out;
  }
  [[nodiscard]] std::optional<std::int32_t> unknown() const override { return unknown_; }

 private:
  // `fits` hears of every token that fits, the longest last.
  template <class Fits>
  [[nodiscard]] ModelToken longest_at(std::u32string_view piece, std::size_t begin, Fits fits) const {
    const Trie& trie = vocabulary().trie();
    ModelToken best{Trie::kNoValue, begin, begin};
    Trie::Node node = begin == 0 ? Trie::kRoot : continuing_;
    for (std::size_t at = begin; at < piece.size() && node != Trie::kNone; ++at) {
      node = trie.child(node, piece[at]);
      if (node == Trie::kNone || trie.value(node) == Trie::kNoValue) continue;
      best = {trie.value(node), begin, at + 1};
      fits(best);
    }
    return best;
  }

  std::int32_t unknown_;
  std::size_t longest_word_;
  std::u32string prefix_;
  Trie::Node continuing_;  // kNone when no token continues a word
};

}  // namespace

Result<ModelPtr> make_word_piece(const Section& section) {
  Fields fields(section);
  const std::string unknown_token = fields.string("unk_token");
  WordPieceOptions options;
  options.continuing_prefix = utf8::decode(fields.string("continuing_subword_prefix"));
  options.longest_word = static_cast<std::size_t>(fields.integer("max_input_chars_per_word", 0, kIdLimit));
  if (!fields.ok()) return fields.failure();
  auto vocabulary = read_vocabulary(section);
  if (!vocabulary) return std::unexpected(vocabulary.error());
  const auto unknown = vocabulary->id_of(unknown_token);
  if (!unknown) return section.malformed("has an unk_token \"" + unknown_token + "\" that is not in its vocabulary");
  options.unknown = *unknown;
  return std::make_unique<WordPiece>(std::move(*vocabulary), options);
}

}  // namespace trilens::tokenize
