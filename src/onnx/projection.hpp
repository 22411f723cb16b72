// The product with the output projection behind a model's logits, and single rows of its weight. Private to this room.
//
// Looked for backwards from the logits, through biases, scales and changes of shape: the MatMul or Gemm with a constant, MatMulNBits, or MatMulInteger
// with what dynamic quantization puts around it (operators of ONNX 1.23 and of com.microsoft in ONNX Runtime 1.30: docs/ContribOperators.md there).
// Not here: what comes before it (head.hpp). Never fails but for rows: what is not found is nullopt.
//
//   if (const auto p = find_product_of(model, logits)) use(p->source);
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "onnx/constants.hpp"
#include "onnx/graph.hpp"
#include "onnx/head.hpp"

namespace trilens::onnx {

struct Product {
  NodeId node = kNone;
  ValueId source = kNone;              // what is projected, [.., K]
  ValueId weight = kNone;              // [K, V], or [V, K] where `by_rows`; packed in MatMulNBits
  bool by_rows = false;
  ValueId step = kNone;                // what the integer product is multiplied by for the weight's sake
  Projection kind = Projection::exact;
  double factor = 1;                   // of the product itself
  struct After {
    ValueId addend = kNone;            // kNone: times `factor`
    double factor = 1;                 // of an addend: 1, Gemm's beta, or what a subtraction makes of it
  };
  std::vector<After> after;            // in the order of computation
  std::uint32_t width = 0, vocabulary = 0;
};

// `stop`: the value that the search must not pass, as a rule the stream.
[[nodiscard]] std::optional<Product> find_product_of(const Model& model, ValueId logits, ValueId stop);

// Precondition: token < product.vocabulary.
[[nodiscard]] std::optional<ProjectionRow> row_of(const Model& model, const Product& product, std::uint32_t token);

}  // namespace trilens::onnx
