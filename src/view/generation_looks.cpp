#include "view/generation_looks.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace trilens::view {
namespace {

using state::GenerationState;
using state::State;

// In the order shown.
constexpr std::array kDrawing{std::string_view("strategy"), std::string_view("temperature"), std::string_view("top_k"), std::string_view("top_p"), std::string_view("seed")};
constexpr std::array kBeams{std::string_view("strategy"), std::string_view("num_beams"), std::string_view("length_penalty")};

bool beam(const State& state) { return state.document.options.strategy == protocol::Strategy::beam; }

ReshapedRowView row_view(const protocol::ReshapedToken& t, const protocol::Reshaped& of, double scale, const Words& words) {
  ReshapedRowView v;
  v.id = t.id;
  v.display = piece_text(t.display, t.token);
  v.token = t.token;
  v.before = t.before;
  v.after = t.after;
  v.before_length = std::min(1.0, t.before / scale);
  v.after_length = std::min(1.0, t.after / scale);
  v.cumulative = t.cumulative;
  v.cut = t.cut;
  v.chosen = t.id == of.chosen;
  const std::string before = percent_text(t.before, words.number);
  v.percent = t.cut.empty() ? percent_text(t.after, words.number) : std::string();
  v.reason = t.cut.empty() ? std::string() : words.strings.get("distribution.cut." + t.cut);
  v.spoken = words.strings.fill(t.cut.empty() ? "distribution.row" : "distribution.row_cut",
                                {{"piece", v.display}, {"before", before}, {"after", v.percent}, {"why", v.reason}, {"sum", percent_text(t.cumulative, words.number)}});
  return v;
}

std::string cuts_text(const protocol::Reshaped& r, const Words& words) {
  std::string out;
  const auto add = [&](const char* key, std::int64_t count) {
    if (count > 0) out += (out.empty() ? "" : ", ") + words.strings.fill(key, {{"count", count_text(count)}});
  };
  add("distribution.by_top_k", r.cut_by_top_k);
  add("distribution.by_top_p", r.cut_by_top_p);
  add("distribution.by_ban", r.forbidden);
  return out.empty() ? out : " " + out + ".";
}

std::string node_sentence(const protocol::BeamNode& n, const BeamNodeView& v, const Words& words) {
  std::string out = words.strings.fill("beams.node", {{"piece", v.display}, {"log", fixed_text(n.log_probability, 3, words.number)}, {"score", fixed_text(n.score, 3, words.number)},
                                                      {"rank", count_text(n.rank + 1)}, {"fate", words.strings.get("beams.fate." + n.fate)}});
  if (!v.final_score.empty()) out += " " + words.strings.fill("beams.final", {{"score", fixed_text(n.final_score, 3, words.number)}});
  return out;
}

}  // namespace

DistributionView build_distribution(const State& state, Seat seat, const Words& words) {
  DistributionView v;
  const state::ColumnState& column = state.column(seat);
  const GenerationState& g = column.generation;
  const state::ExperimentState& e = column.experiment(state::Experiment::distribution);
  if (state.tab != state::Tab::generation || column.family == Family::encoder || g.steps.empty() || state.clock.cursor == 0) return v;
  const auto* r = e.as<protocol::Reshaped>();
  if (e.trouble) v.trouble = e.trouble->error.message;
  if (r == nullptr || e.trouble || e.asked.empty()) {  // nothing, or not of this step
    v.shown = !v.trouble.empty();
    v.title = words.strings.get("distribution.none");
    return v;
  }
  v.shown = true;
  v.title = words.strings.fill("distribution.title", {{"step", count_text(r->step)}});
  double most = 0;
  for (const protocol::ReshapedToken& t : r->tokens) most = std::max({most, t.before, t.after});
  v.scale = nice_scale(most);
  v.top_p = state.document.options.top_p;
  for (const protocol::ReshapedToken& t : r->tokens) v.rows.push_back(row_view(t, *r, v.scale, words));
  v.summary = words.strings.fill("distribution.summary", {{"left", count_text(r->left)}, {"all", count_text(r->vocabulary)}}) + cuts_text(*r, words);
  v.more = words.strings.fill("distribution.more", {{"kept", percent_text(r->kept, words.number)}, {"before", entropy_text(r->entropy_bits, words)},
                                                    {"after", entropy_text(r->entropy_after_bits, words)}});
  v.legend = words.strings.fill("distribution.legend", {{"scale", percent_text(v.scale, words.number)}});
  if (r->forced) v.note = words.strings.get("distribution.forced");
  else if (g.stale) v.note = words.strings.get("distribution.stale");
  else if (state.document.options.strategy == protocol::Strategy::greedy) v.note = words.strings.get("distribution.greedy");
  return v;
}

