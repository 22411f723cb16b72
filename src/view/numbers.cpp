#include "view/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "view/numbers_parts.hpp"

namespace trilens::view {
namespace {

using protocol::AttentionAccount;

constexpr std::size_t kMostBars = 8;

std::string name_at(const std::vector<std::string>& pieces, std::int64_t at) {
  const auto i = static_cast<std::size_t>(at);
  return i < pieces.size() ? piece_text(pieces[i], pieces[i]) : std::string();
}

// Pieces that read the same are told apart by their place.
std::vector<ChoiceView> piece_choices(const std::vector<std::string>& pieces, std::int64_t chosen) {
  std::vector<ChoiceView> out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    out.push_back({std::to_string(i), count_text(at + 1) + "  " + name_at(pieces, at), at == chosen});
  }
  return out;
}

std::vector<ChoiceView> counted(std::int64_t count, std::int64_t chosen) {
  std::vector<ChoiceView> out;
  for (std::int64_t i = 0; i < count; ++i) out.push_back({std::to_string(i), count_text(i + 1), i == chosen});
  return out;
}

void choosers_of(NumbersView& v, const AttentionAccount& a, const Words& words) {
  const auto label = [&](std::string_view id) { return words.strings.get("numbers.choose." + std::string(id)); };
  const std::vector<state::AttentionKind> kinds = state::kinds_of(v.family.family);
  if (kinds.size() > 1) {
    NumberChooser kind{"kind", label("kind"), {}};
    for (const auto k : kinds) {
      const std::string id(protocol::attention_kind_name(k));
      kind.choices.push_back({id, words.strings.get("attention." + v.family.id + "." + id + ".title"), id == a.kind});
    }
    v.choosers.push_back(std::move(kind));
  }
  v.choosers.push_back({"layer", label("layer"), counted(a.layers, a.layer)});
  v.choosers.push_back({"head", label("head"), counted(a.heads, a.head)});
  v.choosers.push_back({"query", label("query"), piece_choices(a.queries, a.query)});
  v.choosers.push_back({"key", label("key"), piece_choices(a.keys, a.key)});
}

struct Names {
  std::string query, key;
};

NumberStep query_key(const AttentionAccount& a, const Names& n, const Words& words) {
  NumberStep step = step_of(1, "query_key", {}, {{"query", n.query}, {"key", n.key}, {"count", count_text(static_cast<std::int64_t>(a.q.size()))}}, words);
  step.strips.push_back(strip_of("q", words.strings.fill("numbers.strip.q", {{"piece", n.query}}), a.q, words));
  step.strips.push_back(strip_of("k", words.strings.fill("numbers.strip.k", {{"piece", n.key}}), a.k, words));
  return step;
}

NumberStep dot(const AttentionAccount& a, const Words& words) {
  NumberStep step = step_of(2, "dot", {}, {}, words);
  step.strips.push_back(strip_of("products", words.strings.get("numbers.strip.products"), a.products, words));
  step.lines.push_back("q·k = " + sum_text(a.q, a.k, a.dot, words));
  return step;
}

NumberStep scale(const AttentionAccount& a, const Words& words) {
  const double root = std::sqrt(static_cast<double>(a.q.size()));
  const char* plain = !a.scale_told ? "untold" : a.scale == 1 ? "one" : std::abs(a.scale * root - 1) < 1e-4 ? "root" : "other";
  NumberStep step = step_of(3, "scale", plain, {{"count", count_text(static_cast<std::int64_t>(a.q.size()))}, {"root", few(root, words)}, {"scale", few(a.scale, words)}}, words);
  step.lines.push_back(few(a.dot, words) + " × " + few(a.scale, words) + " = " + few(a.dot * a.scale, words));
  return step;
}

NumberStep bias(const AttentionAccount& a, const Words& words) {
  const std::string plain = a.bias == "relative" ? (a.distance == 0 ? "relative.same" : a.distance < 0 ? "relative.before" : "relative.after") : a.bias;
  NumberStep step = step_of(4, "bias", plain,
                            {{"distance", count_text(std::abs(a.distance))}, {"bucket", count_text(a.bucket + 1)}, {"buckets", count_text(a.buckets)},
                             {"value", few(a.bias_value, words)}},
                            words);
  if (a.bias != "none") step.lines.push_back(few(a.dot * a.scale, words) + " + " + few(a.bias_value, words) + " = " + few(a.dot * a.scale + a.bias_value, words));
  return step;
}

NumberStep mask(const AttentionAccount& a, const Words& words) {
  NumberStep step = step_of(5, "mask", a.mask + (a.visible ? ".seen" : ".hidden"), {{"score", few(double{a.runtime_score}, words)}, {"window", count_text(a.window)}}, words);
  if (a.visible) step.checks.push_back(check_of("score", words.strings.get("numbers.check.score"), a.score, double{a.runtime_score}, words));
  step.checks.push_back(gap_of("scores", words.strings.fill("numbers.check.scores", {{"count", count_text(a.visible_keys)}}), a.score_gap, std::abs(a.score), words));
  return step;
}

// The keys that get most, and the chosen one.
std::vector<NumberBar> row_bars(const AttentionAccount& a, const Words& words) {
  std::vector<std::size_t> order(a.probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t x, std::size_t y) { return a.probabilities[x] > a.probabilities[y]; });
  const auto key = static_cast<std::size_t>(a.key);
  if (order.size() > kMostBars) {
    const bool kept = std::ranges::find(order.begin(), order.begin() + kMostBars, key) != order.begin() + kMostBars;
    order.resize(kMostBars);
    if (!kept) order.back() = key;
  }
  std::vector<NumberBar> bars;
  for (const std::size_t i : order) {
    bars.push_back({name_at(a.keys, static_cast<std::int64_t>(i)), double{a.probabilities[i]}, weight_text(double{a.probabilities[i]}, words.number),
                    exact_text(a.probabilities[i], words.number), i == key});
  }
  return bars;
}

