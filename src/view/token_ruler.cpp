#include "view/token_ruler.hpp"

#include <algorithm>
#include <cstdio>

#include "base/utf8.hpp"

namespace trilens::view {
namespace {

using protocol::Piece;

constexpr std::size_t kMostCells = 600;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    char two[4];
    std::snprintf(two, sizeof two, "%s%02X", out.empty() ? "" : " ", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    out += two;
  }
  return out;
}

std::string code_of(char32_t c) {
  char out[12];
  std::snprintf(out, sizeof out, "U+%04X", static_cast<unsigned>(c));
  return out;
}

// Marks that sit on the character before them, and what has no shape of its own.
bool combining(char32_t c) { return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE20 && c <= 0xFE2F); }
bool shapeless(char32_t c) {
  return (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F || c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x2064) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);
}

struct Cells {
  std::vector<std::size_t> begins;  // bytes, one more than there are cells

  [[nodiscard]] std::size_t at(std::size_t byte) const {  // the cell that this byte lies in
    return static_cast<std::size_t>(std::ranges::upper_bound(begins, byte) - begins.begin()) - 1;
  }
  [[nodiscard]] std::size_t count() const { return begins.size() - 1; }
};

state::Mark mark_of(std::size_t begin, std::size_t end) { return {.side = state::Side::text, .begin = begin, .end = end}; }

bool touched(const std::optional<state::Mark>& mark, std::size_t begin, std::size_t end) {
  return mark && mark->side == state::Side::text && mark->begin < end && begin < mark->end;
}

void fill_chars(TokenRulerView& v, Cells& cells, const state::State& state, const Words& words) {
  const std::string& text = state.document.text;
  for (utf8::Reader reader(text); !reader.done() && v.chars.size() < kMostCells;) {
    const utf8::Codepoint c = reader.next();
    const std::string_view bytes = std::string_view(text).substr(c.begin, c.end - c.begin);
    RulerCharView cell;
    cell.space = c.codepoint == ' ' || c.codepoint == '\n' || c.codepoint == '\t' || c.codepoint == '\r';
    cell.text = shapeless(c.codepoint) ? code_of(c.codepoint) : combining(c.codepoint) ? "◌" + std::string(bytes) : visible(bytes);
    for (const char byte : bytes) cell.bytes.push_back(hex({&byte, 1}));
    cell.show_bytes = bytes.size() > 1 || state.tokens.bytes;
    cell.tooltip = words.strings.fill("ruler.character", {{"character", cell.text}, {"code", code_of(c.codepoint)}, {"bytes", hex(bytes)}});
    cell.mark = mark_of(c.begin, c.end);
    cell.hovered = touched(state.hover, c.begin, c.end);
    cell.pinned = touched(state.pin, c.begin, c.end);
    cells.begins.push_back(c.begin);
    v.chars.push_back(std::move(cell));
  }
  const std::size_t drawn = v.chars.empty() ? 0 : v.chars.back().mark.end;
  cells.begins.push_back(drawn);
  if (drawn < text.size()) v.cut = words.strings.fill("ruler.cut", {{"characters", count_text(static_cast<std::int64_t>(kMostCells))}});
}

void fill_words(TokenRulerView& v, const Cells& cells, const state::State& state) {
  const auto picked = state::picked_word(state);
  for (const state::TextWord& word : state::words_of_text(state.document.text)) {
    if (word.begin >= cells.begins.back()) return;
    RulerWordView w;
    w.text = state.document.text.substr(word.begin, word.end - word.begin);
    w.begin = word.begin;
    w.first = cells.at(word.begin);
    w.last = std::min(cells.at(word.end - 1) + 1, cells.count());
    w.picked = picked == word;
    w.mark = mark_of(word.begin, word.end);
    for (std::size_t i = w.first; i < w.last; ++i) v.chars[i].word = v.words.size();
    v.words.push_back(std::move(w));
  }
}

// Tokens that stand for the very same characters without our knowing which bytes are whose.
void share_out(std::vector<RulerTokenView>& tokens) {
  for (std::size_t first = 0; first < tokens.size();) {
    std::size_t end = first + 1;
    while (end < tokens.size() && !tokens[first].part && !tokens[end].part && tokens[end].first == tokens[first].first && tokens[end].last == tokens[first].last) ++end;
    for (std::size_t i = first; i < end; ++i) {
      tokens[i].share = i - first;
      tokens[i].shares = end - first;
    }
    first = end;
  }
}

void append(std::string& words, std::string& tooltip, std::size_t count, const Piece& piece) {
  const std::string shown = piece_text(piece.display, piece.text);
  words = count == 1 ? shown : "+" + count_text(static_cast<std::int64_t>(count));
  tooltip += (tooltip.empty() ? "" : "  ") + shown;
}

struct RowOf {
  const state::State& state;
  Seat seat;
  const Cells& cells;
  const TokenRulerView& ruler;
  const Words& words;

