// Mask switches as JSON, under the names of their view's fields.
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, MasksIntroView& v) {
  io("sentence", v.sentence);
  io("rest_note", v.rest_note);
  io("reset_label", v.reset_label);
  io("switched", v.switched);
}

void describe(Writer& io, SwitchChoiceView& v) {
  io("choice", v.choice);
  io("then", v.then);
}

void describe(Writer& io, SwitchRowView& v) {
  io("id", v.id);
  io("label", v.label);
  io("choices", v.choices);
  io("refusal", v.refusal);
}

void describe(Writer& io, SwitchHeadView& v) {
  io("factor", v.factor);
  io("next", v.next);
  io("sentence", v.sentence);
}

void describe(Writer& io, MaskRun& v) {
  io("row", v.row);
  io("from", v.from);
  io("to", v.to);
}

void describe(Writer& io, MaskPictureView& v) {
  io("rows", v.rows);
  io("columns", v.columns);
  io("runs", v.runs);
  io("measured", v.measured);
  io("cut", v.cut);
  io("stale", v.stale);
  io("sentence", v.sentence);
}

void describe(Writer& io, MaskKindView& v) {
  io("id", v.id);
  io("title", v.title);
  io("rows", v.rows);
  io("heads_title", v.heads_title);
  io("heads", v.heads);
  io("heads_refusal", v.heads_refusal);
  io("picture", v.picture);
}

void describe(Writer& io, PresetView& v) {
  io("id", v.id);
  io("choice", v.choice);
  io("look", v.look);
  io("refusal", v.refusal);
}

void describe(Writer& io, MovedWordView& v) {
  io("display", v.display);
  io("token", v.token);
  io("id", v.id);
  io("before", v.before);
  io("after", v.after);
  io("before_text", v.before_text);
  io("after_text", v.after_text);
  io("change_text", v.change_text);
  io("rank_text", v.rank_text);
  io("spoken", v.spoken);
}

void describe(Writer& io, MovedPlaceView& v) {
  io("title", v.title);
  io("sentence", v.sentence);
  io("words", v.words);
}

void describe(Writer& io, MasksView& v) {
  io("head", v.head);
  io("in_force", v.in_force);
  io("look", v.look);
  io("enabled", v.enabled);
  io("presets", v.presets);
  io("kinds", v.kinds);
  io("before_label", v.before_label);
  io("after_label", v.after_label);
  io("answer_before", v.answer_before);
  io("answer_after", v.answer_after);
  io("word_label", v.word_label);
  io("change_label", v.change_label);
  io("rank_label", v.rank_label);
  io("places", v.places);
}

}  // namespace trilens::view
