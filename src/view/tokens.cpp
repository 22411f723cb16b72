#include "view/tokens.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace trilens::view {
namespace {

using protocol::Piece;

bool starts_word(const Piece& piece, const Piece* before) {
  if (piece.text.starts_with("Ġ") || piece.text.starts_with("▁")) return true;
  if (piece.text.starts_with("##")) return false;
  return before == nullptr || before->special || piece.special || piece.start > before->end;
}

std::string bytes_text(const Piece& piece, const Words& words) {
  if (piece.end <= piece.start) return words.strings.get("tokens.no_bytes");
  return words.strings.fill("tokens.bytes", {{"begin", count_text(piece.start)}, {"end", count_text(piece.end)}});
}

struct Row {
  const state::State& state;
  Seat seat;
  state::Side side;
  const Words& words;

  [[nodiscard]] TokenView operator()(const std::vector<Piece>& pieces, std::size_t i) const {
    const Piece& piece = pieces[i];
    TokenView v;
    v.index = i;
    v.id = piece.id;
    v.display = piece_text(piece.display, piece.text);
    v.token = piece.text;
    v.id_text = count_text(piece.id);
    v.bytes_text = bytes_text(piece, words);
    v.begin = piece.start;
    v.end = piece.end;
    v.special = piece.special;
    v.starts_word = starts_word(piece, i > 0 ? &pieces[i - 1] : nullptr);
    v.mark = state::mark_of(seat, side, piece, i);
    const Lit light = lit(state, seat, side, piece, i);
    v.hovered = light.hovered;
    v.pinned = light.pinned;
    v.tooltip = words.strings.fill("tokens.tooltip", {{"token", v.token}, {"id", v.id_text}, {"bytes", v.bytes_text}});
    return v;
  }
};

void number_words(std::vector<TokenView>& pieces, std::string_view text) {
  const auto spans = state::words_of_text(text);
  for (TokenView& piece : pieces) {
    if (piece.begin >= piece.end) continue;
    const auto first = std::ranges::partition_point(spans, [&](const auto& span) { return span.end <= static_cast<std::size_t>(piece.begin); });
    if (first != spans.end() && first->begin < static_cast<std::size_t>(piece.end)) piece.word = static_cast<std::size_t>(first - spans.begin());
  }
}

// Does the decoder leave something unread after its last piece? (Blanks stop it; a cut is told elsewhere.)
bool stops_early(const protocol::Reading& reading, std::string_view text) {
  std::int64_t end = 0;
  for (const Piece& piece : reading.tokens) end = std::max(end, piece.end);
  return !reading.cut && !state::blank_text(text.substr(std::min(static_cast<std::size_t>(end), text.size())));
}

std::string cut_text(const protocol::Reading& reading, const std::string& text, const Words& words) {
  if (!reading.cut) return {};
  const std::size_t byte = std::min(static_cast<std::size_t>(std::max<std::int64_t>(reading.cut->byte, 0)), text.size());
  return words.strings.fill("tokens.cut", {{"read", count_text(static_cast<std::int64_t>(utf8::length(std::string_view(text).substr(0, byte))))},
                                           {"whole", count_text(static_cast<std::int64_t>(utf8::length(text)))},
                                           {"limit", count_text(reading.cut->limit_tokens)}});
}

}  // namespace

TokensView build_tokens(const state::State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  TokensView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("tokens", words);
  reading_head(v.head, state, seat, words);
  if (!column.reading) return v;
  const protocol::Reading& reading = *column.reading;
  const Row text_row{state, seat, state::Side::text, words};
  for (std::size_t i = 0; i < reading.tokens.size(); ++i) v.pieces.push_back(text_row(reading.tokens, i));
  number_words(v.pieces, column.reading_text);
  const Row output_row{state, seat, state::Side::output, words};
  for (std::size_t i = 0; i < reading.output.size(); ++i) v.output.push_back(output_row(reading.output, i));
  if (!v.output.empty()) v.output_label = words.strings.get("tokens.output");
  if (reading.task == "fill" || reading.task == "guess") {
    for (const protocol::Blank& blank : reading.predictions) {
      const auto at = static_cast<std::size_t>(blank.position);
      if (at < v.pieces.size()) v.pieces[at].blank = true;
    }
  }
  v.can_guess = reading.task == "guess" && !column.reading_stale;
  v.cut = cut_text(reading, column.reading_text, words);
  if (state.tab == state::Tab::tokens) v.measures = build_measures(reading, column.reading_text, words);
  if (!v.measures.empty()) v.measured = words.strings.get("measure.note");
  v.count = words.strings.fill(v.pieces.size() == 1 ? "tokens.count_one" : "tokens.count", {{"pieces", count_text(static_cast<std::int64_t>(v.pieces.size()))}});
  if (column.family == Family::decoder && stops_early(reading, column.reading_text)) {
    v.head.sentence = words.strings.get("tokens.sentence.stops");
    if (!v.pieces.empty()) v.pieces.back().cut_after = true;
  } else {
    v.head.sentence = words.strings.get("tokens.sentence." + v.family.id);
  }
  return v;
}

}  // namespace trilens::view
