// What each value of a graph is made of, as far as telling a mask from a position bias needs it. Private to this room.
//
// One pass in order of computation: time linear in the model, whatever its shape. Sizes and indices do not count as origins:
// a mask that has the shape of the text is not made of the text.
// Not here: what follows from it (own_mask.hpp). Never fails: an operator that is not known makes its outputs opaque.
//
//   const Origins origins = find_origins(model);
//   if (origins.has(value, Origin::table)) ...
#pragma once

#include <cstdint>
#include <vector>

#include "onnx/graph.hpp"

namespace trilens::onnx {

enum class Origin : std::uint8_t {
  huge = 1,    // a floating constant of 1000 or more, either sign: what masks are made of
  logic = 2,   // comparisons, truth values, triangles, integer inputs of the model
  mask = 4,    // a floating input of the model that is called a mask
  table = 8,   // floating numbers by the many: embeddings, learned biases, slopes
  opaque = 16, // products of matrices, norms, caches, operators that we do not know
};

struct Origins {
  std::vector<std::uint8_t> of;   // per value, Origin bits
  std::vector<std::int8_t> rank;  // per value, kUnknownRank where the graph does not tell
  static constexpr std::int8_t kUnknownRank = -1;

  [[nodiscard]] bool has(ValueId v, Origin o) const { return v != kNone && (of[v] & static_cast<std::uint8_t>(o)) != 0; }
  // Nothing of the text or of the weights in it.
  [[nodiscard]] bool plain(ValueId v) const { return !has(v, Origin::table) && !has(v, Origin::opaque); }
};

[[nodiscard]] Origins find_origins(const Model& model);

// The number of dimensions of every value. Part of find_origins; by_rank: all nodes in order of computation.
[[nodiscard]] std::vector<std::int8_t> find_ranks(const Model& model, const std::vector<NodeId>& by_rank);

}  // namespace trilens::onnx
