// Cost against length: buttons, then one picture for all columns (marks with whiskers and lines for what was measured, dashes for the formula),
// then each column's numbers.

#include <algorithm>
#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kTick = 22;

// Widths from left to right, on a new line where there is no room.
struct Line {
  Place place;
  float tall = 32;
  float x = 0, y = 0;
  Line(Place at, float height) : place(at), tall(height), x(at.x), y(at.y) {}
  Rect take(float wide) {
    wide = std::min(wide, place.width);
    if (x > place.x && x + wide > place.x + place.width) next();
    const Rect rect{x, y, wide, tall};
    x += wide + 12;
    return rect;
  }
  void next() {
    x = place.x;
    y += tall + 6;
  }
  [[nodiscard]] float bottom() const { return x > place.x ? y + tall : y; }
};

struct Setting {
  Id id = 0;
  const std::string& label;
  const std::vector<view::ChoiceView>& choices;
};

// A word and its choices in a row; where they are wider than the page, a list to open.
std::optional<std::size_t> draw_setting(Frame& frame, const Setting& setting, Line& line, PanelState& panel) {
  const float words = std::ceil(frame.measure(setting.label, kSmall)) + 10, wide = segmented_width(frame, setting.choices);
  if (words + wide > line.place.width) {
    const DropdownOptions options{.label = setting.label, .choices = setting.choices};
    return dropdown(frame, setting.id, line.take(dropdown_width(frame, options)), panel.open_menu, options);
  }
  const Rect rect = line.take(words + wide);
  frame.line({rect.x, rect.y, words, rect.h}, setting.label, kSmall, frame.theme.muted);
  return segmented(frame, setting.id, {rect.x + words, rect.y, wide, rect.h}, setting.choices);
}

float draw_buttons(const view::CurvesView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  Line line(place, panel.phone ? 44.0F : 32.0F);
  state::CostChoice choice = view.choice;
  bool changed = false;
  if (view.measuring) {
    if (text_button(frame, id_of("cost-stop"), line.take(text_button_width(frame, view.stop_label)), view.stop_label, {.label = {}, .keys = {}})) commands.emplace_back(state::StopCost{});
    frame.line(line.take(std::ceil(frame.measure(view.progress, kSmall)) + 4), view.progress, kSmall, frame.theme.ink);
    Rect bar = line.take(160);
    bar.y += bar.h / 2 - 3;
    bar.h = 6;
    progress_bar(frame, bar, view.part, frame.theme.accent);
  } else {
    const std::string& label = view.curves.empty() ? view.measure_label : view.again_label;
    const ButtonOptions options{.label = {}, .keys = {}, .enabled = view.can_measure, .strong = true};
    if (text_button(frame, id_of("cost-measure"), line.take(text_button_width(frame, label)), label, options)) commands.emplace_back(state::MeasureCost{});
    const std::string& other = view.other_provider.label;
    if (text_button(frame, id_of("cost-other"), line.take(text_button_width(frame, other)), other, {.label = {}, .keys = {}, .active = view.other_provider.selected})) {
      choice.other_provider = !choice.other_provider;
      changed = true;
    }
  }
  if (!view.curves.empty() || !view.nothing.empty()) {
    line.next();
    if (const auto q = draw_setting(frame, {id_of("cost-quantity"), view.quantity_label, view.quantities}, line, panel)) {
      choice.quantity = state::kCostQuantities[*q];
      changed = true;
    }
    if (const auto a = draw_setting(frame, {id_of("cost-axes"), view.axes_label, view.axes}, line, panel)) {
      choice.logarithmic = *a == 0;
      changed = true;
    }
  }
  if (changed) commands.emplace_back(state::ChooseCost{choice});
  return line.bottom();
}

struct Plot {
  Rect box;
  [[nodiscard]] Point at(float x, float y) const { return {box.x + x * box.w, box.bottom() - y * box.h}; }
};

void dashes(Frame& frame, Point a, Point b, Colour colour, float& phase) {
  constexpr float kOn = 6, kPeriod = 11;
  const float dx = b.x - a.x, dy = b.y - a.y, length = std::sqrt(dx * dx + dy * dy);
  for (float s = -phase; s < length; s += kPeriod) {
    const float from = std::max(s, 0.0F), to = std::min(s + kOn, length);
    if (to > from) frame.segment({a.x + dx * from / length, a.y + dy * from / length}, {a.x + dx * to / length, a.y + dy * to / length}, colour, 1.5F);
  }
  phase = std::fmod(phase + length, kPeriod);
}

