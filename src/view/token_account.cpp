#include "view/token_account.hpp"

#include <algorithm>
#include <cmath>

#include "base/utf8.hpp"

namespace trilens::view {
namespace {

using protocol::PieceToTokens;
using protocol::SpelledToken;

constexpr std::size_t kTriedShown = 3;  // spellings that were no tokens, at one place

// Lanes in which each character is taken at most once; an edge goes into the first that is free for all of it.
using Lanes = std::vector<std::vector<bool>>;

void take_lane(AccountEdgeView& e, Lanes& taken, std::size_t characters) {
  const auto free = [&e](const std::vector<bool>& lane) {
    for (std::size_t i = e.begin; i < e.end; ++i) {
      if (lane[i]) return false;
    }
    return true;
  };
  while (e.lane < taken.size() && !free(taken[e.lane])) ++e.lane;
  if (e.lane >= taken.size()) taken.resize(e.lane + 1, std::vector<bool>(characters));
  for (std::size_t i = e.begin; i < e.end; ++i) taken[e.lane][i] = true;
}

struct Teller {
  const protocol::TokensExplained& told;
  const Words& words;

  [[nodiscard]] bool by_spelling() const { return told.model == "WordPiece" || told.model == "Unigram"; }

  [[nodiscard]] AccountTokenView token(const SpelledToken& t, bool fresh = false) const {
    AccountTokenView v;
    v.text = by_spelling() ? t.text : visible(t.display);
    v.tooltip = words.strings.fill("account.token", {{"token", t.text}, {"id", count_text(t.id)}});
    v.fresh = fresh;
    return v;
  }

  [[nodiscard]] AccountStepView start(const PieceToTokens& piece) const {
    AccountStepView v;
    v.label = words.strings.get("account.start");
    for (const SpelledToken& t : piece.spelled) v.word.push_back(token(t));
    return v;
  }

  [[nodiscard]] AccountStepView merge(const protocol::TokenMerge& m) const {
    AccountStepView v;
    v.label = words.strings.fill("account.rank", {{"rank", count_text(m.rank + 1)}});
    v.rule = words.strings.fill("account.rule", {{"left", visible(m.left.display)}, {"right", visible(m.right.display)}, {"result", visible(m.result.display)}});
    for (std::size_t i = 0; i < m.word.size(); ++i) v.word.push_back(token(m.word[i], std::cmp_equal(i, m.at)));
    return v;
  }

  [[nodiscard]] AccountStepView attempt(const protocol::TokenAttempt& a) const {
    AccountStepView v;
    v.attempt = true;
    v.label = words.strings.fill("account.place", {{"place", count_text(a.begin + 1)}});
    const std::size_t failed = a.tried.size() - (a.found ? 1 : 0);
    for (std::size_t i = 0; i < failed; ++i) {
      if (failed <= kTriedShown || i + 1 < kTriedShown || i + 1 == failed) v.tried.push_back(a.tried[i]);
    }
    if (failed > kTriedShown) v.more = words.strings.fill("account.more", {{"count", count_text(static_cast<std::int64_t>(failed - kTriedShown))}});
    if (a.found) v.word.push_back(token(*a.found, true));
    for (const SpelledToken& t : a.shorter) v.shorter += (v.shorter.empty() ? "" : ", ") + t.text;
    if (!v.shorter.empty()) v.shorter = words.strings.fill("account.shorter", {{"tokens", v.shorter}});
    return v;
  }

  void lattice(AccountPieceView& v, const PieceToTokens& piece) const {
    for (utf8::Reader reader(piece.text); !reader.done();) {
      const utf8::Codepoint c = reader.next();
      v.characters.push_back(visible(std::string_view(piece.text).substr(c.begin, c.end - c.begin)));
    }
    Lanes taken{std::vector<bool>(v.characters.size())};  // the first is the best path's
    for (const bool best : {true, false}) {
      for (const protocol::LatticeToken& t : piece.lattice) {
        if (t.best != best) continue;
        AccountEdgeView e;
        e.begin = static_cast<std::size_t>(t.begin);
        e.end = std::min(static_cast<std::size_t>(t.end), v.characters.size());
        e.lane = best ? 0 : 1;
        take_lane(e, taken, v.characters.size());
        e.text = t.token.text;
        e.score = fixed_text(t.score, 2, words.number);
        e.tooltip = words.strings.fill(t.unknown ? "account.edge_unknown" : "account.edge", {{"token", t.token.text}, {"id", count_text(t.token.id)}, {"score", exact_text(t.score, words.number)}});
        e.best = t.best;
        e.second = t.second;
        e.unknown = t.unknown;
        v.edges.push_back(std::move(e));
      }
    }
    v.lanes = taken.size();
  }

