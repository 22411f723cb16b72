#include "app/page/host.hpp"

#include <array>

#include <emscripten.h>

// clang-format off
EM_JS_DEPS(trilens_page_host, "$UTF8ToString,$stringToUTF8OnStack,$stackSave,$stackRestore");

EM_JS(void, trilens_host_attach, (), {
  const text = (call) => (...args) => {
    const before = stackSave();
    try { return call(...args.map((arg) => typeof arg === 'string' ? stringToUTF8OnStack(arg) : arg)); } finally { stackRestore(before); }
  };
  // Long strings go through the heap: the stack is small.
  const heap = (call) => (string, ...rest) => {
    const size = lengthBytesUTF8(string) + 1;
    const at = _malloc(size);
    stringToUTF8(string, at, size);
    try { return call(at, ...rest); } finally { _free(at); }
  };
  Module.trilensPage.attach({
    asset(name, bytes) {
      const at = _malloc(bytes.length || 1);
      HEAPU8.set(bytes, at);
      text(_trilens_page_asset)(name, at, bytes.length);  // the module keeps the bytes
    },
    start: (json) => { let error; heap((at) => { error = UTF8ToString(_trilens_page_start(at)); })(json); return error; },
    resize: (width, height, ratio) => _trilens_page_resize(width, height, ratio),
    environment: heap((at) => _trilens_page_environment(at)),
    strings: (language, json) => heap((at) => text(_trilens_page_strings)(language, at))(json),
    frame: (now) => _trilens_page_frame(now),
    tick: (now) => _trilens_page_tick(now),
    receive: heap((at) => _trilens_page_receive(at)),
    engineLost: heap((at) => _trilens_page_engine_lost(at)),
    command: heap((at, ticket) => _trilens_page_command(at, ticket)),
    shared: heap((at) => _trilens_page_shared(at)),
    snapshot: () => UTF8ToString(_trilens_page_snapshot()),
    scroll: (y) => _trilens_page_scroll(y),
    pointer: (kind, x, y, touch) => _trilens_page_pointer(kind, x, y, touch),
    key: text((at, modifiers) => _trilens_page_key(at, modifiers)),
    focus: (focused) => _trilens_page_focus(focused),
    text: heap((at) => _trilens_page_text(at)),
    commit: () => _trilens_page_commit(),
    boxText: (which, string) => heap((at) => _trilens_page_box_text(which, at))(string),
    boxCommit: (which) => _trilens_page_box_commit(which),
    filesChosen: heap((at) => _trilens_page_files_chosen(at)),
    selection: (begin, end) => _trilens_page_selection(begin, end),
    fieldHeight: (height) => _trilens_page_field_height(height),
    contextLost: () => _trilens_page_context_lost(),
    contextRestored: () => _trilens_page_context_restored(),
    fontsChanged: () => _trilens_page_fonts_changed(),
  });
});
EM_JS_DEPS(trilens_page_host_heap, "$lengthBytesUTF8,$stringToUTF8,malloc,free");

EM_JS(void, trilens_host_wake, (), { Module.trilensPage.wake(); });
EM_JS(void, trilens_host_wake_after, (double millis), { Module.trilensPage.wakeAfter(millis); });
EM_JS(void, trilens_host_send, (const char* json), { Module.trilensPage.send(UTF8ToString(json)); });
EM_JS(void, trilens_host_resolve, (double ticket, const char* json), { Module.trilensPage.resolve(ticket, UTF8ToString(json)); });
EM_JS(void, trilens_host_reject, (double ticket, const char* code, const char* message), {
  Module.trilensPage.reject(ticket, UTF8ToString(code), UTF8ToString(message));
});
EM_JS(void, trilens_host_copy, (const char* text), { Module.trilensPage.copy(UTF8ToString(text)); });
EM_JS(void, trilens_host_share, (const char* json), { Module.trilensPage.share(UTF8ToString(json)); });
EM_JS(void, trilens_host_save, (const char* name, const char* type, const char* content), {
  Module.trilensPage.save(UTF8ToString(name), UTF8ToString(type), UTF8ToString(content));
});
EM_JS(void, trilens_host_save_picture, (), { Module.trilensPage.savePicture(); });
EM_JS(void, trilens_host_remember, (const char* json), { Module.trilensPage.remember(UTF8ToString(json)); });
EM_JS(void, trilens_host_language, (const char* language), { Module.trilensPage.language(UTF8ToString(language)); });
EM_JS(void, trilens_host_changed, (), { Module.trilensPage.changed(); });
EM_JS(void, trilens_host_show_text, (const char* text), { Module.trilensPage.showText(UTF8ToString(text)); });
EM_JS(void, trilens_host_place_field, (double x, double y, double width, double height, double size), {
  Module.trilensPage.placeField(x, y, width, height, size);
});
EM_JS(void, trilens_host_focus_field, (), { Module.trilensPage.focusField(); });
EM_JS(void, trilens_host_place_box, (int which, double x, double y, double width, double height, double top, double bottom, double size), {
  Module.trilensPage.placeBox(which, x, y, width, height, top, bottom, size);
});
EM_JS(void, trilens_host_box_words, (int which, const char* json), { Module.trilensPage.boxWords(which, UTF8ToString(json)); });
EM_JS(void, trilens_host_focus_box, (int which), { Module.trilensPage.focusBox(which); });
EM_JS(void, trilens_host_choose_files, (int folder), { Module.trilensPage.chooseFiles(folder !== 0); });
EM_JS(void, trilens_host_extent, (double height), { Module.trilensPage.extent(height); });
EM_JS(void, trilens_host_scroll_to, (double y), { Module.trilensPage.scrollTo(y); });
EM_JS(void, trilens_host_cursor, (const char* cursor), { Module.trilensPage.cursor(UTF8ToString(cursor)); });
EM_JS(void, trilens_host_focus_words, (const char* words), { Module.trilensPage.focusWords(UTF8ToString(words)); });
EM_JS(void, trilens_host_dress, (const char* json), { Module.trilensPage.dress(UTF8ToString(json)); });
EM_JS(double, trilens_host_now, (), { return performance.now(); });
EM_JS(float, trilens_host_glyph_advance, (int codepoint, float size), { return Module.trilensPage.glyphs.advance(codepoint, size); });
// out: width, height, left, top, advance, colored
EM_JS(std::uint8_t*, trilens_host_glyph, (int codepoint, float size, float* out), {
  const glyph = Module.trilensPage.glyphs.paint(codepoint, size);
  HEAPF32.set([glyph.width, glyph.height, glyph.left, glyph.top, glyph.advance, glyph.colored ? 1 : 0], out >> 2);
  if (glyph.pixels.length === 0) return 0;
  const at = _malloc(glyph.pixels.length);
  HEAPU8.set(glyph.pixels, at);
  return at;
});
// clang-format on

