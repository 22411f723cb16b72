// A column and its panels, every field under its own name (snapshot.hpp).
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, ProgressView& v) {
  io("sentence", v.sentence);
  io("stage", v.stage);
  io("fraction", v.fraction);
  io("known", v.known);
  io("cancel_label", v.cancel_label);
}

void describe(Writer& io, ColumnHeadView& v) {
  io("title", v.title);
  io("sentence", v.sentence);
  io("role", v.role);
  io("ready", v.ready);
  io("status", v.status);
  io("switched", v.switched);
  io("model", v.model);
  io("model_label", v.model_label);
  io("shelf_open", v.shelf_open);
  io("back_label", v.back_label);
  io("provider", v.provider);
  io("provider_reason", v.provider_reason);
  io("parameters", v.parameters);
  io("facts", v.facts);
  io("provider_label", v.provider_label);
  io("providers", v.providers);
  io("progress", v.progress);
  io("trouble", v.trouble);
}

void describe(Writer& io, TokenView& v) {
  io("index", v.index);
  io("id", v.id);
  io("display", v.display);
  io("token", v.token);
  io("id_text", v.id_text);
  io("bytes_text", v.bytes_text);
  io("tooltip", v.tooltip);
  io("begin", v.begin);
  io("end", v.end);
  io("special", v.special);
  io("blank", v.blank);
  io("starts_word", v.starts_word);
  io("word", v.word);
  io("hovered", v.hovered);
  io("pinned", v.pinned);
  io("cut_after", v.cut_after);
}

void describe(Writer& io, TokensView& v) {
  io("head", v.head);
  io("count", v.count);
  io("pieces", v.pieces);
  io("output_label", v.output_label);
  io("output", v.output);
  io("cut", v.cut);
  io("can_guess", v.can_guess);
}

void describe(Writer& io, LabelView& v) {
  io("display", v.display);
  io("tooltip", v.tooltip);
  io("special", v.special);
  io("hovered", v.hovered);
  io("pinned", v.pinned);
}

void describe(Writer& io, PointedView& v) {
  io("row", v.row);
  io("column", v.column);
  io("value", v.value);
  io("exact", v.exact);
  io("sentence", v.sentence);
  io("masked", v.masked);
  io("pinned", v.pinned);
}

void describe(Writer& io, AttentionView& v) {
  io("kind", v.id);
  io("head", v.head);
  io("shape_sign", v.shape_sign);
  io("shape_words", v.shape_words);
  io("rows_label", v.rows_label);
  io("columns_label", v.columns_label);
  io("rows", v.rows);
  io("columns", v.columns);
  std::vector<std::vector<float>> values;
  for (std::size_t r = 0; r < v.rows; ++r) {
    const auto row = v.values.subspan(r * v.columns, v.columns);
    values.emplace_back(row.begin(), row.end());
  }
  io("values", values);
  io("scale", v.scale);
  io("scale_text", v.scale_text);
  io("row_labels", v.row_labels);
  io("column_labels", v.column_labels);
  io("pointed", v.pointed);
  io("rows_reached", v.rows_reached);
  io("choice", v.choice);
  io("layer_label", v.layer_label);
  io("head_label", v.head_label);
  io("layers", v.layers);
  io("heads", v.heads);
}

void describe(Writer& io, BlankView& v) {
  io("title", v.title);
  io("bars", v.bars);
  io("entropy", v.entropy);
  io("entropy_words", v.entropy_words);
  io("piece", v.piece);
  io("hovered", v.hovered);
}

void describe(Writer& io, PredictionView& v) {
  io("head", v.head);
  io("task", v.task);
  io("task_words", v.task_words);
  io("prompt_label", v.prompt_label);
  io("prompt", v.prompt);
  io("answer_label", v.answer_label);
  io("answer", v.answer);
  io("blanks", v.blanks);
  io("scale", v.scale);
  io("scale_text", v.scale_text);
}

void describe(Writer& io, StepView& v) {
  io("number", v.number);
  io("display", v.display);
  io("token", v.token);
  io("percent", v.percent);
  io("entropy", v.entropy);
  io("time", v.time);
  io("spoken", v.spoken);
  io("current", v.current);
  io("future", v.future);
  io("end", v.end);
}

void describe(Writer& io, GenerationView& v) {
  io("head", v.head);
  io("prompt", v.prompt);
  io("written", v.written);
  io("newest", v.newest);
  io("whole", v.whole);
  io("steps", v.steps);
  io("cursor", v.cursor);
  io("alternatives_title", v.alternatives_title);
  io("alternatives", v.alternatives);
  io("scale", v.scale);
  io("fill_modes", v.fill_modes);
  io("blanks_title", v.blanks_title);
  io("blanks", v.blanks);
  io("comparison", v.comparison);
  io("state_words", v.state_words);
  io("running", v.running);
  io("finished", v.finished);
}

void describe(Writer& io, CostRowView& v) {
  io("id", v.id);
  io("label", v.label);
  io("number", v.number);
  io("unit", v.unit);
  io("explanation", v.explanation);
  io("present", v.present);
}

void describe(Writer& io, CostView& v) {
  io("head", v.head);
  io("rows", v.rows);
}

void describe(Writer& io, ColumnView& v) {
  std::string seat(seat_name(v.seat));
  io("seat", seat);
  std::string family(family_name(v.family));
  io("family", family);
  io("shown", v.shown);
  io("head", v.head);
  io("machine", v.machine);
  io("tokens", v.tokens);
  io("attention_title", v.attention_title);
  io("attention", v.attention);
  io("prediction", v.prediction);
  io("heads", v.heads);
  io("links", v.links);
  io("masks", v.masks);
  io("lens", v.lens);
  io("weight_account", v.weight_account);
  io("word_account", v.word_account);
  io("leak", v.leak);
  io("space", v.space);
  io("answers", v.answers);
  io("generation", v.generation);
  io("cost", v.cost);
}

}  // namespace trilens::view
