// What panels draw with, for the length of one frame: text, shapes, places to point at, things that open on top.
//
// Lengths are CSS pixels; the frame turns them into device pixels, so hairlines and letters are sharp at any ratio.
// Not here: what anything looks like (widgets), colours (theme). One thread; borrows everything it is made from.
//
//   frame.fill(rect, theme.raised, 6);
//   frame.text({x, y}, "what it says", kLabel, theme.muted);
//   if (frame.target(id_of("play"), rect, {.label = "Play"}).pressed) commands.push_back(state::Play{});
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <imgui.h>

#include "ui/fonts.hpp"
#include "ui/interaction.hpp"
#include "ui/maps.hpp"
#include "ui/theme.hpp"

namespace trilens::ui {

enum class Align : std::uint8_t { left, centre, right };

// Values on their way to where they should be, over 180 ms, straight there when motion is not wanted.
class Motion {
 public:
  void begin(double now_ms, bool reduced);
  [[nodiscard]] float follow(Id id, float target);
  [[nodiscard]] bool moving() const { return moving_; }

 private:
  struct Value {
    float from = 0, to = 0;
    double since = 0;
    std::uint64_t used = 0;
  };
  std::map<Id, Value> values_;
  double now_ = 0;
  std::uint64_t frame_ = 0;
  bool reduced_ = false, moving_ = false;
};

struct FrameOptions {
  float width = 0, height = 0;   // of the page, in the frame's pixels
  float device_scale = 1;        // device pixels in one of them
};

class Frame {
 public:
  Frame(FrameOptions options, const Theme& theme, const Fonts& fonts, Interaction& interaction, Motion& motion, MapPainter& maps);

  const Theme& theme;
  [[nodiscard]] float width() const { return options_.width; }
  [[nodiscard]] float height() const { return options_.height; }
  [[nodiscard]] float pixel() const { return 1 / options_.device_scale; }  // one device pixel

  // --- text ---
  [[nodiscard]] float measure(std::string_view text, Type type) const;
  // One line, its middle on the middle of `rect`; too long: cut with an ellipsis. Returns the width drawn.
  float line(Rect rect, std::string_view text, Type type, Colour colour, Align align = Align::left);
  // Words broken into lines of `width`, at most `most` of them; the first one's top at `at`. Returns the height.
  float paragraph(Point at, float width, std::string_view text, Type type, Colour colour, int most = 99);
  [[nodiscard]] float paragraph_height(float width, std::string_view text, Type type, int most = 99);
  // Turned left by `degrees` around the left end of its middle line.
  void turned(Point at, std::string_view text, Type type, Colour colour, float degrees);
  [[nodiscard]] static float line_height(Type type) { return static_cast<float>(static_cast<int>(type.size * kLine + 0.5F)); }

  // --- shapes ---
  void fill(Rect rect, Colour colour, float radius = 0);
  enum Corners : int { all_corners = 0, left_corners = 1, right_corners = 2, no_corners = 3 };
  void fill_corners(Rect rect, Colour colour, float radius, Corners corners);
  void stroke(Rect rect, Colour colour, float radius = 0, float thickness = 1);
  void stroke_corners(Rect rect, Colour colour, float radius, Corners corners);
  void hairline(Point from, Point to, Colour colour);
  void segment(Point from, Point to, Colour colour, float thickness);
  void polyline(const std::vector<Point>& points, Colour colour, float thickness, bool closed = false);
  void polygon(const std::vector<Point>& points, Colour colour);  // convex
  void circle(Point centre, float radius, Colour colour, float thickness = 0);  // 0: filled
  void shadow(Rect rect, float radius);
  void map(Rect rect, const MapPicture& picture);

  void push_clip(Rect rect);
  void pop_clip();

  // --- pointing ---
  Hit target(Id id, Rect rect, const TargetOptions& options) { return interaction.target(id, rect, options); }
  void focus_ring(Rect rect, float radius = 6);
  void tooltip(std::string_view text);                     // beside the pointer, on top of all
  void tooltip_at(Rect anchor, std::string_view text);     // below (or above) a focused place
  void on_top(std::function<void(Frame&)> draw) { later_.push_back(std::move(draw)); }
  void finish();                                           // draws what goes on top

  Interaction& interaction;
  Motion& motion;

 private:
  [[nodiscard]] ImVec2 device(Point p) const { return {p.x * options_.device_scale, p.y * options_.device_scale}; }
  [[nodiscard]] float snap(float value) const;
  void glyphs(ImVec2 at, std::string_view text, Fonts::Sized font, Colour colour);
  void tip(Point at, std::string_view text, bool above_pointer);
  [[nodiscard]] std::vector<std::string_view> wrap(float width, std::string_view text, Type type, int most, bool& cut) const;

  FrameOptions options_;
  const Fonts& fonts_;
  MapPainter& maps_;
  ImDrawList* list_ = nullptr;
  std::vector<Rect> clips_;
  std::vector<std::function<void(Frame&)>> later_;
  std::string tip_;
  Point tip_at_;
  bool tip_is_anchored_ = false;
};

}  // namespace trilens::ui
