// Every field of every view under its own name, so that what is drawn and what is told cannot differ.
#include <string>
#include <utility>

#include "view/snapshot.hpp"

namespace trilens::view {

using protocol::Json;

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
           {"status", Writer::of(page.status)},
           {"shelf", Writer::of(page.shelf)},
           {"space", Writer::of(page.space)},
           {"masks", Writer::of(page.masks)},
           {"leak", Writer::of(page.leak)},
           {"ruler", Writer::of(page.ruler)},
           {"heads", Writer::of(page.heads)},
           {"curves", Writer::of(page.curves)},
           {"machine", Writer::of(page.machine)},
           {"probes", Writer::of(page.probes)},
           {"generation", Writer::of(page.generation)},
           {"answer", Writer::of(page.answer)}};
  Json columns = Json::array();
  for (ColumnView& column : page.columns) columns.push_back(Writer::of(column));
  out["columns"] = std::move(columns);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace trilens::view
