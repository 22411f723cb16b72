#include "ui/theme.hpp"

#include <cmath>
#include <cstdio>

namespace trilens::ui {
namespace {

constexpr Theme make_light() {
  Theme t;
  t.paper = rgb(0xFCFBF8);
  t.raised = rgb(0xFFFFFF);
  t.sunken = rgb(0xF0EEE9);
  t.ink = rgb(0x1B1D21);
  t.muted = rgb(0x5A606B);
  t.faint = rgb(0xA9ADB5);
  t.hairline = rgb(0xE4E1DA);
  t.accent = rgb(0x0072B2);
  t.danger = rgb(0xB3261E);
  t.families = {{
      {rgb(0x0072B2), rgb(0x00669F), rgb(0xBFDDF0), rgb(0xE6F1F8)},
      {rgb(0xD55E00), rgb(0xB34E00), rgb(0xF7D3B8), rgb(0xFCEEE3)},
      {rgb(0x009E73), rgb(0x00785A), rgb(0xB5E3D5), rgb(0xE2F4EE)},
  }};
  return t;
}

constexpr Theme make_dark() {
  Theme t;
  t.dark = true;
  t.paper = rgb(0x14161A);
  t.raised = rgb(0x1C1F25);
  t.sunken = rgb(0x22262D);
  t.ink = rgb(0xECEDEF);
  t.muted = rgb(0xA4AAB5);
  t.faint = rgb(0x5C636F);
  t.hairline = rgb(0x2C3038);
  t.accent = rgb(0x62B5EC);
  t.danger = rgb(0xF2847C);
  t.families = {{
      {rgb(0x3D9FDD), rgb(0x62B5EC), rgb(0x1F4A66), rgb(0x17293A)},
      {rgb(0xEE7A33), rgb(0xF58F52), rgb(0x6A3413), rgb(0x35221A)},
      {rgb(0x22B98C), rgb(0x45CFA5), rgb(0x145341), rgb(0x152E29)},
  }};
  return t;
}

constexpr std::array kLightMarks{rgb(0x0072B2), rgb(0xB34E00), rgb(0x00785A), rgb(0x9C4A7C), rgb(0x8A6A00), rgb(0x2F7FA8), rgb(0x5A606B)};
constexpr std::array kDarkMarks{rgb(0x62B5EC), rgb(0xF58F52), rgb(0x45CFA5), rgb(0xDB93BD), rgb(0xE5C44B), rgb(0x8CD3F2), rgb(0xA4AAB5)};

constexpr Theme kLight = make_light();
constexpr Theme kDark = make_dark();

double linear(std::uint8_t channel) {
  const double c = channel / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(Colour c) { return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b); }

std::string hex(Colour c) {
  char buffer[8];
  std::snprintf(buffer, sizeof buffer, "#%02x%02x%02x", c.r, c.g, c.b);
  return buffer;
}

}  // namespace

Colour mark_colour(std::size_t index, bool dark) { return dark ? kDarkMarks[index % kDarkMarks.size()] : kLightMarks[index % kLightMarks.size()]; }

const Theme& theme_for(bool dark) { return dark ? kDark : kLight; }

double contrast(Colour a, Colour b) {
  const double high = std::max(luminance(a), luminance(b));
  const double low = std::min(luminance(a), luminance(b));
  return (high + 0.05) / (low + 0.05);
}

std::string page_properties(const Theme& t, bool covered) {
  return R"({"scheme":")" + std::string(t.dark ? "dark" : "light") + R"(","paper":")" + hex(t.paper) + R"(","raised":")" + hex(t.raised) +
         R"(","ink":")" + hex(t.ink) + R"(","muted":")" + hex(t.muted) + R"(","hairline":")" + hex(t.hairline) + R"(","accent":")" +
         hex(t.accent) + R"(","selection":")" + hex(t.families[0].soft) + R"(","field":")" + (covered ? "0.3" : "1") + R"("})";
}

}  // namespace trilens::ui
