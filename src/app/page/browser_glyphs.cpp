// Written after ImGui_ImplStbTrueType_FontBakedLoadGlyph of imgui_draw.cpp (1.92.2b).

#include "app/page/browser_glyphs.hpp"

#include <cstdlib>

#include <imgui.h>
#include <imgui_internal.h>

#include "app/page/host.hpp"

namespace trilens::app {
namespace {

// Our own faces are 1.2 to 1.3 em tall, and Dear ImGui's sizes count that height.
constexpr float kEmOverSize = 0.8F;

bool contains(ImFontAtlas* /*atlas*/, ImFontConfig* /*source*/, ImWchar codepoint) { return codepoint > 0x7F; }

bool load(ImFontAtlas* atlas, ImFontConfig* source, ImFontBaked* baked, void* /*data*/, ImWchar codepoint, ImFontGlyph* out, float* out_advance) {
  if (codepoint <= 0x7F || codepoint == 0xFFFD) return false;
  const float density = source->RasterizerDensity * baked->RasterizerDensity;
  const float size = baked->Size * kEmOverSize * density;
  if (out_advance != nullptr) {
    *out_advance = host::glyph_advance(codepoint, size) / density;
    return true;
  }
  const host::Glyph glyph = host::glyph(codepoint, size);
  out->Codepoint = codepoint;
  out->AdvanceX = glyph.advance / density;
  if (glyph.pixels == nullptr) return true;
  const ImFontAtlasRectId rect_id = ImFontAtlasPackAddRect(atlas, glyph.width, glyph.height);
  if (rect_id == ImFontAtlasRectId_Invalid) {
    std::free(glyph.pixels);
    return false;
  }
  ImTextureRect* rect = ImFontAtlasPackGetRect(atlas, rect_id);
  out->X0 = static_cast<float>(glyph.left) / density;
  out->Y0 = static_cast<float>(glyph.top) / density + IM_ROUND(baked->Ascent);
  out->X1 = out->X0 + static_cast<float>(glyph.width) / density;
  out->Y1 = out->Y0 + static_cast<float>(glyph.height) / density;
  out->Visible = true;
  out->Colored = glyph.colored;
  out->PackId = rect_id;
  ImFontAtlasBakedSetFontGlyphBitmap(atlas, baked, source, out, rect, glyph.pixels, ImTextureFormat_RGBA32, glyph.width * 4);
  std::free(glyph.pixels);
  return true;
}

ImFontLoader make_loader() {
  ImFontLoader loader;
  loader.Name = "browser";
  loader.FontSrcContainsGlyph = contains;
  loader.FontBakedLoadGlyph = load;
  return loader;
}

const ImFontLoader kLoader = make_loader();

}  // namespace

const ImFontLoader* browser_glyph_loader() { return &kLoader; }

}  // namespace trilens::app