void draw_axes(const view::CurvesView& view, const Plot& plot, Frame& frame) {
  const Theme& theme = frame.theme;
  for (const view::TickView& tick : view.y_ticks) {
    const Point p = plot.at(0, tick.at);
    frame.hairline(p, {plot.box.right(), p.y}, theme.hairline);
    frame.line({plot.box.x - 92, p.y - 10, 86, 20}, tick.label, kMonoSmall, theme.muted, Align::right);
  }
  frame.hairline({plot.box.x, plot.box.bottom()}, {plot.box.right(), plot.box.bottom()}, theme.muted);
  float free = -1e6F;
  for (const view::TickView& tick : view.x_ticks) {
    const Point p = plot.at(tick.at, 0);
    frame.hairline(p, {p.x, p.y + 4}, theme.muted);
    const float half = frame.measure(tick.label, kMonoSmall) / 2;
    if (p.x - half < free) continue;
    free = p.x + half + 8;
    frame.line({p.x - 40, p.y + 4, 80, kTick}, tick.label, kMonoSmall, theme.muted, Align::centre);
  }
  frame.line({plot.box.x, plot.box.bottom() + 4 + kTick, plot.box.w, kTick}, view.x_label, kSmall, theme.muted, Align::centre);
}

void draw_curve(const view::CurveView& curve, const Plot& plot, Frame& frame) {
  const FamilyColours& colours = frame.theme.of(curve.family.family);
  float phase = 0;
  for (std::size_t i = 1; i < curve.formula.size(); ++i) {
    dashes(frame, plot.at(curve.formula[i - 1].x, curve.formula[i - 1].y), plot.at(curve.formula[i].x, curve.formula[i].y), colours.full.alpha(0.85F), phase);
  }
  std::vector<Point> line;
  for (const view::CurvePointView& p : curve.points) line.push_back(plot.at(p.x, p.y));
  if (line.size() > 1) frame.polyline(line, colours.full, curve.second ? 1.25F : 2.0F);
  for (const view::CurvePointView& p : curve.points) {
    const Point at = plot.at(p.x, p.y), low = plot.at(p.x, p.low), high = plot.at(p.x, p.high);
    if (low.y - high.y > 2) {
      frame.segment(low, high, colours.full, 1.25F);
      for (const Point& end : {low, high}) frame.segment({end.x - 3, end.y}, {end.x + 3, end.y}, colours.full, 1.25F);
    }
    frame.circle(at, 4, curve.second ? frame.theme.paper : colours.full);
    if (curve.second) frame.circle(at, 4, colours.full, 1.5F);
  }
}

// At the ends of the lines, pushed apart where they would lie on each other.
void draw_ends(const view::CurvesView& view, const Plot& plot, float room, Frame& frame) {
  constexpr float kApart = 20;
  struct End {
    float y = 0, wanted = 0;
    const view::CurveView* curve = nullptr;
  };
  std::vector<End> ends;
  for (const view::CurveView& curve : view.curves) {
    const float y = plot.at(0, curve.points.back().y).y;
    ends.push_back({y, y, &curve});
  }
  std::ranges::sort(ends, {}, &End::wanted);
  for (std::size_t i = 1; i < ends.size(); ++i) ends[i].y = std::max(ends[i].y, ends[i - 1].y + kApart);
  const float over = ends.empty() ? 0 : std::max(0.0F, ends.back().y + kApart / 2 - plot.box.bottom());
  for (std::size_t i = ends.size(); i-- > 0;) {  // back up where they ran out of the picture
    ends[i].y -= over > 0 ? std::min(over, std::max(0.0F, ends[i].y - (i > 0 ? ends[i - 1].y - over + kApart : plot.box.y))) : 0;
  }
  for (const End& end : ends) {
    const FamilyColours& colours = frame.theme.of(end.curve->family.family);
    const Point last = plot.at(end.curve->points.back().x, end.curve->points.back().y);
    const float x = plot.box.right() + 8;
    frame.segment({last.x + 6, last.y}, {x, end.y}, colours.full.alpha(0.5F), 1);
    frame.line({x + 4, end.y - 10, room - 12, 20}, end.curve->label, kLabel, colours.text);
  }
}

void point_at(const view::CurvesView& view, const Plot& plot, Frame& frame) {
  const Hit hit = frame.target(id_of("cost-plot"), plot.box, {.label = view.title + ". " + view.how_to_read, .cursor = Cursor::crosshair});
  if (hit.focused) frame.focus_ring(plot.box.inset(-3), 4);
  if (!hit.hovered) return;
  const Point p = frame.interaction.pointer();
  const view::CurvePointView* nearest = nullptr;
  float best = 24 * 24;
  for (const view::CurveView& curve : view.curves) {
    for (const view::CurvePointView& point : curve.points) {
      const Point at = plot.at(point.x, point.y);
      const float distance = (at.x - p.x) * (at.x - p.x) + (at.y - p.y) * (at.y - p.y);
      if (distance >= best) continue;
      best = distance;
      nearest = &point;
    }
  }
  if (nearest == nullptr) return;
  frame.circle(plot.at(nearest->x, nearest->y), 7, frame.theme.ink, 1.5F);
  frame.tooltip(nearest->sentence);
}

