// Every field of every view under its own name, so that what is drawn and what is told cannot differ.
#include <string>
#include <utility>

#include "protocol/archive.hpp"
#include "view/page.hpp"
#include "view/snapshot.hpp"

namespace trilens::view {

using protocol::Json;
using protocol::Writer;

void describe(Writer& io, OfferView& v) {
  std::string id = v.offer == Offer::retry ? "retry" : "use_wasm";
  io("id", id);
  io("label", v.label);
}

void describe(Writer& io, TroubleView& v) {
  io("code", v.code);
  io("title", v.title);
  io("sentence", v.sentence);
  io("detail", v.detail);
  io("offers", v.offers);
}

void describe(Writer& io, PanelHead& v) {
  io("title", v.title);
  io("term", v.term);
  io("explanation", v.explanation);
  io("sentence", v.sentence);
  io("stale", v.stale);
  io("waiting", v.waiting);
  io("empty", v.empty);
  io("hint", v.hint);
  io("trouble", v.trouble);
}

void describe(Writer& io, ChoiceView& v) {
  io("id", v.id);
  io("label", v.label);
  io("selected", v.selected);
}

void describe(Writer& io, BarView& v) {
  io("id", v.id);
  io("display", v.display);
  io("token", v.token);
  io("probability", v.probability);
  io("length", v.length);
  io("percent", v.percent);
  io("exact", v.exact);
  io("spoken", v.spoken);
  io("chosen", v.chosen);
}

void describe(Writer& io, FamilyView& v) {
  std::string seat(seat_name(v.seat));
  io("id", v.id);
  io("seat", seat);
  io("name", v.name);
  io("short_name", v.short_name);
}

void describe(Writer& io, ButtonView& v) {
  io("id", v.id);
  io("label", v.label);
  io("keys", v.keys);
  io("enabled", v.enabled);
  io("active", v.active);
}

void describe(Writer& io, TabView& v) {
  io("id", v.id);
  io("label", v.label);
  io("selected", v.selected);
}

void describe(Writer& io, FamilyTabView& v) {
  io("family", v.family);
  io("shown", v.shown);
}

void describe(Writer& io, HeaderView& v) {
  io("title", v.title);
  io("subtitle", v.subtitle);
  io("text", v.text);
  io("input_label", v.input_label);
  io("placeholder", v.placeholder);
  io("input_note", v.input_note);
  io("to_start", v.to_start);
  io("step_back", v.step_back);
  io("play", v.play);
  io("step", v.step);
  io("to_end", v.to_end);
  io("stop", v.stop);
  io("undo", v.undo);
  io("redo", v.redo);
  io("blank", v.blank);
  io("options", v.options);
  io("projector", v.projector);
  io("theme_button", v.theme_button);
  io("keys", v.keys);
  io("copy", v.copy);
  io("copy_text", v.copy_text);
  io("clock", v.clock);
  io("cursor", v.cursor);
  io("steps", v.steps);
  io("examples_label", v.examples_label);
  io("tabs", v.tabs);
  io("families", v.families);
  io("languages", v.languages);
  io("theme", v.theme);
  io("dark", v.dark);
  io("reduced_motion", v.reduced_motion);
}

void describe(Writer& io, KeyView& v) {
  io("keys", v.keys);
  io("what", v.what);
}

void describe(Writer& io, KeysView& v) {
  io("open", v.open);
  io("title", v.title);
  io("rows", v.rows);
}

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
  io("model", v.model);
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

void describe(Writer& io, ExampleView& v) {
  io("id", v.id);
  io("title", v.title);
  io("text", v.text);
  io("look", v.look);
  io("selected", v.selected);
  std::string family = v.family ? std::string(family_name(*v.family)) : std::string();
  io("family", family);
}

void describe(Writer& io, ExampleGroupView& v) {
  io("family", v.family);
  io("title", v.title);
  io("note", v.note);
  io("count", v.count);
  io("selected", v.selected);
}

void describe(Writer& io, ExamplesView& v) {
  io("title", v.title);
  io("rows", v.rows);
  io("groups", v.groups);
  io("look", v.look);
}

void describe(Writer& io, OptionView& v) {
  io("name", v.name);
  io("label", v.label);
  io("help", v.help);
  io("value_text", v.value_text);
  io("value", v.value);
  io("least", v.least);
  io("most", v.most);
  io("step", v.step);
  io("choices", v.choices);
  io("used", v.used);
  io("changed", v.changed);
}

void describe(Writer& io, OptionsView& v) {
  io("open", v.open);
  io("title", v.title);
  io("note", v.note);
  io("reset_label", v.reset_label);
  io("can_reset", v.can_reset);
  io("rows", v.rows);
}

void describe(Writer& io, StatusView& v) {
  io("sentence", v.sentence);
  io("privacy", v.privacy);
  io("device", v.device);
  io("notice", v.notice);
  io("dismiss_label", v.dismiss_label);
  io("trouble", v.trouble);
  io("busy", v.busy);
}

void describe(Writer& io, ColumnView& v) {
  std::string seat(seat_name(v.seat));
  io("seat", seat);
  std::string family(family_name(v.family));
  io("family", family);
  io("shown", v.shown);
  io("head", v.head);
  io("tokens", v.tokens);
  io("attention_title", v.attention_title);
  io("attention", v.attention);
  io("prediction", v.prediction);
  io("leak", v.leak);
  io("answers", v.answers);
  io("generation", v.generation);
  io("cost", v.cost);
}

namespace {

Json mark_json(const std::optional<state::Mark>& mark) {
  if (!mark) return nullptr;
  Json out{{"side", mark->side == state::Side::text ? "text" : "output"}, {"begin", mark->begin}, {"end", mark->end}};
  if (mark->seat) out["seat"] = seat_name(*mark->seat);
  if (mark->piece) out["piece"] = *mark->piece;
  return out;
}

Json cell_json(const std::optional<state::Cell>& cell) {
  if (!cell) return nullptr;
  return {{"seat", seat_name(cell->seat)}, {"kind", protocol::attention_kind_name(cell->kind)}, {"row", cell->row}, {"column", cell->column}};
}

}  // namespace

std::string snapshot_json(const state::State& state, const Strings& strings, const SnapshotExtras& extras) {
  PageView page = build_page(state, strings);
  Json out{{"text", state.document.text},
           {"language", state.language},
           {"theme", state::theme_name(state.theme)},
           {"tab", state::tab_name(state.tab)},
           {"layout", state::layout_name(state.layout)},
           {"projector", state.projector},
           {"example", state.example},
           {"frames", extras.frames},
           {"clock", {{"cursor", state.clock.cursor}, {"steps", page.header.steps}, {"playing", state.clock.playing}, {"finished", state.clock.cursor > 0 && !state::can_step(state)}}},
           {"selection", {{"hover", mark_json(state.hover)}, {"pin", mark_json(state.pin)}, {"hover_cell", cell_json(state.hover_cell)}, {"pin_cell", cell_json(state.pin_cell)}}},
           {"header", Writer::of(page.header)},
           {"examples", Writer::of(page.examples)},
           {"options", Writer::of(page.options)},
           {"keys", Writer::of(page.keys)},
           {"leak", Writer::of(page.leak)},
           {"answer", Writer::of(page.answer)},
           {"status", Writer::of(page.status)}};
  Json columns = Json::array();
  for (ColumnView& column : page.columns) columns.push_back(Writer::of(column));
  out["columns"] = std::move(columns);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace trilens::view
