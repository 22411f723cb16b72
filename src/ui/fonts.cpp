#include "ui/fonts.hpp"

#include <cmath>
#include <optional>

#include <imgui_internal.h>

namespace trilens::ui {
namespace {

// https://learn.microsoft.com/typography/opentype/spec/: table directory, head.unitsPerEm, hhea.ascender and .descender.
std::optional<float> line_over_em(std::span<const std::uint8_t> bytes) {
  const auto u16 = [&](std::size_t at) { return at + 2 <= bytes.size() ? (bytes[at] << 8) | bytes[at + 1] : 0; };
  const auto u32 = [&](std::size_t at) { return (static_cast<std::size_t>(u16(at)) << 16) | static_cast<std::size_t>(u16(at + 2)); };
  if (bytes.size() < 12) return std::nullopt;
  int em = 0, ascent = 0, descent = 0;
  for (int i = 0; i < u16(4); ++i) {
    const std::size_t record = 12 + 16 * static_cast<std::size_t>(i);
    const std::size_t tag = u32(record), offset = u32(record + 8);
    if (tag == 0x68656164) em = u16(offset + 18);
    if (tag == 0x68686561) {
      ascent = static_cast<std::int16_t>(u16(offset + 4));
      descent = static_cast<std::int16_t>(u16(offset + 6));
    }
  }
  if (em <= 0 || ascent - descent <= 0) return std::nullopt;
  return static_cast<float>(ascent - descent) / static_cast<float>(em);
}

}  // namespace

bool Fonts::load(const FontBytes& bytes, const ImFontLoader* fallback) {
  ImFontAtlas* atlas = ImGui::GetIO().Fonts;
  const std::array<std::span<const std::uint8_t>, 3> sources{bytes.text, bytes.strong, bytes.mono};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto ratio = line_over_em(sources[i]);
    if (!ratio) return false;
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = 2;
    // Dear ImGui takes the bytes by a pointer that it does not write through.
    faces_[i].font = atlas->AddFontFromMemoryTTF(const_cast<std::uint8_t*>(sources[i].data()), static_cast<int>(sources[i].size()), 16.0F, &config);
    faces_[i].scale = *ratio;
    if (faces_[i].font == nullptr) return false;
    if (fallback != nullptr) {
      ImFontConfig other;
      other.MergeMode = true;
      other.FontLoader = fallback;
      other.FontData = nullptr;
      other.SizePixels = 16.0F;
      atlas->AddFont(&other);
    }
  }
  ImGui::GetIO().FontDefault = faces_[0].font;
  return true;
}

void Fonts::forget_glyphs() {
  for (const Loaded& face : faces_) {
    if (face.font != nullptr) ImFontAtlasFontDiscardBakes(ImGui::GetIO().Fonts, face.font, 0);
  }
}

Fonts::Sized Fonts::at(Type type, float device_scale) const {
  const Loaded& face = faces_[static_cast<std::size_t>(type.face)];
  return {face.font, std::round(type.size * face.scale * device_scale)};
}

}  // namespace trilens::ui
