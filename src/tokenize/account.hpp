// How a piece of text became tokens, step by step: the merges of BPE, the longest matches of WordPiece, the lattice of Unigram.
//
// Told by the very code that tokenizes (model/*.cpp), so that its tokens are those of Tokenizer::encode. Not here: spellings of the ids,
// words for people. Offsets named `begin` and `end` are characters of the piece. Plain values; nothing fails.
//
//   TextAccount told = tokenizer.explain("unbelievable", [](Span) { return true; });
//   told.pieces[0].account.merges[0].rank   // BPE: which rule of the list was applied first
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tokenize/aligned_text.hpp"

namespace trilens::tokenize {

enum class ModelKind : std::uint8_t { bpe, word_piece, unigram, word_level };

// BPE: two neighbours became one.
struct MergeStep {
  std::uint32_t rank = 0;           // place in the list of merges, from 0
  std::int32_t left = 0, right = 0, result = 0;
  std::size_t at = 0;               // which of `word` came of it
  std::vector<std::int32_t> word;   // all of the word afterwards
};

// WordPiece: from `begin`, the longest token that fits.
struct Attempt {
  std::size_t begin = 0;
  std::vector<std::string> tried;   // spellings from the longest down to the one that is a token; all of them where none is
  std::optional<std::int32_t> found;
  std::vector<std::int32_t> shorter;  // tokens that would have fitted too, longest first
};

// Unigram: a token that fits here.
struct LatticeEdge {
  std::size_t begin = 0, end = 0;
  std::int32_t id = 0;
  double score = 0;                 // logarithm of its probability
  bool unknown = false;             // a character without a token
  bool best = false;                // on the path with the greatest sum
  bool second = false;              // on the runner-up's
};

struct PieceAccount {
  ModelKind kind = ModelKind::word_level;
  bool whole = false;               // the piece is a token itself, and no rule was applied
  bool too_long = false;            // longer than kLongestTold: the tokens alone
  std::vector<std::int32_t> start;  // BPE: what the merges began with
  std::vector<MergeStep> merges;
  std::vector<Attempt> attempts;
  std::vector<LatticeEdge> lattice;
  double best_score = 0;
  std::optional<double> second_score;  // none: there is no other way
  std::vector<std::int32_t> ids;    // what came of it
};

inline constexpr std::size_t kLongestTold = 64;  // characters

// A piece as the model was given it.
struct ToldPiece {
  Span span;                        // bytes of the input
  std::string text;                 // after normalizer and pre-tokenizer
  bool added = false;               // an added token, written in the text: the model never saw it
  PieceAccount account;             // of an added token: its id alone
};

struct TextAccount {
  std::string normalized;           // what the normalizer made of the text that was asked about
  std::vector<ToldPiece> pieces;
};

}  // namespace trilens::tokenize
