// Single elements of constants that a graph computes from its initializers: transposed, cast, dequantized, scaled. Private to this room.
//
// An element is computed when it is asked for and costs as many steps as the expression is deep, so one row of a matrix that is stored in 8 bits
// and transposed never makes the whole matrix. Arithmetic is f32, as the runtime's is; f16 and integers are read exactly.
// Not here: values that depend on an input of the model. What cannot be read (an operator that is not known, a type, indices out of range) is nullopt.
//
//   Constants constants(model);
//   if (const auto dims = constants.dims(weight)) use(constants.at(weight, {row, column}));
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "onnx/graph.hpp"

namespace trilens::onnx {

using Index = std::vector<std::int64_t>;

class Constants {
 public:
  explicit Constants(const Model& model) : m_(model) {}

  [[nodiscard]] std::optional<std::vector<std::int64_t>> dims(ValueId value) {
    steps_ = 0;
    return find_dims(value);
  }
  [[nodiscard]] std::optional<float> at(ValueId value, const Index& index) {
    steps_ = 0;
    return find(value, index);
  }
  // The element of a tensor that stands at a place in its data; of fewer than 8 bits: unpacked.
  [[nodiscard]] std::optional<float> element(TensorId tensor, std::uint64_t place);

 private:
  std::optional<std::vector<std::int64_t>> find_dims(ValueId value);
  std::optional<float> find(ValueId value, const Index& index);
  std::optional<float> broadcast_at(ValueId value, const Index& index);
  std::optional<float> dequantized(const Node& node, const Index& index);
  const std::vector<float>& typed(TensorId tensor);

  const Model& m_;
  int steps_ = 0;  // of the element that is being computed
  std::map<TensorId, std::vector<float>> typed_;  // tensors whose elements are stored in typed fields
};

}  // namespace trilens::onnx
