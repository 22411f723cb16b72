#include "ui/frame.hpp"

#include <cmath>

namespace trilens::ui {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr double kMotionMillis = 180;

ImU32 packed(Colour c) { return IM_COL32(c.r, c.g, c.b, c.a); }

// The largest prefix of `text` not longer than `bytes` that ends between two characters.
std::string_view whole_characters(std::string_view text, std::size_t bytes) {
  if (bytes >= text.size()) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

ImDrawFlags corner_flags(Frame::Corners corners) {
  switch (corners) {
    case Frame::left_corners: return ImDrawFlags_RoundCornersLeft;
    case Frame::right_corners: return ImDrawFlags_RoundCornersRight;
    case Frame::no_corners: return ImDrawFlags_RoundCornersNone;
    case Frame::all_corners: break;
  }
  return ImDrawFlags_RoundCornersAll;
}

}  // namespace

void Motion::begin(double now_ms, bool reduced) {
  now_ = now_ms;
  reduced_ = reduced;
  moving_ = false;
  ++frame_;
  std::erase_if(values_, [this](const auto& entry) { return entry.second.used + 2 < frame_; });
}

float Motion::follow(Id id, float target) {
  auto [it, fresh] = values_.try_emplace(id, Value{target, target, now_, frame_});
  Value& value = it->second;
  value.used = frame_;
  if (fresh || reduced_) {
    value.from = value.to = target;
    return target;
  }
  const auto at = [&] {
    const float t = static_cast<float>(std::clamp((now_ - value.since) / kMotionMillis, 0.0, 1.0));
    return value.from + (value.to - value.from) * (1 - (1 - t) * (1 - t) * (1 - t));
  };
  if (value.to != target) {
    value.from = at();
    value.to = target;
    value.since = now_;
  }
  if (now_ - value.since < kMotionMillis && value.from != value.to) moving_ = true;
  return at();
}

Frame::Frame(FrameOptions options, const Theme& theme_in, const Fonts& fonts, Interaction& interaction_in, Motion& motion_in, MapPainter& maps)
    : theme(theme_in), interaction(interaction_in), motion(motion_in), options_(options), fonts_(fonts), maps_(maps) {
  list_ = ImGui::GetBackgroundDrawList();
  clips_.push_back({0, 0, options.width, options.height});
  interaction.clip(clips_.back());
}

float Frame::snap(float value) const { return std::round(value * options_.device_scale); }

float Frame::measure(std::string_view text, Type type) const {
  const auto [font, size] = fonts_.at(type, options_.device_scale);
  return font->CalcTextSizeA(size, 1e9F, 0, text.data(), text.data() + text.size()).x / options_.device_scale;
}

void Frame::glyphs(ImVec2 at, std::string_view text, Fonts::Sized font, Colour colour) {
  list_->AddText(font.font, font.size, at, packed(colour), text.data(), text.data() + text.size());
}

float Frame::line(Rect rect, std::string_view text, Type type, Colour colour, Align align) {
  if (text.empty() || rect.w <= 0) return 0;
  const auto sized = fonts_.at(type, options_.device_scale);
  float width = measure(text, type);
  std::string cut;
  if (width > rect.w + 0.5F) {
    std::size_t least = 0, most = text.size();
    const float room = rect.w - measure(kEllipsis, type);
    while (least < most) {  // the longest prefix that leaves room for the ellipsis
      const std::size_t middle = (least + most + 1) / 2;
      if (measure(whole_characters(text, middle), type) <= room) least = middle;
      else most = middle - 1;
    }
    cut = std::string(whole_characters(text, least)) + std::string(kEllipsis);
    text = cut;
    width = measure(text, type);
  }
  float x = rect.x;
  if (align == Align::centre) x += (rect.w - width) / 2;
  if (align == Align::right) x += rect.w - width;
  // The font's line box is centred; capitals sit a little high in it, which the eye takes for the middle.
  const float y = (rect.y + rect.h / 2) * options_.device_scale - sized.size / 2;
  glyphs({snap(x), std::round(y)}, text, sized, colour);
  return width;
}

std::vector<std::string_view> Frame::wrap(float width, std::string_view text, Type type, int most, bool& cut) const {
  std::vector<std::string_view> lines;
  cut = false;
  while (!text.empty()) {
    if (static_cast<int>(lines.size()) == most) {
      cut = true;
      break;
    }
    std::size_t end = 0, fits = 0;
    const std::size_t stop = std::min(text.find('\n'), text.size());
    while (end < stop) {
      std::size_t next = text.find(' ', end + (end > 0 ? 1 : 0));
      next = std::min(next == std::string_view::npos ? stop : next, stop);
      if (next == end) next = std::min(end + 1, stop);
      if (measure(text.substr(0, next), type) > width) break;
      fits = end = next;
    }
    if (fits == 0 && stop > 0) {  // one word longer than the line: break it where it must
      fits = whole_characters(text, 1).size();
      for (std::size_t n = 1; n <= stop; ++n) {
        const auto part = whole_characters(text, n);
        if (part.size() < n) continue;
        if (measure(part, type) > width && fits > 0) break;
        fits = n;
      }
      if (fits == 0) fits = 1;
      while (fits < stop && (static_cast<unsigned char>(text[fits]) & 0xC0) == 0x80) ++fits;
    }
    lines.push_back(text.substr(0, fits));
    text.remove_prefix(fits);
    if (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  }
  return lines;
}

float Frame::paragraph(Point at, float width, std::string_view text, Type type, Colour colour, int most) {
  bool cut = false;
  const auto lines = wrap(width, text, type, most, cut);
  float y = at.y;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string last;
    if (cut && i + 1 == lines.size()) last = std::string(lines[i]) + std::string(kEllipsis);
    line({at.x, y, width + 1, line_height(type)}, last.empty() ? lines[i] : std::string_view(last), type, colour);
    y += line_height(type);
  }
  return y - at.y;
}

float Frame::paragraph_height(float width, std::string_view text, Type type, int most) {
  bool cut = false;
  return static_cast<float>(wrap(width, text, type, most, cut).size()) * line_height(type);
}

void Frame::turned(Point at, std::string_view text, Type type, Colour colour, float degrees) {
  const auto sized = fonts_.at(type, options_.device_scale);
  const ImVec2 pivot{snap(at.x), snap(at.y)};
  const int first = list_->VtxBuffer.Size;
  glyphs({pivot.x, std::round(pivot.y - sized.size / 2)}, text, sized, colour);
  const float turn = degrees * 3.14159265F / 180, c = std::cos(turn), s = std::sin(turn);
  for (int i = first; i < list_->VtxBuffer.Size; ++i) {
    ImVec2& p = list_->VtxBuffer[i].pos;
    const float dx = p.x - pivot.x, dy = p.y - pivot.y;
    p = {pivot.x + dx * c + dy * s, pivot.y - dx * s + dy * c};
  }
}

void Frame::fill(Rect rect, Colour colour, float radius) { fill_corners(rect, colour, radius, all_corners); }

void Frame::fill_corners(Rect rect, Colour colour, float radius, Corners corners) {
  if (rect.empty() || colour.a == 0) return;
  list_->AddRectFilled({snap(rect.x), snap(rect.y)}, {snap(rect.right()), snap(rect.bottom())}, packed(colour), radius * options_.device_scale,
                       corner_flags(corners));
}

void Frame::stroke(Rect rect, Colour colour, float radius, float thickness) {
  const float t = std::max(1.0F, std::round(thickness * options_.device_scale)), half = t / 2;
  list_->AddRect({snap(rect.x) + half, snap(rect.y) + half}, {snap(rect.right()) - half, snap(rect.bottom()) - half}, packed(colour),
                 radius * options_.device_scale, ImDrawFlags_RoundCornersAll, t);
}

void Frame::stroke_corners(Rect rect, Colour colour, float radius, Corners corners) {
  const float t = std::max(1.0F, std::round(options_.device_scale)), half = t / 2;
  list_->AddRect({snap(rect.x) + half, snap(rect.y) + half}, {snap(rect.right()) - half, snap(rect.bottom()) - half}, packed(colour),
                 radius * options_.device_scale, corner_flags(corners), t);
}

void Frame::hairline(Point from, Point to, Colour colour) {
  const float t = std::max(1.0F, std::floor(options_.device_scale));
  const bool flat = from.y == to.y;
  const float x = snap(from.x), y = snap(from.y);
  list_->AddRectFilled({x, y}, {flat ? snap(to.x) : x + t, flat ? y + t : snap(to.y)}, packed(colour));
}

void Frame::segment(Point from, Point to, Colour colour, float thickness) {
  list_->AddLine(device(from), device(to), packed(colour), thickness * options_.device_scale);
}

void Frame::polyline(const std::vector<Point>& points, Colour colour, float thickness, bool closed) {
  for (const Point& p : points) list_->PathLineTo(device(p));
  list_->PathStroke(packed(colour), closed ? ImDrawFlags_Closed : 0, thickness * options_.device_scale);
}

void Frame::polygon(const std::vector<Point>& points, Colour colour) {
  for (const Point& p : points) list_->PathLineTo(device(p));
  list_->PathFillConvex(packed(colour));
}

void Frame::circle(Point centre, float radius, Colour colour, float thickness) {
  if (thickness > 0) list_->AddCircle(device(centre), radius * options_.device_scale, packed(colour), 0, thickness * options_.device_scale);
  else list_->AddCircleFilled(device(centre), radius * options_.device_scale, packed(colour));
}

void Frame::shadow(Rect rect, float radius) {
  constexpr int kLayers = 10;
  const Colour black{0, 0, 0, static_cast<std::uint8_t>(theme.dark ? 14 : 4)};
  for (int i = kLayers; i >= 1; --i) {
    const float grow = static_cast<float>(i) * 2.4F;
    fill({rect.x - grow, rect.y - grow + 6, rect.w + 2 * grow, rect.h + 2 * grow}, black, radius + grow);
  }
}

void Frame::map(Rect rect, const MapPicture& picture) {
  if (rect.empty()) return;
  const float x = snap(rect.x), y = snap(rect.y);
  maps_.paint(*list_, {x, y, snap(rect.right()) - x, snap(rect.bottom()) - y}, picture);
}

void Frame::push_clip(Rect rect) {
  clips_.push_back(rect.intersect(clips_.back()));
  const Rect& c = clips_.back();
  list_->PushClipRect({snap(c.x), snap(c.y)}, {snap(c.right()), snap(c.bottom())});
  interaction.clip(c);
}

void Frame::pop_clip() {
  clips_.pop_back();
  list_->PopClipRect();
  interaction.clip(clips_.back());
}

void Frame::focus_ring(Rect rect, float radius) { stroke(rect.inset(-2), theme.accent, radius + 2, 2); }

void Frame::tooltip(std::string_view text) {
  tip_ = text;
  tip_at_ = interaction.pointer();
  tip_is_anchored_ = false;
}

void Frame::tooltip_at(Rect anchor, std::string_view text) {
  tip_ = text;
  tip_at_ = {anchor.x, anchor.bottom() + 6};
  tip_is_anchored_ = true;
}

void Frame::finish() {
  list_ = ImGui::GetForegroundDrawList();
  auto drawing = std::move(later_);
  for (const auto& draw : drawing) draw(*this);
  if (!tip_.empty()) tip(tip_at_, tip_, !tip_is_anchored_);
}

void Frame::tip(Point at, std::string_view text, bool pointer) {
  const float most = std::min(360.0F, width() - 48);
  const float wide = std::min(most, measure(text.substr(0, std::min(text.find('\n'), text.size())), kSmall) + 1);
  float needed = wide;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    needed = std::max(needed, std::min(most, measure(text.substr(from, end - from), kSmall) + 1));
    from = end + 1;
  }
  const float tall = paragraph_height(needed, text, kSmall);
  Rect box{at.x + (pointer ? 14 : 0), at.y + (pointer ? 18 : 0), needed + 24, tall + 16};
  if (box.right() > width() - 8) box.x = std::max(8.0F, width() - 8 - box.w);
  if (box.bottom() > height() - 8) box.y = std::max(8.0F, at.y - box.h - (pointer ? 10 : 44));
  shadow(box, 8);
  fill(box, theme.dark ? mix(theme.raised, theme.ink, 0.08F) : theme.ink, 8);
  paragraph({box.x + 12, box.y + 8}, needed, text, kSmall, theme.dark ? theme.ink : theme.paper);
}

}  // namespace trilens::ui
