// What the shelf's files share: a place to draw in, and where its text fields belong.
#pragma once

#include "ui/panels/panels.hpp"

namespace trilens::ui {

// What every part of the shelf needs.
struct ShelfPen {
  Frame& frame;
  PanelState& panel;
  Commands& commands;

  [[nodiscard]] float tall() const { return panel.phone ? 44 : 32; }  // of buttons and fields
};

// The model that is asked about. Starts at place.y, returns where it ended.
float draw_plan_card(const view::PlanCardView& card, const ShelfPen& pen, Place place);

// The models of one list in as many columns as there is room for.
float draw_shelf_rows(const std::vector<view::ShelfRowView>& rows, const view::ShelfView& view, const ShelfPen& pen, Place place);

// A name, a server, files of one's own.
float draw_shelf_own(const view::ShelfView& view, const ShelfPen& pen, Place place);

[[nodiscard]] int shelf_columns(float width);
inline constexpr float kShelfGap = 48;  // between its columns: as between those of the page

}  // namespace trilens::ui
