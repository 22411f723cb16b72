// The logit lens as JSON, under the names of its view's fields.
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, LensCellView& v) {
  io("word", v.word);
  io("part", v.part);
  io("answer", v.answer);
  io("settled", v.settled);
  io("sentence", v.sentence);
  io("top", v.top);
  io("answer_text", v.answer_text);
}

void describe(Writer& io, LensColumnView& v) {
  io("position", v.position);
  io("label", v.label);
  io("marked", v.marked);
  io("settled", v.settled);
}

void describe(Writer& io, LensView& v) {
  io("head", v.head);
  io("title", v.title);
  io("states", v.states);
  io("columns", v.columns);
  io("cells", v.cells);
  io("total", v.total);
  io("marked", v.marked);
  io("first", v.first);
  io("mean_text", v.mean_text);
  io("scale_text", v.scale_text);
  io("layers_label", v.layers_label);
}

}  // namespace trilens::view
