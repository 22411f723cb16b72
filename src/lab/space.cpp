// Where words and sentences lie: one vector a text from a layer of one's choice, how alike each two are (cosine), the list on a plane
// (PCA, or t-SNE), and, with a question, how alike it is to each text: retrieval as Sentence-BERT does it (Reimers and Gurevych 2019).
//
// Each text is read once for all layers and poolings and stays in the model's memory, so that sliders cost no pass.
#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/pooling.hpp"
#include "analysis/similarity.hpp"
#include "analysis/space.hpp"
#include "analysis/tsne.hpp"
#include "lab/experiments.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using protocol::Pooling;

constexpr std::int64_t kStepsAtOnce = 25;  // of t-SNE, between two looks at whether to go on

// Mean of the text's own tokens; of a text that is nothing but added ones, of all.
std::vector<float> mean_of_words(const TensorView<float>& hidden, const std::vector<protocol::Piece>& pieces) {
  const auto width = static_cast<std::size_t>(hidden.shape()[1]);
  std::vector<float> own;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].special) continue;
    const TensorView<float> row = hidden.outer(i);
    own.insert(own.end(), row.data().begin(), row.data().end());
    ++count;
  }
  if (count == 0) return analysis::mean_over_tokens(hidden);
  const Tensor tensor = Tensor::of<float>({count, static_cast<std::int64_t>(width)}, own);
  return analysis::mean_over_tokens(tensor.view<float>());
}

// Embeddings first; of an encoder whose layers are closed the one state that its graph gives out.
Task<Result<std::vector<Tensor>>> all_states(Context& context, Ids ids, std::int64_t layers) {
  LoadedModel& model = context.model;
  if (layers > 0) {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i <= layers; ++i) names.push_back("hidden." + std::to_string(i));
    if (model.family == Family::decoder) co_return co_await decoder_taps(model, nullptr, std::move(ids), std::move(names));
    co_return co_await encoder_taps(model, std::move(ids), std::move(names));
  }
  auto last = co_await last_states(model, context.services.runtime, std::move(ids));
  if (!last) co_return std::unexpected(last.error());
  std::vector<Tensor> only;
  only.push_back(std::move(*last));
  co_return only;
}

Task<Result<PooledText>> read_text(Context& context, std::string given) {
  LoadedModel& model = context.model;
  auto text = text_to_the_letter(model, given);
  if (!text) co_return std::unexpected(text.error());
  const bool decoder = model.family == Family::decoder;
  const std::int64_t layers = decoder ? model.decoder_layers : model.encoder_layers;
  if (layers == 0 && decoder) co_return fail(ErrorCode::model_unsupported, "The hidden states of this model could not be opened, so its space cannot be seen.");
  auto states = co_await all_states(context, text->ids, layers);
  if (!states) co_return std::unexpected(states.error());
  PooledText out{.states = {}, .tokens = static_cast<std::int64_t>(text->ids.size()), .cut = text->cut.has_value(), .has_first = text->pieces.front().special};
  for (const Tensor& state : *states) {
    const TensorView<float> hidden = state.view<float>().outer(0);  // [token, hidden] f32
    out.states.push_back({mean_of_words(hidden, text->pieces), analysis::mean_over_tokens(hidden), analysis::first_token(hidden), analysis::last_token(hidden)});
  }
  co_return out;
}

// Reads what is not remembered, and forgets what is not asked for.
Task<Result<void>> read_all(Context& context, const std::vector<std::string>& texts) {
  std::map<std::string, PooledText>& pooled = context.model.pooled.texts;
  if (std::exchange(context.model.pooled.revision, context.model.revision) != context.model.revision) pooled.clear();
  std::erase_if(pooled, [&](const auto& entry) { return std::ranges::find(texts, entry.first) == texts.end(); });
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (pooled.contains(texts[i])) continue;
    if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
    if (context.on_progress) context.on_progress({.stage = "embed", .file = texts[i], .loaded_bytes = static_cast<std::int64_t>(i), .total_bytes = static_cast<std::int64_t>(texts.size())});
    auto one = co_await read_text(context, texts[i]);
    if (!one) co_return std::unexpected(one.error());
    pooled.emplace(texts[i], std::move(*one));
  }
  co_return Result<void>{};
}

struct Choice {
  std::size_t state = 0;
  std::size_t pooling = 0;  // index into PooledText::states[state]
};

// [text, hidden] f32
Tensor gather(const std::map<std::string, PooledText>& pooled, const std::vector<std::string>& texts, Choice choice) {
  std::vector<float> values;
  for (const std::string& text : texts) {
    const std::vector<float>& vector = pooled.at(text).states[choice.state][choice.pooling];
    values.insert(values.end(), vector.begin(), vector.end());
  }
  const auto rows = static_cast<std::int64_t>(texts.size());
  return Tensor::of<float>({rows, static_cast<std::int64_t>(values.size()) / rows}, values);
}

std::vector<float> as_float(std::span<const double> values, std::size_t from = 0, std::size_t stride = 1) {
  std::vector<float> out;
  for (std::size_t i = from; i < values.size(); i += stride) out.push_back(static_cast<float>(values[i]));
  return out;
}

