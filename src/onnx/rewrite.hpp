// Writes a model again with values as named outputs. Private to this room.
//
// Everything that need not change is copied as it stands in the file. A value gets its new name everywhere it is used, which adds no
// node, where a node of the same graph makes it as f32 and it is no output yet; else an Identity gives it out, or a Cast to f32, an Einsum.
// A value in f16 is read through a LeakyRelu of slope 1, which changes no number and keeps ONNX Runtime from running anything else than before.
// What edit.hpp added to the Model or changed in it is written too.
// A value inside a branch of an If leaves through an output of the If, which needs it from every branch.
//
//   wire::Buffer bytes = rewrite(model, {{"self.0.probabilities", value, graph}, ...}, taken);
#pragma once

#include <string>
#include <vector>

#include "onnx/graph.hpp"

namespace trilens::onnx {

struct Exposure {
  std::string name;
  ValueId value = kNone;
  GraphId graph = kMainGraph;  // where it is to be given out; branches of an If use the same name
  std::uint32_t swap_rank = 0;  // not 0: given out with its last two of so many dimensions exchanged
};

// `accepted` gets the names that became outputs, in the order of first mention: those that every branch offers.
[[nodiscard]] wire::Buffer rewrite(const Model& model, const std::vector<Exposure>& exposures, std::vector<std::string>& accepted);

}  // namespace trilens::onnx
