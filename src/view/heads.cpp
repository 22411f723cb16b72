#include "view/heads.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

namespace trilens::view {
namespace {

using protocol::HeadMap;
using protocol::HeadMaps;
using protocol::HeadScores;
using state::HeadOrder;

constexpr double kHalf = 0.5, kBroad = 0.8;
constexpr double kHardly = 0.01;             // below: no head does it
constexpr std::size_t kSortedRow = 4, kMostSorted = 16;

struct Pattern {
  HeadOrder order;
  HeadRole role;
  std::optional<double> HeadScores::*score;
};
// The first ones win where two are alike: the first piece is often a special token too.
constexpr std::array kPatterns{
    Pattern{HeadOrder::previous, HeadRole::previous, &HeadScores::previous}, Pattern{HeadOrder::next, HeadRole::next, &HeadScores::next},
    Pattern{HeadOrder::itself, HeadRole::itself, &HeadScores::itself},       Pattern{HeadOrder::same, HeadRole::same, &HeadScores::same},
    Pattern{HeadOrder::first, HeadRole::first, &HeadScores::first},          Pattern{HeadOrder::special, HeadRole::special, &HeadScores::special},
    Pattern{HeadOrder::broad, HeadRole::broad, &HeadScores::broad},
};

std::string percent(double part, const Words& words) { return percent_text(part, words.number); }

std::string name_of(const HeadMap& map, const Words& words) {
  const std::string layer = count_text(map.layer + 1);
  if (map.what == "mean") return words.strings.fill("attention.choice.layer", {{"layer", layer}});
  if (map.what == "rollout") return words.strings.fill("attention.choice.rollout_to", {{"layer", layer}});
  return words.strings.fill("attention.choice.one", {{"layer", layer}, {"head", count_text(map.head.value_or(0) + 1)}});
}

state::MapChoice choice_of(const HeadMap& map) {
  return {map.layer, map.what == "head" ? map.head : std::nullopt, map.what == "rollout"};
}

// Name, what it mostly does, then every score that there is.
std::string sentence_of(const HeadMap& map, const Words& words) {
  std::string out = name_of(map, words) + ": " + words.strings.get("heads.role." + std::string(role_id(head_role(map.scores))));
  for (const Pattern& p : kPatterns) {
    if (const auto& score = map.scores.*p.score) out += "\n" + words.strings.get("heads.role." + std::string(role_id(p.role))) + ": " + percent(*score, words);
  }
  return out;
}

HeadTileView tile_of(const HeadMap& map, const state::MapChoice& shown, HeadOrder order, const Words& words) {
  HeadTileView tile;
  tile.id = std::to_string(map.layer) + "." + (map.head ? std::to_string(*map.head) : map.what);
  tile.name = name_of(map, words);
  tile.sentence = sentence_of(map, words);
  tile.role = words.strings.get("heads.role." + std::string(role_id(head_role(map.scores))));
  tile.choice = choice_of(map);
  tile.selected = tile.choice == shown;
  if (order == HeadOrder::layers || !map.head) return tile;
  const auto score = score_of(map.scores, order);
  tile.caption = count_text(map.layer + 1) + "·" + count_text(*map.head + 1) + "  " + (score ? percent(*score, words) : std::string(kNothing));
  return tile;
}

// A matrix of pictures side by side.
void lay(HeadRowView& row, const HeadMaps& maps, const std::vector<const HeadMap*>& shown) {
  const auto high = static_cast<std::size_t>(maps.tile_rows), wide = static_cast<std::size_t>(maps.tile_columns);
  const std::size_t stride = shown.size() * (wide + 1) - 1;
  row.cells.assign(high * stride, 0);
  for (std::size_t t = 0; t < shown.size(); ++t) {
    const auto& cells = shown[t]->cells;
    if (cells.size() != high * wide) continue;
    for (std::size_t at = 0; at < cells.size(); ++at) row.cells[at / wide * stride + t * (wide + 1) + at % wide] = static_cast<float>(std::sqrt(std::max(0.0, cells[at])));
  }
}

std::vector<const HeadMap*> sorted(const HeadMaps& maps, HeadOrder order) {
  std::vector<const HeadMap*> out;
  for (const HeadMap& map : maps.maps) {
    if (map.what == "head") out.push_back(&map);
  }
  std::ranges::stable_sort(out, std::greater{}, [&](const HeadMap* map) { return score_of(map->scores, order).value_or(-1); });
  return out;
}

std::vector<std::vector<const HeadMap*>> rows_of(const HeadMaps& maps, HeadOrder order) {
  std::vector<std::vector<const HeadMap*>> rows;
  if (order == HeadOrder::layers) {
    for (const HeadMap& map : maps.maps) {
      if (rows.size() <= static_cast<std::size_t>(map.layer)) rows.resize(static_cast<std::size_t>(map.layer) + 1);
      rows[static_cast<std::size_t>(map.layer)].push_back(&map);
    }
    return rows;
  }
  for (const HeadMap* map : sorted(maps, order)) {
    if (rows.empty() || rows.back().size() == kSortedRow) {
      if (rows.size() * kSortedRow == kMostSorted) break;
      rows.emplace_back();
    }
    rows.back().push_back(map);
  }
  return rows;
}

// "Of 16 heads: 3 previous piece, 2 broad, 11 mixed."
std::string counted(const HeadMaps& maps, const Words& words) {
  std::array<std::int64_t, 8> counts{};
  std::int64_t heads = 0;
  for (const HeadMap& map : maps.maps) {
    if (map.what != "head") continue;
    ++counts.at(static_cast<std::size_t>(head_role(map.scores)));
    ++heads;
  }
  std::string list;
  for (std::size_t r = 0; r < counts.size(); ++r) {
    if (counts.at(r) == 0) continue;
    list += (list.empty() ? "" : ", ") + count_text(counts.at(r)) + " " + words.strings.get("heads.role." + std::string(role_id(static_cast<HeadRole>(r))));
  }
  return words.strings.fill("heads.counted", {{"heads", count_text(heads)}, {"list", list}});
}

// Which head does it most; or that none does, or that it cannot be asked.
std::string foremost(const HeadMaps& maps, HeadOrder order, const Words& words) {
  const auto best = sorted(maps, order);
  const auto score = best.empty() ? std::nullopt : score_of(best.front()->scores, order);
  const std::string id(state::head_order_name(order));
  if (!score) return words.strings.get("heads.absent." + id);
  if (*score < kHardly) return words.strings.fill("heads.none", {{"role", words.strings.get("heads.role." + id)}});
  return words.strings.fill("heads.foremost", {{"role", words.strings.get("heads.role." + id)}, {"name", name_of(*best.front(), words)}, {"score", percent(*score, words)}});
}

void fill_notes(HeadsView& v, const HeadMaps& maps, const Words& words) {
  const std::size_t heads = static_cast<std::size_t>(std::ranges::count(maps.maps, "head", &HeadMap::what));
  if (v.sorted && heads > kMostSorted) v.notes.push_back(words.strings.fill("heads.first_of", {{"shown", count_text(kMostSorted)}, {"heads", count_text(static_cast<std::int64_t>(heads))}}));
  if (maps.tile_rows < maps.rows || maps.tile_columns < maps.columns) {
    v.notes.push_back(words.strings.fill("heads.coarser", {{"side", count_text(std::max(maps.tile_rows, maps.tile_columns))}, {"pieces", count_text(std::max(maps.rows, maps.columns))}}));
  }
  if (!v.sorted && v.kind != protocol::AttentionKind::self) v.notes.push_back(words.strings.get("heads.rollout_bridge"));
}

void fill_rows(HeadsView& v, const state::State& state, const HeadMaps& maps, const Words& words) {
  const state::ColumnState& column = state.column(v.family.seat);
  const state::MapChoice& shown = column.map(v.kind).choice;
  const HeadOrder order = state.heads.order;
  const std::uint64_t version = column.experiment(state::Experiment::heads).version;
  for (const auto& tiles : rows_of(maps, order)) {
    HeadRowView row;
    if (order == HeadOrder::layers) row.label = count_text(static_cast<std::int64_t>(v.rows.size()) + 1);
    for (const HeadMap* map : tiles) row.tiles.push_back(tile_of(*map, shown, order, words));
    lay(row, maps, tiles);
    row.version = version * state::kHeadOrders.size() + static_cast<std::uint64_t>(order);
    v.rows.push_back(std::move(row));
  }
}

// The pieces are those of the large map of the same kind; of another text, or of another number, nothing lights up.
std::vector<LitStrip> lit_strips(const state::State& state, Seat seat, state::Side side, const std::vector<protocol::Piece>& pieces, std::int64_t count) {
  std::vector<bool> lights;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (state.heads.hide_special && pieces[i].special) continue;
    const Lit light = lit(state, seat, side, pieces[i], i);
    lights.push_back(light.hovered || light.pinned);
  }
  std::vector<LitStrip> out;
  if (!std::cmp_equal(lights.size(), count)) return out;
  const auto n = static_cast<float>(lights.size());
  for (std::size_t i = 0; i < lights.size(); ++i) {
    if (lights[i]) out.push_back({static_cast<float>(i) / n, static_cast<float>(i + 1) / n});
  }
  return out;
}

}  // namespace

