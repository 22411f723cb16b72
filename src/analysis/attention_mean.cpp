#include "analysis/attention_mean.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace trilens::analysis {
namespace {

Result<void> check_rank(const TensorView<float>& attention, const char* wanted) {
  if (attention.shape().size() == 4 && std::ranges::all_of(attention.shape(), [](std::int64_t d) { return d > 0; })) return {};
  return fail(ErrorCode::invalid_argument,
              "An attention tensor has the shape " + shape_text(attention.shape()) + " instead of " + wanted + ".");
}

Result<void> check_index(const char* name, std::optional<std::int64_t> index, std::int64_t count) {
  if (!index || (*index >= 0 && *index < count)) return {};
  return fail(ErrorCode::invalid_argument, std::string("The ") + name + " " + std::to_string(*index) + " does not exist; there are " +
                                               std::to_string(count) + ", counted from 0.");
}

// Means of maps of one size.
class MapSum {
 public:
  explicit MapSum(std::size_t size) : sum_(size, 0.0) {}
  void add(std::span<const float> map) {
    for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] += double{map[i]};
    ++count_;
  }
  void mean_into(std::span<float> out) const {
    for (std::size_t i = 0; i < sum_.size(); ++i) out[i] = static_cast<float>(sum_[i] / static_cast<double>(count_));
  }

 private:
  std::vector<double> sum_;
  std::size_t count_ = 0;
};

struct Range {
  std::size_t first = 0;
  std::size_t last = 0;
};

Range range_of(std::optional<std::int64_t> index, std::int64_t count) {
  if (index) return {static_cast<std::size_t>(*index), static_cast<std::size_t>(*index) + 1};
  return {0, static_cast<std::size_t>(count)};
}

}  // namespace

Result<Tensor> mean_over_heads(const TensorView<float>& attention) {
  if (const auto fine = check_rank(attention, "[layer, head, query, key]"); !fine) return std::unexpected(fine.error());
  const Shape& s = attention.shape();
  const auto size = static_cast<std::size_t>(s[2] * s[3]);
  Tensor out = Tensor::f32({s[0], s[2], s[3]});
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(s[0]); ++layer) {
    MapSum sum(size);
    for (std::size_t head = 0; head < static_cast<std::size_t>(s[1]); ++head) sum.add(attention.outer(layer).outer(head).data());
    sum.mean_into(out.data<float>().subspan(layer * size, size));
  }
  return out;
}

Result<Tensor> mean_over_layers(const TensorView<float>& attention) {
  if (const auto fine = check_rank(attention, "[layer, head, query, key]"); !fine) return std::unexpected(fine.error());
  const Shape& s = attention.shape();
  Tensor out = Tensor::f32({s[1], s[2], s[3]});
  MapSum sum(out.size());
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(s[0]); ++layer) sum.add(attention.outer(layer).data());
  sum.mean_into(out.data<float>());
  return out;
}

Result<Tensor> attention_map(std::span<const TensorView<float>> layers, MapChoice choice) {
  if (layers.empty()) return fail(ErrorCode::invalid_argument, "There is no layer to take attention from.");
  const Shape shape = layers.front().shape();
  for (const TensorView<float>& layer : layers) {
    if (const auto fine = check_rank(layer, "[1, head, query, key]"); !fine) return std::unexpected(fine.error());
    if (layer.shape() != shape || shape[0] != 1) {
      return fail(ErrorCode::invalid_argument, "The layers' attention has different shapes, or more than one text: " +
                                                   shape_text(shape) + " and " + shape_text(layer.shape()) + ".");
    }
  }
  const auto layer_count = static_cast<std::int64_t>(layers.size());
  if (const auto fine = check_index("layer", choice.layer, layer_count); !fine) return std::unexpected(fine.error());
  if (const auto fine = check_index("head", choice.head, shape[1]); !fine) return std::unexpected(fine.error());
  Tensor out = Tensor::f32({shape[2], shape[3]});
  MapSum sum(out.size());
  const Range chosen_layers = range_of(choice.layer, layer_count);
  const Range chosen_heads = range_of(choice.head, shape[1]);
  for (std::size_t l = chosen_layers.first; l < chosen_layers.last; ++l) {
    for (std::size_t h = chosen_heads.first; h < chosen_heads.last; ++h) sum.add(layers[l].outer(0).outer(h).data());
  }
  sum.mean_into(out.data<float>());
  return out;
}

}  // namespace trilens::analysis
