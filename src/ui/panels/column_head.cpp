#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

// "trilens-bert ⌄": opens and closes the shelf of this seat.
void draw_model_button(const view::ColumnHeadView& view, Frame& frame, Rect rect, PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const Id id = id_of("model", seat_index(view.family.seat));
  if (panel.closed_shelf == view.family.seat) {
    frame.interaction.return_focus(id);
    panel.closed_shelf.reset();
  }
  const Hit hit = frame.target(id, rect, {.label = view.model_label});
  if (hit.pressed && view.shelf_open) commands.emplace_back(state::CloseShelf{});
  else if (hit.pressed) commands.emplace_back(state::OpenShelf{view.family.seat});
  frame.fill(rect, view.shelf_open ? theme.of(view.family.family).tint : hit.hovered ? theme.sunken : theme.paper.alpha(0), 8);
  frame.stroke(rect, view.shelf_open ? theme.of(view.family.family).full : mix(theme.hairline, theme.faint, 0.4F), 8);
  frame.line({rect.x + 10, rect.y, rect.w - 32, rect.h}, view.model, kMonoSmall, theme.ink);
  draw_icon(frame, view.shelf_open ? Icon::close : Icon::chevron, {rect.right() - 14, rect.centre().y}, 9, theme.muted);
  if (hit.focused) frame.focus_ring(rect, 8);
  if (!hit.hovered && !hit.focused) return;
  const std::string words = view.facts.empty() ? view.model_label : view.model_label + "\n" + view.facts;
  if (hit.hovered) frame.tooltip(words);
  else frame.tooltip_at(rect, words);
}

// "[trilens-bert ⌄]  4.2 M" with what it runs on as a choice at the end.
float draw_model_line(const view::ColumnHeadView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const std::uint64_t family = seat_index(view.family.seat);
  const float tall = panel.phone ? 44 : 32;
  const DropdownOptions options{{}, view.providers, view.provider.empty() ? std::string_view(view.provider_label) : std::string_view(view.provider)};
  const float wide = std::ceil(frame.measure(options.shown, kSmall)) + 34;
  const bool runs = !view.provider.empty();
  const float model = std::min(std::ceil(frame.measure(view.model, kMonoSmall)) + 34, place.width - (runs ? wide + 4 : 0));
  const float size = view.parameters.empty() ? 0 : frame.measure(view.parameters, kMonoSmall) + 12;
  const bool all = model + size + wide + 8 <= place.width;
  draw_model_button(view, frame, {place.x, place.y, model, tall}, panel, commands);
  if (!runs) return tall;
  const Rect menu{place.x + model + (all ? size : 0) + 6, place.y, wide, tall};
  const auto chosen = dropdown(frame, id_of("provider", family), menu, panel.open_menu, options);
  if (chosen) {
    constexpr std::array kChoices{state::ProviderChoice::automatic, state::ProviderChoice::webgpu, state::ProviderChoice::wasm};
    for (const state::ProviderChoice provider : kChoices) {
      if (protocol::provider_choice_name(provider) == view.providers[*chosen].id) commands.emplace_back(state::UseProvider{view.family.seat, provider});
    }
  }
  if (all) frame.line({place.x + model + 12, place.y, size, tall}, view.parameters, kMonoSmall, theme.muted);
  const Rect words{place.x + model + 4, place.y, menu.x - place.x - model - 8, tall};
  const Hit hit = frame.target(id_of("model-facts", family), words, {.label = view.facts, .cursor = Cursor::arrow, .focusable = false});
  if (hit.hovered && !view.facts.empty()) frame.tooltip(view.provider_reason.empty() ? view.facts : view.facts + "\n" + view.provider_reason);
  return tall;
}

}  // namespace

float draw(const view::ColumnHeadView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const FamilyColours& colours = theme.of(view.family.family);
  const std::uint64_t family = seat_index(view.family.seat);
  frame.interaction.region(id_of("region-head", family));
  float y = place.y;

  const float title = Frame::line_height(kTitle);
  draw_family_sign(frame, view.family.family, {place.x + 8, y + title / 2}, 15);
  frame.line({place.x + 26, y, place.width - 26, title}, view.title, kTitle, colours.text);
  y += title + 2;
  y += frame.paragraph({place.x, y}, place.width, view.sentence, kBody, theme.ink, 2) + 2;

  if (view.progress) {
    const float cancel = text_button_width(frame, view.progress->cancel_label);
    const float tall = panel.phone ? 44 : 32;
    frame.line({place.x, y, place.width - cancel - 12, tall}, view.progress->sentence, kSmall, theme.muted);
    if (text_button(frame, id_of("cancel", family), {place.x + place.width - cancel, y + 1, cancel, tall - 2}, view.progress->cancel_label, {})) {
      commands.emplace_back(state::CancelLoad{view.family.seat});
    }
    y += tall + 4;
    progress_bar(frame, {place.x, y, place.width, 4}, view.progress->known ? std::optional(view.progress->fraction) : std::nullopt, colours.full);
    y += 8;
  } else {
    const float tall = panel.phone ? 44 : 32;
    y += draw_model_line(view, frame, {place.x, y + 2, place.width}, panel, commands) + 2;
    if (!view.back_label.empty()) {
      const float wide = text_button_width(frame, view.back_label);
      if (text_button(frame, id_of("model-back", family), {place.x, y + 6, std::min(wide, place.width), tall}, view.back_label, {})) {
        commands.emplace_back(state::ChooseModel{.seat = view.family.seat, .name = std::string(state::bundled_model(family_at_home(view.family.seat)))});
      }
      y += tall + 6;
    }
  }
  if (view.trouble) {
    y += 8;
    const auto box = trouble_box(frame, id_of("load", family), {place.x, y, place.width, 0}, *view.trouble);
    if (box.pressed) apply_offer(*box.pressed, view.family.seat, commands);
    y += box.height + 4;
  }
  return y;
}

}  // namespace trilens::ui
