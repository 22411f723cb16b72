#include "state/tokens.hpp"

#include "state/state.hpp"

namespace trilens::state {
namespace {

bool space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

}  // namespace

std::vector<TextWord> words_of_text(std::string_view text) {
  std::vector<TextWord> out;
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && space(text[at])) ++at;
    const std::size_t begin = at;
    while (at < text.size() && !space(text[at])) ++at;
    if (at > begin) out.push_back({begin, at});
  }
  return out;
}

std::optional<TextWord> picked_word(const State& state) {
  if (!state.tokens.word) return std::nullopt;
  for (const TextWord& word : words_of_text(state.document.text)) {
    if (word.begin <= *state.tokens.word && *state.tokens.word < word.end) return word;
  }
  return std::nullopt;
}

}  // namespace trilens::state
