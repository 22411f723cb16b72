// Writes a part of a model as a model of its own: from one value to others. Private to this room.
//
// Nodes and initializers keep their bodies; values keep their names where those are free in the new file. The ports are f32: a Cast stands at the
// border where the file computes in another type.
// Not here: what belongs to the part (head.cpp).
//
//   wire::Buffer bytes = write_cut(model, {.nodes = nodes, .from = {"hidden", stream}, .to = {{"logits", logits}}});
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "onnx/graph.hpp"

namespace trilens::onnx {

struct CutPort {
  std::string_view name;
  ValueId value = kNone;
};

struct Cut {
  std::vector<NodeId> nodes;                     // in order of computation
  std::vector<ValueId> initializers;
  CutPort from;                                  // becomes the input, [batch, sequence, hidden]
  std::vector<CutPort> to;
  std::vector<NodeId> reshaped;                  // of `nodes`: Reshapes to [batch, sequence, ..] that took sizes from elsewhere and now take them from the input
  std::unordered_map<ValueId, ValueId> same;     // outputs of an If: the branch's value that stands for each
};

[[nodiscard]] wire::Buffer write_cut(const Model& model, const Cut& cut);

}  // namespace trilens::onnx
