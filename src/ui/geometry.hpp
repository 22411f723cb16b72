// Points, rectangles and colours of the drawing. Lengths are CSS pixels (projector mode counts bigger ones); y grows downwards.
#pragma once

#include <algorithm>
#include <cstdint>

namespace trilens::ui {

struct Point {
  float x = 0, y = 0;
};

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;
  [[nodiscard]] constexpr float right() const { return x + w; }
  [[nodiscard]] constexpr float bottom() const { return y + h; }
  [[nodiscard]] constexpr Point centre() const { return {x + w / 2, y + h / 2}; }
  [[nodiscard]] constexpr bool contains(Point p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
  [[nodiscard]] constexpr Rect inset(float by) const { return {x + by, y + by, w - 2 * by, h - 2 * by}; }
  [[nodiscard]] constexpr Rect intersect(const Rect& o) const {
    const float left = std::max(x, o.x), top = std::max(y, o.y);
    return {left, top, std::max(0.0F, std::min(right(), o.right()) - left), std::max(0.0F, std::min(bottom(), o.bottom()) - top)};
  }
  [[nodiscard]] constexpr bool empty() const { return w <= 0 || h <= 0; }
};

struct Colour {
  std::uint8_t r = 0, g = 0, b = 0, a = 255;
  [[nodiscard]] constexpr Colour alpha(float part) const {
    return {r, g, b, static_cast<std::uint8_t>(static_cast<float>(a) * std::clamp(part, 0.0F, 1.0F))};
  }
  friend constexpr bool operator==(const Colour&, const Colour&) = default;
};

// 0xRRGGBB
[[nodiscard]] constexpr Colour rgb(std::uint32_t hex) {
  return {static_cast<std::uint8_t>(hex >> 16), static_cast<std::uint8_t>(hex >> 8), static_cast<std::uint8_t>(hex), 255};
}

// part 0: a, 1: b
[[nodiscard]] constexpr Colour mix(Colour a, Colour b, float part) {
  const auto blend = [part](std::uint8_t from, std::uint8_t to) {
    return static_cast<std::uint8_t>(static_cast<float>(from) + (static_cast<float>(to) - static_cast<float>(from)) * part + 0.5F);
  };
  return {blend(a.r, b.r), blend(a.g, b.g), blend(a.b, b.b), blend(a.a, b.a)};
}

}  // namespace trilens::ui
