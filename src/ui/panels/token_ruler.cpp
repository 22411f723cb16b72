// The ruler of tokens: characters in cells, their bytes below, and under them one row of tokens a seat, each over exactly what it stands
// for. Long texts go on in further lines, broken between words.

#include <algorithm>
#include <cmath>

#include "ui/panels/panels.hpp"
#include "ui/widgets.hpp"

namespace trilens::ui {
namespace {

constexpr float kCell = 15, kByte = 25;          // narrowest character; one byte in hex
constexpr float kCharTall = 30, kByteTall = 22, kTokenTall = 28, kRowGap = 4, kLineGap = 22;
constexpr Type kByteType{Face::mono, 14};

struct Line {
  std::size_t first = 0, last = 0;  // cells
  float x = 0, y = 0;
  bool bytes = false;               // some of its cells write theirs
};

struct Ruler {
  std::vector<float> left, wide;    // [cell], within its line
  std::vector<Line> lines;
  float label = 0;                  // room for names, and for what stands before the text
  float outside = 0;                // room for what stands outside it
};

float chip_width(const Frame& frame, const std::string& text) { return text.empty() ? 0 : std::ceil(frame.measure(text, kMonoSmall)) + 10; }

// A cell is as wide as its character and its bytes need, and so that no token is wider than its cells.
std::vector<float> cell_widths(const view::TokenRulerView& view, const Frame& frame) {
  std::vector<float> wide;
  for (const view::RulerCharView& c : view.chars) {
    const float bytes = c.show_bytes ? static_cast<float>(c.bytes.size()) * kByte : 0;
    wide.push_back(std::max({kCell, std::ceil(frame.measure(c.text, kMono)) + 5, bytes}));
  }
  for (const view::RulerRowView& row : view.rows) {
    for (const view::RulerTokenView& token : row.tokens) {
      if (token.part || token.last <= token.first) continue;
      float has = 0;
      for (std::size_t i = token.first; i < token.last; ++i) has += wide[i];
      const float more = (std::ceil(frame.measure(token.display, kMonoSmall)) + 10) * static_cast<float>(token.shares) - has;
      for (std::size_t i = token.first; more > 0 && more < 90 && i < token.last; ++i) wide[i] += more / static_cast<float>(token.last - token.first);
    }
  }
  return wide;
}

Ruler lay_ruler(const view::TokenRulerView& view, const Frame& frame, Place place) {
  Ruler r;
  r.wide = cell_widths(view, frame);
  r.left.resize(r.wide.size());
  float name = std::max(frame.measure(view.characters_label, kSmall), frame.measure(view.bytes_label, kSmall));
  float before = 0, after = 0;
  for (const view::RulerRowView& row : view.rows) {
    name = std::max(name, frame.measure(row.family.short_name, kLabel));
    before = std::max(before, chip_width(frame, row.before));
    after = std::max(after, chip_width(frame, row.after));
  }
  const float most_name = place.width < 500 ? 74.0F : 130.0F;
  r.outside = std::min(before, 90.0F) + (before > 0 ? 6.0F : 0.0F);
  r.label = std::min(std::ceil(name), most_name) + 12;
  const float from = r.label + r.outside, room = place.width - from - std::min(after, 90.0F) - 8;
  std::size_t word_begins = 0;
  float x = 0;
  const auto start = [&](std::size_t cell) {
    if (!r.lines.empty()) r.lines.back().last = cell;
    r.lines.push_back({.first = cell, .last = r.wide.size(), .x = place.x + from});
    x = 0;
  };
  if (!r.wide.empty()) start(0);
  for (std::size_t i = 0; i < r.wide.size(); ++i) {
    const bool begins = view.chars[i].word && (i == 0 || view.chars[i - 1].word != view.chars[i].word);
    if (begins) word_begins = i;
    if (x + r.wide[i] > room && i > r.lines.back().first) {
      const std::size_t at = view.chars[i].word && word_begins > r.lines.back().first ? word_begins : i;
      start(at);
      for (std::size_t k = at; k < i; ++k) {
        r.left[k] = x;
        x += r.wide[k];
      }
    }
    r.left[i] = x;
    x += r.wide[i];
    if (view.chars[i].text == "⏎") start(i + 1);
  }
  if (!r.lines.empty() && r.lines.back().first >= r.wide.size()) r.lines.pop_back();
  if (!r.lines.empty()) r.lines.back().last = r.wide.size();
  float y = place.y;
  for (Line& line : r.lines) {
    line.y = y;
    for (std::size_t i = line.first; i < line.last; ++i) line.bytes = line.bytes || view.chars[i].show_bytes;
    y += kCharTall + (line.bytes ? kByteTall : 0) + static_cast<float>(view.rows.size()) * (kTokenTall + kRowGap) + kLineGap;
  }
  return r;
}

// Left edge of byte `byte` of a cell.
float byte_x(const Ruler& r, const view::TokenRulerView& view, const Line& line, std::size_t cell, std::size_t byte) {
  const float x = line.x + r.left[cell];
  return byte == 0 ? x : x + r.wide[cell] * static_cast<float>(byte) / static_cast<float>(view.chars[cell].bytes.size());
}

void draw_characters(const view::TokenRulerView& view, const Ruler& r, const Line& line, Frame& frame, Commands& commands) {
  const Theme& theme = frame.theme;
  for (std::size_t w = 0; w < view.words.size(); ++w) {
    const view::RulerWordView& word = view.words[w];
    const std::size_t first = std::max(word.first, line.first), last = std::min(word.last, line.last);
    if (first >= last) continue;
    const Rect rect{line.x + r.left[first], line.y, r.left[last - 1] + r.wide[last - 1] - r.left[first], kCharTall};
    const Hit hit = frame.target(id_of("ruler-word", w, line.first), rect, {.label = word.text});
    if (word.picked) frame.fill(rect, theme.sunken, 6);
    if (word.picked) frame.stroke(rect, theme.ink, 6, 1.5F);
    else if (hit.hovered) frame.fill(rect, theme.sunken.alpha(0.7F), 6);
    if (hit.focused) frame.focus_ring(rect, 6);
    if (hit.focused && !hit.hovered) commands.emplace_back(state::Hover{word.mark});
    for (std::size_t i = first; hit.hovered && i < last; ++i) {
      const Rect cell{line.x + r.left[i], line.y, r.wide[i], kCharTall};
      if (!cell.contains(frame.interaction.pointer())) continue;
      commands.emplace_back(state::Hover{view.chars[i].mark});
      frame.tooltip(view.chars[i].tooltip);
    }
    if (hit.pressed) commands.emplace_back(state::ChooseTokens{{.word = word.picked ? std::nullopt : std::optional(word.begin), .bytes = view.all_bytes}});
  }
  const float bytes_y = line.y + kCharTall;
  for (std::size_t i = line.first; i < line.last; ++i) {
    const view::RulerCharView& c = view.chars[i];
    const Rect cell{line.x + r.left[i], line.y, r.wide[i], kCharTall};
    if (c.hovered || c.pinned) frame.fill({cell.x, cell.bottom() - 4, cell.w, 3}, theme.ink, 1);
    frame.line(cell, c.text, kMono, c.space ? theme.muted.alpha(0.7F) : theme.ink, Align::centre);
    if (i > line.first) frame.hairline({cell.x, cell.bottom() - 5}, {cell.x, cell.bottom()}, theme.hairline);
    if (!c.show_bytes) continue;
    for (std::size_t b = 0; b < c.bytes.size(); ++b) {
      const float x = byte_x(r, view, line, i, b), next = b + 1 == c.bytes.size() ? cell.right() : byte_x(r, view, line, i, b + 1);
      if (c.bytes.size() > 1) frame.fill(Rect{x, bytes_y, next - x, kByteTall}.inset(0.5F), theme.sunken, 2);
      frame.line({x, bytes_y, next - x, kByteTall}, c.bytes[b], kByteType, theme.muted, Align::centre);
    }
  }
}

struct TokenPlace {
  Rect rect;
  bool begins = true, ends = true;  // false: it goes on in another line
};

std::optional<TokenPlace> place_of(const view::RulerTokenView& token, const view::TokenRulerView& view, const Ruler& r, const Line& line, float y) {
  const std::size_t first = std::max(token.first, line.first), last = std::min(token.last, line.last);
  if (first >= last) return std::nullopt;
  TokenPlace out;
  out.begins = first == token.first;
  out.ends = last == token.last;
  float from = byte_x(r, view, line, first, out.begins ? token.byte_first : 0);
  float to = out.ends && token.byte_last > 0 ? byte_x(r, view, line, last - 1, token.byte_last) : line.x + r.left[last - 1] + r.wide[last - 1];
  if (token.shares > 1) {
    const float each = (to - from) / static_cast<float>(token.shares);
    from += each * static_cast<float>(token.share);
    to = from + each;
  }
  out.rect = Rect{from, y, to - from, kTokenTall}.inset(0.75F);
  return out;
}

void draw_token(const view::RulerTokenView& token, const TokenPlace& at, const view::RulerRowView& row, Frame& frame, Commands& commands, bool all_bytes, const view::TokenRulerView& view) {
  const Theme& theme = frame.theme;
  const FamilyColours& colours = theme.of(row.family.family);
  const Id id = id_of("ruler-token", seat_index(row.family.seat) * 100000 + token.first, token.byte_first * 64 + token.share);
  const Hit hit = frame.target(id, at.rect, {.label = token.tooltip, .focusable = false});
  if (hit.hovered) {
    commands.emplace_back(state::Hover{token.mark});
    frame.tooltip(token.tooltip);
  }
  if (hit.pressed && token.word) commands.emplace_back(state::ChooseTokens{{.word = view.words[*token.word].begin, .bytes = all_bytes}});
  const bool lit = token.hovered || token.pinned;
  const float opacity = row.stale ? 0.45F : 1.0F;
  const Frame::Corners corners = at.begins ? (at.ends ? Frame::all_corners : Frame::left_corners) : (at.ends ? Frame::right_corners : Frame::no_corners);
  frame.fill_corners(at.rect, (lit ? colours.soft : colours.tint).alpha(opacity), 5, corners);
  frame.stroke_corners(at.rect, (token.unknown ? theme.danger : lit ? colours.full : mix(colours.full, theme.paper, 0.55F)).alpha(opacity), 5, corners);
  if (lit) frame.fill({at.rect.x + 3, at.rect.bottom() - 3, at.rect.w - 6, 3}, colours.full, 1.5F);
  frame.line({at.rect.x + 2, at.rect.y, at.rect.w - 4, at.rect.h}, token.display, kMonoSmall, (token.part ? theme.muted : theme.ink).alpha(opacity), Align::centre);
}

// What the text does not contain, beside the ruler.
void draw_outside(const std::string& text, const std::string& tooltip, Rect rect, Id id, Frame& frame) {
  if (text.empty()) return;
  const Hit hit = frame.target(id, rect, {.label = tooltip, .cursor = Cursor::arrow, .focusable = false});
  if (hit.hovered) frame.tooltip(tooltip);
  frame.stroke(rect, frame.theme.hairline, 5);
  frame.line({rect.x + 3, rect.y, rect.w - 6, rect.h}, text, kMonoSmall, frame.theme.muted, Align::centre);
}

void draw_rows(const view::TokenRulerView& view, const Ruler& r, std::size_t index, Place place, Frame& frame, Commands& commands) {
  const Line& line = r.lines[index];
  float y = line.y + kCharTall + (line.bytes ? kByteTall : 0) + kRowGap;
  for (const view::RulerRowView& row : view.rows) {
    const std::uint64_t seat = seat_index(row.family.seat);
    const float name = r.label - 10;
    frame.line({place.x, y, name, kTokenTall}, row.family.short_name, kLabel, frame.theme.of(row.family.family).text);
    if (index == 0) draw_outside(row.before, row.before_tooltip, {place.x + r.label, y, std::min(chip_width(frame, row.before), 90.0F), kTokenTall}, id_of("ruler-before", seat), frame);
    if (!row.empty.empty() && index == 0) frame.line({line.x, y, place.x + place.width - line.x, kTokenTall}, row.empty, kSmall, frame.theme.muted);
    for (const view::RulerTokenView& token : row.tokens) {
      if (const auto at = place_of(token, view, r, line, y)) draw_token(token, *at, row, frame, commands, view.all_bytes, view);
    }
    if (index + 1 == r.lines.size() && line.last > line.first) {
      const float x = line.x + r.left[line.last - 1] + r.wide[line.last - 1] + 6;
      draw_outside(row.after, row.after_tooltip, {x, y, std::min(chip_width(frame, row.after), 90.0F), kTokenTall}, id_of("ruler-after", seat), frame);
    }
    y += kTokenTall + kRowGap;
  }
}

}  // namespace

float draw(const view::TokenRulerView& view, Frame& frame, Place place, PanelState& panel, Commands& commands) {
  if (view.chars.empty()) return place.y;
  frame.interaction.region(id_of("region-ruler"));
  const float tall = panel.phone ? 44 : 32;
  float y = place.y;
  const float button = text_button_width(frame, view.bytes_button);
  const float hint = frame.paragraph_height(place.width - button - 16, view.hint, kSmall);
  frame.paragraph({place.x, y + std::max(0.0F, (tall - hint) / 2)}, place.width - button - 16, view.hint, kSmall, frame.theme.muted);
  if (text_button(frame, id_of("ruler-bytes"), {place.x + place.width - button, y, button, tall}, view.bytes_button, {.label = view.bytes_button, .keys = {}, .active = view.all_bytes})) {
    std::optional<std::size_t> word;
    for (const view::RulerWordView& w : view.words) {
      if (w.picked) word = w.begin;
    }
    commands.emplace_back(state::ChooseTokens{{.word = word, .bytes = !view.all_bytes}});
  }
  y += std::max(tall, hint) + 10;
  const Ruler r = lay_ruler(view, frame, {place.x, y, place.width});
  for (std::size_t i = 0; i < r.lines.size(); ++i) {
    const Line& line = r.lines[i];
    frame.line({place.x, line.y, r.label - 10, kCharTall}, view.characters_label, kSmall, frame.theme.muted);
    if (line.bytes) frame.line({place.x, line.y + kCharTall, r.label - 10, kByteTall}, view.bytes_label, kSmall, frame.theme.muted);
    draw_characters(view, r, line, frame, commands);
    draw_rows(view, r, i, place, frame, commands);
    y = line.y + kCharTall + (line.bytes ? kByteTall : 0) + static_cast<float>(view.rows.size()) * (kTokenTall + kRowGap) + kLineGap;
  }
  if (!view.cut.empty()) y += frame.paragraph({place.x, y - 10}, place.width, view.cut, kSmall, frame.theme.muted) - 6;
  return y - 8;
}

}  // namespace trilens::ui
