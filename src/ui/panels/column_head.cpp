#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

// "trilens-bert   4.2 M" with what it runs on as a choice at the end.
float draw_model_line(const view::ColumnHeadView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  const Theme& theme = frame.theme;
  const std::uint64_t family = seat_index(view.family.seat);
  const float tall = panel.phone ? 44 : 32;
  const DropdownOptions options{{}, view.providers, view.provider.empty() ? std::string_view(view.provider_label) : std::string_view(view.provider)};
  const float wide = std::ceil(frame.measure(options.shown, kSmall)) + 34;
  const float model = std::min(frame.measure(view.model, kMonoSmall), place.width - wide);
  const float size = view.parameters.empty() ? 0 : frame.measure(view.parameters, kMonoSmall) + 14;
  const bool all = model + size + wide + 6 <= place.width;
  const Rect menu{place.x + model + (all ? size : 0) + 6, place.y, wide, tall};
  const auto chosen = dropdown(frame, id_of("provider", family), menu, panel.open_menu, options);
  if (chosen) {
    constexpr std::array kChoices{state::ProviderChoice::automatic, state::ProviderChoice::webgpu, state::ProviderChoice::wasm};
    for (const state::ProviderChoice provider : kChoices) {
      if (protocol::provider_choice_name(provider) == view.providers[*chosen].id) commands.emplace_back(state::UseProvider{view.family.seat, provider});
    }
  }
  const Rect words{place.x, place.y, menu.x - place.x - 4, tall};
  frame.line({place.x, place.y, model + 1, tall}, view.model, kMonoSmall, theme.muted);
  if (all) frame.line({place.x + model + 14, place.y, size, tall}, view.parameters, kMonoSmall, theme.muted);
  const Hit hit = frame.target(id_of("model", family), words, {.label = view.facts, .cursor = Cursor::arrow, .focusable = false});
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
    if (view.model.empty()) frame.line({place.x, y, place.width, 32}, view.status, kSmall, theme.muted);
    else draw_model_line(view, frame, {place.x, y, place.width}, panel, commands);
    y += panel.phone ? 44 : 32;
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
