// Who looks at whom: the probabilities that the runtime computed, one head of one layer, or their mean.
#include <algorithm>
#include <utility>

#include "analysis/attention_mean.hpp"
#include "lab/experiments.hpp"
#include "lab/generation.hpp"
#include "lab/text.hpp"

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

Result<void> check_index(const char* name, std::optional<std::int64_t> index, std::int64_t count) {
  if (!index || *index < count) return {};
  return fail(ErrorCode::invalid_argument, "`" + std::string(name) + "` is " + std::to_string(*index) + "; this model has " +
                                               std::to_string(count) + ", so it must be from 0 to " + std::to_string(count - 1) + ".");
}

std::int64_t layers_of(const LoadedModel& model, AttentionKind kind) {
  const bool encoder = model.encoder != nullptr && kind == AttentionKind::self;
  return encoder ? model.encoder_layers : model.decoder_layers;
}

std::vector<std::string> tap_names(AttentionKind kind, std::optional<std::int64_t> layer, std::int64_t layers) {
  std::vector<std::string> names;
  for (std::int64_t i = layer.value_or(0); i < (layer ? *layer + 1 : layers); ++i) {
    names.push_back(std::string(protocol::attention_kind_name(kind)) + "." + std::to_string(i) + ".probabilities");
  }
  return names;
}

// [1, head, query, key] of each layer -> [query][key]; one head's numbers are the runtime's own, to the bit.
Result<std::vector<std::vector<float>>> combine(const std::vector<Tensor>& layers, std::optional<std::int64_t> head) {
  std::vector<TensorView<float>> views;
  for (const Tensor& layer : layers) views.push_back(layer.view<float>());
  // One layer was fetched, or all of them: either way the mean over what is here is what was asked for.
  const auto map = analysis::attention_map(views, {.layer = std::nullopt, .head = head});
  if (!map) return std::unexpected(map.error());
  const TensorView<float> cells = map->view<float>();
  std::vector<std::vector<float>> values;
  for (std::size_t row = 0; std::cmp_less(row, cells.shape()[0]); ++row) {
    const std::span<const float> line = cells.outer(row).data();
    values.emplace_back(line.begin(), line.end());
  }
  return values;
}

std::vector<std::string> spellings(const std::vector<protocol::Piece>& pieces) {
  std::vector<std::string> out;
  for (const protocol::Piece& piece : pieces) out.push_back(piece.text);
  return out;
}

struct Sides {
  ModelText text;
  Ids output;                                  // encoder-decoder
  std::vector<protocol::Piece> output_pieces;  // encoder-decoder
};

// The text, and for an encoder-decoder what its decoder reads.
Task<Result<Sides>> both_sides(Context& context, const protocol::Attention& request) {
  const LoadedModel& model = context.model;
  auto text = request.as_read ? text_as_read(model, request.text) : text_to_the_letter(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  Sides sides{.text = std::move(*text), .output = {}, .output_pieces = {}};
  if (model.family != Family::encoder_decoder || request.kind == AttentionKind::self) co_return sides;
  if (request.target) {
    ModelText target = decoder_text(model, *request.target);
    sides.output = std::move(target.ids);
    sides.output_pieces = std::move(target.pieces);
  } else {
    auto output = co_await greedy_output(context, sides.text.ids);
    if (!output) co_return std::unexpected(output.error());
    sides.output_pieces = output_pieces(model, *output);
    sides.output = std::move(*output);
  }
  co_return sides;
}

Task<Result<std::vector<Tensor>>> maps_of(Context& context, const Sides& sides, AttentionKind kind, std::vector<std::string> names) {
  LoadedModel& model = context.model;
  if (model.encoder != nullptr && kind == AttentionKind::self) co_return co_await encoder_taps(model, sides.text.ids, std::move(names));
  if (model.family == Family::decoder) co_return co_await decoder_taps(model, nullptr, sides.text.ids, std::move(names));
  auto source = co_await encode_source(model, sides.text.ids);
  if (!source) co_return std::unexpected(source.error());
  co_return co_await decoder_taps(model, &*source, sides.output, std::move(names));
}

}  // namespace

Task<Result<protocol::AttentionMap>> attention(Context& context, protocol::Attention request) {
  const LoadedModel& model = context.model;
  const std::int64_t layers = layers_of(model, request.kind);
  if (auto fits = check_kind(model, request.kind); !fits) co_return std::unexpected(fits.error());
  if (layers == 0) co_return fail(ErrorCode::model_unsupported, "The attention of this model could not be opened: its file hides it in fused operators.");
  if (auto fits = check_index("layer", request.layer, layers); !fits) co_return std::unexpected(fits.error());
  if (auto fits = check_index("head", request.head, model.config.heads); !fits) co_return std::unexpected(fits.error());
  auto sides = co_await both_sides(context, request);
  if (!sides) co_return std::unexpected(sides.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());

  auto maps = co_await maps_of(context, *sides, request.kind, tap_names(request.kind, request.layer, layers));
  if (!maps) co_return std::unexpected(maps.error());
  auto values = combine(*maps, request.head);
  if (!values) co_return std::unexpected(values.error());

  protocol::AttentionMap out;
  out.row_pieces = sides->output.empty() ? sides->text.pieces : sides->output_pieces;
  out.column_pieces = request.kind == AttentionKind::decoder_self ? sides->output_pieces : sides->text.pieces;
  out.rows = spellings(out.row_pieces);
  out.columns = spellings(out.column_pieces);
  out.values = std::move(*values);
  out.layers = layers;
  out.heads = model.config.heads;
  co_return out;
}

}  // namespace trilens::lab