Task<Result<void>> place_by_tsne(Context& context, const protocol::Space& request, const Tensor& units, protocol::SpaceMap& out) {
  const std::size_t n = request.items.size();
  out.perplexity = std::clamp(request.perplexity, 1.0, std::max(1.0, static_cast<double>(n - 1) / 3));
  analysis::Tsne tsne(analysis::squared_distances(units.view<float>()), n, {.perplexity = out.perplexity, .seed = request.seed});
  while (!tsne.done()) {
    if (context.on_progress) context.on_progress({.stage = "tsne", .file = {}, .loaded_bytes = tsne.iteration(), .total_bytes = analysis::Tsne::kIterations});
    co_await context.services.clock.pause();
    if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
    for (std::int64_t i = 0; i < kStepsAtOnce && !tsne.done(); ++i) tsne.step();
  }
  out.x = as_float(tsne.positions(), 0, 2);
  out.y = as_float(tsne.positions(), 1, 2);
  out.divergence = tsne.nats();
  out.iterations = tsne.iteration();
  co_return Result<void>{};
}

void compare(const Tensor& points, protocol::SpaceMap& out) {
  const Tensor cosines = analysis::cosine_similarities(points.view<float>(), points.view<float>());
  const auto n = static_cast<std::size_t>(points.shape()[0]);
  for (std::size_t i = 0; i < n; ++i) {
    const TensorView<float> row = cosines.view<float>().outer(i);
    out.similarity.emplace_back(row.data().begin(), row.data().end());
  }
}

// As Embed does: what the repository asks for (1_Pooling/config.json), else what the family's users take.
Pooling usual_pooling(const LoadedModel& model) {
  switch (model.config.pooling) {
    case model::Pooling::first_token: return Pooling::first;
    case model::Pooling::last_token: return Pooling::last;
    case model::Pooling::mean: return Pooling::mean;
    default: return model.family == Family::decoder ? Pooling::last : Pooling::mean;
  }
}

Result<Choice> choose(const Context& context, const protocol::Space& request) {
  const std::map<std::string, PooledText>& pooled = context.model.pooled.texts;
  const auto last = static_cast<std::int64_t>(pooled.begin()->second.states.size()) - 1;
  Pooling pooling = request.pooling;
  if (pooling == Pooling::usual) pooling = usual_pooling(context.model);
  if (pooling == Pooling::first && !std::ranges::all_of(pooled, [](const auto& entry) { return entry.second.has_first; })) {
    return fail(ErrorCode::invalid_argument, "This model puts no token of its own in front of a text (a [CLS]): choose another way to make one vector.");
  }
  return Choice{static_cast<std::size_t>(std::min(request.layer.value_or(last), last)), static_cast<std::size_t>(pooling) - 1};
}

}  // namespace

Task<Result<protocol::SpaceMap>> space(Context& context, protocol::Space request) {
  if (request.items.empty()) co_return fail(ErrorCode::empty_input, "There is nothing to place: the list is empty.");
  if (request.items.size() > static_cast<std::size_t>(protocol::kMaxSpaceItems)) {
    co_return fail(ErrorCode::invalid_argument, "The list has " + std::to_string(request.items.size()) + " texts; at most " + std::to_string(protocol::kMaxSpaceItems) + " are placed.");
  }
  std::vector<std::string> texts = request.items;
  if (!request.question.empty()) texts.push_back(request.question);
  if (auto done = co_await read_all(context, texts); !done) co_return std::unexpected(done.error());
  const auto choice = choose(context, request);
  if (!choice) co_return std::unexpected(choice.error());

  const std::map<std::string, PooledText>& pooled = context.model.pooled.texts;
  const Tensor points = gather(pooled, request.items, *choice);
  protocol::SpaceMap out;
  out.items = request.items;
  out.pooling = protocol::pooling_name(static_cast<Pooling>(choice->pooling + 1));
  out.layer = static_cast<std::int64_t>(choice->state);
  out.layers = static_cast<std::int64_t>(pooled.begin()->second.states.size()) - 1;
  out.hidden = points.shape()[1];
  for (std::size_t i = 0; i < request.items.size(); ++i) {
    const PooledText& text = pooled.at(request.items[i]);
    out.tokens.push_back(text.tokens);
    if (text.cut) out.cut.push_back(static_cast<std::int64_t>(i));
  }
  compare(points, out);
  if (!request.question.empty()) {
    const std::vector<std::string> one(1, request.question);
    const Tensor question = gather(pooled, one, *choice);
    const Tensor scores = analysis::cosine_similarities(question.view<float>(), points.view<float>());
    out.scores.assign(scores.view<float>().data().begin(), scores.view<float>().data().end());
  }
  const Tensor units = analysis::unit_length(points.view<float>());
  // Two points have no neighbourhood; their line says all.
  const bool tsne = request.projection == protocol::Projection::tsne && request.items.size() > 3;
  out.projection = protocol::projection_name(tsne ? protocol::Projection::tsne : protocol::Projection::pca);
  if (tsne) {
    if (auto placed = co_await place_by_tsne(context, request, units, out); !placed) co_return std::unexpected(placed.error());
    co_return out;
  }
  const analysis::Plane plane = analysis::principal_components(units.view<float>());
  out.x = as_float(plane.x);
  out.y = as_float(plane.y);
  out.explained = plane.explained;
  co_return out;
}

}  // namespace trilens::lab