namespace trilens::app::host {

void attach() { trilens_host_attach(); }
void wake() { trilens_host_wake(); }
void wake_after(double millis) { trilens_host_wake_after(millis); }
void send(const std::string& json) { trilens_host_send(json.c_str()); }
void resolve(std::int64_t ticket, const std::string& json) { trilens_host_resolve(static_cast<double>(ticket), json.c_str()); }
void reject(std::int64_t ticket, const std::string& code, const std::string& message) {
  trilens_host_reject(static_cast<double>(ticket), code.c_str(), message.c_str());
}
void copy(const std::string& text) { trilens_host_copy(text.c_str()); }
void share(const std::string& json) { trilens_host_share(json.c_str()); }
void save(const std::string& name, const std::string& type, const std::string& content) { trilens_host_save(name.c_str(), type.c_str(), content.c_str()); }
void save_picture() { trilens_host_save_picture(); }
void remember(const std::string& json) { trilens_host_remember(json.c_str()); }
void language(const std::string& language) { trilens_host_language(language.c_str()); }
void changed() { trilens_host_changed(); }
void show_text(const std::string& text) { trilens_host_show_text(text.c_str()); }
void place_field(ui::Rect rect, float size) { trilens_host_place_field(rect.x, rect.y, rect.w, rect.h, size); }
void focus_field() { trilens_host_focus_field(); }
void place_box(int which, ui::Rect rect, ui::Rect seen, float size) {
  trilens_host_place_box(which, rect.x, rect.y, rect.w, rect.h, seen.y, seen.bottom(), size);
}
void box_words(int which, const std::string& json) { trilens_host_box_words(which, json.c_str()); }
void focus_box(int which) { trilens_host_focus_box(which); }
void choose_files(bool folder) { trilens_host_choose_files(folder ? 1 : 0); }
void extent(float height) { trilens_host_extent(height); }
void scroll_to(float y) { trilens_host_scroll_to(y); }
void cursor(ui::Cursor cursor) {
  constexpr std::array<const char*, 3> kNames{"default", "pointer", "crosshair"};
  trilens_host_cursor(kNames.at(static_cast<std::size_t>(cursor)));
}
void focus_words(const std::string& words) { trilens_host_focus_words(words.c_str()); }
void dress(const std::string& json) { trilens_host_dress(json.c_str()); }
double now() { return trilens_host_now(); }

float glyph_advance(char32_t codepoint, float size) { return trilens_host_glyph_advance(static_cast<int>(codepoint), size); }

Glyph glyph(char32_t codepoint, float size) {
  std::array<float, 6> out{};
  Glyph glyph;
  glyph.pixels = trilens_host_glyph(static_cast<int>(codepoint), size, out.data());
  glyph.width = static_cast<int>(out[0]);
  glyph.height = static_cast<int>(out[1]);
  glyph.left = static_cast<int>(out[2]);
  glyph.top = static_cast<int>(out[3]);
  glyph.advance = out[4];
  glyph.colored = out[5] != 0;
  return glyph;
}

}  // namespace trilens::app::host
