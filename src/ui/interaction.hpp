// Who is pointed at, pressed and focused: kept from one frame to the next.
//
// Not here: drawing (frame.hpp), where events come from (src/app). Why not Dear ImGui's own: the page scrolls natively, Tab
// belongs to the browser, and a focused place is told to assistive technology in words (docs/decisions/own-interaction.md).
// A target registers while it is drawn; the topmost one under the pointer is found at the start of the next frame, and the
// page draws twice for each event, so nothing is ever seen late. Tested without a browser: tests/ui/test_interaction.cpp.
//
//   interaction.push(PointerEvent{PointerKind::down, {10, 10}});
//   while (interaction.begin()) { ...draw: Hit hit = interaction.target(id, rect, {.label = "Step"}); ...; interaction.end(); }
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ui/geometry.hpp"

namespace trilens::ui {

using Id = std::uint64_t;  // 0: nothing

// The same words give the same id in every frame: id_of("token", index).
[[nodiscard]] constexpr Id id_of(std::string_view name, std::uint64_t a = 0, std::uint64_t b = 0) {
  Id hash = 1469598103934665603ULL;
  const auto take = [&hash](std::uint64_t value) { hash = (hash ^ value) * 1099511628211ULL; };
  for (const char c : name) take(static_cast<unsigned char>(c));
  take(a + 1);
  take(b + 0x9E37);
  return hash == 0 ? 1 : hash;
}

enum class PointerKind : std::uint8_t { move, down, up, leave };
struct PointerEvent {
  PointerKind kind = PointerKind::move;
  Point at;
  bool touch = false;
};
enum class Key : std::uint8_t { left, right, up, down, enter, space, escape, home, end, next_region, previous_region };

enum class Cursor : std::uint8_t { arrow, hand, crosshair };

struct TargetOptions {
  std::string_view label;            // said aloud when focused
  Cursor cursor = Cursor::hand;
  bool focusable = true;
  bool enabled = true;
  bool takes_arrows = false;         // while focused, arrow keys are its own (Hit::arrow); leave() passes one on
};

struct Hit {
  bool hovered = false;
  bool held = false;
  bool pressed = false;  // clicked, tapped, or Enter / Space while focused
  bool focused = false;  // draw the ring
  std::optional<Key> arrow;
};

class Interaction {
 public:
  void push(PointerEvent event) { events_.push_back(event); }
  // Whether somebody takes the key. Moving keys act on what was drawn last.
  bool key(Key key);
  void focus_changed(bool focused);
  // The page scrolled by `dy`: places known from the last frame move along, and so does what lies under the pointer.
  void scrolled(float dy, float below_y);

  void begin();                    // takes events up to and including the next press or release
  void end();
  [[nodiscard]] bool more() const { return !events_.empty(); }

  Hit target(Id id, Rect rect, const TargetOptions& options);
  void block(Rect rect);           // nothing below is pointed at (menus, bars)
  void region(Id id) { region_ = id; }  // places drawn from here on belong together
  void clip(Rect rect) { clip_ = rect; }
  [[nodiscard]] Rect clip() const { return clip_; }
  void return_focus(Id id) { focus_ = id; }  // from a menu that closes to what opened it
  void reveal(Id id) {  // as return_focus, and scrolls there
    focus_ = id;
    reveal_ = true;
  }
  void leave(Key arrow) { move_focus(arrow); }
  // Whether a target that is drawn later in the frame (in a menu on top) has been pressed.
  [[nodiscard]] bool take_pressed(Id id) const { return id != 0 && activated_ == id; }

  [[nodiscard]] Point pointer() const { return pointer_; }
  [[nodiscard]] bool pointer_inside() const { return inside_; }
  [[nodiscard]] bool touch() const { return touch_; }
  [[nodiscard]] bool press_began() const { return press_began_; }
  [[nodiscard]] bool released() const { return released_; }
  [[nodiscard]] Point pressed_at() const { return pressed_at_; }
  [[nodiscard]] Id hot() const { return hot_; }
  [[nodiscard]] Id active() const { return active_; }
  [[nodiscard]] Id focused() const { return focus_; }
  [[nodiscard]] bool ring_visible() const { return ring_ && has_focus_; }
  [[nodiscard]] Cursor cursor() const { return cursor_; }
  [[nodiscard]] const std::string& focus_label() const { return focus_label_; }
  // The focus was moved by a key to a place that may be out of sight; taken once.
  [[nodiscard]] std::optional<Rect> take_reveal();
  [[nodiscard]] bool focus_scrolls() const;  // the focused place moves with the page: it is none of the bars'
  // F6 goes from region to region in drawing order; what is drawn from here on comes before all that.
  void regions_first() { first_from_ = targets_.size(); }
  // Only these count until the next end(): a menu or a dialog is open. Focus moves among the targets after it.
  void modal() { modal_from_ = targets_.size(); }

 private:
  struct Target {
    Id id = 0;
    Id region = 0;
    Rect rect;       // as drawn
    Rect seen;       // cut by the clip in force
    bool focusable = true;
    bool takes_arrows = false;
    std::string label;
  };
  bool move_focus(Key key);
  bool move_region(bool forward);
  void take_focus(const Target& target);
  [[nodiscard]] const Target* find(Id id) const;

  std::deque<PointerEvent> events_;
  std::vector<Target> targets_, last_;
  std::size_t modal_from_ = 0, last_modal_from_ = 0, first_from_ = 0, last_first_from_ = 0;
  Rect clip_{-1e6F, -1e6F, 2e6F, 2e6F};
  Id region_ = 0, hot_ = 0, active_ = 0, focus_ = 0, activated_ = 0, activated_next_ = 0;
  Point pointer_{-1e6F, -1e6F}, pressed_at_;
  bool inside_ = false, touch_ = false, down_ = false, press_began_ = false, released_ = false;
  bool has_focus_ = false, ring_ = false;
  Cursor cursor_ = Cursor::arrow;
  std::string focus_label_;
  bool reveal_ = false;
  std::optional<Key> arrow_, arrow_next_;
};

}  // namespace trilens::ui
