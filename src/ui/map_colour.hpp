// The scale of attention maps: light to dark on light pages, dark to light on dark ones, so that strong always stands out.
//
// Perceptually ordered and safe for colour-blind eyes: after ColorBrewer's YlGnBu (light) and matplotlib's viridis (dark), with
// zero drawn to the page's own colour. Both are given to shaders/attention_map.frag as uniforms.
#pragma once

#include <array>

#include "ui/geometry.hpp"

namespace trilens::ui {

using MapStops = std::array<Colour, 7>;  // evenly spaced, from 0 to full strength

[[nodiscard]] const MapStops& map_stops(bool dark);
// part in [0, 1]; outside is cut.
[[nodiscard]] Colour map_colour(float part, bool dark);

}  // namespace trilens::ui
