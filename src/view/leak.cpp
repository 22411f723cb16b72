#include "view/leak.hpp"

#include <algorithm>
#include <cmath>

namespace trilens::view {
namespace {

// Below this, relative to a vector's length, a difference is that of sums taken in another order.
constexpr double kStill = 1e-4;
constexpr double kBarely = 0.02;
constexpr double kFarLess = 20;

std::string moved_text(double difference, const Words& words) { return percent_text(difference, words.number); }

LeakSideView side_view(const protocol::LeakSide& side, const Words& words) {
  LeakSideView v;
  v.id = side.id;
  v.title = words.strings.get("leak.side." + side.id);
  v.verdict = leak_verdict(side);
  v.sentence = words.strings.fill("leak.verdict." + std::string(verdict_id(v.verdict)),
                                  {{"left", moved_text(side.left, words)}, {"right", moved_text(side.right, words)}});
  if (side.shift != 0 && v.verdict != LeakVerdict::not_read) {
    const std::string key = std::string(side.shift > 0 ? "leak.longer" : "leak.shorter") + (std::abs(side.shift) == 1 ? "_one" : "");
    v.sentence += " " + words.strings.fill(key, {{"pieces", count_text(std::abs(side.shift))}});
  }
  for (std::size_t s = 0; s < side.difference.size(); ++s) {
    v.states.push_back(s == 0 ? words.strings.get("leak.embeddings") : count_text(static_cast<std::int64_t>(s)));
    std::vector<LeakCellView> row;
    for (std::size_t i = 0; i < side.difference[s].size() && i < side.pairs.size(); ++i) {
      const double difference = double{side.difference[s][i]};
      LeakCellView cell;
      cell.part = static_cast<float>(difference <= kStill ? 0.0 : std::clamp(std::sqrt(difference), 0.08, 1.0));
      cell.sentence = words.strings.fill(s == 0 ? "leak.cell.embedding" : "leak.cell",
                                         {{"layer", v.states.back()}, {"piece", visible(side.pairs[i].display)}, {"moved", moved_text(difference, words)},
                                          {"cosine", fixed_text(double{side.cosine[s][i]}, 4, words.number)}});
      row.push_back(std::move(cell));
    }
    v.cells.push_back(std::move(row));
  }
  for (const protocol::LeakPair& pair : side.pairs) {
    v.labels.push_back(piece_text(pair.display, pair.display));
    v.changed.push_back(pair.changed);
  }
  return v;
}

bool space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

}  // namespace

std::string_view verdict_id(LeakVerdict verdict) {
  switch (verdict) {
    case LeakVerdict::not_read: return "not_read";
    case LeakVerdict::nothing_left: return "nothing_left";
    case LeakVerdict::still: return "still";
    case LeakVerdict::barely: return "barely";
    case LeakVerdict::moved: return "moved";
    case LeakVerdict::all_moved: return "all_moved";
    case LeakVerdict::none_moved: return "none_moved";
  }
  return "";
}

LeakVerdict leak_verdict(const protocol::LeakSide& side) {
  if (side.id == "output") return side.right > kStill ? LeakVerdict::all_moved : LeakVerdict::none_moved;
  if (!side.reads_change) return LeakVerdict::not_read;
  if (side.left_count == 0) return LeakVerdict::nothing_left;
  if (side.left <= kStill) return LeakVerdict::still;
  const bool less = side.right_count > 0 && side.left * kFarLess <= side.right;
  return less && side.left <= kBarely ? LeakVerdict::barely : LeakVerdict::moved;
}

LeakIntroView build_leak_intro(const state::State& state, const Words& words) {
  LeakIntroView v;
  const state::LeakTexts texts = state::leak_texts(state);
  v.title = words.strings.get("leak.change");
  v.into = words.strings.get("leak.into");
  const std::string& text = texts.text;
  for (std::size_t at = 0; at < text.size() && v.words.size() < 200;) {
    while (at < text.size() && space(text[at])) ++at;
    const std::size_t begin = at;
    while (at < text.size() && !space(text[at])) ++at;
    if (at == begin) break;
    LeakWordView word{.text = text.substr(begin, at - begin), .begin = begin, .selected = false, .choosable = true};
    word.choosable = word.text.find("___") == std::string::npos;
    word.selected = texts.begin < texts.end && texts.begin >= begin && texts.begin < at;
    // A mark before the word does not belong to it.
    word.begin = std::min(text.find_first_not_of("([\"'", begin), at - 1);
    v.words.push_back(std::move(word));
  }
  for (const std::string& other : state.replacements) v.replacements.push_back({other, other, other == texts.replacement});
  const bool can = texts.begin < texts.end;
  if (can) v.sentence = texts.changed;
  if (can) v.chosen_begin = texts.begin;
  v.note = words.strings.get(can ? "leak.note" : "leak.nothing");
  return v;
}

LeakView build_leak(const state::State& state, Seat seat, const Words& words) {
  const state::ExperimentState& e = state.column(seat).experiment(state::Experiment::leak);
  LeakView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("leak", words);
  experiment_head(v.head, state, seat, e, words);
  v.scale_text = words.strings.get("leak.scale");
  v.layers_label = words.strings.get("leak.layers");
  const auto* test = e.as<protocol::LeakTest>();
  if (test == nullptr) return v;
  for (const protocol::LeakSide& side : test->sides) v.sides.push_back(side_view(side, words));
  v.head.sentence = v.sides.empty() ? std::string() : v.sides.front().sentence;
  return v;
}

}  // namespace trilens::view
