// How the picked word became this tokenizer's tokens: what the normalizer and the pre-tokenizer made of it, then the merges, the
// attempts or the lattice, and what came of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct AccountTokenView {
  std::string text;
  std::string tooltip;
  bool fresh = false;                // of this step
};

// BPE: a merge and the word after it. WordPiece: what was tried at a place, and what was found.
struct AccountStepView {
  bool attempt = false;              // WordPiece
  std::string label;                 // "no. 1 234"
  std::string rule;                  // "t + h → th"
  std::vector<std::string> tried;    // no tokens
  std::string more;                  // "… 7 more …": tried too
  std::vector<AccountTokenView> word;
  std::string shorter;               // would have fitted too
};

struct AccountEdgeView {
  std::size_t begin = 0, end = 0;    // characters
  std::size_t lane = 0;              // row below the characters; 0 is the best path's
  std::string text, score, tooltip;
  bool best = false, second = false, unknown = false;
};

struct AccountPieceView {
  std::string title;                 // "dogs" as the model was given it
  std::vector<AccountStepView> steps;
  std::vector<std::string> characters;  // Unigram
  std::vector<AccountEdgeView> edges;
  std::size_t lanes = 0;
  std::string sentence;              // how it ended: "No pair is left that is in the list."
  std::vector<AccountTokenView> tokens;
};

struct TokenAccountView {
  PanelHead head;
  std::string title;                 // "How “dogs” came to its tokens"; empty: nothing was asked
  std::string normalizer, pretokenizer, method;
  std::vector<AccountPieceView> pieces;
};

[[nodiscard]] TokenAccountView build_token_account(const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
