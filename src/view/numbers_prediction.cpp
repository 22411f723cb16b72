// The account of one prediction (numbers.hpp).
#include <algorithm>
#include <cmath>

#include "view/numbers_parts.hpp"

namespace trilens::view {
namespace {

using protocol::PredictionAccount;

std::string word_text(const protocol::LensWord& word) { return piece_text(word.display, word.token); }
std::string count_of(std::size_t n) { return count_text(static_cast<std::int64_t>(n)); }

void choosers_of(NumbersView& v, const PredictionAccount& p, const Words& words) {
  if (p.places > 1) {
    NumberChooser place{"place", words.strings.get("numbers.choose.place"), {}};
    for (std::int64_t i = 0; i < p.places; ++i) place.choices.push_back({std::to_string(i), count_text(i + 1), i == p.place});
    v.choosers.push_back(std::move(place));
  }
  NumberChooser candidate{"candidate", words.strings.get("numbers.choose.candidate"), {}};
  const bool listed = std::ranges::find(p.candidates, p.word.id, &protocol::LensWord::id) != p.candidates.end();
  const auto add = [&](const protocol::LensWord& word) {
    candidate.choices.push_back({std::to_string(word.id), word_text(word) + "  " + percent_text(word.probability, words.number), word.id == p.word.id});
  };
  for (const auto& word : p.candidates) add(word);
  if (!listed) add(p.word);
  v.choosers.push_back(std::move(candidate));
}

NumberStep read(std::size_t n, const PredictionAccount& p, const Words& words) {
  const double root = std::sqrt(static_cast<double>(p.read.size()));
  const char* plain = p.transformed ? "transformed" : std::abs(p.factor * root - 1) < 1e-4 ? "root" : "factor";
  NumberStep step = step_of(n, "read", plain, {{"factor", few(p.factor, words)}, {"count", count_of(p.read.size())}}, words);
  step.strips.push_back(strip_of("read", words.strings.get("numbers.strip.read"), p.read, words));
  return step;
}

// "dimension 17: 1.2 · 0.8 = 0.96"
std::string term_text(const PredictionAccount& p, std::int64_t at, const Words& words) {
  const auto i = static_cast<std::size_t>(at);
  if (i >= p.products.size()) return {};
  return words.strings.fill("numbers.term", {{"index", count_text(at + 1)}, {"a", few(double{p.read[i]}, words)}, {"b", few(double{p.weights[i]}, words)},
                                             {"product", few(double{p.products[i]}, words)}});
}

std::string terms_text(const PredictionAccount& p, const std::vector<std::int64_t>& at, const char* key, const Words& words) {
  std::string list;
  for (const std::int64_t i : at) list += (list.empty() ? "" : "; ") + term_text(p, i, words);
  return list.empty() ? list : words.strings.fill(key, {{"terms", list}});
}

NumberStep product(std::size_t n, const PredictionAccount& p, const Words& words) {
  NumberStep step = step_of(n, "product", {}, {}, words);
  step.strips.push_back(strip_of("products", words.strings.get("numbers.strip.products"), p.products, words));
  for (std::string line : {terms_text(p, p.up, "numbers.terms.up", words), terms_text(p, p.down, "numbers.terms.down", words)}) {
    if (!line.empty()) step.lines.push_back(std::move(line));
  }
  step.lines.push_back("h·w = " + sum_text(p.read, p.weights, p.dot, words));
  return step;
}

NumberStep logit(std::size_t n, const PredictionAccount& p, const Words& words) {
  NumberStep step = step_of(n, "logit", p.has_bias ? "bias" : "plain", {{"word", word_text(p.word)}}, words);
  if (p.has_bias) step.lines.push_back(few(p.dot, words) + " + " + few(p.bias, words) + " = " + few(p.logit, words));
  step.checks.push_back(check_of("logit", words.strings.get("numbers.check.logit"), p.logit, p.word.logit, words));
  if (p.projection != "exact") step.lines.push_back(words.strings.get("numbers.logit." + p.projection));
  return step;
}

NumberStep probability(std::size_t n, const PredictionAccount& p, const Words& words) {
  NumberStep step = step_of(n, "probability", {}, {{"vocabulary", count_text(p.vocabulary)}, {"rank", count_text(p.rank)}, {"word", word_text(p.word)}}, words);
  step.lines.push_back(words.strings.fill("numbers.exp", {{"score", few(p.logit, words)}, {"sum", few(p.log_sum_exp, words)}, {"weight", few(p.probability, words)}}));
  step.checks.push_back(check_of("probability", words.strings.get("numbers.check.probability"), p.probability, p.word.probability, words));
  return step;
}

}  // namespace

NumbersView build_prediction_account(const state::State& state, Seat seat, const Words& words) {
  const state::ExperimentState& e = state.column(seat).experiment(state::Experiment::explain_prediction);
  NumbersView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("logit", words);
  experiment_head(v.head, state, seat, e, words);
  fill_labels(v, words);
  const auto* p = e.as<PredictionAccount>();
  if (p == nullptr || state.tab != state::Tab::numbers || p->read.size() != p->weights.size() || p->products.size() != p->weights.size()) return v;
  v.choice = state::numbers_choice(state, seat);
  v.choice.place = p->place;
  const std::string piece = piece_text(p->piece, p->piece);
  v.head.sentence = words.strings.fill(p->next ? "numbers.predicts.next" : "numbers.predicts.here",
                                       {{"piece", piece}, {"word", word_text(p->word)}, {"percent", percent_text(p->word.probability, words.number)}});
  choosers_of(v, *p, words);
  std::size_t n = 0;
  const std::string norm = p->norm != "none" ? p->norm : p->normed_blocks ? "block" : "none";
  NumberStep hidden = step_of(++n, "hidden", norm, {{"piece", piece}, {"count", count_of(p->hidden.size())}}, words);
  hidden.strips.push_back(strip_of("hidden", words.strings.get("numbers.strip.hidden"), p->hidden, words));
  v.steps.push_back(std::move(hidden));
  if (p->transformed || p->factor != 1) v.steps.push_back(read(++n, *p, words));
  NumberStep row = step_of(++n, "row", {}, {{"word", word_text(p->word)}, {"count", count_of(p->weights.size())}, {"vocabulary", count_text(p->vocabulary)}}, words);
  row.strips.push_back(strip_of("weights", words.strings.fill("numbers.strip.weights", {{"word", word_text(p->word)}}), p->weights, words));
  v.steps.push_back(std::move(row));
  v.steps.push_back(product(++n, *p, words));
  v.steps.push_back(logit(++n, *p, words));
  v.steps.push_back(probability(++n, *p, words));
  v.note = variant_note(p->variant, words);
  return v;
}

}  // namespace trilens::view
