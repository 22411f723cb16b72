// "Who can answer this?" as JSON, under the names of its view's fields.
#include "protocol/archive.hpp"
#include "view/answer.hpp"
#include "view/snapshot.hpp"

namespace trilens::view {

using protocol::Writer;

void describe(Writer& io, AnswerBarView& v) {
  io("text", v.text);
  io("number", v.number);
  io("length", v.length);
  io("best", v.best);
}

void describe(Writer& io, AnswerCellView& v) {
  std::string status(answer_status_name(v.status)), verdict(v.status == AnswerStatus::answered || v.stale ? answer_verdict_name(v.verdict) : "");
  io("task", v.task);
  io("title", v.title);
  io("status", status);
  io("status_words", v.status_words);
  io("stale", v.stale);
  io("verdict", verdict);
  io("verdict_words", v.verdict_words);
  io("answer", v.answer);
  io("number", v.number);
  io("cost", v.cost);
  io("reason", v.reason);
  io("asked", v.asked);
  io("bars", v.bars);
  io("trouble", v.trouble);
}

void describe(Writer& io, AnswerRowView& v) {
  io("task", v.task);
  io("title", v.title);
  io("text", v.text);
}

void describe(Writer& io, AnswerIntroView& v) {
  io("note", v.note);
  io("progress", v.progress);
  io("part", v.part);
  io("running", v.running);
  io("button", v.button);
  io("question_label", v.question_label);
  io("questions", v.questions);
  io("rows", v.rows);
}

}  // namespace trilens::view
