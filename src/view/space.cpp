#include "view/space.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trilens::view {
namespace {

constexpr std::size_t kShortBytes = 14;   // longer texts are told by number in a plot
constexpr std::size_t kNeighbours = 5;

std::string number_of(std::size_t i) { return count_text(static_cast<std::int64_t>(i) + 1); }

std::string cosine_text(float value, const Words& words) { return fixed_text(double{value}, 3, words.number); }

// Item numbers from the most alike to the least, the item itself left out.
std::vector<std::size_t> by_likeness(const std::vector<float>& row, std::optional<std::size_t> self) {
  std::vector<std::size_t> order(row.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (self) std::erase(order, *self);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return row[a] > row[b]; });
  return order;
}

// The item that is pointed at, where this map still has it under its number.
std::optional<std::size_t> pointed(const state::State& state, const protocol::SpaceMap& map) {
  const auto i = state.space.pointed();
  const std::vector<std::string>& now = state.document.items;
  if (!i || *i >= now.size() || *i >= map.items.size() || map.items[*i] != now[*i]) return std::nullopt;
  return i;
}

void place_points(SpaceView& v, const protocol::SpaceMap& map) {
  const auto [left, right] = std::ranges::minmax(map.x);
  const auto [low, high] = std::ranges::minmax(map.y);
  const float span = std::max({right - left, high - low, 1e-6F});
  for (std::size_t i = 0; i < v.points.size(); ++i) {
    v.points[i].x = 0.5F + (map.x[i] - (left + right) / 2) / span;
    v.points[i].y = 0.5F - (map.y[i] - (low + high) / 2) / span;
  }
}

void build_matrix(SpaceView& v, const protocol::SpaceMap& map, const Words& words) {
  const std::vector<std::string>& items = map.items;
  float least = 1, most = -1;
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t j = 0; j < items.size(); ++j) {
      if (i == j) continue;
      least = std::min(least, map.similarity[i][j]);
      most = std::max(most, map.similarity[i][j]);
    }
  }
  const float span = most > least ? most - least : 1;
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::vector<SpaceCellView>& row = v.cells.emplace_back();
    for (std::size_t j = 0; j < items.size(); ++j) {
      const float value = map.similarity[i][j];
      row.push_back({value, std::clamp((value - least) / span, 0.0F, 1.0F),
                     words.strings.fill("space.cell", {{"first", items[i]}, {"second", items[j]}, {"cosine", cosine_text(value, words)}})});
    }
  }
  v.matrix_title = words.strings.get("space.matrix");
  if (items.size() > 1) v.scale_text = words.strings.fill("space.scale", {{"least", cosine_text(least, words)}, {"most", cosine_text(most, words)}});
}

void build_points(SpaceView& v, const protocol::SpaceMap& map, const state::State& state, const Words& words) {
  const std::vector<std::string>& items = map.items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    SpacePointView point{.number = number_of(i), .label = items[i].size() <= kShortBytes ? items[i] : std::string(), .sentence = {}, .lit = pointed(state, map) == i};
    const std::vector<std::size_t> near = by_likeness(map.similarity[i], i);
    point.sentence = near.empty() ? items[i]
                                  : words.strings.fill("space.point", {{"text", items[i]}, {"nearest", items[near.front()]},
                                                                       {"cosine", cosine_text(map.similarity[i][near.front()], words)}});
    v.points.push_back(std::move(point));
  }
  place_points(v, map);
  if (map.projection == "tsne") {
    v.plot_note = words.strings.fill("space.plot.tsne", {{"perplexity", fixed_text(map.perplexity, 1, words.number)}, {"steps", count_text(map.iterations)},
                                                         {"divergence", fixed_text(map.divergence, 3, words.number)}});
  } else if (map.explained.size() == 2) {
    v.plot_note = words.strings.fill("space.plot.pca", {{"x", percent_text(map.explained[0], words.number)}, {"y", percent_text(map.explained[1], words.number)}});
  }
}

void build_neighbours(SpaceView& v, const protocol::SpaceMap& map, const state::State& state, const Words& words) {
  const std::vector<std::string>& items = map.items;
  const std::size_t of = pointed(state, map).value_or(0);
  if (items.size() < 2) return;
  v.of = of;
  v.neighbours_title = words.strings.fill("space.neighbours", {{"text", items[of]}});
  for (const std::size_t i : by_likeness(map.similarity[of], of)) {
    if (v.neighbours.size() == kNeighbours) break;
    v.neighbours.push_back({number_of(i), items[i], cosine_text(map.similarity[of][i], words)});
  }
}

