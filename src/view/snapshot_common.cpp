// What several panels share, every field under its own name (snapshot.hpp).
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, OfferView& v) {
  std::string id = v.offer == Offer::retry ? "retry" : v.offer == Offer::use_wasm ? "use_wasm" : "keep";
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

}  // namespace trilens::view
