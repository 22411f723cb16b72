#include "analysis/row_change.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace trilens::analysis {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

float score(float logit) { return std::isnan(logit) ? kNever : logit; }

std::vector<double> softmax(std::span<const float> logits) {
  float most = kNever;
  for (const float l : logits) most = std::max(most, score(l));
  std::vector<double> out(logits.size(), 0.0);
  if (!std::isfinite(most)) return out;
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) sum += out[i] = std::exp(double{score(logits[i])} - double{most});
  for (double& p : out) p /= sum;
  return out;
}

double entropy_bits(const std::vector<double>& probabilities) {
  double out = 0;
  for (const double p : probabilities) out -= p > 0 ? p * std::log2(p) : 0;
  return out;
}

std::int64_t rank(std::span<const float> logits, std::size_t id) {
  std::int64_t before = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const bool better = score(logits[i]) > score(logits[id]) || (score(logits[i]) == score(logits[id]) && i < id);
    before += better ? 1 : 0;
  }
  return before + 1;
}

std::vector<std::size_t> best(std::span<const float> logits, std::size_t k) {
  std::vector<std::size_t> ids(logits.size());
  std::iota(ids.begin(), ids.end(), std::size_t{0});
  const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(k, ids.size()));
  std::partial_sort(ids.begin(), end, ids.end(), [&](std::size_t a, std::size_t b) {
    return score(logits[a]) != score(logits[b]) ? score(logits[a]) > score(logits[b]) : a < b;
  });
  ids.erase(end, ids.end());
  return ids;
}

}  // namespace

RowChange row_change(std::span<const float> before, std::span<const float> after, std::size_t top_k) {
  const std::vector<double> a = softmax(before), b = softmax(after);
  RowChange out{.entropy_before = entropy_bits(a), .entropy_after = entropy_bits(b), .moved = 0, .words = {}};
  for (std::size_t i = 0; i < a.size(); ++i) out.moved += std::abs(b[i] - a[i]) / 2;
  std::vector<std::size_t> ids = best(before, top_k);
  for (const std::size_t id : best(after, top_k)) {
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  for (const std::size_t id : ids) out.words.push_back({static_cast<std::int32_t>(id), a[id], b[id], rank(before, id), rank(after, id)});
  std::ranges::stable_sort(out.words, [](const MovedWord& x, const MovedWord& y) { return std::abs(x.after - x.before) > std::abs(y.after - y.before); });
  return out;
}

}  // namespace trilens::analysis
