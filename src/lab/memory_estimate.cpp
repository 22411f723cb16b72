#include "lab/memory_estimate.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>

namespace trilens::lab {
namespace {

constexpr std::int64_t kTextTokens = 512;
constexpr std::int64_t kCopies = 2;
constexpr double kNumberBytes = 4;

// In floating point: a config may claim sizes whose product no integer holds.
double text_bytes(const model::Config& c, double tokens) {
  const auto of = [](std::int64_t n) { return static_cast<double>(n); };
  const double squares = tokens * tokens;
  const bool two_stacks = c.decoder_layers > 0;
  const double writing_layers = of(two_stacks ? c.decoder_layers : c.layers);
  const double states = (of(c.layers) + 1 + (two_stacks ? of(c.decoder_layers) + 1 : 0)) * tokens * of(c.hidden);
  // Maps: [layer, head, query, key]; an encoder-decoder's decoder has its own and those into the source.
  const double maps = of(c.layers) * of(c.heads) * squares + (two_stacks ? 2 * of(c.decoder_layers) * of(c.decoder_heads) * squares : 0);
  // Cache: keys and values, [layer, head, token, head size] each; the source's too where there is one.
  const double caches = c.family == Family::encoder ? 0 : (two_stacks ? 4 : 2) * writing_layers * of(c.decoder_heads) * of(c.decoder_head_size) * tokens;
  const double logits = tokens * of(c.vocabulary);
  return kNumberBytes * (states + maps + caches + logits);
}

std::int64_t whole(double bytes) { return static_cast<std::int64_t>(std::min(bytes, 9e15)); }

}  // namespace

MemoryEstimate estimate_memory(const model::Config& config, std::int64_t graph_bytes) {
  const std::int64_t tokens = std::min(kTextTokens, config.max_tokens);
  const std::int64_t weights = whole(static_cast<double>(kCopies) * static_cast<double>(graph_bytes));
  const std::int64_t text = whole(text_bytes(config, static_cast<double>(tokens)));
  const std::int64_t all = whole(static_cast<double>(weights) + static_cast<double>(text));
  return {.bytes = all,
          .sentence = "About " + bytes_in_words(all) + ": " + bytes_in_words(weights) + " for the weights (the file, and the runtime's own copy) and " +
                      bytes_in_words(text) + " for what a text of " + std::to_string(tokens) + " tokens leaves behind."};
}

std::string bytes_in_words(std::int64_t bytes) {
  constexpr std::array kUnits{"bytes", "kB", "MB", "GB", "TB", "PB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 999.5 && unit + 1 < kUnits.size()) {
    size /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 || size >= 99.95 ? "%.0f %s" : "%.1f %s", size, kUnits[unit]);
  return text.data();
}

}  // namespace trilens::lab
