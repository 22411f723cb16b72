// The machine as JSON, under the names of its view's fields.
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, MachineShadeView& v) {
  io("part", v.part);
  io("value", v.value);
  io("sentence", v.sentence);
}

void describe(Writer& io, MachineIntroView& v) {
  io("label", v.label);
  io("choices", v.choices);
  io("note", v.note);
}

void describe(Writer& io, MachineColumn& v) {
  std::string activity(activity_name(v.activity));
  io("label", v.label);
  io("activity", activity);
  io("head", v.head);
  io("shades", v.shades);
  io("embedding_shade", v.embedding_shade);
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
  io("shaded", v.shaded);
  io("legend", v.legend);
  io("legend_low", v.legend_low);
  io("legend_high", v.legend_high);
  io("shade_trouble", v.shade_trouble);
}

}  // namespace trilens::view
