#include <catch2/catch_test_macros.hpp>

#include "ui/layout.hpp"
#include "ui/map_colour.hpp"
#include "ui/theme.hpp"

using namespace trilens;
using namespace trilens::ui;

TEST_CASE("Words stand out from what they are written on, 4.5 to 1, in light and dark") {
  for (const bool dark : {false, true}) {
    const Theme& theme = theme_for(dark);
    for (const Colour ground : {theme.paper, theme.raised, theme.sunken}) {
      CAPTURE(dark);
      CHECK(contrast(theme.ink, ground) >= 4.5);
      CHECK(contrast(theme.muted, ground) >= 4.5);
    }
    for (const Family family : kFamilies) {
      CHECK(contrast(theme.of(family).text, theme.paper) >= 4.5);
      CHECK(contrast(theme.ink, theme.of(family).soft) >= 4.5);
      CHECK(contrast(theme.ink, theme.of(family).tint) >= 4.5);
      CHECK(contrast(theme.of(family).full, theme.paper) >= 3.0);  // marks, WCAG 1.4.11
    }
  }
}

TEST_CASE("The scale of the maps grows steadily away from the page's own colour") {
  for (const bool dark : {false, true}) {
    double before = 0;
    for (int i = 0; i <= 60; ++i) {
      const double now = contrast(map_colour(static_cast<float>(i) / 60, dark), theme_for(dark).paper);
      CHECK(now >= before - 0.02);
      before = now;
    }
    CHECK(before > 7);
  }
}

TEST_CASE("The text field lies inside the page at every width") {
  for (float width = 320; width < 2600; width += 20) {
    const auto layout = layout_for(width);
    const Bars bars = lay_bars({layout, width, 44, 60});
    CAPTURE(width);
    CHECK(bars.field.x >= 0);
    CHECK(bars.field.right() <= width);
    CHECK(bars.field.w >= 200);
    CHECK(bars.field.bottom() <= bars.header);
  }
}

TEST_CASE("Columns share the page evenly and do not touch") {
  const Columns columns = lay_columns(state::LayoutClass::wide, 1440, 3);
  REQUIRE(columns.boxes.size() == 3);
  CHECK(columns.boxes[0].w == columns.boxes[2].w);
  CHECK(columns.boxes[0].right() < columns.boxes[1].x);
  CHECK(columns.boxes[2].right() <= columns.right);
}
