// Candidates as bars: word, length, per cent; the same in predictions and alternatives.
#pragma once

#include <optional>
#include <string_view>

#include "ui/panels/panels.hpp"

namespace trilens::ui {

struct BarsOptions {
  Family family = Family::encoder;
  Id id = 0;
  std::size_t most = 5;
  float opacity = 1;
  std::string_view link = {};                     // what a press opens, for hover; empty: nothing
  std::optional<std::size_t>* pressed = nullptr;  // with `link`: the bar that was pressed
};

// Returns the height.
float draw_bars(const std::vector<view::BarView>& bars, Frame& frame, Place place, const BarsOptions& options);

}  // namespace trilens::ui
