// One logit: the last hidden state, what the output projection reads, the token's row of it, and the product done again here.
#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/attention_account.hpp"
#include "lab/experiments.hpp"
#include "lab/logit_head.hpp"
#include "lab/look.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using protocol::PredictionAccount;

std::string_view norm_name(onnx::NormKind norm) {
  switch (norm) {
    case onnx::NormKind::none: return "none";
    case onnx::NormKind::layer_norm: return "layer_norm";
    case onnx::NormKind::rms_norm: return "rms_norm";
  }
  return "none";
}

std::string_view projection_name(onnx::Projection projection) {
  switch (projection) {
    case onnx::Projection::exact: return "exact";
    case onnx::Projection::four_bits: return "four_bits";
    case onnx::Projection::integers: return "integers";
    case onnx::Projection::nonlinear: return "nonlinear";
  }
  return "exact";
}

// The one number that every element was multiplied by; none: it was more than that.
std::optional<double> factor_between(std::span<const float> from, std::span<const float> to) {
  if (from.size() != to.size() || from.empty()) return std::nullopt;
  const auto largest = std::ranges::max_element(from, {}, [](float x) { return std::abs(x); }) - from.begin();
  const float factor = to[static_cast<std::size_t>(largest)] / from[static_cast<std::size_t>(largest)];
  if (!std::isfinite(factor)) return std::nullopt;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (std::abs(from[i] * factor - to[i]) > 1e-5F * (std::abs(to[i]) + 1e-3F)) return std::nullopt;
  }
  // Of equal vectors the factor is 1, and not what rounding makes of it.
  return std::abs(factor - 1) < 1e-6F ? 1.0 : double{factor};
}

// What the output projection reads, and how it comes from the last state.
Task<Result<void>> account_read(Context& context, const Look& look, std::int64_t blocks, PredictionAccount& out) {
  const auto at = static_cast<std::size_t>(out.position);
  std::vector<std::string> names{state_name(look, blocks), state_name(look, blocks - 1)};
  auto states = co_await taps_of(context, look.sides, std::move(names));
  if (!states) co_return std::unexpected(states.error());
  const std::span<const float> last = (*states)[0].view<float>().outer(0).outer(at).data();
  const std::span<const float> before = (*states)[1].view<float>().outer(0).outer(at).data();
  out.hidden = {last.begin(), last.end()};
  const bool normed = out.norm != "none";
  // Behind a final norm the last state is its result, and the head cannot be run on it: what comes after the norm is learned from the state before.
  std::vector<std::string> wanted;
  if (normed) wanted.emplace_back(onnx::kHeadNorm);
  wanted.emplace_back(onnx::kHeadProjected);
  auto inside = co_await inside_head(context, normed ? before : last, std::move(wanted));
  if (!inside) co_return std::unexpected(inside.error());
  const std::span<const float> read = inside->back().data<float>();
  const auto factor = factor_between(normed ? inside->front().data<float>() : last, read);
  if (factor) {
    out.factor = *factor;
    for (const float x : last) out.read.push_back(x * static_cast<float>(*factor));
  } else if (!normed) {
    out.transformed = true;
    out.read = {read.begin(), read.end()};
  } else {
    co_return fail(ErrorCode::model_unsupported, "Between this model's final norm and its output projection stands more than a factor, so its logits cannot be recomputed.");
  }
  co_return Result<void>{};
}

