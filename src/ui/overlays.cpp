#include "ui/bars_ui.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kRow = 44;
constexpr float kLabelWidth = 154;

}  // namespace

void draw_option(const view::OptionView& option, Frame& frame, Rect row, Id id, Commands& commands) {
  const Theme& theme = frame.theme;
  const Colour ink = option.used ? theme.ink : theme.muted;
  frame.line({row.x, row.y, kLabelWidth - 6, row.h}, option.label, option.changed ? kLabel : kSmall, ink);
  if (option.kind == view::OptionKind::choice) {
    const float wide = segmented_width(frame, option.choices);
    if (const auto chosen = segmented(frame, id, {row.right() - wide, row.y + 5, wide, row.h - 10}, option.choices)) {
      commands.emplace_back(state::SetOption{option.name, option.choices[*chosen].id});
    }
  } else {
    frame.line({row.right() - 64, row.y, 64, row.h}, option.value_text, kMonoSmall, ink, Align::right);
    const Rect track{row.x + kLabelWidth, row.y + 4, row.w - kLabelWidth - 72, row.h - 8};
    if (const auto value = slider(frame, id, track, {option.label, option.value, option.least, option.most, option.step, option.used})) {
      commands.emplace_back(state::SetOption{option.name, *value});
    }
  }
  const Hit hit = frame.target(id_of("option-name", id), {row.x, row.y, kLabelWidth - 6, row.h}, {.label = option.help, .cursor = Cursor::arrow, .focusable = false});
  if (hit.hovered) frame.tooltip(option.help);
}

void draw_options(const view::OptionsView& view, Frame& frame, float header, Commands& commands) {
  if (!view.open) return;
  frame.on_top([&view, header, &commands](Frame& top) {
    const Theme& theme = top.theme;
    const float wide = std::min(430.0F, top.width() - 16), inner = wide - 40;
    const float note = top.paragraph_height(inner, view.note, kSmall);
    const float tall = 20 + 32 + note + 12 + kRow * static_cast<float>(view.rows.size() + 1) + 76;
    const Rect box{top.width() - wide - 8, std::min(header + 8, std::max(8.0F, top.height() - tall - 8)), wide, tall};
    top.interaction.region(id_of("region-options"));
    top.interaction.block(box);
    top.shadow(box, 12);
    top.fill(box, theme.raised, 12);
    top.stroke(box, theme.hairline, 12);
    float y = box.y + 16;
    top.line({box.x + 20, y, inner - 40, 32}, view.title, kStrong, theme.ink);
    if (icon_button(top, id_of("options-close"), {box.right() - 52, y - 2, 36, 36}, Icon::close, {})) commands.emplace_back(state::ToggleOptions{});
    y += 36;
    y += top.paragraph({box.x + 20, y}, inner, view.note, kSmall, theme.muted) + 12;
    for (std::size_t i = 0; i < view.rows.size(); ++i) {
      draw_option(view.rows[i], top, {box.x + 20, y, inner, kRow}, id_of("option-row", i), commands);
      y += kRow;
    }
    y += 8;
    top.hairline({box.x + 20, y}, {box.right() - 20, y}, theme.hairline);
    y += 8;
    const float paces = segmented_width(top, view.paces);
    top.line({box.x + 20, y, inner - paces - 8, kRow}, view.pace_label, kSmall, theme.ink);
    if (const auto chosen = segmented(top, id_of("options-pace"), {box.right() - 20 - paces, y + 5, paces, kRow - 10}, view.paces)) {
      commands.emplace_back(state::SetPace{state::kPaces[*chosen]});
    }
    y += kRow;
    if (text_button(top, id_of("options-reset"), {box.x + 20, y + 8, text_button_width(top, view.reset_label), 36}, view.reset_label, {.label = {}, .keys = {}, .enabled = view.can_reset})) {
      commands.emplace_back(state::ResetOptions{});
    }
  });
}

void draw_keys(const view::KeysView& view, Frame& frame, Commands& commands) {
  if (!view.open) return;
  frame.on_top([&view, &commands](Frame& top) {
    const Theme& theme = top.theme;
    top.fill({0, 0, top.width(), top.height()}, Colour{0, 0, 0, static_cast<std::uint8_t>(theme.dark ? 140 : 60)});
    top.interaction.modal();
    top.interaction.block({0, 0, top.width(), top.height()});
    const float wide = std::min(600.0F, top.width() - 24), keys = std::min(220.0F, (wide - 48) * 0.42F);
    const auto row_height = [&](const view::KeyView& row) {
      return std::max(top.paragraph_height(keys - 12, row.keys, kMonoSmall), top.paragraph_height(wide - 48 - keys, row.what, kSmall)) + 10;
    };
    float tall = 80;
    for (const view::KeyView& row : view.rows) tall += row_height(row);
    const Rect box{(top.width() - wide) / 2, std::max(12.0F, (top.height() - tall) / 2), wide, tall};
    top.interaction.region(id_of("region-keys"));
    top.shadow(box, 14);
    top.fill(box, theme.raised, 14);
    top.line({box.x + 24, box.y + 16, wide - 90, 36}, view.title, kTitle, theme.ink);
    if (icon_button(top, id_of("keys-close"), {box.right() - 56, box.y + 14, 36, 36}, Icon::close, {})) commands.emplace_back(state::ToggleKeys{});
    float y = box.y + 64;
    for (const view::KeyView& row : view.rows) {
      top.paragraph({box.x + 24, y}, keys - 12, row.keys, kMonoSmall, theme.ink);
      top.paragraph({box.x + 24 + keys, y}, wide - 48 - keys, row.what, kSmall, theme.muted);
      y += row_height(row);
    }
    const Point at = top.interaction.pointer();
    if (top.interaction.press_began() && !box.contains(at)) commands.emplace_back(state::ToggleKeys{});
  });
}

}  // namespace trilens::ui
