#include "view/lens.hpp"

#include <algorithm>

namespace trilens::view {
namespace {

using protocol::LensCell;
using protocol::LensPosition;
using protocol::LensTable;
using protocol::LensWord;

std::string word_text(const LensWord& word) { return piece_text(word.display, word.token); }

// "emb.", "1", "2", …
std::string state_text(std::size_t state, const Words& words) {
  return state == 0 ? words.strings.get("lens.embeddings") : count_text(static_cast<std::int64_t>(state));
}

std::string settled_text(const LensPosition& p, std::size_t blocks, const Words& words) {
  const auto settled = static_cast<std::size_t>(std::max<std::int64_t>(p.settled, 0));
  const std::string key = settled == 0 ? "lens.settled.embeddings" : settled >= blocks ? "lens.settled.last" : "lens.settled.block";
  return words.strings.fill(key, {{"answer", word_text(p.answer)}, {"block", count_text(p.settled)}, {"blocks", count_text(static_cast<std::int64_t>(blocks))}});
}

LensCellView cell_view(const LensCell& cell, const LensPosition& p, std::size_t state, const Words& words) {
  LensCellView v;
  if (cell.top.empty()) return v;
  const LensWord& best = cell.top.front();
  v.word = word_text(best);
  v.part = static_cast<float>(std::clamp(best.probability, 0.0, 1.0));
  v.answer = best.id == p.answer.id;
  v.settled = v.answer && static_cast<std::int64_t>(state) >= p.settled;
  v.sentence = words.strings.fill(state == 0 ? "lens.cell.embedding" : "lens.cell",
                                  {{"block", count_text(static_cast<std::int64_t>(state))}, {"piece", piece_text(p.piece, p.piece)}, {"word", v.word},
                                   {"percent", percent_text(best.probability, words.number)}, {"entropy", entropy_text(cell.entropy_bits, words)}});
  for (const LensWord& word : cell.top) v.top.push_back(word_text(word) + "  " + percent_text(word.probability, words.number));
  if (!v.answer) {
    v.answer_text = words.strings.fill("lens.cell.answer", {{"answer", word_text(p.answer)}, {"rank", count_text(cell.rank)}, {"percent", percent_text(cell.probability, words.number)}});
  }
  return v;
}

// How early the answers of all columns are settled, in the mean.
std::string mean_text(const LensTable& table, const Words& words) {
  double sum = 0;
  for (const LensPosition& p : table.positions) sum += static_cast<double>(p.settled);
  return words.strings.fill("lens.mean", {{"mean", fixed_text(sum / static_cast<double>(table.positions.size()), 1, words.number)},
                                          {"blocks", count_text(static_cast<std::int64_t>(table.cells.size()) - 1)},
                                          {"positions", count_text(static_cast<std::int64_t>(table.positions.size()))}});
}

}  // namespace

std::string range_text(const LensView& view, std::size_t from, std::size_t count) {
  if (from >= view.columns.size() || count == 0) return {};
  const std::size_t last = std::min(from + count, view.columns.size()) - 1;
  std::string out = view.range_words;
  const auto put = [&out](std::string_view name, std::int64_t value) {
    if (const std::size_t at = out.find(name); at != std::string::npos) out.replace(at, name.size(), count_text(value));
  };
  put("#from", view.columns[from].position + 1);
  put("#to", view.columns[last].position + 1);
  put("#total", view.total);
  return out;
}

LensView build_lens(const state::State& state, Seat seat, const Words& words) {
  const state::ExperimentState& e = state.column(seat).experiment(state::Experiment::lens);
  LensView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("lens", words);
  experiment_head(v.head, state, seat, e, words);
  v.scale_text = words.strings.get("lens.scale");
  v.layers_label = words.strings.get("lens.layers");
  v.earlier = words.strings.get("lens.earlier");
  v.later = words.strings.get("lens.later");
  v.range_words = words.strings.fill("lens.range", {{"from", "#from"}, {"to", "#to"}, {"total", "#total"}});
  v.first = state::lens_first(state, seat);
  const auto* table = e.as<LensTable>();
  if (table == nullptr || table->positions.empty() || table->cells.empty()) return v;
  v.title = words.strings.get("lens." + table->side + (table->next ? ".next" : ".same"));
  v.total = table->total;
  v.marked = table->marked;
  for (const LensPosition& p : table->positions) {
    v.columns.push_back({p.position, piece_text(p.piece, p.piece), p.marked, settled_text(p, table->cells.size() - 1, words)});
    if (p.position == table->marked) v.head.sentence = v.columns.back().settled;
  }
  for (std::size_t s = 0; s < table->cells.size(); ++s) {
    v.states.push_back(state_text(s, words));
    std::vector<LensCellView> row;
    for (std::size_t i = 0; i < table->cells[s].size() && i < table->positions.size(); ++i) row.push_back(cell_view(table->cells[s][i], table->positions[i], s, words));
    v.cells.push_back(std::move(row));
  }
  v.mean_text = mean_text(*table, words);
  return v;
}

}  // namespace trilens::view
