#include "lab/logit_head.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>

#include "lab/graph_bytes.hpp"
#include "onnx/head.hpp"
#include "onnx/standing.hpp"

namespace trilens::lab {
namespace {

using model::GraphRole;

constexpr std::int64_t kMostLogitBytes = 48'000'000;
constexpr std::size_t kMostKeptBytes = 64'000'000;  // of a cut model; a larger one is cut again for each row that is looked at

// The file that the logits come from.
std::string head_file(const LoadedModel& model) { return graph_file(model, {GraphRole::decoder, GraphRole::model}); }

Task<Result<onnx::Head>> cut_out(Context& context) {
  const LoadedModel& model = context.model;
  std::string file = head_file(model);
  auto bytes = co_await graph_bytes(context, std::move(file));
  if (!bytes) co_return std::unexpected(bytes.error());
  auto cut = onnx::head_of(*bytes);
  if (cut) co_return cut;
  co_return fail(cut.error().code, "The head of " + model.id + " could not be cut out, so its layers cannot be read as words: " + cut.error().message, cut.error().detail);
}

Task<Result<LogitHead>> make_head(Context& context) {
  const LoadedModel& model = context.model;
  auto cut = co_await cut_out(context);
  if (!cut) co_return std::unexpected(cut.error());
  const infer::Provider provider = (model.decoder ? *model.decoder : *model.encoder).provider();
  LogitHead head;
  head.vocabulary = cut->vocabulary;
  head.norm = cut->norm;
  head.projection = cut->projection;
  head.normed_blocks = cut->normed_blocks;
  head.bias = cut->bias;
  if (cut->model.size() <= kMostKeptBytes) head.model = cut->model;
  infer::SessionOptions of_head{std::move(cut->model), provider, {std::string(onnx::kHeadLogits)}};
  auto session = co_await context.services.runtime.create_session(std::move(of_head));
  if (!session) co_return std::unexpected(session.error());
  head.session = std::move(*session);
  infer::SessionOptions of_standing{onnx::standing_model(), provider, {}};
  auto standing = co_await context.services.runtime.create_session(std::move(of_standing));
  if (!standing) co_return std::unexpected(standing.error());
  head.standing = std::move(*standing);
  co_return head;
}

// All rows in one run: they fit.
Task<Result<std::vector<HeadScore>>> score_some(Context& context, const LogitHead& head, std::span<const HeadRow> rows, std::uint32_t top_k) {
  const auto count = static_cast<std::int64_t>(rows.size());
  Tensor hidden = Tensor::f32({1, count, static_cast<std::int64_t>(rows.front().state.size())});
  Tensor answers(ElementType::i32, {1, count, 1});
  auto to = hidden.data<float>().begin();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    to = std::ranges::copy(rows[i].state, to).out;
    answers.data<std::int32_t>()[i] = rows[i].answer;
  }
  std::vector<infer::Feed> feeds{{std::string(onnx::kHeadInput), &hidden}};
  std::vector<std::string> fetches{std::string(onnx::kHeadLogits)};
  auto out = co_await head.session->run(std::move(feeds), std::move(fetches));
  if (!out) co_return std::unexpected(out.error());
  auto* logits = std::get_if<infer::RemoteTensor>(&out->front());  // [1, row, vocabulary] f32
  if (logits == nullptr) co_return fail(ErrorCode::internal, "The logits came back instead of staying with the runtime.");

  std::vector<std::uint32_t> all(rows.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint32_t>(i);
  auto statistics = co_await context.services.runtime.row_statistics(*logits, std::move(all), top_k);
  if (!statistics) co_return std::unexpected(statistics.error());
  auto stood = co_await standings(head, *logits, std::move(answers));
  if (!stood) co_return std::unexpected(stood.error());
  std::vector<HeadScore> scores;
  for (std::size_t i = 0; i < rows.size(); ++i) scores.push_back({std::move((*statistics)[i]), (*stood)[i].logit, (*stood)[i].rank});
  co_return scores;
}

}  // namespace

Task<Result<const LogitHead*>> logit_head(Context& context) {
  if (context.model.logit_head == nullptr) {
    auto made = co_await make_head(context);
    if (!made) co_return std::unexpected(made.error());
    context.model.logit_head = std::make_shared<const LogitHead>(std::move(*made));
  }
  co_return context.model.logit_head.get();
}

Task<Result<std::vector<Standing>>> standings(const LogitHead& head, const infer::RemoteTensor& logits, Tensor answers) {
  std::vector<infer::Feed> stand{{std::string(onnx::kStandingLogits), &logits}, {std::string(onnx::kStandingAnswer), &answers}};
  std::vector<std::string> both{std::string(onnx::kStandingLogit), std::string(onnx::kStandingAbove)};
  auto stood = co_await head.standing->run(std::move(stand), std::move(both));
  if (!stood) co_return std::unexpected(stood.error());
  const std::span<const float> own = std::get<Tensor>((*stood)[0]).data<float>();
  const std::span<const float> above = std::get<Tensor>((*stood)[1]).data<float>();
  std::vector<Standing> out;
  for (std::size_t i = 0; i < own.size(); ++i) out.push_back({double{own[i]}, std::lround(above[i]) + 1});
  co_return out;
}

Task<Result<onnx::ProjectionRow>> projection_row(Context& context, std::uint32_t token) {
  auto head = co_await logit_head(context);
  if (!head) co_return std::unexpected(head.error());
  if (!(*head)->model.empty()) co_return onnx::projection_row((*head)->model, token);
  auto cut = co_await cut_out(context);
  if (!cut) co_return std::unexpected(cut.error());
  co_return onnx::projection_row(cut->model, token);
}

Task<Result<std::vector<Tensor>>> inside_head(Context& context, std::span<const float> state, std::vector<std::string> names) {
  auto head = co_await logit_head(context);
  if (!head) co_return std::unexpected(head.error());
  const Tensor hidden = Tensor::of<float>({1, 1, static_cast<std::int64_t>(state.size())}, state);
  std::vector<infer::Feed> feeds{{std::string(onnx::kHeadInput), &hidden}};
  auto out = co_await (*head)->session->run(std::move(feeds), std::move(names));
  if (!out) co_return std::unexpected(out.error());
  std::vector<Tensor> vectors;
  for (infer::Value& value : *out) vectors.push_back(std::get<Tensor>(std::move(value)));
  co_return vectors;
}

Task<Result<std::vector<HeadScore>>> score(Context& context, std::vector<HeadRow> rows, std::uint32_t top_k) {
  auto head = co_await logit_head(context);
  if (!head) co_return std::unexpected(head.error());
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, kMostLogitBytes / (std::max<std::int64_t>((*head)->vocabulary, 1) * 4)));
  std::vector<HeadScore> scores;
  while (scores.size() < rows.size()) {
    if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
    const std::size_t from = scores.size();
    auto some = co_await score_some(context, **head, std::span(rows).subspan(from, std::min(most, rows.size() - from)), top_k);
    if (!some) co_return std::unexpected(some.error());
    std::ranges::move(*some, std::back_inserter(scores));
  }
  co_return scores;
}

}  // namespace trilens::lab