std::string_view role_id(HeadRole role) {
  for (const Pattern& p : kPatterns) {
    if (p.role == role) return state::head_order_name(p.order);
  }
  return "mixed";
}

std::optional<double> score_of(const HeadScores& scores, HeadOrder order) {
  for (const Pattern& p : kPatterns) {
    if (p.order == order) return scores.*p.score;
  }
  return std::nullopt;
}

HeadRole head_role(const HeadScores& scores) {
  HeadRole best = HeadRole::mixed;
  double most = 0;
  for (const Pattern& p : kPatterns) {
    const double score = (scores.*p.score).value_or(0);
    if (p.role == HeadRole::broad || score < kHalf || score <= most) continue;
    // A special token is what remains to be said where the first piece, itself or a neighbour does not say it.
    if (p.role == HeadRole::special && best != HeadRole::mixed) continue;
    most = score;
    best = p.role;
  }
  if (best == HeadRole::mixed && scores.broad.value_or(0) >= kBroad) return HeadRole::broad;
  return best;
}

HeadsIntroView build_heads_intro(const state::State& state, const Words& words) {
  HeadsIntroView v;
  v.choice = state.heads;
  v.order_label = words.strings.get("heads.order");
  for (const HeadOrder order : state::kHeadOrders) {
    const std::string id(state::head_order_name(order));
    v.orders.push_back({id, words.strings.get("heads.order." + id), order == state.heads.order});
  }
  v.special_label = words.strings.get("heads.special");
  v.special.push_back({"shown", words.strings.get("heads.special.shown"), !state.heads.hide_special});
  v.special.push_back({"hidden", words.strings.get("heads.special.hidden"), state.heads.hide_special});
  v.threshold_label = words.strings.get("heads.threshold");
  v.threshold = state.heads.threshold;
  v.most_threshold = state::kMostThreshold;
  v.threshold_text = v.threshold > 0 ? percent(v.threshold, words) : words.strings.get("heads.threshold.off");
  v.note = words.strings.get("heads.note." + std::string(state::head_order_name(state.heads.order)));
  if (state.heads.hide_special) v.note += " " + words.strings.get("heads.note.hidden");
  if (v.threshold > 0) v.note += " " + words.strings.fill("heads.note.threshold", {{"threshold", v.threshold_text}});
  return v;
}

