// Parts of the bars that header and footer share, and what opens on top of the page.
#pragma once

#include "ui/panels/panels.hpp"

namespace trilens::ui {

// ⏮ ‹ ▶ › ⏭ and the clock in words. Right-aligned when `clock_left`, else centred in `rect`.
void draw_transport(const view::HeaderView& view, Frame& frame, Rect rect, bool clock_left, Commands& commands);
[[nodiscard]] float transport_width(const view::HeaderView& view, const Frame& frame);

// Theme, projector, options, language, keys: as many as `rect` has room for, from the right.
void draw_tools(const view::PageView& view, Frame& frame, Rect rect, PanelState& panel, Commands& commands);

void draw_tabs(const view::HeaderView& view, Frame& frame, Rect rect, PanelState& panel, Commands& commands);
void draw_family_switch(const view::HeaderView& view, Frame& frame, Rect rect, Commands& commands);

// One option: its name, its control, its value.
void draw_option(const view::OptionView& option, Frame& frame, Rect row, Id id, Commands& commands);
void draw_options(const view::OptionsView& view, Frame& frame, float header, Commands& commands);
void draw_keys(const view::KeysView& view, Frame& frame, Commands& commands);

}  // namespace trilens::ui