void build_ranking(SpaceView& v, const protocol::SpaceMap& map, const state::State& state, const Words& words) {
  if (map.scores.empty() || state.space.question.empty()) return;
  const std::vector<std::string>& items = map.items;
  v.ranking_title = words.strings.fill("space.ranking", {{"question", state.space.question}});
  for (const std::size_t i : by_likeness(map.scores, std::nullopt)) {
    const float score = map.scores[i];
    SpaceRankView rank{.number = number_of(i), .text = items[i], .score = cosine_text(score, words), .length = std::clamp(double{score}, 0.0, 1.0), .sentence = {}};
    rank.sentence = words.strings.fill("space.rank", {{"text", items[i]}, {"cosine", rank.score}});
    rank.best = v.ranking.empty();
    rank.lit = pointed(state, map) == i;
    v.ranking.push_back(std::move(rank));
  }
}

// What came over the wire hangs together.
bool whole(const protocol::SpaceMap& map) {
  const std::size_t items = map.items.size();
  return items > 0 && map.x.size() == items && map.y.size() == items && map.similarity.size() == items &&
         std::ranges::all_of(map.similarity, [&](const auto& row) { return row.size() == items; }) && (map.scores.empty() || map.scores.size() == items);
}

SettingView setting(std::string id, const std::vector<std::string_view>& names, std::string_view chosen, const Words& words) {
  SettingView v{.id = id, .label = words.strings.get("space." + id), .choices = {}};
  for (const std::string_view name : names) v.choices.push_back({std::string(name), words.strings.get("space." + id + "." + std::string(name)), name == chosen});
  return v;
}

void build_settings(SpaceIntroView& v, const state::State& state, const Words& words) {
  const state::SpaceChoice& choice = state.space;
  v.choice = choice;
  v.pooling = setting("pooling", {"usual", "words", "mean", "first", "last"}, protocol::pooling_name(choice.pooling), words);
  v.projection = setting("projection", {"pca", "tsne"}, protocol::projection_name(choice.projection), words);
  for (const Seat seat : kSeats) {
    const auto& loaded = state.column(seat).loaded;
    if (loaded) v.layer_most = std::max(v.layer_most, static_cast<double>(loaded->layers));
  }
  v.layer = choice.layer ? std::min(static_cast<double>(*choice.layer), v.layer_most) : v.layer_most;
  v.layer_label = words.strings.get("space.layer");
  v.layer_text = !choice.layer ? words.strings.get("space.layer.last") : *choice.layer == 0 ? words.strings.get("space.layer.embeddings") : count_text(*choice.layer);
  v.tsne = choice.projection == protocol::Projection::tsne;
  v.perplexity_label = words.strings.get("space.perplexity");
  v.perplexity = choice.perplexity;
  v.perplexity_most = std::max(2.0, std::min(30.0, std::floor(static_cast<double>(state.document.items.size()) / 3)));
  v.perplexity_text = fixed_text(std::min(choice.perplexity, v.perplexity_most), 0, words.number);
  v.seed_label = words.strings.fill("space.seed", {{"seed", count_text(static_cast<std::int64_t>(choice.seed))}});
}

void build_questions(SpaceIntroView& v, const state::State& state, const Words& words) {
  v.question_label = words.strings.get("space.question");
  const std::string& asked = state.space.question;
  v.questions.push_back({"", words.strings.get("space.question.none"), asked.empty()});
  for (const state::SpaceList& list : state.lists) {
    if (list.items != state.document.items) continue;
    for (const std::string& question : list.questions) v.questions.push_back({question, question, asked == question});
  }
  const bool known = std::ranges::any_of(v.questions, [&](const ChoiceView& q) { return q.id == asked; });
  if (!known) v.questions.push_back({asked, asked, true});
  const std::string& sentence = state.document.text;
  if (!state::blank_text(sentence) && sentence != asked) v.questions.push_back({sentence, words.strings.get("space.question.sentence"), false});
}

// Who is to do it, or that nobody can.
RetrievalStepView find_step(const state::State& state, const Words& words) {
  const auto seat = state::seat_that_retrieves(state);
  if (!seat) return {words.strings.get("space.step.find_nobody"), {}, words.strings.get("space.step.no_encoder")};
  RetrievalStepView step{words.strings.fill("space.step.find", {{"model", family_view(state, *seat, words).short_name}}), {}, {}};
  const auto found = state::retrieved(state);
  if (!found) {
    const auto& trouble = state.column(*seat).experiment(state::Experiment::space).trouble;
    step.note = trouble ? trouble->error.message : words.strings.get("empty.experiment");
    return step;
  }
  step.text = state.document.items[found->item];
  step.note = words.strings.fill("space.step.found", {{"number", number_of(found->item)}, {"cosine", cosine_text(found->score, words)},
                                                      {"passages", count_text(static_cast<std::int64_t>(state.document.items.size()))}});
  return step;
}

