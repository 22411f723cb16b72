// The leak test as JSON, under the names of its view's fields.
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, LeakWordView& v) {
  io("text", v.text);
  io("begin", v.begin);
  io("selected", v.selected);
  io("choosable", v.choosable);
}

void describe(Writer& io, LeakIntroView& v) {
  io("title", v.title);
  io("words", v.words);
  io("into", v.into);
  io("replacements", v.replacements);
  io("sentence", v.sentence);
  io("note", v.note);
}

void describe(Writer& io, LeakCellView& v) {
  io("part", v.part);
  io("sentence", v.sentence);
}

void describe(Writer& io, LeakSideView& v) {
  std::string verdict(verdict_id(v.verdict));
  io("id", v.id);
  io("title", v.title);
  io("verdict", verdict);
  io("sentence", v.sentence);
  io("states", v.states);
  io("labels", v.labels);
  io("cells", v.cells);
}

void describe(Writer& io, LeakView& v) {
  io("head", v.head);
  io("sides", v.sides);
  io("scale_text", v.scale_text);
  io("layers_label", v.layers_label);
}

}  // namespace trilens::view
