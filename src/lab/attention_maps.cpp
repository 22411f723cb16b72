#include "lab/attention_maps.hpp"

#include <algorithm>
#include <utility>

#include "analysis/attention_mean.hpp"
#include "analysis/rollout.hpp"

namespace trilens::lab {
namespace {

using protocol::AttentionKind;

Result<void> check_kind(const LoadedModel& model, AttentionKind kind) {
  if (model.family == Family::encoder_decoder || kind == AttentionKind::self) return {};
  const bool cross = kind == AttentionKind::cross;
  if (model.family == Family::encoder) {
    return fail(ErrorCode::unsupported_task, cross ? "An encoder has no cross-attention: there is no second text that it could look at."
                                                   : "An encoder has no decoder self-attention: ask for kind \"self\".");
  }
  return fail(ErrorCode::unsupported_task, cross ? "A decoder alone has no cross-attention: there is no encoder that it could look at."
                                                 : "A decoder alone calls its attention \"self\": ask for that kind.");
}

// Layers of [1, head, query, key] -> their heads' means [layer, query, key]
Result<Tensor> means_of(const std::vector<Tensor>& layers) {
  Tensor out;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const auto mean = analysis::mean_over_heads(layers[l].view<float>());
    if (!mean) return std::unexpected(mean.error());
    if (l == 0) out = Tensor::f32({static_cast<std::int64_t>(layers.size()), mean->shape()[1], mean->shape()[2]});
    if (mean->size() * layers.size() != out.size()) return fail(ErrorCode::internal, "The layers' attention has different shapes.");
    std::ranges::copy(mean->data<float>(), out.data<float>().subspan(l * mean->size()).begin());
  }
  return out;
}

Task<Result<Tensor>> means(Context& context, const Sides& sides, AttentionKind kind) {
  auto layers = co_await attention_layers(context, sides, kind, std::nullopt);
  if (!layers) co_return std::unexpected(layers.error());
  co_return means_of(*layers);
}

}  // namespace

Result<std::int64_t> attention_layer_count(const LoadedModel& model, AttentionKind kind) {
  if (auto fits = check_kind(model, kind); !fits) return std::unexpected(fits.error());
  const bool encoder = model.encoder != nullptr && kind == AttentionKind::self;
  const std::int64_t layers = encoder ? model.encoder_layers : model.decoder_layers;
  if (layers == 0) return fail(ErrorCode::model_unsupported, "The attention of this model could not be opened: its file hides it in fused operators.");
  return layers;
}

Result<void> check_index(const char* name, std::optional<std::int64_t> index, std::int64_t count) {
  if (!index || *index < count) return {};
  return fail(ErrorCode::invalid_argument, "`" + std::string(name) + "` is " + std::to_string(*index) + "; this model has " +
                                               std::to_string(count) + ", so it must be from 0 to " + std::to_string(count - 1) + ".");
}

bool reads_output(const LoadedModel& model, AttentionKind kind) { return model.family == Family::encoder_decoder && kind != AttentionKind::self; }

Task<Result<std::vector<Tensor>>> attention_layers(Context& context, const Sides& sides, AttentionKind kind, std::optional<std::int64_t> layer) {
  const auto layers = attention_layer_count(context.model, kind);
  if (!layers) co_return std::unexpected(layers.error());
  std::vector<std::string> names;
  for (std::int64_t i = layer.value_or(0); i < (layer ? *layer + 1 : *layers); ++i) {
    names.push_back(std::string(protocol::attention_kind_name(kind)) + "." + std::to_string(i) + ".probabilities");
  }
  co_return co_await taps_of(context, sides, std::move(names));
}

Task<Result<Tensor>> attention_rollout(Context& context, const Sides& sides, AttentionKind kind) {
  Sides read = sides;  // what the encoder, or the only stack, reads
  read.in_decoder = false;
  auto first = co_await means(context, read, AttentionKind::self);
  if (!first) co_return std::unexpected(first.error());
  auto reached = analysis::rollout(first->view<float>());
  if (!reached || !reads_output(context.model, kind)) co_return reached;
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  auto self = co_await means(context, sides, AttentionKind::decoder_self);
  if (!self) co_return std::unexpected(self.error());
  auto cross = co_await means(context, sides, AttentionKind::cross);
  if (!cross) co_return std::unexpected(cross.error());
  const auto last = static_cast<std::size_t>(reached->shape()[0]) - 1;
  auto both = analysis::decoder_rollout(reached->view<float>().outer(last), self->view<float>(), cross->view<float>());
  if (!both) co_return std::unexpected(both.error());
  co_return kind == AttentionKind::cross ? std::move(both->text) : std::move(both->written);
}

}  // namespace trilens::lab