RetrievalStepView answer_step(const state::State& state, const Words& words) {
  const auto seat = state::seat_that_answers(state);
  if (!seat) return {words.strings.get("space.step.answer_nobody"), {}, words.strings.get("space.step.no_encoder_decoder")};
  RetrievalStepView step{words.strings.fill("space.step.answer", {{"model", family_view(state, *seat, words).short_name}}), {}, {}};
  const state::ExperimentState& e = state.column(*seat).experiment(state::Experiment::answer);
  const auto* generated = e.as<protocol::Generated>();
  if (e.trouble) step.note = e.trouble->error.message;
  if (generated == nullptr || e.stale || e.waiting) {
    if (step.note.empty()) step.note = words.strings.get("empty.experiment");
    return step;
  }
  step.text = generated->text.empty() ? "∅" : generated->text;
  std::string pieces;
  for (const protocol::Step& s : generated->steps) {
    pieces += (pieces.empty() ? "" : "  ") + piece_text(s.display, s.token) + " " + percent_text(s.probability, words.number);
  }
  step.note = words.strings.fill("space.step.pieces", {{"pieces", pieces}});
  return step;
}

void build_steps(SpaceIntroView& v, const state::State& state, const Words& words) {
  if (state.space.question.empty() || state.document.items.empty()) return;
  v.steps.push_back({words.strings.get("space.step.ask"), state.space.question, words.strings.get("space.step.ask_note")});
  v.steps.push_back(find_step(state, words));
  const auto found = state::retrieved(state);
  RetrievalStepView prompt{words.strings.get("space.step.prompt"), {}, words.strings.get("space.step.prompt_note")};
  if (found) prompt.text = state::answer_prompt(state.space.question, state.document.items[found->item]);
  v.steps.push_back(std::move(prompt));
  v.steps.push_back(answer_step(state, words));
}

}  // namespace

SpaceIntroView build_space_intro(const state::State& state, const Words& words) {
  SpaceIntroView v;
  const std::vector<std::string>& items = state.document.items;
  v.list_label = words.strings.get("space.list");
  for (std::size_t i = 0; i < items.size(); ++i) {
    v.items.push_back({number_of(i), items[i], words.strings.fill("space.remove", {{"text", items[i]}}), state.space.pointed() == i});
  }
  if (items.empty()) v.empty = words.strings.get("space.empty");
  for (const state::SpaceList& list : state.lists) {
    v.lists.push_back({list.id, words.strings.get(list.title_key), list.items == items});
    v.list_items.push_back(list.items);
  }
  v.add_label = words.strings.get("space.add");
  v.add_words_label = words.strings.get("space.add_words");
  v.clear_label = words.strings.get("space.clear");
  if (!state::blank_text(state.document.text)) v.add_text = state.document.text;
  build_settings(v, state, words);
  build_questions(v, state, words);
  build_steps(v, state, words);
  v.note = words.strings.get("space.note");
  return v;
}

SpaceView build_space(const state::State& state, Seat seat, const Words& words) {
  const state::ExperimentState& e = state.column(seat).experiment(state::Experiment::space);
  SpaceView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("space", words);
  experiment_head(v.head, state, seat, e, words);
  if (state.document.items.empty()) v.head.sentence = words.strings.get("space.empty");
  if (e.waiting && e.progress && e.progress->total_bytes > 0) {
    v.running = true;
    v.fraction = static_cast<double>(e.progress->loaded_bytes) / static_cast<double>(e.progress->total_bytes);
    v.progress = words.strings.fill(e.progress->stage == "tsne" ? "space.progress.tsne" : "space.progress.embed",
                                    {{"done", count_text(e.progress->loaded_bytes)}, {"all", count_text(e.progress->total_bytes)}});
  }
  const auto* map = e.as<protocol::SpaceMap>();
  // Many rows, which nobody sees on another tab.
  if (map == nullptr || !whole(*map) || state.tab != state::Tab::space) return v;
  v.facts = words.strings.fill(map->layers > 0 ? "space.facts" : "space.facts_only", {{"pooling", words.strings.get("space.pooled." + map->pooling)}, {"layer", count_text(map->layer)},
                                               {"layers", count_text(map->layers)}, {"hidden", count_text(map->hidden)}});
  if (!map->cut.empty()) v.facts += " " + words.strings.get("space.cut");
  build_points(v, *map, state, words);
  build_matrix(v, *map, words);
  build_neighbours(v, *map, state, words);
  build_ranking(v, *map, state, words);
  v.head.sentence = v.plot_note;
  return v;
}

}  // namespace trilens::view
