#include "lab/cross_rows.hpp"

#include <algorithm>

namespace trilens::lab {

std::vector<std::string> cross_names(const LoadedModel& model) {
  std::vector<std::string> names;
  if (model.family != Family::encoder_decoder) return names;
  for (std::int64_t layer = 0; layer < model.decoder_layers; ++layer) names.push_back("cross." + std::to_string(layer) + ".probabilities");
  for (const infer::Session* session : {model.decoder.get(), model.later.get()}) {
    if (session == nullptr) continue;
    const std::vector<std::string>& outputs = session->outputs();
    const auto shown = [&](const std::string& name) { return std::ranges::find(outputs, name) != outputs.end(); };
    if (!std::ranges::all_of(names, shown)) return {};
  }
  return names;
}

void CrossRows::add(const std::vector<Tensor>& layers, std::size_t positions) {
  if (layers.empty()) return;
  const Shape& shape = layers.front().shape();
  const auto batch = static_cast<std::size_t>(shape[0]), heads = static_cast<std::size_t>(shape[1]), queries = static_cast<std::size_t>(shape[2]),
             source = static_cast<std::size_t>(shape[3]);
  for (std::size_t b = 0; b < batch; ++b) {
    for (std::size_t q = queries - (b == 0 ? positions : 1); q < queries; ++q) {
      std::vector<double> sum(source, 0.0);
      for (const Tensor& layer : layers) {
        const std::span<const float> values = layer.data<float>();
        for (std::size_t h = 0; h < heads; ++h) {
          for (std::size_t s = 0; s < source; ++s) sum[s] += double{values[((b * heads + h) * queries + q) * source + s]};
        }
      }
      std::vector<float>& row = rows_.emplace_back();
      for (const double value : sum) row.push_back(static_cast<float>(value / static_cast<double>(heads * layers.size())));
    }
  }
}

std::optional<std::vector<float>> CrossRows::row(std::size_t index) const {
  if (index >= rows_.size()) return std::nullopt;
  return rows_[index];
}

}  // namespace trilens::lab