// The runtime's own logit, probability and rank of the token.
Task<Result<void>> account_runtime(Context& context, const Look& look, std::optional<std::int64_t> candidate, PredictionAccount& out) {
  auto head = co_await logit_head(context);
  if (!head) co_return std::unexpected(head.error());
  auto said = co_await say(context, look);
  if (!said) co_return std::unexpected(said.error());
  const std::uint32_t row = said->first + static_cast<std::uint32_t>(out.position);
  std::vector<std::uint32_t> rows{row};
  auto statistics = co_await context.services.runtime.row_statistics(said->logits, std::move(rows), 8);
  if (!statistics) co_return std::unexpected(statistics.error());
  const RowStatistics& s = statistics->front();
  if (s.top.empty()) co_return fail(ErrorCode::runtime_failed, "The model answered with numbers that are not finite.");
  for (const ScoredToken& token : s.top) out.candidates.push_back(word_of(context.model, token, s.probability(token)));
  const std::int64_t id = candidate.value_or(s.top.front().id);
  if (id >= out.vocabulary) {
    co_return fail(ErrorCode::invalid_argument, "There is no token " + std::to_string(id) + ": this model's vocabulary has " + std::to_string(out.vocabulary) + ".");
  }
  Shape shape = said->logits.shape();
  shape.back() = 1;
  Tensor answers(ElementType::i32, std::move(shape));
  std::ranges::fill(answers.data<std::int32_t>(), static_cast<std::int32_t>(id));
  auto stood = co_await standings(**head, said->logits, std::move(answers));
  if (!stood) co_return std::unexpected(stood.error());
  const ScoredToken token{static_cast<std::int32_t>(id), static_cast<float>((*stood)[row].logit)};
  out.word = word_of(context.model, token, s.probability(token));
  out.rank = (*stood)[row].rank;
  out.log_sum_exp = double{s.log_sum_exp};
  co_return Result<void>{};
}

}  // namespace

Task<Result<PredictionAccount>> explain_prediction(Context& context, protocol::ExplainPrediction request) {
  const LoadedModel& model = context.model;
  auto text = text_as_read(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  const auto blocks = blocks_of(model);
  if (!blocks) co_return std::unexpected(blocks.error());
  auto head = co_await logit_head(context);
  if (!head) co_return std::unexpected(head.error());
  auto look = co_await look_at(context, std::move(*text), request.token);
  if (!look) co_return std::unexpected(look.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  if (look->marked.empty()) co_return fail(ErrorCode::no_blank, "There is nothing here that this model would predict: write a word, or a blank.");
  if (std::cmp_greater_equal(request.place, look->marked.size())) {
    co_return fail(ErrorCode::invalid_argument, "`place` is " + std::to_string(request.place) + "; there are " + std::to_string(look->marked.size()) + " predictions.");
  }

  PredictionAccount out;
  out.side = look->sides.in_decoder ? "output" : "text";
  out.next = model.family != Family::encoder;
  out.place = request.place;
  out.places = static_cast<std::int64_t>(look->marked.size());
  out.position = static_cast<std::int64_t>(look->marked[static_cast<std::size_t>(request.place)]);
  const protocol::Piece& piece = look->pieces[static_cast<std::size_t>(out.position)];
  out.piece = piece.display.empty() ? piece.text : piece.display;
  out.norm = norm_name((*head)->norm);
  out.normed_blocks = (*head)->normed_blocks;
  out.projection = projection_name((*head)->projection);
  out.has_bias = (*head)->bias;
  out.vocabulary = (*head)->vocabulary;
  out.variant = model.source.variant;
  if (auto done = co_await account_runtime(context, *look, request.candidate, out); !done) co_return std::unexpected(done.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  if (auto done = co_await account_read(context, *look, *blocks, out); !done) co_return std::unexpected(done.error());
  auto row = co_await projection_row(context, static_cast<std::uint32_t>(out.word.id));
  if (!row) co_return std::unexpected(row.error());
  if (row->weights.size() != out.read.size()) co_return fail(ErrorCode::internal, "The output projection has another width than what it reads.");
  out.weights = std::move(row->weights);
  out.bias = double{row->bias};
  out.products = analysis::products(out.read, out.weights);
  const analysis::Heaviest heaviest = analysis::heaviest(out.products, 3);
  out.up = {heaviest.up.begin(), heaviest.up.end()};
  out.down = {heaviest.down.begin(), heaviest.down.end()};
  out.dot = analysis::dot(out.read, out.weights);
  out.logit = out.dot + out.bias;
  out.probability = std::exp(out.logit - out.log_sum_exp);
  co_return out;
}

}  // namespace trilens::lab
