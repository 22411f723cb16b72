// What the page module asks of the browser: web/page_host.mjs, behind functions.
//
// Every call is cheap and returns at once. One thread: the page's. attach() hands the module's own functions over; they are
// the extern "C" ones of main.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ui/geometry.hpp"
#include "ui/interaction.hpp"

namespace trilens::app::host {

void attach();

void wake();                                    // draw soon
void wake_after(double millis);                 // call tick() then
void send(const std::string& json);             // to the engine
void resolve(std::int64_t ticket, const std::string& json);
void reject(std::int64_t ticket, const std::string& code, const std::string& message);
void copy(const std::string& text);
void share(const std::string& json);            // the page as a link, to the clipboard
void save(const std::string& name, const std::string& type, const std::string& content);  // as a file
void save_picture();                            // what the canvas shows, as PNG
void remember(const std::string& json);
void language(const std::string& language);
void changed();                                 // the mirror may want to look
void show_text(const std::string& text);        // in the text field
void place_field(ui::Rect rect, float size);    // CSS pixels
void focus_field();
// Another text field over the drawing (web/line_fields.mjs), by PanelState::Field. An empty rectangle: there is none now.
void place_box(int which, ui::Rect rect, ui::Rect seen, float size);
void box_words(int which, const std::string& json);  // {"label", "placeholder", "value"}
void focus_box(int which);
void choose_files(bool folder);                 // opens the browser's own chooser
void extent(float height);                      // of the page
void scroll_to(float y);
void cursor(ui::Cursor cursor);
void focus_words(const std::string& words);     // said aloud
void dress(const std::string& json);            // custom properties of web/page.css
[[nodiscard]] double now();                     // performance.now()

// Letters from the browser's fonts (web/glyphs.mjs). Sizes in device pixels.
[[nodiscard]] float glyph_advance(char32_t codepoint, float size);
struct Glyph {
  int width = 0, height = 0, left = 0, top = 0;  // left, top: from the pen on the baseline to the first pixel
  float advance = 0;
  bool colored = false;
  std::uint8_t* pixels = nullptr;                // RGBA, free() it; null when there is nothing to see
};
[[nodiscard]] Glyph glyph(char32_t codepoint, float size);

}  // namespace trilens::app::host
