// A Dear ImGui font source whose letters the browser paints: what Inter and JetBrains Mono lack, in any script.
#pragma once

struct ImFontLoader;

namespace trilens::app {

// Lives as long as the program.
[[nodiscard]] const ImFontLoader* browser_glyph_loader();

}  // namespace trilens::app
