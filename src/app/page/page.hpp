// The page: joins the store, the views, the drawing and the browser.
//
// A frame is: apply what came in -> build the views if something changed -> draw -> apply what was done. Nothing is drawn
// unless the host woke us, and frame() says whether another one is wanted. One thread. Owned by main().
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/page/gl_map_painter.hpp"
#include "app/page/surface.hpp"
#include "state/store.hpp"
#include "ui/shell.hpp"
#include "view/page.hpp"

namespace trilens::app {

class Page {
 public:
  ~Page();

  // --- before start ---
  void asset(std::string name, std::vector<std::uint8_t> bytes);     // fonts, shaders, examples
  void strings(const std::string& language, std::string_view json);  // also later, when a language is chosen
  // {"language", "settings", "text", "canvas"}. What is returned: empty, or why there is no drawing. The store runs in any case.
  [[nodiscard]] std::string start(std::string_view json);

  // --- events ---
  void resize(float width, float height, float ratio);
  void environment(std::string_view json);  // {"dark", "reduced_motion", "webgpu", "adapter", "threads", "cores"}
  void tick(double now);
  void receive(std::string_view json);
  void engine_lost(std::string_view json);  // {"code", "message", "restarted"}
  void command(std::string_view json, std::int64_t ticket);
  void scroll(float y);
  void pointer(ui::PointerEvent event);
  [[nodiscard]] bool key(std::string_view key, int modifiers);
  void focus(bool focused);
  void text(std::string text);
  void open_shared(std::string_view json);
  void commit();
  void box_text(int which, std::string text);  // by ui::PanelState::Field
  void box_commit(int which);
  void files_chosen(std::string_view json);    // {"name": "disk:1", "title"}, or {"code", "message"}: they are no model
  void selection(std::size_t begin, std::size_t end);
  void field_height(float height);
  void context_lost();
  void context_restored();
  void fonts_changed();                  // the browser has more letters than before

  [[nodiscard]] bool frame(double now);  // true: draw again
  [[nodiscard]] const std::string& snapshot();

 private:
  void apply(const state::Command& command);
  void flush();                          // effects out
  void take_home(state::ExportKind kind, const std::string& shared);
  [[nodiscard]] const view::Strings* words_now() const;  // nullptr: none were given
  void build();
  void show(const ui::ShellResult& result);
  void show_boxes(const ui::ShellResult& result);
  [[nodiscard]] float zoom() const;      // projector mode: the frame's pixels are bigger
  [[nodiscard]] bool open_drawing(const std::string& canvas, std::string& problem);
  void wake();

  std::map<std::string, std::vector<std::uint8_t>, std::less<>> assets_;
  std::map<std::string, view::Strings, std::less<>> strings_;
  std::unique_ptr<state::Store> store_;
  Surface surface_;
  std::unique_ptr<GlMapPainter> maps_;
  ui::Fonts fonts_;
  ui::Interaction interaction_;
  ui::Motion motion_;
  ui::Shell shell_;
  std::optional<view::PageView> view_;
  ui::ShellInput shell_input_;
  ui::ShellResult shown_;
  std::string shown_text_, shown_focus_, shown_dress_, snapshot_;
  std::array<std::string, 5> shown_words_;  // by PanelState::Field
  ui::Cursor shown_cursor_ = ui::Cursor::arrow;
  float width_ = 0, height_ = 0, ratio_ = 1;
  double text_size_ = 0;
  int settle_ = 0;
  std::int64_t frames_ = 0;
};

}  // namespace trilens::app
