// The ruler of tokens and the account of a word as JSON, under the names of their views' fields.
#include "protocol/archive.hpp"
#include "view/snapshot.hpp"
#include "view/token_account.hpp"
#include "view/token_ruler.hpp"

namespace trilens::view {

using protocol::Writer;

void describe(Writer& io, RulerCharView& v) {
  io("text", v.text);
  io("bytes", v.bytes);
  io("show_bytes", v.show_bytes);
  io("hovered", v.hovered);
  io("pinned", v.pinned);
}

void describe(Writer& io, RulerTokenView& v) {
  io("display", v.display);
  io("tooltip", v.tooltip);
  io("first", v.first);
  io("last", v.last);
  io("byte_first", v.byte_first);
  io("byte_last", v.byte_last);
  io("part", v.part);
  io("unknown", v.unknown);
  io("hovered", v.hovered);
  io("pinned", v.pinned);
}

void describe(Writer& io, RulerRowView& v) {
  io("tokens", v.tokens);
  io("before", v.before);
  io("after", v.after);
  io("empty", v.empty);
}

void describe(Writer& io, RulerWordView& v) {
  io("text", v.text);
  io("begin", v.begin);
  io("picked", v.picked);
}

void describe(Writer& io, TokenRulerView& v) {
  io("chars", v.chars);
  io("words", v.words);
  io("rows", v.rows);
  io("hint", v.hint);
  io("all_bytes", v.all_bytes);
  io("cut", v.cut);
}

void describe(Writer& io, MeasureView& v) {
  io("label", v.label);
  io("value", v.value);
  io("of", v.of);
}

void describe(Writer& io, AccountTokenView& v) {
  io("text", v.text);
  io("fresh", v.fresh);
}

void describe(Writer& io, AccountStepView& v) {
  io("label", v.label);
  io("rule", v.rule);
  io("tried", v.tried);
  io("more", v.more);
  io("word", v.word);
  io("shorter", v.shorter);
}

void describe(Writer& io, AccountEdgeView& v) {
  io("begin", v.begin);
  io("end", v.end);
  io("lane", v.lane);
  io("text", v.text);
  io("score", v.score);
  io("best", v.best);
  io("second", v.second);
  io("unknown", v.unknown);
}

void describe(Writer& io, AccountPieceView& v) {
  io("title", v.title);
  io("steps", v.steps);
  io("characters", v.characters);
  io("edges", v.edges);
  io("sentence", v.sentence);
  io("tokens", v.tokens);
}

void describe(Writer& io, TokenAccountView& v) {
  io("head", v.head);
  io("title", v.title);
  io("normalizer", v.normalizer);
  io("pretokenizer", v.pretokenizer);
  io("method", v.method);
  io("pieces", v.pieces);
}

}  // namespace trilens::view
