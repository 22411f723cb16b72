// Who looks at whom: the probabilities that the runtime computed, one head of one layer, or their mean.
#include <utility>

#include "analysis/attention_mean.hpp"
#include "lab/experiments.hpp"
#include "lab/sides.hpp"
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

}  // namespace

Task<Result<protocol::AttentionMap>> attention(Context& context, protocol::Attention request) {
  const LoadedModel& model = context.model;
  const std::int64_t layers = layers_of(model, request.kind);
  if (auto fits = check_kind(model, request.kind); !fits) co_return std::unexpected(fits.error());
  if (layers == 0) co_return fail(ErrorCode::model_unsupported, "The attention of this model could not be opened: its file hides it in fused operators.");
  const bool encoders = model.encoder != nullptr && request.kind == AttentionKind::self;
  const std::int64_t heads = encoders ? model.config.heads : model.config.decoder_heads;
  if (auto fits = check_index("layer", request.layer, layers); !fits) co_return std::unexpected(fits.error());
  if (auto fits = check_index("head", request.head, heads); !fits) co_return std::unexpected(fits.error());
  auto text = request.as_read ? text_as_read(model, request.text) : text_to_the_letter(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  const bool in_decoder = model.family == Family::encoder_decoder && request.kind != AttentionKind::self;
  auto sides = co_await take_sides(context, std::move(*text), in_decoder, request.target);
  if (!sides) co_return std::unexpected(sides.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());

  auto maps = co_await taps_of(context, *sides, tap_names(request.kind, request.layer, layers));
  if (!maps) co_return std::unexpected(maps.error());
  auto values = combine(*maps, request.head);
  if (!values) co_return std::unexpected(values.error());

  protocol::AttentionMap out;
  out.row_pieces = in_decoder ? sides->output_pieces : sides->text.pieces;
  out.column_pieces = request.kind == AttentionKind::decoder_self ? sides->output_pieces : sides->text.pieces;
  out.rows = spellings(out.row_pieces);
  out.columns = spellings(out.column_pieces);
  out.values = std::move(*values);
  out.layers = layers;
  out.heads = heads;
  co_return out;
}

}  // namespace trilens::lab
