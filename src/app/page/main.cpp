// The page module's doors: what web/page_host.mjs calls, handed to Page as it comes.

#include <memory>

#include <emscripten.h>

#include "app/page/host.hpp"
#include "app/page/page.hpp"

namespace {

// The module is the page: it begins with main() and lasts until the tab closes.
std::unique_ptr<trilens::app::Page>& page() {
  static std::unique_ptr<trilens::app::Page> the_page = std::make_unique<trilens::app::Page>();
  return the_page;
}

}  // namespace

extern "C" {

// Takes the bytes over (malloc).
EMSCRIPTEN_KEEPALIVE void trilens_page_asset(const char* name, std::uint8_t* bytes, int size) {
  page()->asset(name, std::vector<std::uint8_t>(bytes, bytes + size));
  std::free(bytes);
}
EMSCRIPTEN_KEEPALIVE const char* trilens_page_start(const char* json) {
  static std::string problem;  // lives until the next call; JavaScript copies it at once
  problem = page()->start(json);
  return problem.c_str();
}
EMSCRIPTEN_KEEPALIVE void trilens_page_resize(float width, float height, float ratio) { page()->resize(width, height, ratio); }
EMSCRIPTEN_KEEPALIVE void trilens_page_environment(const char* json) { page()->environment(json); }
EMSCRIPTEN_KEEPALIVE void trilens_page_strings(const char* language, const char* json) { page()->strings(language, json); }
EMSCRIPTEN_KEEPALIVE int trilens_page_frame(double now) { return page()->frame(now) ? 1 : 0; }
EMSCRIPTEN_KEEPALIVE void trilens_page_tick(double now) { page()->tick(now); }
EMSCRIPTEN_KEEPALIVE void trilens_page_receive(const char* json) { page()->receive(json); }
EMSCRIPTEN_KEEPALIVE void trilens_page_engine_lost(const char* json) { page()->engine_lost(json); }
EMSCRIPTEN_KEEPALIVE void trilens_page_command(const char* json, double ticket) { page()->command(json, static_cast<std::int64_t>(ticket)); }
EMSCRIPTEN_KEEPALIVE const char* trilens_page_snapshot() { return page()->snapshot().c_str(); }
EMSCRIPTEN_KEEPALIVE void trilens_page_scroll(float y) { page()->scroll(y); }
EMSCRIPTEN_KEEPALIVE void trilens_page_pointer(int kind, float x, float y, int touch) {
  page()->pointer({static_cast<trilens::ui::PointerKind>(kind), {x, y}, touch != 0});
}
EMSCRIPTEN_KEEPALIVE int trilens_page_key(const char* key, int modifiers) { return page()->key(key, modifiers) ? 1 : 0; }
EMSCRIPTEN_KEEPALIVE void trilens_page_focus(int focused) { page()->focus(focused != 0); }
EMSCRIPTEN_KEEPALIVE void trilens_page_text(const char* text) { page()->text(text); }
EMSCRIPTEN_KEEPALIVE void trilens_page_shared(const char* json) { page()->open_shared(json); }
EMSCRIPTEN_KEEPALIVE void trilens_page_commit() { page()->commit(); }
EMSCRIPTEN_KEEPALIVE void trilens_page_box_text(int which, const char* text) { page()->box_text(which, text); }
EMSCRIPTEN_KEEPALIVE void trilens_page_box_commit(int which) { page()->box_commit(which); }
EMSCRIPTEN_KEEPALIVE void trilens_page_files_chosen(const char* json) { page()->files_chosen(json); }
EMSCRIPTEN_KEEPALIVE void trilens_page_selection(int begin, int end) { page()->selection(static_cast<std::size_t>(begin), static_cast<std::size_t>(end)); }
EMSCRIPTEN_KEEPALIVE void trilens_page_field_height(float height) { page()->field_height(height); }
EMSCRIPTEN_KEEPALIVE void trilens_page_context_lost() { page()->context_lost(); }
EMSCRIPTEN_KEEPALIVE void trilens_page_context_restored() { page()->context_restored(); }
EMSCRIPTEN_KEEPALIVE void trilens_page_fonts_changed() { page()->fonts_changed(); }

}  // extern "C"

int main() {
  page();
  trilens::app::host::attach();
  return 0;
}
