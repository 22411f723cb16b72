#include "analysis/alignment.hpp"

#include <algorithm>
#include <iterator>

namespace trilens::analysis {

std::vector<std::size_t> tokens_overlapping(std::span<const ByteRange> tokens, ByteRange range) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (overlap(tokens[i], range)) out.push_back(i);
  }
  return out;
}

std::vector<std::vector<std::size_t>> align(std::span<const ByteRange> from, std::span<const ByteRange> to) {
  std::vector<std::vector<std::size_t>> out;
  out.reserve(from.size());
  for (const ByteRange& range : from) out.push_back(tokens_overlapping(to, range));
  return out;
}

// Overlapping ranges grow together until nothing crosses a border.
std::vector<ByteRange> common_columns(std::span<const std::vector<ByteRange>> encodings) {
  std::vector<ByteRange> all;
  for (const std::vector<ByteRange>& encoding : encodings) {
    std::ranges::copy_if(encoding, std::back_inserter(all), [](ByteRange r) { return r.start < r.end; });
  }
  std::ranges::sort(all, {}, &ByteRange::start);
  std::vector<ByteRange> out;
  for (const ByteRange& range : all) {
    if (!out.empty() && range.start < out.back().end) {
      out.back().end = std::max(out.back().end, range.end);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

}  // namespace trilens::analysis
