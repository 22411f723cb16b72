// Pieces: the text on its way to the model, cut into pieces; some of them are added tokens already.
//
// Splitting moves no text: a piece is a range of the one AlignedText. Behaviours are those of the reference
// (SplitDelimiterBehavior, tokenizer/normalizer.rs). Empty pieces vanish.
//
//   pieces.split(SplitBehavior::removed, [](std::u32string_view text) { return matches_where(text, unicode::is_whitespace); });
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenize/aligned_text.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {

// A text is covered by a row of these: found (`hit`) or what lies between.
struct Match {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool hit = false;
};

// What happens to what was found, by the example of splitting "the-final--countdown" at "-":
enum class SplitBehavior : std::uint8_t {
  removed,               // the, final, countdown
  isolated,              // the, -, final, -, -, countdown
  merged_with_previous,  // the-, final-, -, countdown
  merged_with_next,      // the, -final, -, -countdown
  contiguous,            // the, -, final, --, countdown
};

struct Piece {
  std::size_t begin = 0;  // characters of Pieces::text
  std::size_t end = 0;
  std::int32_t token = -1;  // an added token's id: final; -1: still text
  [[nodiscard]] bool is_text() const { return token < 0; }
};

// Turns matches into the ranges that remain, in place.
void apply_behavior(std::vector<Match>& matches, SplitBehavior behavior);

// Each character that satisfies the predicate is found on its own.
template <class Predicate>
std::vector<Match> matches_where(std::u32string_view text, Predicate predicate) {
  std::vector<Match> out;
  std::size_t rest = 0;
  work::step(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!predicate(text[i])) continue;
    if (rest < i) out.push_back({rest, i, false});
    out.push_back({i, i + 1, true});
    rest = i + 1;
  }
  if (rest < text.size()) out.push_back({rest, text.size(), false});
  return out;
}

struct Pieces {
  AlignedText text;
  std::vector<Piece> list;

  // `find(view)` covers the view with matches.
  template <class Find>
  void split(SplitBehavior behavior, Find find) {
    std::vector<Piece> out;
    out.reserve(list.size());
    for (const Piece& piece : list) {
      work::step();
      if (!piece.is_text()) {
        out.push_back(piece);
        continue;
      }
      std::vector<Match> matches = find(text.view(piece.begin, piece.end));
      apply_behavior(matches, behavior);
      work::step(matches.size());
      for (const Match& m : matches) {
        if (m.begin < m.end) out.push_back({piece.begin + m.begin, piece.begin + m.end, -1});
      }
    }
    list = std::move(out);
  }

  // `edit(AlignedText& out, piece)` appends the piece's new form; added tokens are copied.
  template <class Edit>
  void rewrite(Edit edit) {
    Pieces out;
    out.text.chars.reserve(text.size());
    out.text.source.reserve(text.size());
    out.list.reserve(list.size());
    for (const Piece& piece : list) {
      const std::size_t begin = out.text.size();
      if (piece.is_text()) {
        edit(out.text, piece);
      } else {
        out.text.append(text, piece.begin, piece.end);
      }
      if (begin < out.text.size()) out.list.push_back({begin, out.text.size(), piece.token});
    }
    *this = std::move(out);
  }
};

}  // namespace trilens::tokenize
