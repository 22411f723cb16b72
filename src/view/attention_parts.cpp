#include "view/attention_parts.hpp"

namespace trilens::view {
namespace {

std::vector<std::size_t> ordinary(const std::vector<protocol::Piece>& pieces) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!pieces[i].special) out.push_back(i);
  }
  return out;
}

}  // namespace

MapParts without_special(const state::MapState& map) {
  MapParts out{ordinary(map.rows), ordinary(map.columns), {}};
  out.values.reserve(out.rows.size() * out.columns.size());
  for (const std::size_t row : out.rows) {
    const std::span<const float> all(map.values.data() + row * map.columns.size(), map.columns.size());
    double sum = 0;
    for (const std::size_t column : out.columns) sum += double{all[column]};
    for (const std::size_t column : out.columns) out.values.push_back(sum > 0 ? static_cast<float>(double{all[column]} / sum) : 0);
  }
  return out;
}

std::vector<float> at_least(std::span<const float> values, double threshold) {
  std::vector<float> out(values.begin(), values.end());
  for (float& v : out) v = double{v} < threshold ? 0 : v;
  return out;
}

}  // namespace trilens::view
