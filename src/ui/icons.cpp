#include "ui/icons.hpp"

#include <cmath>

namespace trilens::ui {
namespace {

constexpr float kPi = 3.14159265F;

// Draws in a square from -1 to 1.
struct Pen {
  Frame& frame;
  Point centre;
  float half;
  Colour colour;
  float weight;

  [[nodiscard]] Point at(float x, float y) const { return {centre.x + x * half, centre.y + y * half}; }
  void path(std::initializer_list<Point> points, bool closed = false) const {
    std::vector<Point> placed;
    for (const Point& p : points) placed.push_back(at(p.x, p.y));
    frame.polyline(placed, colour, weight, closed);
  }
  void solid(std::initializer_list<Point> points) const {
    std::vector<Point> placed;
    for (const Point& p : points) placed.push_back(at(p.x, p.y));
    frame.polygon(placed, colour);
  }
  void arc(Point middle, float radius, float from, float to) const {
    std::vector<Point> points;
    for (int i = 0; i <= 20; ++i) {
      const float a = from + (to - from) * static_cast<float>(i) / 20;
      points.push_back(at(middle.x + std::cos(a) * radius, middle.y + std::sin(a) * radius));
    }
    frame.polyline(points, colour, weight);
  }
};

void draw_transport(const Pen& pen, Icon icon) {
  switch (icon) {
    case Icon::to_start: pen.path({{-0.7F, -0.7F}, {-0.7F, 0.7F}}); pen.solid({{0.7F, -0.7F}, {0.7F, 0.7F}, {-0.4F, 0}}); break;
    case Icon::to_end: pen.path({{0.7F, -0.7F}, {0.7F, 0.7F}}); pen.solid({{-0.7F, -0.7F}, {0.4F, 0}, {-0.7F, 0.7F}}); break;
    case Icon::step_back: pen.path({{0.35F, -0.7F}, {-0.4F, 0}, {0.35F, 0.7F}}); break;
    case Icon::step: pen.path({{-0.35F, -0.7F}, {0.4F, 0}, {-0.35F, 0.7F}}); break;
    case Icon::play: pen.solid({{-0.5F, -0.8F}, {0.8F, 0}, {-0.5F, 0.8F}}); break;
    case Icon::pause: pen.solid({{-0.65F, -0.7F}, {-0.2F, -0.7F}, {-0.2F, 0.7F}, {-0.65F, 0.7F}}); pen.solid({{0.2F, -0.7F}, {0.65F, -0.7F}, {0.65F, 0.7F}, {0.2F, 0.7F}}); break;
    default: pen.solid({{-0.6F, -0.6F}, {0.6F, -0.6F}, {0.6F, 0.6F}, {-0.6F, 0.6F}}); break;
  }
}

void draw_sign(const Pen& pen, Icon icon) {
  switch (icon) {
    case Icon::undo: pen.arc({0.05F, 0.15F}, 0.65F, -kPi * 0.95F, kPi * 0.5F); pen.path({{-0.95F, -0.35F}, {-0.6F, 0.1F}, {-0.15F, -0.2F}}); break;
    case Icon::redo: pen.arc({-0.05F, 0.15F}, 0.65F, -kPi * 0.05F, -kPi * 1.5F); pen.path({{0.95F, -0.35F}, {0.6F, 0.1F}, {0.15F, -0.2F}}); break;
    case Icon::options:
      for (const auto& [y, knob] : {std::pair{-0.6F, 0.35F}, {0.0F, -0.4F}, {0.6F, 0.15F}}) {
        pen.path({{-0.9F, y}, {knob - 0.24F, y}});
        pen.path({{knob + 0.24F, y}, {0.9F, y}});
        pen.frame.circle(pen.at(knob, y), 0.22F * pen.half, pen.colour, pen.weight);
      }
      break;
    case Icon::screen: pen.path({{-0.9F, -0.7F}, {0.9F, -0.7F}, {0.9F, 0.45F}, {-0.9F, 0.45F}}, true); pen.path({{-0.4F, 0.85F}, {0.4F, 0.85F}}); break;
    case Icon::sun:
      pen.frame.circle(pen.centre, 0.4F * pen.half, pen.colour, pen.weight);
      for (int i = 0; i < 8; ++i) {
        const float a = kPi / 4 * static_cast<float>(i);
        pen.path({{std::cos(a) * 0.7F, std::sin(a) * 0.7F}, {std::cos(a) * 0.98F, std::sin(a) * 0.98F}});
      }
      break;
    case Icon::moon: pen.arc({0, 0}, 0.8F, -kPi * 0.42F, -kPi * 1.85F); pen.arc({0.42F, -0.3F}, 0.64F, kPi * 0.30F, kPi * 1.18F); break;
    case Icon::auto_theme: {
      pen.frame.circle(pen.centre, 0.75F * pen.half, pen.colour, pen.weight);
      std::vector<Point> half;
      for (int i = 0; i <= 16; ++i) {
        const float a = -kPi / 2 + kPi * static_cast<float>(i) / 16;
        half.push_back(pen.at(std::cos(a) * 0.75F, std::sin(a) * 0.75F));
      }
      pen.frame.polygon(half, pen.colour);
      break;
    }
    case Icon::help: pen.arc({0, -0.38F}, 0.42F, -kPi, kPi * 0.35F); pen.path({{0.22F, -0.02F}, {0, 0.2F}, {0, 0.42F}}); pen.frame.circle(pen.at(0, 0.8F), pen.weight * 0.75F, pen.colour); break;
    case Icon::copy: pen.path({{-0.25F, -0.25F}, {0.8F, -0.25F}, {0.8F, 0.85F}, {-0.25F, 0.85F}}, true); pen.path({{-0.25F, 0.3F}, {-0.8F, 0.3F}, {-0.8F, -0.8F}, {0.25F, -0.8F}, {0.25F, -0.25F}}); break;
    case Icon::close: pen.path({{-0.6F, -0.6F}, {0.6F, 0.6F}}); pen.path({{0.6F, -0.6F}, {-0.6F, 0.6F}}); break;
    case Icon::check: pen.path({{-0.7F, 0.05F}, {-0.2F, 0.55F}, {0.75F, -0.5F}}); break;
    default: pen.path({{-0.5F, -0.25F}, {0, 0.3F}, {0.5F, -0.25F}}); break;  // chevron
  }
}

}  // namespace

void draw_icon(Frame& frame, Icon icon, Point centre, float size, Colour colour) {
  const Pen pen{frame, centre, size / 2, colour, std::max(1.5F, size / 11)};
  if (icon == Icon::lens) {  // the wordmark: three lenses, one of each family
    const float r = size * 0.26F;
    const Point places[3] = {{centre.x - size * 0.2F, centre.y + size * 0.14F}, {centre.x, centre.y - size * 0.2F}, {centre.x + size * 0.2F, centre.y + size * 0.14F}};
    for (std::size_t i = 0; i < 3; ++i) frame.circle(places[i], r, frame.theme.families[i].full, std::max(1.8F, size / 13));
    return;
  }
  if (icon <= Icon::stop) draw_transport(pen, icon);
  else draw_sign(pen, icon);
}

void draw_family_sign(Frame& frame, Family family, Point centre, float size) {
  const Colour colour = frame.theme.of(family).full;
  const float half = size / 2;
  const Rect box{centre.x - half, centre.y - half, size, size};
  const auto triangle = [&](Rect r) { frame.polygon({{r.x, r.y}, {r.right(), r.bottom()}, {r.x, r.bottom()}}, colour); };
  switch (family) {
    case Family::encoder: frame.fill(box, colour, 1.5F); break;
    case Family::decoder: triangle(box); break;
    case Family::encoder_decoder: {
      const float part = size * 0.46F;
      frame.fill({box.x, box.y, part, part}, colour, 1);
      frame.stroke({box.x, box.bottom() - part, part, part}, colour, 1, 1.25F);
      triangle({box.right() - part, box.bottom() - part, part, part});
      break;
    }
  }
}

}  // namespace trilens::ui
