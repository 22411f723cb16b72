// Three faces out of TrueType bytes, for any size, sharp at any pixel ratio.
//
// Letters that they lack come from the fallback loader that the app hands in (the browser's own fonts), else they are boxes.
// The bytes must outlive the ImGui context. Sizes are em; Dear ImGui counts ascent + descent, `scale` converts.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <imgui.h>

#include "ui/theme.hpp"

struct ImFontLoader;

namespace trilens::ui {

struct FontBytes {
  std::span<const std::uint8_t> text, strong, mono;
};

class Fonts {
 public:
  // False: some bytes are no TrueType font. ImGui's context must exist.
  [[nodiscard]] bool load(const FontBytes& bytes, const ImFontLoader* fallback);

  // What was painted by the fallback may look different now: paint it again. Not during a frame.
  void forget_glyphs();

  struct Sized {
    ImFont* font = nullptr;
    float size = 0;    // for Dear ImGui, device pixels
  };
  [[nodiscard]] Sized at(Type type, float device_scale) const;

 private:
  struct Loaded {
    ImFont* font = nullptr;
    float scale = 1.2F;  // (ascent + descent) / em
  };
  std::array<Loaded, 3> faces_;
};

}  // namespace trilens::ui
