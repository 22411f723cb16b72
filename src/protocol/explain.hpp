// How a word of the text became this tokenizer's tokens, as asked and as answered.
//
// Not here: how it is found out (tokenize/account.hpp), what it means in words (view/token_account.hpp). Values; no threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/seat.hpp"

namespace trilens::protocol {

// "explain_tokens". The text is prepared as for Read; told is what touches the bytes [begin, end) of it. Errors: empty_input,
// invalid_argument (a range outside the text, or an empty one).
struct ExplainTokens {
  Seat seat = Seat::left;
  std::string text;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

struct SpelledToken {
  std::int32_t id = 0;
  std::string text;                    // the vocabulary's own spelling
  std::string display;                 // for people
};

struct TokenMerge {                    // BPE
  std::int64_t rank = 0;               // place in the list of merges, from 0
  SpelledToken left, right, result;
  std::int64_t at = 0;                 // which of `word` came of it
  std::vector<SpelledToken> word;      // afterwards
};

struct TokenAttempt {                  // WordPiece
  std::int64_t begin = 0;              // characters of the piece
  std::vector<std::string> tried;      // longest first, down to the one that is a token; all that there are where none is
  std::optional<SpelledToken> found;
  std::vector<SpelledToken> shorter;   // would have fitted too, longest first
};

struct LatticeToken {                  // Unigram
  std::int64_t begin = 0, end = 0;     // characters of the piece
  SpelledToken token;
  double score = 0;                    // natural logarithm of its probability
  bool unknown = false;                // a character without a token, ten below the least likely one
  bool best = false;
  bool second = false;                 // on the runner-up's path
};

struct PieceToTokens {
  std::int64_t start = 0, end = 0;     // bytes of the text
  std::string text;                    // as the model of the tokenizer was given it
  bool added = false;                  // an added token, written in the text: the model never saw it
  bool whole = false;                  // it is a token as it stands, and no rule was applied
  bool too_long = false;               // tokens alone
  bool by_bytes = false;               // some of it is written in single bytes (byte fallback)
  std::vector<SpelledToken> tokens;
  std::vector<SpelledToken> spelled;   // BPE: what the merges begin with
  std::vector<TokenMerge> merges;
  std::vector<TokenAttempt> attempts;
  std::vector<LatticeToken> lattice;
  double best_score = 0;
  std::optional<double> second_score;  // absent: there is no other way
};

struct TokensExplained {
  std::string model;                   // "BPE", "WordPiece", "Unigram", "WordLevel"; empty: the model saw nothing of it
  std::string source;                  // the text that was asked about
  std::string normalized;              // what the normalizer made of it
  std::vector<PieceToTokens> pieces;   // as the pre-tokenizer cut it; none: this model does not read so far
};

template <class IO>
void describe(IO& io, SpelledToken& t) {
  io("id", t.id);
  io("text", t.text);
  io("display", t.display);
}

template <class IO>
void describe(IO& io, TokenMerge& m) {
  io("rank", m.rank);
  io("left", m.left);
  io("right", m.right);
  io("result", m.result);
  io("at", m.at);
  io("word", m.word);
}

template <class IO>
void describe(IO& io, TokenAttempt& a) {
  io("begin", a.begin);
  io("tried", a.tried);
  io("found", a.found);
  io("shorter", a.shorter);
}

template <class IO>
void describe(IO& io, LatticeToken& t) {
  io("begin", t.begin);
  io("end", t.end);
  io("token", t.token);
  io("score", t.score);
  io("unknown", t.unknown);
  io("best", t.best);
  io("second", t.second);
}

template <class IO>
void describe(IO& io, PieceToTokens& p) {
  io("start", p.start);
  io("end", p.end);
  io("text", p.text);
  io("added", p.added);
  io("whole", p.whole);
  io("too_long", p.too_long);
  io("by_bytes", p.by_bytes);
  io("tokens", p.tokens);
  io("spelled", p.spelled);
  io("merges", p.merges);
  io("attempts", p.attempts);
  io("lattice", p.lattice);
  io("best_score", p.best_score);
  io("second_score", p.second_score);
}

template <class IO>
void describe(IO& io, TokensExplained& e) {
  io("model", e.model);
  io("source", e.source);
  io("normalized", e.normalized);
  io("pieces", e.pieces);
}

}  // namespace trilens::protocol
