// Adds inputs and nodes to a Model and lets nodes read other values, for rewrite.hpp to write. Private to this room.
//
// Not here: what is added and why (switches.hpp), writing (rewrite.hpp).
// An edited Model is for writing only: consumers, order and names of its graphs stay those of the file.
// Every name begins with kMadePrefix or is the caller's: both must be free in the file. Never fails.
//
//   Editor edit(model);
//   const ValueId bias = edit.input("switch.self.bias", DataType::f32, 5);
//   const ValueId sum = edit.node({graph, producer}, "Add", {scores, bias}, DataType::f32);
//   edit.redirect(softmax, 0, sum);
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "onnx/graph.hpp"

namespace trilens::onnx {

inline constexpr std::string_view kMadePrefix = "trilens/";
inline constexpr std::string_view kSwitchPrefix = "switch.";

// Where a node is put: right behind a node of the graph (and what was put there before), or before all nodes.
struct Place {
  GraphId graph = kMainGraph;
  NodeId after = kNone;
};

struct NodeAttribute {
  std::string_view name;
  std::int64_t value = 0;
};

class Editor {
 public:
  explicit Editor(Model& model) : m_(model) {}

  // A further input of the main graph, of `rank` dimensions of any size.
  ValueId input(std::string_view name, DataType type, std::uint32_t rank);
  // A node with one output; the attribute, where there is one, is an integer.
  ValueId node(Place place, std::string_view op, std::vector<ValueId> inputs, DataType type, NodeAttribute attribute = {});
  // A Constant: integers of the given rank (0 or 1), or one f32 or f16 number of rank 0.
  ValueId integers(Place place, const std::vector<std::int64_t>& values, bool scalar);
  ValueId number(Place place, float value, DataType type);
  // The node's i-th input becomes `to`.
  void redirect(NodeId node, std::size_t input, ValueId to);
  // The place right behind what makes a value.
  [[nodiscard]] Place behind(ValueId value) const;

 private:
  std::string_view keep(wire::Buffer bytes);
  NodeId add_node(Place place, std::string_view op, std::vector<ValueId> inputs, DataType type);
  ValueId constant(Place place, const wire::Buffer& tensor, DataType type);

  Model& m_;
  std::unordered_map<NodeId, Place> places_;  // of what was made
};

}  // namespace trilens::onnx
