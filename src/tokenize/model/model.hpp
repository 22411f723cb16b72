// The "model" section of tokenizer.json: a piece of text -> token ids.
//
// Known: WordPiece, BPE, Unigram, WordLevel, as in huggingface/tokenizers 0.23 (models/). A model owns its vocabulary.
// Immutable once made; tokenize() is safe from several threads, never fails, and takes time about linear in the piece.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenize/account.hpp"
#include "tokenize/json.hpp"
#include "tokenize/vocabulary.hpp"

namespace trilens::tokenize {

struct ModelToken {
  std::int32_t id = 0;
  std::size_t begin = 0;  // characters of the piece
  std::size_t end = 0;
};

class Model {
 public:
  explicit Model(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}
  virtual ~Model() = default;

  // Appends the tokens of one piece.
  virtual void tokenize(std::u32string_view piece, std::vector<ModelToken>& out) const = 0;

  // The same, told step by step. `ids` and `too_long` are filled in for all kinds by told().
  [[nodiscard]] virtual PieceAccount explain(std::u32string_view piece) const = 0;
  // What stands for what the vocabulary lacks, if anything does.
  [[nodiscard]] virtual std::optional<std::int32_t> unknown() const = 0;

  [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  Vocabulary vocabulary_;
};

// explain() of a piece that is not too long, with the tokens that tokenize() makes of it.
[[nodiscard]] PieceAccount told(const Model& model, std::u32string_view piece);

using ModelPtr = std::unique_ptr<const Model>;

// The one factory: names what it does not know.
[[nodiscard]] Result<ModelPtr> make_model(const Section& section);

[[nodiscard]] Result<ModelPtr> make_bpe(const Section& section);
[[nodiscard]] Result<ModelPtr> make_unigram(const Section& section);
[[nodiscard]] Result<ModelPtr> make_word_level(const Section& section);
[[nodiscard]] Result<ModelPtr> make_word_piece(const Section& section);

// {"token": id, …}
[[nodiscard]] Result<Vocabulary> read_vocabulary(const Section& model);

// The ids of <0x00> … <0xFF>; -1 for a byte that has no token.
class ByteTokens {
 public:
  explicit ByteTokens(const Vocabulary& vocabulary);
  // False, and nothing appended, when one of the bytes has no token.
  bool append(std::string_view bytes, std::vector<std::int32_t>& ids) const;

 private:
  std::vector<std::int32_t> ids_;
};

}  // namespace trilens::tokenize
