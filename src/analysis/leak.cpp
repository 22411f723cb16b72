#include "analysis/leak.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/similarity.hpp"

namespace trilens::analysis {
namespace {

float relative_difference(std::span<const float> a, std::span<const float> b) {
  double gap = 0, size = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = double{b[i]} - double{a[i]};
    gap += d * d;
    size += double{a[i]} * double{a[i]};
  }
  if (gap == 0) return 0;
  return static_cast<float>(size > 0 ? std::sqrt(gap / size) : 1.0);
}

}  // namespace

Alignment align_edit(std::span<const std::int32_t> before, std::span<const std::int32_t> after) {
  Alignment out;
  const std::size_t shorter = std::min(before.size(), after.size());
  while (out.prefix < shorter && before[out.prefix] == after[out.prefix]) ++out.prefix;
  while (out.suffix < shorter - out.prefix && before[before.size() - 1 - out.suffix] == after[after.size() - 1 - out.suffix]) ++out.suffix;
  out.shift = static_cast<std::int64_t>(after.size()) - static_cast<std::int64_t>(before.size());
  for (std::size_t i = 0; i < out.prefix; ++i) out.pairs.push_back({i, i, false});
  for (std::size_t i = out.prefix; i < shorter - out.suffix; ++i) out.pairs.push_back({i, i, true});
  for (std::size_t i = out.suffix; i > 0; --i) out.pairs.push_back({before.size() - i, after.size() - i, false});
  return out;
}

Movement movement(const TensorView<float>& before, const TensorView<float>& after, const Alignment& alignment) {
  Movement out;
  for (const AlignedPair& pair : alignment.pairs) {
    const std::span<const float> a = before.outer(pair.before).data(), b = after.outer(pair.after).data();
    out.difference.push_back(relative_difference(a, b));
    out.cosine.push_back(static_cast<float>(cosine_similarity(a, b)));
  }
  return out;
}

}  // namespace trilens::analysis
