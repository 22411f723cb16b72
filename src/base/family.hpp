// The three families, under the names that scripts, files and the page use.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace trilens {

enum class Family : std::uint8_t { encoder, decoder, encoder_decoder };

// In the order in which every view shows them.
inline constexpr std::array kFamilies{Family::encoder, Family::decoder, Family::encoder_decoder};

[[nodiscard]] constexpr std::string_view family_name(Family family) {
  switch (family) {
    case Family::encoder: return "encoder";
    case Family::decoder: return "decoder";
    case Family::encoder_decoder: return "encoder_decoder";
  }
  return "";
}

[[nodiscard]] constexpr std::optional<Family> family_from_name(std::string_view name) {
  for (const Family family : kFamilies) {
    if (family_name(family) == name) return family;
  }
  return std::nullopt;
}

[[nodiscard]] constexpr std::size_t family_index(Family family) { return static_cast<std::size_t>(family); }

}  // namespace trilens
