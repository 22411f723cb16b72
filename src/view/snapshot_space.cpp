// Space as JSON, under the names of its views' fields.
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, SpaceItemView& v) {
  io("number", v.number);
  io("text", v.text);
  io("remove_label", v.remove_label);
  io("lit", v.lit);
}

void describe(Writer& io, SettingView& v) {
  io("id", v.id);
  io("label", v.label);
  io("choices", v.choices);
}

void describe(Writer& io, RetrievalStepView& v) {
  io("title", v.title);
  io("text", v.text);
  io("note", v.note);
}

void describe(Writer& io, SpaceIntroView& v) {
  io("list_label", v.list_label);
  io("items", v.items);
  io("empty", v.empty);
  io("lists", v.lists);
  io("add_label", v.add_label);
  io("add_words_label", v.add_words_label);
  io("clear_label", v.clear_label);
  io("pooling", v.pooling);
  io("projection", v.projection);
  io("layer_label", v.layer_label);
  io("layer_text", v.layer_text);
  io("layer", v.layer);
  io("layer_most", v.layer_most);
  io("perplexity_label", v.perplexity_label);
  io("perplexity_text", v.perplexity_text);
  io("seed_label", v.seed_label);
  io("note", v.note);
  io("question_label", v.question_label);
  io("questions", v.questions);
  io("steps", v.steps);
}

void describe(Writer& io, SpacePointView& v) {
  io("x", v.x);
  io("y", v.y);
  io("number", v.number);
  io("label", v.label);
  io("sentence", v.sentence);
  io("lit", v.lit);
}

void describe(Writer& io, SpaceCellView& v) {
  io("value", v.value);
  io("sentence", v.sentence);
}

void describe(Writer& io, NeighbourView& v) {
  io("number", v.number);
  io("text", v.text);
  io("cosine", v.cosine);
}

void describe(Writer& io, SpaceRankView& v) {
  io("number", v.number);
  io("text", v.text);
  io("score", v.score);
  io("sentence", v.sentence);
  io("best", v.best);
  io("lit", v.lit);
}

void describe(Writer& io, SpaceView& v) {
  io("head", v.head);
  io("facts", v.facts);
  io("plot_note", v.plot_note);
  io("points", v.points);
  io("matrix_title", v.matrix_title);
  io("scale_text", v.scale_text);
  io("cells", v.cells);
  io("neighbours_title", v.neighbours_title);
  io("neighbours", v.neighbours);
  io("ranking_title", v.ranking_title);
  io("ranking", v.ranking);
  io("progress", v.progress);
  io("fraction", v.fraction);
  io("running", v.running);
}

}  // namespace trilens::view
