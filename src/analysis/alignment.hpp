// Which tokens of one encoding stand for the same bytes as tokens of another.
//
// Not here: tokenizers; a token is its byte range in the text that all encodings share. Tokens without bytes (special
// tokens; start == end) align with nothing. Ranges may overlap: two tokens may share the bytes of one character.
// Pure functions.
//
//   for (std::size_t b : tokens_overlapping(gpt2_ranges, bert_ranges[a])) light_up(b);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace trilens::analysis {

// UTF-8 bytes of the text: [start, end).
struct ByteRange {
  std::int64_t start = 0;
  std::int64_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

[[nodiscard]] constexpr bool overlap(ByteRange a, ByteRange b) {
  return a.start < a.end && b.start < b.end && a.start < b.end && b.start < a.end;
}

// Indices of the tokens that share at least one byte with the range, rising.
[[nodiscard]] std::vector<std::size_t> tokens_overlapping(std::span<const ByteRange> tokens, ByteRange range);

// For each token of `from`, the tokens of `to` that share bytes with it.
[[nodiscard]] std::vector<std::vector<std::size_t>> align(std::span<const ByteRange> from, std::span<const ByteRange> to);

// The finest pieces of text that no token of any encoding crosses, in order: columns under which all can be drawn.
// Bytes that no token covers are left out.
[[nodiscard]] std::vector<ByteRange> common_columns(std::span<const std::vector<ByteRange>> encodings);

}  // namespace trilens::analysis
