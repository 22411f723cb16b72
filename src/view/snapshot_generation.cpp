// What is written and how, as JSON, under the names of its views' fields.
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, OtherView& v) {
  io("id", v.id);
  io("display", v.display);
  io("percent", v.percent);
  io("spoken", v.spoken);
}

void describe(Writer& io, ReshapedRowView& v) {
  io("id", v.id);
  io("display", v.display);
  io("token", v.token);
  io("before", v.before);
  io("after", v.after);
  io("cumulative", v.cumulative);
  io("percent", v.percent);
  io("reason", v.reason);
  io("cut", v.cut);
  io("spoken", v.spoken);
  io("chosen", v.chosen);
}

void describe(Writer& io, DistributionView& v) {
  io("shown", v.shown);
  io("title", v.title);
  io("rows", v.rows);
  io("scale", v.scale);
  io("top_p", v.top_p);
  io("summary", v.summary);
  io("more", v.more);
  io("legend", v.legend);
  io("note", v.note);
  io("trouble", v.trouble);
}

void describe(Writer& io, CrossRowView& v) {
  io("label", v.label);
  io("weights", v.weights);
  io("current", v.current);
  io("forced", v.forced);
}

void describe(Writer& io, CrossView& v) {
  io("shown", v.shown);
  io("title", v.title);
  io("note", v.note);
  io("columns", v.columns);
  io("rows", v.rows);
  io("scale", v.scale);
}

void describe(Writer& io, BeamNodeView& v) {
  io("parent", v.parent);
  io("depth", v.depth);
  io("row", v.row);
  io("display", v.display);
  io("score", v.score);
  io("final_score", v.final_score);
  io("fate", v.fate);
  io("spoken", v.spoken);
  io("winner", v.winner);
}

void describe(Writer& io, BeamsView& v) {
  io("shown", v.shown);
  io("title", v.title);
  io("sentence", v.sentence);
  io("legend", v.legend);
  io("nodes", v.nodes);
  io("depths", v.depths);
  io("cursor", v.cursor);
}

void describe(Writer& io, GenerationIntroView& v) {
  io("note", v.note);
  io("rows", v.rows);
}

}  // namespace trilens::view