NumberStep softmax(const AttentionAccount& a, const Words& words) {
  const auto key = static_cast<std::size_t>(a.key);
  NumberStep step = step_of(6, "softmax", {}, {}, words);
  step.lines.push_back(a.visible ? words.strings.fill("numbers.exp", {{"score", few(double{a.runtime_score}, words)}, {"sum", few(a.log_sum_exp, words)},
                                                                     {"weight", few(double{a.recomputed[key]}, words)}})
                                 : words.strings.get("numbers.exp_hidden"));
  step.bars = row_bars(a, words);
  step.checks.push_back(check_of("weight", words.strings.get("numbers.check.weight"), double{a.recomputed[key]}, double{a.probabilities[key]}, words));
  step.checks.push_back(gap_of("weights", words.strings.fill("numbers.check.weights", {{"count", count_text(static_cast<std::int64_t>(a.keys.size()))}}), a.weight_gap, 1, words));
  return step;
}

NumberStep mix(const AttentionAccount& a, const Names& n, const Words& words) {
  const auto key = static_cast<std::size_t>(a.key);
  NumberStep step = step_of(7, "mix", {}, {{"query", n.query}, {"key", n.key}}, words);
  step.strips.push_back(strip_of("v", words.strings.fill("numbers.strip.v", {{"piece", n.key}}), a.v, words));
  step.strips.push_back(strip_of("part", words.strings.fill("numbers.strip.part", {{"weight", few(double{a.probabilities[key]}, words)}}), a.part, words));
  step.strips.push_back(strip_of("mix", words.strings.fill("numbers.strip.mix", {{"count", count_text(static_cast<std::int64_t>(a.keys.size()))}}), a.mix, words));
  if (a.context.empty()) {
    step.lines.push_back(words.strings.get("numbers.mix.untapped"));
  } else {
    float size = 0;
    for (const float x : a.context) size = std::max(size, std::abs(x));
    step.checks.push_back(gap_of("mix", words.strings.fill("numbers.check.mix", {{"count", count_text(static_cast<std::int64_t>(a.mix.size()))}}), a.mix_gap, double{size}, words));
  }
  if (a.head_factor != 1) step.lines.push_back(words.strings.fill("numbers.mix.factor", {{"factor", few(a.head_factor, words)}}));
  return step;
}

}  // namespace

NumbersView build_attention_account(const state::State& state, Seat seat, const Words& words) {
  const state::ExperimentState& e = state.column(seat).experiment(state::Experiment::explain_attention);
  NumbersView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("numbers", words);
  experiment_head(v.head, state, seat, e, words);
  fill_labels(v, words);
  const auto* a = e.as<AttentionAccount>();
  if (a == nullptr || state.tab != state::Tab::numbers || a->probabilities.size() != a->keys.size() || a->recomputed.size() != a->keys.size() ||
      std::cmp_greater_equal(a->key, a->keys.size())) {
    return v;
  }
  v.choice = state::numbers_choice(state, seat);
  const protocol::ExplainAttention asked = state::attention_to_explain(state, seat);
  v.choice.kind = asked.kind;
  v.choice.layer = asked.layer;
  v.choice.head = asked.head;
  if (!e.stale) {  // what the engine chose stays when something else is chosen
    v.choice.query = a->query;
    v.choice.key = a->key;
  }
  const Names names{name_at(a->queries, a->query), name_at(a->keys, a->key)};
  v.head.sentence = words.strings.fill("numbers.sentence", {{"query", names.query}, {"key", names.key}, {"layer", count_text(a->layer + 1)}, {"head", count_text(a->head + 1)},
                                                            {"weight", weight_text(double{a->probabilities[static_cast<std::size_t>(a->key)]}, words.number)}});
  choosers_of(v, *a, words);
  v.steps = {query_key(*a, names, words), dot(*a, words), scale(*a, words), bias(*a, words), mask(*a, words), softmax(*a, words), mix(*a, names, words)};
  v.note = variant_note(a->variant, words);
  return v;
}

}  // namespace trilens::view
