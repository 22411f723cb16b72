#include "analysis/head_scores.hpp"

#include <algorithm>
#include <cmath>

namespace trilens::analysis {
namespace {

class Mean {
 public:
  void add(double value) {
    sum_ += value;
    ++count_;
  }
  [[nodiscard]] std::optional<double> value() const { return count_ == 0 ? std::nullopt : std::optional(sum_ / static_cast<double>(count_)); }

 private:
  double sum_ = 0;
  std::size_t count_ = 0;
};

double entropy(std::span<const float> row) {
  double nats = 0;
  for (const float p : row) {
    if (p > 0) nats -= double{p} * std::log(double{p});
  }
  return nats;
}

// What row `i` gives to its own word at other places; absent where there is no such place in reach.
std::optional<double> same_word(std::span<const float> row, std::size_t i, const MapPieces& pieces) {
  if (pieces.row_words[i] < 0) return std::nullopt;
  double sum = 0;
  bool any = false;
  for (std::size_t j = 0; j < row.size(); ++j) {
    if (pieces.column_words[j] != pieces.row_words[i] || (pieces.same_text && i == j)) continue;
    sum += double{row[j]};
    any = true;
  }
  return any ? std::optional(sum) : std::nullopt;
}

double special_weight(std::span<const float> row, std::span<const std::uint8_t> special) {
  double sum = 0;
  for (std::size_t j = 0; j < row.size(); ++j) {
    if (special[j] != 0) sum += double{row[j]};
  }
  return sum;
}

struct Means {
  Mean previous, next, first, itself, same, special, broad;

  void positions(std::span<const float> row, std::size_t i, bool causal) {
    itself.add(double{row[i]});
    if (i > 0) previous.add(double{row[i - 1]});
    if (!causal && i + 1 < row.size()) next.add(double{row[i + 1]});
  }
};

}  // namespace

HeadScores head_scores(const TensorView<float>& map, const MapPieces& pieces) {
  const auto rows = static_cast<std::size_t>(map.shape()[0]), columns = static_cast<std::size_t>(map.shape()[1]);
  const bool any_special = std::ranges::any_of(pieces.special, [](std::uint8_t s) { return s != 0; });
  Means means;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t reach = pieces.causal ? std::min(i + 1, columns) : columns;
    const std::span<const float> row = map.data().subspan(i * columns, columns);
    if (reach < 2 || std::ranges::all_of(row, [](float p) { return p == 0; })) continue;
    if (pieces.same_text) means.positions(row, i, pieces.causal);
    if (!pieces.same_text || i > 0) means.first.add(double{row[0]});
    if (const auto same = same_word(row.first(reach), i, pieces)) means.same.add(*same);
    if (any_special) means.special.add(special_weight(row, pieces.special));
    means.broad.add(entropy(row) / std::log(static_cast<double>(reach)));
  }
  return {means.previous.value(), means.next.value(), means.first.value(), means.itself.value(),
          means.same.value(), means.special.value(), means.broad.value()};
}

bool causal(std::span<const TensorView<float>> layers) {
  for (const TensorView<float>& layer : layers) {
    const auto rows = static_cast<std::size_t>(layer.shape()[2]), columns = static_cast<std::size_t>(layer.shape()[3]);
    if (rows != columns) return false;
    for (std::size_t at = 0; at < layer.size(); ++at) {
      if (at % columns > at / columns % rows && layer[at] != 0) return false;
    }
  }
  return !layers.empty();
}

Tensor kept_parts(const TensorView<float>& map, const Kept& kept) {
  const auto columns = static_cast<std::size_t>(map.shape()[1]);
  Tensor out = Tensor::f32({static_cast<std::int64_t>(kept.rows.size()), static_cast<std::int64_t>(kept.columns.size())});
  const std::span<float> cells = out.data<float>();
  for (std::size_t r = 0; r < kept.rows.size(); ++r) {
    const std::span<const float> row = map.data().subspan(kept.rows[r] * columns, columns);
    double sum = 0;
    for (const std::size_t c : kept.columns) sum += double{row[c]};
    if (sum <= 0) continue;
    for (std::size_t c = 0; c < kept.columns.size(); ++c) cells[r * kept.columns.size() + c] = static_cast<float>(double{row[kept.columns[c]]} / sum);
  }
  return out;
}

Tensor coarser(const TensorView<float>& map, std::size_t side) {
  const auto rows = static_cast<std::size_t>(map.shape()[0]), columns = static_cast<std::size_t>(map.shape()[1]);
  const std::size_t high = std::min(rows, side), wide = std::min(columns, side);
  Tensor out = Tensor::f32({static_cast<std::int64_t>(high), static_cast<std::int64_t>(wide)});
  const std::span<float> cells = out.data<float>();
  for (std::size_t at = 0; at < map.size(); ++at) {
    float& cell = cells[at / columns * high / rows * wide + at % columns * wide / columns];
    cell = std::max(cell, map[at]);
  }
  return out;
}

}  // namespace trilens::analysis
