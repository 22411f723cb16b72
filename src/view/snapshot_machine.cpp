// The machine as JSON, under the names of its view's fields.
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, MachineColumn& v) {
  std::string activity(activity_name(v.activity));
  io("label", v.label);
  io("activity", activity);
  io("head", v.head);
}

void describe(Writer& io, MachineStack& v) {
  std::vector<std::string> parts;
  for (const MachinePart& part : v.parts) parts.push_back(part.label);
  io("id", v.id);
  io("title", v.title);
  io("shape", v.shape);
  io("layers", v.layers);
  io("parts", parts);
  io("columns", v.columns);
}

void describe(Writer& io, MachineView& v) {
  io("head", v.head);
  io("stacks", v.stacks);
  io("head_label", v.head_label);
  io("bridge", v.bridge);
  io("cells_now", v.cells_now);
  io("cells_kept", v.cells_kept);
}

}  // namespace trilens::view
