// The shelf of models and the card of the one that is asked about, every field under its own name (snapshot.hpp).
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, PlanFactView& v) {
  io("label", v.label);
  io("value", v.value);
}

void describe(Writer& io, PlanVariantView& v) {
  io("variant", v.variant);
  io("label", v.label);
  io("why", v.why);
  io("selected", v.selected);
  io("usable", v.usable);
}

void describe(Writer& io, PlanCardView& v) {
  std::string family = v.family ? std::string(family_name(*v.family)) : std::string();
  io("title", v.title);
  io("from", v.from);
  io("family", family);
  io("summary", v.summary);
  io("facts", v.facts);
  io("variant", v.variant);
  io("variants_label", v.variants_label);
  io("variants", v.variants);
  io("waiting", v.waiting);
  io("question", v.question);
  io("fetch_label", v.fetch_label);
  io("decline_label", v.decline_label);
  io("progress", v.progress);
  io("trouble", v.trouble);
  io("help", v.help);
  io("again_label", v.again_label);
}

void describe(Writer& io, ShelfRowView& v) {
  std::string family = v.family ? std::string(family_name(*v.family)) : std::string();
  io("name", v.name);
  io("key", v.key);
  io("title", v.title);
  io("family", family);
  io("facts", v.facts);
  io("note", v.note);
  io("badge", v.badge);
  io("action", v.action);
  io("remove_label", v.remove_label);
  io("current", v.current);
  io("asks", v.asks);
  io("question", v.question);
  io("yes_label", v.yes_label);
  io("no_label", v.no_label);
}

void describe(Writer& io, FilterView& v) {
  io("id", v.id);
  io("label", v.label);
  io("choices", v.choices);
}

void describe(Writer& io, FieldView& v) {
  io("label", v.label);
  io("placeholder", v.placeholder);
  io("value", v.value);
}

void describe(Writer& io, ShelfView& v) {
  std::string seat(seat_name(v.seat));
  io("open", v.open);
  io("seat", seat);
  io("title", v.title);
  io("note", v.note);
  io("close_label", v.close_label);
  io("bundled_title", v.bundled_title);
  io("bundled", v.bundled);
  io("kept_title", v.kept_title);
  io("kept_sum", v.kept_sum);
  io("kept_note", v.kept_note);
  io("kept_trouble", v.kept_trouble);
  io("kept", v.kept);
  io("own_title", v.own_title);
  io("name", v.name);
  io("server", v.server);
  io("look_label", v.look_label);
  io("can_look", v.can_look);
  io("server_note", v.server_note);
  io("drop_words", v.drop_words);
  io("disk_label", v.disk_label);
  io("disk_note", v.disk_note);
  io("folder_label", v.folder_label);
  io("files_label", v.files_label);
  io("catalog_title", v.catalog_title);
  io("catalog_note", v.catalog_note);
  io("filters", v.filters);
  io("catalog", v.catalog);
  io("catalog_none", v.catalog_none);
  io("card", v.card);
}

}  // namespace trilens::view
