// Unigram: of all ways to cut a piece into tokens, the one with the greatest sum of scores (Viterbi).
// Kudo 2018, https://arxiv.org/abs/1804.10959; reference: models/unigram/model.rs (encode_optimized).
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/utf8.hpp"
#include "tokenize/model/model.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

constexpr double kUnknownPenalty = 10.0;  // below the least likely token

class Unigram final : public Model {
 public:
  struct Options {
    std::int32_t unknown = 0;
    bool byte_fallback = false;
  };

  Unigram(Vocabulary vocabulary, std::vector<double> scores, const Options& options)
      : Model(std::move(vocabulary)),
        scores_(std::move(scores)),
        unknown_score_(*std::min_element(scores_.begin(), scores_.end()) - kUnknownPenalty),
        options_(options),
        byte_tokens_(this->vocabulary()) {}

  void tokenize(std::u32string_view piece, std::vector<ModelToken>& out) const override {
    std::vector<ModelToken> path = best_path(piece, [](const LatticeEdge&) {});
    for (std::size_t i = 0; i < path.size(); ++i) {
      ModelToken token = path[i];
      if (token.id == options_.unknown) {  // unknown ones in a row are one
        while (i + 1 < path.size() && path[i + 1].id == options_.unknown) token.end = path[++i].end;
        append_unknown(piece, token, out);
      } else {
        out.push_back(token);
      }
    }
  }

  [[nodiscard]] PieceAccount explain(std::u32string_view piece) const override {
    PieceAccount out;
    out.kind = ModelKind::unigram;
    const std::vector<ModelToken> path = best_path(piece, [&](const LatticeEdge& edge) { out.lattice.push_back(edge); });
    for (LatticeEdge& edge : out.lattice) {
      const auto same = [&](const ModelToken& t) { return t.begin == edge.begin && t.end == edge.end && t.id == edge.id; };
      edge.best = std::ranges::any_of(path, same);
      if (edge.best) out.best_score += edge.score;
    }
    tell_runner_up(piece.size(), out);
    return out;
  }
  [[nodiscard]] std::optional<std::int32_t> unknown() const override { return options_.unknown; }

 private:
  // The best way to reach a place between two characters.
  struct Step {
    double score = 0;
    std::int32_t id = 0;
    std::int32_t begin = -1;  // where the last token of that way begins; -1: not reached yet
  };

  static void offer(Step& step, const Step& candidate) {
    if (step.begin < 0 || candidate.score > step.score) step = candidate;
  }

  // `tell` hears of every token that fits.
  template <class Tell>
  [[nodiscard]] std::vector<ModelToken> best_path(std::u32string_view piece, Tell tell) const {
    const Trie& trie = vocabulary().trie();
    std::vector<Step> steps(piece.size() + 1);  // [place]
    for (std::size_t begin = 0; begin < piece.size(); ++begin) {
      const double score = steps[begin].score;
      const auto from = static_cast<std::int32_t>(begin);
      bool single = false;  // a token of this one character exists
      Trie::Node node = Trie::kRoot;
      for (std::size_t end = begin + 1; end <= piece.size(); ++end) {
        node = trie.child(node, piece[end - 1]);
        if (node == Trie::kNone) break;
        const std::int32_t id = trie.value(node);
        if (id == Trie::kNoValue) continue;
        offer(steps[end], {scores_[static_cast<std::size_t>(id)] + score, id, from});
        tell({.begin = begin, .end = end, .id = id, .score = scores_[static_cast<std::size_t>(id)]});
        if (end == begin + 1) single = true;
      }
      if (single) continue;
      offer(steps[begin + 1], {unknown_score_ + score, options_.unknown, from});
      tell({.begin = begin, .end = begin + 1, .id = options_.unknown, .score = unknown_score_, .unknown = true});
    }
    work::step(piece.size());
    std::vector<ModelToken> path;
    for (std::size_t end = piece.size(); end > 0; end = path.back().begin) {
      path.push_back({steps[end].id, static_cast<std::size_t>(steps[end].begin), end});
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

  // The best of all other ways: it leaves the best path somewhere, so the best way in to any place off the best edges, and from there
  // the best way on, has to be looked at for each place: the two best ways in, place by place.
  static void tell_runner_up(std::size_t places, PieceAccount& out) {
    struct Way {
      double score = 0;
      std::size_t edge = 0;   // the last one
      std::size_t before = 0; // which of the two ways into where that edge begins
    };
    std::vector<std::vector<Way>> ways(places + 1);  // [place], at most two, the better first
    ways[0].push_back({});
    for (std::size_t e = 0; e < out.lattice.size(); ++e) {  // in order of where they begin
      const LatticeEdge& edge = out.lattice[e];
      std::vector<Way>& in = ways[edge.end];
      for (std::size_t k = 0; k < ways[edge.begin].size(); ++k) in.push_back({ways[edge.begin][k].score + edge.score, e, k});
      std::ranges::stable_sort(in, [](const Way& a, const Way& b) { return a.score > b.score; });
      if (in.size() > 2) in.resize(2);
    }
    if (places == 0 || ways[places].size() < 2) return;
    out.second_score = ways[places][1].score;
    for (std::size_t at = places, which = 1; at > 0;) {
      const Way& way = ways[at][which];
      out.lattice[way.edge].second = true;
      at = out.lattice[way.edge].begin;
      which = way.before;
    }
  }

  // What the fused text is as a token of its own, else its bytes, else unknown.
  void append_unknown(std::u32string_view piece, const ModelToken& token, std::vector<ModelToken>& out) const {
    const std::u32string_view text = piece.substr(token.begin, token.end - token.begin);
    work::step(text.size());
    if (const std::int32_t id = vocabulary().find(text); id != Trie::kNoValue) {
      out.push_back({id, token.begin, token.end});
      return;
    }
    std::vector<std::int32_t> ids;
    if (options_.byte_fallback && byte_tokens_.append(utf8::encode(text), ids)) {
      for (const std::int32_t id : ids) out.push_back({id, token.begin, token.end});
      return;
    }
    out.push_back({options_.unknown, token.begin, token.end});
  }

  std::vector<double> scores_;  // [id]
  double unknown_score_;
  Options options_;
  ByteTokens byte_tokens_;
};

}  // namespace

// "vocab" is a list of [token, score]; the id is the place in the list.
Result<ModelPtr> make_unigram(const Section& section) {
  Fields fields(section);
  const std::vector<Section> rows = fields.array("vocab");
  Unigram::Options options;
  options.byte_fallback = fields.boolean("byte_fallback", false);
  if (!fields.ok()) return fields.failure();
  if (rows.empty() || static_cast<std::int64_t>(rows.size()) > kIdLimit) return section.malformed("has a \"vocab\" of no or too many tokens");
  if (!section.find("unk_id")) return section.unsupported("Unigram without an unk_id, which cannot write every text");
  options.unknown = static_cast<std::int32_t>(fields.integer("unk_id", 0, static_cast<std::int64_t>(rows.size()) - 1));
  if (!fields.ok()) return fields.failure();

  Vocabulary vocabulary;
  std::vector<double> scores;
  for (const Section& row : rows) {
    const nlohmann::json& value = row.value();
    if (!value.is_array() || value.size() != 2 || !value[0].is_string() || !value[1].is_number()) {
      return row.malformed("must be a token and its score");
    }
    vocabulary.add(value[0].get_ref<const std::string&>(), static_cast<std::int32_t>(scores.size()));
    scores.push_back(value[1].get<double>());
  }
  return std::make_unique<Unigram>(std::move(vocabulary), std::move(scores), options);
}

}  // namespace trilens::tokenize
