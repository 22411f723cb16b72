// Candidates as bars: word, length, per cent; the same in predictions and alternatives.
#pragma once

#include "ui/panels/panels.hpp"

namespace trilens::ui {

struct BarsOptions {
  Family family = Family::encoder;
  Id id = 0;
  std::size_t most = 5;
  float opacity = 1;
};

// Returns the height.
float draw_bars(const std::vector<view::BarView>& bars, Frame& frame, Place place, const BarsOptions& options);

}  // namespace trilens::ui
