// Cost against length as JSON, under the names of its views' fields.
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, CurvePointView& v) {
  io("tokens", v.tokens);
  io("value", v.value);
  io("sentence", v.sentence);
}

void describe(Writer& io, CurveView& v) {
  io("family", v.family);
  io("provider", v.provider);
  io("label", v.label);
  io("second", v.second);
  io("points", v.points);
  io("formula", v.formula);
  io("rate", v.rate);
}

void describe(Writer& io, CurvesView& v) {
  io("measuring", v.measuring);
  io("can_measure", v.can_measure);
  io("progress", v.progress);
  io("quantities", v.quantities);
  io("axes", v.axes);
  io("other_provider", v.other_provider);
  io("title", v.title);
  io("curves", v.curves);
  io("how_to_read", v.how_to_read);
  io("machine", v.machine);
  io("nothing", v.nothing);
}

void describe(Writer& io, CostLineView& v) {
  io("cells", v.cells);
  io("sentence", v.sentence);
}

void describe(Writer& io, CostRunView& v) {
  io("title", v.title);
  io("trouble", v.trouble);
  io("lines", v.lines);
}

void describe(Writer& io, CostTableView& v) {
  io("head", v.head);
  io("sentences", v.sentences);
  io("columns", v.columns);
  io("runs", v.runs);
}

}  // namespace trilens::view
