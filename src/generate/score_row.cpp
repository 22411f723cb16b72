#include "generate/score_row.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trilens::generate {

ScoreRow ScoreRow::of(const RowAnswer& answer, std::uint32_t asked) {
  ScoreRow row;
  if (const auto* full = std::get_if<std::span<const float>>(&answer)) {
    row.scores_.assign(full->begin(), full->end());
    for (float& s : row.scores_) {
      if (std::isnan(s)) s = -std::numeric_limits<float>::infinity();
    }
    return row;
  }
  std::vector<ScoredToken> top = std::get<RowStatistics>(answer).top;
  if (!top.empty() && top.size() >= asked) {
    row.bound_ = top.back().logit;
    row.bound_id_ = top.back().id;
  }
  std::ranges::sort(top, {}, &ScoredToken::id);
  for (const ScoredToken& t : top) {
    row.ids_.push_back(t.id);
    row.scores_.push_back(t.logit);
  }
  return row;
}

float* ScoreRow::find(std::int32_t id) {
  if (ids_.empty()) {
    return id >= 0 && static_cast<std::size_t>(id) < scores_.size() ? &scores_[static_cast<std::size_t>(id)] : nullptr;
  }
  const auto at = std::ranges::lower_bound(ids_, id);
  return at != ids_.end() && *at == id ? &scores_[static_cast<std::size_t>(at - ids_.begin())] : nullptr;
}

std::vector<std::size_t> ScoreRow::best(std::size_t count) const {
  std::vector<std::size_t> order;
  order.reserve(scores_.size());
  for (std::size_t i = 0; i < scores_.size(); ++i) {
    if (scores_[i] > -std::numeric_limits<float>::infinity()) order.push_back(i);
  }
  count = std::min(count, order.size());
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(order.begin(), middle, order.end(), [this](std::size_t a, std::size_t b) {
    return scores_[a] != scores_[b] ? scores_[a] > scores_[b] : a < b;
  });
  order.erase(middle, order.end());
  return order;
}

}  // namespace trilens::generate