HeadsView build_heads(const state::State& state, Seat seat, const Words& words) {
  const state::ExperimentState& e = state.column(seat).experiment(state::Experiment::heads);
  HeadsView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("heads", words);
  experiment_head(v.head, state, seat, e, words);
  v.kind = state::heads_kind(state, seat);
  for (const auto kind : state::kinds_of(v.family.family)) {
    const std::string id(protocol::attention_kind_name(kind));
    v.kinds.push_back({id, words.strings.get("heads.kind." + id), kind == v.kind});
  }
  v.sorted = state.heads.order != HeadOrder::layers;
  v.layer_label = words.strings.get("attention.layer");
  v.head_label = words.strings.get("attention.head");
  v.scale_text = words.strings.get("heads.scale");
  const auto* maps = e.as<HeadMaps>();
  if (maps == nullptr || state.tab != state::Tab::attention || maps->maps.empty()) return v;
  // While the answer of another kind is still shown (dimmed), a press means what it is about.
  for (const auto kind : state::kAttentionKinds) {
    if (protocol::attention_kind_name(kind) == maps->kind) v.kind = kind;
  }
  v.tile_rows = static_cast<std::size_t>(maps->tile_rows);
  v.tile_columns = static_cast<std::size_t>(maps->tile_columns);
  for (std::int64_t h = 0; !v.sorted && h < maps->heads; ++h) v.columns.push_back(count_text(h + 1));
  if (!v.sorted) v.columns.push_back(words.strings.get("attention.mean"));
  if (!v.sorted) v.columns.push_back(words.strings.get("attention.rollout"));
  v.summary = v.sorted ? foremost(*maps, state.heads.order, words) : counted(*maps, words);
  v.head.sentence = v.summary;
  const state::MapState& map = state.column(seat).map(v.kind);
  if (!map.stale && !e.stale) {
    v.lit_rows = lit_strips(state, seat, side_of_rows(v.kind), map.rows, maps->rows);
    v.lit_columns = lit_strips(state, seat, side_of_columns(v.kind), map.columns, maps->columns);
  }
  fill_notes(v, *maps, words);
  fill_rows(v, state, *maps, words);
  return v;
}

}  // namespace trilens::view
