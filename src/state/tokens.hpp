// What the tab of tokens shows beside the tokens themselves: the word that was picked to be told about, and whether all bytes are written.
//
// Not here: how it is asked (experiments.cpp), how it looks (view/token_ruler.hpp, view/token_account.hpp). Values.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace trilens::state {

struct State;

struct TokensChoice {
  std::optional<std::size_t> word = {};  // a byte of the text: the word that lies there is told about; absent: none
  bool bytes = false;                    // of every character, not only of those that take several
  friend bool operator==(const TokensChoice&, const TokensChoice&) = default;
};

// Bytes [begin, end) of the text.
struct TextWord {
  std::size_t begin = 0, end = 0;
  friend bool operator==(const TextWord&, const TextWord&) = default;
};

// Runs without white space.
[[nodiscard]] std::vector<TextWord> words_of_text(std::string_view text);
// The word to tell about; none: none was picked, or nothing lies there any more.
[[nodiscard]] std::optional<TextWord> picked_word(const State& state);

}  // namespace trilens::state