  [[nodiscard]] RulerTokenView token(const Piece& piece, std::size_t index) const {
    const std::string& text = state.document.text;
    const auto begin = static_cast<std::size_t>(piece.part_start.value_or(piece.start)), end = static_cast<std::size_t>(piece.part_end.value_or(piece.end));
    RulerTokenView v;
    v.part = piece.part_start.has_value();
    v.first = cells.at(begin);
    v.last = std::min(cells.at(end - 1) + 1, cells.count());
    v.byte_first = begin - cells.begins[v.first];
    const std::size_t last_begins = cells.begins[v.last - 1];
    v.byte_last = end < cells.begins[v.last] ? end - last_begins : 0;
    const std::string bytes = hex(std::string_view(text).substr(begin, end - begin));
    v.display = v.part ? bytes : piece_text(piece.display, piece.text);
    v.unknown = piece.unknown.value_or(false);
    v.tooltip = words.strings.fill(v.part ? "ruler.part" : v.unknown ? "ruler.unknown" : "ruler.token",
                                   {{"token", piece.text}, {"id", count_text(piece.id)}, {"bytes", bytes}});
    v.mark = state::mark_of(seat, state::Side::text, piece, index);
    const Lit light = lit(state, seat, state::Side::text, piece, index);
    v.hovered = light.hovered;
    v.pinned = light.pinned;
    for (std::size_t i = v.first; i < v.last && !v.word; ++i) v.word = ruler.chars[i].word;
    return v;
  }

  [[nodiscard]] RulerRowView operator()() const {
    const state::ColumnState& column = state.column(seat);
    RulerRowView row;
    row.family = family_view(state, seat, words);
    row.stale = column.reading_stale;
    const bool of_this = column.reading && column.reading_text == state.document.text;
    if (!of_this) row.empty = words.strings.get(column.loading ? "empty.loading" : !column.loaded ? "empty.not_loaded" : "ruler.waiting");
    if (!of_this) return row;
    std::size_t before = 0, after = 0;
    for (std::size_t i = 0; i < column.reading->tokens.size(); ++i) {
      const Piece& piece = column.reading->tokens[i];
      if (piece.start >= piece.end) {
        if (row.tokens.empty()) append(row.before, row.before_tooltip, ++before, piece);
        else append(row.after, row.after_tooltip, ++after, piece);
      } else if (std::cmp_less(piece.start, cells.begins.back())) {
        row.tokens.push_back(token(piece, i));
      }
    }
    share_out(row.tokens);
    return row;
  }
};

std::string number_of(double value, const Words& words) { return fixed_text(value, 2, words.number); }

}  // namespace

TokenRulerView build_token_ruler(const state::State& state, const Words& words) {
  TokenRulerView v;
  if (state.tab != state::Tab::tokens || state::blank_text(state.document.text)) return v;
  Cells cells;
  fill_chars(v, cells, state, words);
  fill_words(v, cells, state);
  for (const Seat seat : kSeats) v.rows.push_back(RowOf{state, seat, cells, v, words}());
  v.hint = words.strings.get("ruler.hint");
  v.characters_label = words.strings.get("ruler.characters");
  v.bytes_label = words.strings.get("ruler.bytes");
  v.bytes_button = words.strings.get("ruler.all_bytes");
  v.all_bytes = state.tokens.bytes;
  return v;
}

// Words with a blank in them are left out, and what of the text is not read.
std::vector<MeasureView> build_measures(const protocol::Reading& reading, const std::string& text, const Words& words) {
  std::int64_t tokens = 0, count = 0, bytes = 0, characters = 0, unknown = 0;
  std::string names;
  const std::vector<state::TextWord> all = state::words_of_text(text);
  std::vector<bool> read(all.size());
  for (const Piece& piece : reading.tokens) {
    if (piece.start >= piece.end) continue;
    const auto begin = static_cast<std::size_t>(piece.start), end = std::min(static_cast<std::size_t>(piece.end), text.size());
    const auto at = std::ranges::partition_point(all, [&](const state::TextWord& w) { return w.end <= begin; });
    if (at == all.end() || at->begin >= end || text.substr(at->begin, at->end - at->begin).find("___") != std::string::npos) continue;
    ++tokens;
    for (auto word = at; word != all.end() && word->begin < end; ++word) read[static_cast<std::size_t>(word - all.begin())] = true;
    if (!piece.unknown.value_or(false)) continue;
    ++unknown;
    names += (names.empty() ? "“" : ", “") + text.substr(begin, end - begin) + "”";
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!read[i]) continue;
    const std::string_view word = std::string_view(text).substr(all[i].begin, all[i].end - all[i].begin);
    ++count;
    bytes += static_cast<std::int64_t>(word.size());
    characters += static_cast<std::int64_t>(utf8::length(word));
  }
  std::vector<MeasureView> out;
  if (count == 0 || tokens == 0) return out;
  const auto add = [&](const std::string& id, double value, std::int64_t of) {
    out.push_back({words.strings.get("measure." + id), number_of(value, words),
                   words.strings.fill("measure." + id + ".of", {{"tokens", count_text(tokens)}, {"of", count_text(of)}})});
  };
  add("fertility", static_cast<double>(tokens) / static_cast<double>(count), count);
  add("characters", static_cast<double>(characters) / static_cast<double>(tokens), characters);
  add("bytes", static_cast<double>(bytes) / static_cast<double>(tokens), bytes);
  out.push_back({words.strings.get("measure.unknown"), count_text(unknown), names});
  return out;
}

}  // namespace trilens::view
