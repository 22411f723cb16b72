#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {

void apply_offer(view::Offer offer, Seat seat, Commands& commands) {
  switch (offer) {
    case view::Offer::retry: commands.emplace_back(state::Retry{seat}); break;
    case view::Offer::keep: commands.emplace_back(state::KeepModel{seat}); break;
    case view::Offer::use_wasm: commands.emplace_back(state::UseProvider{seat, state::ProviderChoice::wasm}); break;
  }
}

float draw_head_state(const view::PanelHead& head, Seat seat, Frame& frame, Place place, Commands& commands) {
  float y = place.y;
  if (head.trouble) {
    const auto box = trouble_box(frame, id_of(head.title, seat_index(seat)), {place.x, y, place.width, 0}, *head.trouble);
    if (box.pressed) apply_offer(*box.pressed, seat, commands);
    y += box.height + 12;
  } else if (head.empty) {
    y += frame.paragraph({place.x, y}, place.width, head.sentence, kBody, frame.theme.muted) + 8;
  }
  return y - place.y;
}

float strength(const view::PanelHead& head, Frame& frame, Id id) { return frame.motion.follow(id ^ 0x5157, head.stale ? 0.45F : 1.0F); }

void draw_field(const view::FieldView& field, std::size_t which, Frame& frame, Rect rect, PanelState& panel) {
  const Hit hit = frame.target(id_of("shelf-field", which), rect, {.label = field.label + ". " + field.value, .cursor = Cursor::arrow});
  frame.fill(rect, frame.theme.raised, 8);
  frame.stroke(rect, mix(frame.theme.hairline, frame.theme.faint, 0.4F), 8);
  if (hit.focused) frame.focus_ring(rect, 8);
  panel.fields[which] = {true, rect, frame.interaction.clip(), hit.pressed};
}

}  // namespace trilens::ui
