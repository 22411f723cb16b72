// The look: colours and type, light and dark. The one place where a colour or a size is written down.
//
// One colour per family, the same everywhere (Okabe-Ito; lighter twins in the dark). Text meets 4.5 : 1 on `paper` and
// `raised`: where the palette's own tone does not, `text` is a deeper twin. tests/ui/test_look.cpp measures it.
#pragma once

#include <array>
#include <string>

#include "base/family.hpp"
#include "ui/geometry.hpp"

namespace trilens::ui {

struct FamilyColours {
  Colour full;   // marks, bars, borders
  Colour text;   // words
  Colour soft;   // fill of what is pointed at
  Colour tint;   // fill of what is merely there
};

struct Theme {
  bool dark = false;
  Colour paper, raised, sunken;       // background; menus and fields; tracks of bars
  Colour ink, muted, faint;           // text; second text; decoration only (not for words)
  Colour hairline;
  Colour accent;                      // focus, selection
  Colour danger;                      // the edge of trouble, beside words
  std::array<FamilyColours, 3> families;
  [[nodiscard]] const FamilyColours& of(Family family) const { return families[family_index(family)]; }
};

[[nodiscard]] const Theme& theme_for(bool dark);

enum class Face : unsigned char { text, strong, mono };

struct Type {
  Face face = Face::text;
  float size = 15;  // em, CSS pixels
};

// The scale: nothing smaller than 14.
inline constexpr Type kTitle{Face::strong, 19};
inline constexpr Type kQuestion{Face::strong, 17};
inline constexpr Type kWordmark{Face::strong, 20};
inline constexpr Type kBody{Face::text, 15};
inline constexpr Type kStrong{Face::strong, 15};
inline constexpr Type kSmall{Face::text, 14};
inline constexpr Type kLabel{Face::strong, 14};
inline constexpr Type kMono{Face::mono, 14.5F};
inline constexpr Type kMonoSmall{Face::mono, 14};
inline constexpr float kFieldSize = 18;
inline constexpr float kLine = 1.45F;  // line height over em

// WCAG 2.2 contrast of two opaque colours, 1 to 21.
[[nodiscard]] double contrast(Colour a, Colour b);

// The custom properties of web/page.css, as JSON. covered: something lies over the page, and the text field steps back.
[[nodiscard]] std::string page_properties(const Theme& theme, bool covered);

}  // namespace trilens::ui