float draw_plot(const view::CurvesView& view, Frame& frame, Place place, bool phone) {
  float room = 0;
  for (const view::CurveView& curve : view.curves) room = std::max(room, std::ceil(frame.measure(curve.label, kLabel)) + 14);
  room = std::min(room, place.width * 0.36F);
  float left = 0;
  for (const view::TickView& tick : view.y_ticks) left = std::max(left, std::ceil(frame.measure(tick.label, kMonoSmall)) + 10);
  const float width = std::min(place.width, 980.0F), tall = phone ? 260.0F : 340.0F;
  frame.line({place.x, place.y, place.width, 24}, view.title, kLabel, frame.theme.ink);
  const Plot plot{{place.x + left, place.y + 34, width - left - room, tall}};
  draw_axes(view, plot, frame);
  for (const view::CurveView& curve : view.curves) draw_curve(curve, plot, frame);
  draw_ends(view, plot, room, frame);
  point_at(view, plot, frame);
  return plot.box.bottom() + 4 + 2 * kTick + 6;
}

float draw_run(const view::CostTableView& view, std::size_t index, Frame& frame, Place place, float opacity) {
  const Theme& theme = frame.theme;
  const view::CostRunView& run = view.runs[index];
  float y = place.y;
  frame.line({place.x, y, place.width, 24}, run.title, kLabel, theme.of(view.family.family).text.alpha(opacity));
  y += 24;
  if (!run.trouble.empty()) y += frame.paragraph({place.x, y}, place.width, run.trouble, kSmall, theme.ink, 5) + 4;
  if (run.lines.empty()) return y + 6;
  // Tokens need less room than the rest.
  const float first = std::min(60.0F, place.width * 0.17F), wide = (place.width - first) / static_cast<float>(view.columns.size() - 1);
  const auto cell = [&](std::size_t c) { return c == 0 ? Rect{place.x, y, first, 22} : Rect{place.x + first + static_cast<float>(c - 1) * wide + 4, y, wide - 4, 22}; };
  for (std::size_t c = 0; c < view.columns.size(); ++c) frame.line(cell(c), view.columns[c], kSmall, theme.muted.alpha(opacity), Align::right);
  y += 22;
  for (std::size_t i = 0; i < run.lines.size(); ++i) {
    const Rect row{place.x, y, place.width, 22};
    frame.hairline({row.x, row.y}, {row.right(), row.y}, theme.hairline.alpha(0.6F));
    const Hit hit = frame.target(id_of("cost-line", seat_index(view.family.seat) * 8 + index, i), row, {.label = run.lines[i].sentence, .cursor = Cursor::arrow, .focusable = false});
    if (hit.hovered) frame.tooltip(run.lines[i].sentence);
    for (std::size_t c = 0; c < run.lines[i].cells.size(); ++c) frame.line(cell(c), run.lines[i].cells[c], kMonoSmall, theme.ink.alpha(opacity), Align::right);
    y += 22;
  }
  return y + 10;
}

}  // namespace

float draw(const view::CurvesView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  frame.interaction.region(id_of("region-curves"));
  float y = place.y + frame.paragraph({place.x, place.y}, std::min(place.width, 900.0F), view.intro, kBody, frame.theme.ink, 6) + 8;
  y = draw_buttons(view, frame, {place.x, y, place.width}, panel, commands) + 10;
  if (!view.nothing.empty()) y += frame.paragraph({place.x, y}, place.width, view.nothing, kBody, frame.theme.muted, 3) + 6;
  if (view.curves.empty()) return y;
  y = draw_plot(view, frame, {place.x, y, place.width}, panel.phone);
  y += frame.paragraph({place.x, y}, std::min(place.width, 980.0F), view.how_to_read, kSmall, frame.theme.muted, 8) + 2;
  return y + frame.paragraph({place.x, y}, std::min(place.width, 980.0F), view.machine, kSmall, frame.theme.muted, 3) + 4;
}

float draw(const view::CostTableView& view, Frame& frame, Place place, PanelState& /*panel*/, Commands& commands) {
  frame.interaction.region(id_of("region-cost-table", seat_index(view.family.seat)));
  Place at = place;
  at.y += draw_head_state(view.head, view.family.seat, frame, at, commands);
  const float opacity = strength(view.head, frame, id_of("cost-table-strength", seat_index(view.family.seat)));
  for (const std::string& sentence : view.sentences) at.y += frame.paragraph({at.x, at.y}, at.width, sentence, kBody, frame.theme.ink.alpha(opacity), 5) + 4;
  at.y += 6;
  for (std::size_t i = 0; i < view.runs.size(); ++i) at.y = draw_run(view, i, frame, at, opacity);
  return at.y;
}

}  // namespace trilens::ui