CrossView build_cross(const State& state, Seat seat, const Words& words) {
  CrossView v;
  const state::ColumnState& column = state.column(seat);
  const GenerationState& g = column.generation;
  if (state.tab != state::Tab::generation || !column.reading || column.family != Family::encoder_decoder) return v;
  const std::vector<protocol::Piece>& source = column.reading->tokens;
  for (const protocol::Piece& piece : source) v.columns.push_back(piece_text(piece.display, piece.text));
  double most = 0;
  for (std::size_t i = 0; i < g.steps.size() && std::cmp_less(i, state.clock.cursor); ++i) {
    const protocol::Step& step = g.steps[i];
    if (!step.cross || step.cross->size() != source.size()) continue;
    CrossRowView row{.label = piece_text(step.display, step.token), .weights = *step.cross, .spoken = {}, .current = std::cmp_equal(i + 1, state.clock.cursor), .forced = step.forced};
    for (std::size_t c = 0; c < row.weights.size(); ++c) {
      most = std::max(most, double{row.weights[c]});
      row.spoken.push_back(words.strings.fill("cross.cell", {{"word", row.label}, {"piece", v.columns[c]}, {"weight", weight_text(row.weights[c], words.number)}}));
    }
    v.rows.push_back(std::move(row));
  }
  v.shown = !v.rows.empty();
  v.scale = most > 0 ? most : 1;
  v.title = words.strings.get("cross.title");
  v.note = words.strings.fill("cross.note", {{"most", weight_text(v.scale, words.number)}});
  return v;
}

BeamsView build_beams(const State& state, Seat seat, const Words& words) {
  BeamsView v;
  v.family = family_view(state, seat, words);
  const state::ColumnState& column = state.column(seat);
  const auto* tree = column.experiment(state::Experiment::beams).as<protocol::BeamTree>();
  const bool there = state.tab == state::Tab::generation && beam(state) && column.family != Family::encoder && tree != nullptr && !column.experiment(state::Experiment::beams).asked.empty();
  if (!there || tree->nodes.empty()) return v;
  v.shown = true;
  v.cursor = state.clock.cursor - 1 - tree->forced;
  std::map<std::int64_t, std::int64_t> filled;  // nodes in each column so far
  for (const protocol::BeamNode& n : tree->nodes) {
    BeamNodeView node{.parent = n.parent, .depth = n.depth, .row = filled[n.depth]++, .display = piece_text(n.display, n.token), .score = fixed_text(n.score, 2, words.number),
                      .final_score = n.fate == "finished" ? fixed_text(n.final_score, 2, words.number) : std::string(), .fate = n.fate, .spoken = {}, .winner = false};
    node.spoken = node_sentence(n, node, words);
    v.depths = std::max(v.depths, n.depth + 1);
    v.rows = std::max(v.rows, node.row + 1);
    v.nodes.push_back(std::move(node));
  }
  const std::vector<std::int64_t>& first = tree->done && !tree->best.empty() ? tree->best : tree->live;
  for (std::int64_t at = first.empty() ? -1 : first.front(); at >= 0; at = tree->nodes[static_cast<std::size_t>(at)].parent) v.nodes[static_cast<std::size_t>(at)].winner = true;
  v.title = words.strings.fill("beams.title", {{"family", v.family.name}, {"model", v.family.short_name}, {"beams", count_text(tree->num_beams)}});
  v.legend = words.strings.fill("beams.legend", {{"penalty", fixed_text(tree->length_penalty, 1, words.number)}});
  if (!first.empty()) {
    const protocol::BeamNode& best = tree->nodes[static_cast<std::size_t>(first.front())];
    const double score = tree->done && !tree->best.empty() ? best.final_score : best.score;
    v.sentence = words.strings.fill(tree->done ? "beams.won" : "beams.leads",
                                    {{"score", fixed_text(score, 3, words.number)}, {"looked", count_text(static_cast<std::int64_t>(tree->nodes.size()))},
                                     {"ended", count_text(static_cast<std::int64_t>(tree->best.size()))}});
  }
  return v;
}

GenerationIntroView build_generation_intro(const State& state, const Words& words) {
  GenerationIntroView v;
  if (state.tab != state::Tab::generation) return v;
  const OptionsView all = build_options(state, words);
  const auto take = [&](std::string_view name) {
    const auto at = std::ranges::find(all.rows, name, &OptionView::name);
    if (at == all.rows.end()) return;
    v.rows.push_back(*at);
    v.rows.back().used = true;  // the distribution shows what it would do, whatever the strategy
  };
  if (beam(state)) std::ranges::for_each(kBeams, take);
  else std::ranges::for_each(kDrawing, take);
  v.note = words.strings.get("generation.intro." + std::string(protocol::strategy_name(state.document.options.strategy)));
  return v;
}

}  // namespace trilens::view
