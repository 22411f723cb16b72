#include "ui/map_colour.hpp"

namespace trilens::ui {
namespace {

constexpr MapStops kLight{rgb(0xF6F4EC), rgb(0xD5E8C6), rgb(0x8FD0BC), rgb(0x45ABC4), rgb(0x2A78B5), rgb(0x27459A), rgb(0x151D54)};
constexpr MapStops kDark{rgb(0x1B1D27), rgb(0x33356B), rgb(0x35608D), rgb(0x24908C), rgb(0x4CBF70), rgb(0xA8DB34), rgb(0xFDE725)};

}  // namespace

const MapStops& map_stops(bool dark) { return dark ? kDark : kLight; }

Colour map_colour(float part, bool dark) {
  const MapStops& stops = map_stops(dark);
  const float at = std::clamp(part, 0.0F, 1.0F) * 6;
  const auto below = static_cast<std::size_t>(std::min(at, 5.0F));
  return mix(stops[below], stops[below + 1], at - static_cast<float>(below));
}

}  // namespace trilens::ui
