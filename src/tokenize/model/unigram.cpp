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
    std::vector<ModelToken> path = best_path(piece);
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

  [[nodiscard]] std::vector<ModelToken> best_path(std::u32string_view piece) const {
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
        if (end == begin + 1) single = true;
      }
      if (!single) offer(steps[begin + 1], {unknown_score_ + score, options_.unknown, from});
    }
    work::step(piece.size());
    std::vector<ModelToken> path;
    for (std::size_t end = piece.size(); end > 0; end = path.back().begin) {
      path.push_back({steps[end].id, static_cast<std::size_t>(steps[end].begin), end});
    }
    std::reverse(path.begin(), path.end());
    return path;
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
