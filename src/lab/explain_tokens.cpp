// How a word became tokens: the tokenizer's own account, with the ids spelled.
#include <algorithm>

#include "lab/experiments.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using protocol::SpelledToken;

struct Speller {
  const LoadedModel& model;

  SpelledToken operator()(std::int32_t id) const { return {id, spelling(model, id), display(model, id)}; }
  std::vector<SpelledToken> operator()(const std::vector<std::int32_t>& ids) const {
    std::vector<SpelledToken> out;
    for (const std::int32_t id : ids) out.push_back((*this)(id));
    return out;
  }
};

std::string model_name(tokenize::ModelKind kind) {
  switch (kind) {
    case tokenize::ModelKind::bpe: return "BPE";
    case tokenize::ModelKind::word_piece: return "WordPiece";
    case tokenize::ModelKind::unigram: return "Unigram";
    case tokenize::ModelKind::word_level: return "WordLevel";
  }
  return {};
}

protocol::PieceToTokens told_piece(const tokenize::ToldPiece& piece, const Speller& spelled) {
  const tokenize::PieceAccount& account = piece.account;
  protocol::PieceToTokens out;
  out.text = piece.text;
  out.added = piece.added;
  out.whole = account.whole;
  out.too_long = account.too_long;
  out.tokens = spelled(account.ids);
  out.by_bytes = std::ranges::any_of(out.tokens, [](const SpelledToken& t) { return t.text.size() == 6 && t.text.starts_with("<0x") && t.text.ends_with(">"); });
  out.spelled = spelled(account.start);
  for (const tokenize::MergeStep& m : account.merges) {
    out.merges.push_back({m.rank, spelled(m.left), spelled(m.right), spelled(m.result), static_cast<std::int64_t>(m.at), spelled(m.word)});
  }
  for (const tokenize::Attempt& a : account.attempts) {
    protocol::TokenAttempt& attempt = out.attempts.emplace_back();
    attempt.begin = static_cast<std::int64_t>(a.begin);
    attempt.tried = a.tried;
    if (a.found) attempt.found = spelled(*a.found);
    attempt.shorter = spelled(a.shorter);
  }
  for (const tokenize::LatticeEdge& e : account.lattice) {
    out.lattice.push_back({static_cast<std::int64_t>(e.begin), static_cast<std::int64_t>(e.end), spelled(e.id), e.score, e.unknown, e.best, e.second});
  }
  out.best_score = account.best_score;
  out.second_score = account.second_score;
  return out;
}

}  // namespace

Result<protocol::TokensExplained> explain_tokens(Context& context, const protocol::ExplainTokens& request) {
  const LoadedModel& model = context.model;
  const auto size = static_cast<std::int64_t>(request.text.size());
  if (request.begin < 0 || request.begin >= request.end || request.end > size) {
    return fail(ErrorCode::invalid_argument, "`begin` and `end` must be bytes of the text, and something must lie between them.");
  }
  const Prompt prompt = reading_prompt(model.family, request.text, model.forms);
  const auto source = [&](const tokenize::Span& span) { return prompt.source_of({span.begin, span.end}); };
  const auto wanted = [&](const tokenize::Span& span) {
    const ByteRange own = source(span);
    return own.begin < own.end && std::cmp_less(own.begin, request.end) && std::cmp_greater(own.end, request.begin);
  };
  const tokenize::TextAccount told = model.tokenizer.explain(prompt.text(), wanted);
  protocol::TokensExplained out;
  out.source = request.text.substr(static_cast<std::size_t>(request.begin), static_cast<std::size_t>(request.end - request.begin));
  out.normalized = told.normalized;
  for (const tokenize::ToldPiece& piece : told.pieces) {
    out.pieces.push_back(told_piece(piece, Speller{model}));
    const ByteRange own = source(piece.span);
    out.pieces.back().start = static_cast<std::int64_t>(own.begin);
    out.pieces.back().end = static_cast<std::int64_t>(own.end);
    if (!piece.added) out.model = model_name(piece.account.kind);
  }
  return out;
}

}  // namespace trilens::lab
