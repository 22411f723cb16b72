// The accounts of numbers as JSON, under the names of their views' fields.
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, NumberStrip& v) {
  io("id", v.id);
  io("label", v.label);
  io("values", v.values);
  io("scale", v.scale);
}

void describe(Writer& io, NumberBar& v) {
  io("label", v.label);
  io("weight", v.weight);
  io("text", v.text);
  io("exact", v.exact);
  io("chosen", v.chosen);
}

void describe(Writer& io, NumberCheck& v) {
  io("id", v.id);
  io("what", v.what);
  io("recomputed", v.recomputed);
  io("runtime", v.runtime);
  io("difference", v.difference);
  io("agrees", v.agrees);
}

void describe(Writer& io, NumberStep& v) {
  io("id", v.id);
  io("title", v.title);
  io("plain", v.plain);
  io("strips", v.strips);
  io("lines", v.lines);
  io("bars", v.bars);
  io("checks", v.checks);
}

void describe(Writer& io, NumberChooser& v) {
  io("id", v.id);
  io("label", v.label);
  io("choices", v.choices);
}

void describe(Writer& io, NumbersView& v) {
  io("head", v.head);
  io("choosers", v.choosers);
  io("steps", v.steps);
  io("note", v.note);
}

}  // namespace trilens::view
