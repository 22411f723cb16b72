// Heads and links as JSON, under the names of their views' fields. Pictures are left out: `heads` of window.trilens.command has them.
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, HeadsIntroView& v) {
  io("order_label", v.order_label);
  io("orders", v.orders);
  io("special_label", v.special_label);
  io("special", v.special);
  io("threshold_label", v.threshold_label);
  io("threshold", v.threshold);
  io("threshold_text", v.threshold_text);
  io("note", v.note);
}

void describe(Writer& io, HeadTileView& v) {
  io("id", v.id);
  io("name", v.name);
  io("caption", v.caption);
  io("sentence", v.sentence);
  io("role", v.role);
  io("selected", v.selected);
}

void describe(Writer& io, HeadRowView& v) {
  io("label", v.label);
  io("tiles", v.tiles);
}

void describe(Writer& io, LitStrip& v) {
  io("from", v.from);
  io("to", v.to);
}

void describe(Writer& io, HeadsView& v) {
  std::string kind(protocol::attention_kind_name(v.kind));
  io("head", v.head);
  io("kind", kind);
  io("kinds", v.kinds);
  io("sorted", v.sorted);
  io("columns", v.columns);
  io("tile_rows", v.tile_rows);
  io("tile_columns", v.tile_columns);
  io("rows", v.rows);
  io("lit_rows", v.lit_rows);
  io("lit_columns", v.lit_columns);
  io("summary", v.summary);
  io("notes", v.notes);
  io("scale_text", v.scale_text);
}

void describe(Writer& io, LinkView& v) {
  io("row", v.row);
  io("column", v.column);
  io("weight", v.weight);
  io("strongest", v.strongest);
  io("lit", v.lit);
  io("sentence", v.sentence);
}

void describe(Writer& io, LinksView& v) {
  std::string kind(protocol::attention_kind_name(v.kind));
  io("head", v.head);
  io("kind", kind);
  io("left_label", v.left_label);
  io("right_label", v.right_label);
  io("left", v.left);
  io("right", v.right);
  io("links", v.links);
  io("choice", v.choice);
  io("note", v.note);
}

}  // namespace trilens::view
