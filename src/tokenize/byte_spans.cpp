#include "tokenize/byte_spans.hpp"

#include <string>

namespace trilens::tokenize {
namespace {

// Tokens [first, end) that share characters: their bytes laid on the text, if they are the text's.
void lay(const Tokenizer& tokenizer, const Encoding& encoding, std::string_view text, Span run, std::vector<std::optional<Span>>& out) {
  std::string bytes;
  std::vector<std::size_t> lengths;
  for (std::size_t i = run.begin; i < run.end; ++i) {
    const auto own = tokenizer.bytes_of(encoding.tokens[i].id);
    if (!own) return;
    lengths.push_back(own->size());
    bytes += *own;
  }
  const std::size_t begin = encoding.tokens[run.begin].begin;
  const std::string_view there = text.substr(begin, encoding.tokens[run.end - 1].end - begin);
  // The space before a word is in its first token, and may have been left out of its offsets.
  const std::size_t space = bytes.size() == there.size() + 1 && bytes.front() == ' ' && lengths.front() > 0 ? 1 : 0;
  if (std::string_view(bytes).substr(space) != there) return;
  std::size_t at = begin;
  for (std::size_t i = run.begin; i < run.end; ++i) {
    const std::size_t length = lengths[i - run.begin] - (i == run.begin ? space : 0);
    out[i] = Span{at, at + length};
    at += length;
  }
}

}  // namespace

std::vector<std::optional<Span>> byte_spans(const Tokenizer& tokenizer, const Encoding& encoding, std::string_view text) {
  const std::vector<Token>& tokens = encoding.tokens;
  std::vector<std::optional<Span>> out(tokens.size());
  for (std::size_t first = 0; first < tokens.size();) {
    std::size_t end = first + 1;
    while (end < tokens.size() && !tokens[end].special && !tokens[first].special && tokens[end].begin < tokens[end - 1].end) ++end;
    if (end - first > 1) lay(tokenizer, encoding, text, {first, end}, out);
    first = end;
  }
  return out;
}

}  // namespace trilens::tokenize