  [[nodiscard]] std::string path_of(const PieceToTokens& piece) const {
    std::string out;
    for (const protocol::LatticeToken& t : piece.lattice) {
      if (t.second) out += (out.empty() ? "" : " · ") + t.token.text;
    }
    return out;
  }

  [[nodiscard]] std::string sentence(const PieceToTokens& piece) const {
    if (piece.added) return words.strings.get("account.added");
    if (piece.too_long) return words.strings.get("account.too_long");
    if (piece.whole) return words.strings.get("account.whole");
    const std::string bytes = piece.by_bytes ? " " + words.strings.get("account.by_bytes") : "";
    if (told.model == "BPE") return words.strings.get(piece.merges.empty() ? "account.no_merge" : "account.merged") + bytes;
    if (told.model == "WordPiece") return words.strings.get(!piece.attempts.empty() && piece.attempts.back().found ? "account.matched" : "account.unmatched");
    if (told.model != "Unigram") return words.strings.get("account.unknown");
    const std::string best = fixed_text(piece.best_score, 2, words.number);
    if (!piece.second_score) return words.strings.fill("account.only", {{"best", best}}) + bytes;
    return words.strings.fill("account.best", {{"best", best}, {"second", fixed_text(*piece.second_score, 2, words.number)}, {"path", path_of(piece)},
                                               {"times", fixed_text(std::exp(std::min(piece.best_score - *piece.second_score, 30.0)), 1, words.number)}}) + bytes;
  }

  [[nodiscard]] AccountPieceView operator()(const PieceToTokens& piece) const {
    AccountPieceView v;
    v.title = visible(piece.text);
    if (!piece.spelled.empty()) v.steps.push_back(start(piece));
    for (const auto& m : piece.merges) v.steps.push_back(merge(m));
    for (const auto& a : piece.attempts) v.steps.push_back(attempt(a));
    if (!piece.lattice.empty()) lattice(v, piece);
    v.sentence = sentence(piece);
    for (const SpelledToken& t : piece.tokens) v.tokens.push_back(token(t));
    return v;
  }
};

}  // namespace

TokenAccountView build_token_account(const state::State& state, Seat seat, const Words& words) {
  TokenAccountView v;
  const auto word = state::picked_word(state);
  if (state.tab != state::Tab::tokens || !word) return v;
  const state::ExperimentState& e = state.column(seat).experiment(state::Experiment::explain);
  experiment_head(v.head, state, seat, e, words);
  const auto* told = e.as<protocol::TokensExplained>();
  v.title = words.strings.fill("account.title", {{"word", told != nullptr ? told->source : state.document.text.substr(word->begin, word->end - word->begin)}});
  if (told == nullptr) return v;
  if (told->pieces.empty()) {
    v.head.empty = true;
    v.head.sentence = words.strings.get("account.not_read");
    return v;
  }
  v.normalizer = told->normalized == told->source ? words.strings.get("account.normalizer.same")
                                                  : words.strings.fill("account.normalizer", {{"after", visible(told->normalized)}});
  std::string pieces;
  for (const PieceToTokens& piece : told->pieces) pieces += (pieces.empty() ? "“" : "  “") + visible(piece.text) + "”";
  v.pretokenizer = words.strings.fill("account.pretokenizer", {{"pieces", pieces}});
  if (!told->model.empty()) v.method = words.strings.get("account.method." + told->model);
  for (const PieceToTokens& piece : told->pieces) v.pieces.push_back(Teller{*told, words}(piece));
  return v;
}

}  // namespace trilens::view
