// The three places in which models sit side by side. Each family has one that it starts in; any model can sit in any of them, so
// that two of one family can be compared.
//
// Not here: which model sits where (state, lab). Scripts that name a family mean its home.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/family.hpp"

namespace trilens {

enum class Seat : std::uint8_t { left, middle, right };

// In the order in which every view shows them.
inline constexpr std::array kSeats{Seat::left, Seat::middle, Seat::right};

[[nodiscard]] constexpr std::string_view seat_name(Seat seat) {
  switch (seat) {
    case Seat::left: return "left";
    case Seat::middle: return "middle";
    case Seat::right: return "right";
  }
  return "";
}

[[nodiscard]] constexpr std::optional<Seat> seat_from_name(std::string_view name) {
  for (const Seat seat : kSeats) {
    if (seat_name(seat) == name) return seat;
  }
  return std::nullopt;
}

[[nodiscard]] constexpr std::size_t seat_index(Seat seat) { return static_cast<std::size_t>(seat); }

// Where a family's bundled model starts, and the reverse.
[[nodiscard]] constexpr Seat home_of(Family family) { return kSeats[family_index(family)]; }
[[nodiscard]] constexpr Family family_at_home(Seat seat) { return kFamilies[seat_index(seat)]; }

}  // namespace trilens
