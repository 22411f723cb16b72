#include "view/links.hpp"

#include <algorithm>

namespace trilens::view {
namespace {

constexpr double kLeast = 0.05;           // weaker lines say nothing, and there are many
constexpr std::size_t kMostPieces = 64;   // on either side

bool lit_label(const LabelView& label) { return label.hovered || label.pinned; }

void take_links(LinksView& v, const AttentionView& map, double least, const Words& words) {
  for (std::size_t r = 0; r < v.left.size(); ++r) {
    const std::span<const float> row = map.drawn.subspan(r * map.columns, map.columns);
    const auto strongest = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
    for (std::size_t c = 0; c < v.right.size(); ++c) {
      const bool first = c == strongest && row[c] > 0;
      if (double{row[c]} < least && !first) continue;
      LinkView link{.row = r, .column = c, .weight = row[c], .strongest = first, .lit = false, .sentence = {}};
      const bool pointed = map.pointed && map.pointed->row == r && map.pointed->column == c;
      link.lit = map.pointed ? pointed : lit_label(v.left[r]) || lit_label(v.right[c]);
      link.sentence = words.strings.fill("attention.sees", {{"row", v.left[r].display}, {"column", v.right[c].display}, {"value", weight_text(double{row[c]}, words.number)}});
      v.any_lit = v.any_lit || link.lit;
      v.links.push_back(std::move(link));
    }
  }
  std::ranges::stable_sort(v.links, {}, [](const LinkView& l) { return l.weight + (l.strongest ? 1.0F : 0.0F); });
}

}  // namespace

LinksView build_links(const state::State& state, Seat seat, const std::vector<AttentionView>& maps, const Words& words) {
  LinksView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("links", words);
  v.kind = state::heads_kind(state, seat);
  v.left_label = words.strings.get("attention.rows");
  v.right_label = words.strings.get("attention.columns");
  const auto map = std::ranges::find(maps, v.kind, &AttentionView::kind);
  if (map == maps.end()) return v;
  v.head.stale = map->head.stale;
  v.head.waiting = map->head.waiting;
  v.head.empty = map->head.empty;
  v.head.trouble = map->head.trouble;
  v.head.sentence = map->head.empty ? map->head.sentence : words.strings.get("links.sentence." + map->id);
  settle_head(v.head, words);
  if (map->head.empty || state.tab != state::Tab::attention) return v;
  v.choice = map->choice;
  v.left.assign(map->row_labels.begin(), map->row_labels.begin() + static_cast<std::ptrdiff_t>(std::min(kMostPieces, map->row_labels.size())));
  v.right.assign(map->column_labels.begin(), map->column_labels.begin() + static_cast<std::ptrdiff_t>(std::min(kMostPieces, map->column_labels.size())));
  const double least = std::max(kLeast, state.heads.threshold);
  take_links(v, *map, least, words);
  v.note = words.strings.fill("links.note", {{"least", percent_text(least, words.number)}});
  const std::size_t most = std::max(map->rows, map->columns);
  if (most > kMostPieces) v.note += " " + words.strings.fill("links.first_of", {{"shown", count_text(kMostPieces)}, {"pieces", count_text(static_cast<std::int64_t>(most))}});
  return v;
}

}  // namespace trilens::view
