// A map of attention to be painted, and who paints it: the app, with shaders/attention_map.frag.
//
// Not here: labels, the pointer, the legend (map_widget).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <imgui.h>

#include "ui/geometry.hpp"

namespace trilens::ui {

struct MapPicture {
  std::uint64_t key = 0;              // the same map keeps its texture from frame to frame
  std::uint64_t version = 0;          // uploaded again when it changes
  std::span<const float> values;      // [rows, columns] f32, row-major
  std::size_t rows = 0, columns = 0;
  float scale = 1;                    // the value that is painted at full strength
  bool triangle = false;              // cells right of the diagonal are masked: nothing there to see
  std::size_t rows_reached = 0;       // later rows are calm
  int lit_row = -1, lit_column = -1;
  int cell_row = -1, cell_column = -1;  // the selected one gets a frame
  bool dark = false;
  Colour paper;                       // under calm and masked cells
  Colour line;                        // hairlines between cells
  Colour mark;                        // frame of lit rows, columns, cell
  float opacity = 1;
};

class MapPainter {
 public:
  virtual ~MapPainter() = default;
  // `place` in device pixels. The picture's values are read before this returns.
  virtual void paint(ImDrawList& list, Rect place, const MapPicture& picture) = 0;
};

}  // namespace trilens::ui
