// Who looks at whom: the probabilities that the runtime computed, one head of one layer, their mean, or the rollout.
#include <utility>

#include "analysis/attention_mean.hpp"
#include "lab/attention_maps.hpp"
#include "lab/experiments.hpp"
#include "lab/sides.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using protocol::AttentionKind;

std::vector<std::vector<float>> rows_of(const TensorView<float>& map) {
  std::vector<std::vector<float>> values;
  for (std::size_t row = 0; std::cmp_less(row, map.shape()[0]); ++row) {
    const std::span<const float> line = map.outer(row).data();
    values.emplace_back(line.begin(), line.end());
  }
  return values;
}

// What has reached each position after one layer; absent: after the last.
Task<Result<std::vector<std::vector<float>>>> rolled_out(Context& context, const Sides& sides, AttentionKind kind, std::optional<std::int64_t> layer) {
  auto reached = co_await attention_rollout(context, sides, kind);
  if (!reached) co_return std::unexpected(reached.error());
  co_return rows_of(reached->view<float>().outer(static_cast<std::size_t>(layer.value_or(reached->shape()[0] - 1))));
}

// One head's numbers are the runtime's own, to the bit.
Task<Result<std::vector<std::vector<float>>>> combined(Context& context, const Sides& sides, const protocol::Attention& request) {
  auto layers = co_await attention_layers(context, sides, request.kind, request.layer);
  if (!layers) co_return std::unexpected(layers.error());
  std::vector<TensorView<float>> views;
  for (const Tensor& layer : *layers) views.push_back(layer.view<float>());
  // One layer was fetched, or all of them: either way the mean over what is here is what was asked for.
  const auto map = analysis::attention_map(views, {.layer = std::nullopt, .head = request.head});
  if (!map) co_return std::unexpected(map.error());
  co_return rows_of(map->view<float>());
}

// Awaited in two statements: GCC 12 destroys both tasks of a conditional expression.
Task<Result<std::vector<std::vector<float>>>> values_of(Context& context, const Sides& sides, const protocol::Attention& request) {
  if (request.rollout) co_return co_await rolled_out(context, sides, request.kind, request.layer);
  co_return co_await combined(context, sides, request);
}

std::vector<std::string> spellings(const std::vector<protocol::Piece>& pieces) {
  std::vector<std::string> out;
  for (const protocol::Piece& piece : pieces) out.push_back(piece.text);
  return out;
}

}  // namespace

Task<Result<protocol::AttentionMap>> attention(Context& context, protocol::Attention request) {
  const LoadedModel& model = context.model;
  const auto layers = attention_layer_count(model, request.kind);
  if (!layers) co_return std::unexpected(layers.error());
  const bool encoders = model.encoder != nullptr && request.kind == AttentionKind::self;
  const std::int64_t heads = encoders ? model.config.heads : model.config.decoder_heads;
  if (auto fits = check_index("layer", request.layer, *layers); !fits) co_return std::unexpected(fits.error());
  if (auto fits = check_index("head", request.head, heads); !fits) co_return std::unexpected(fits.error());
  auto text = request.as_read ? text_as_read(model, request.text) : text_to_the_letter(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  const bool in_decoder = reads_output(model, request.kind);
  auto sides = co_await take_sides(context, std::move(*text), in_decoder, request.target);
  if (!sides) co_return std::unexpected(sides.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());

  auto values = co_await values_of(context, *sides, request);
  if (!values) co_return std::unexpected(values.error());

  protocol::AttentionMap out;
  out.row_pieces = in_decoder ? sides->output_pieces : sides->text.pieces;
  out.column_pieces = request.kind == AttentionKind::decoder_self ? sides->output_pieces : sides->text.pieces;
  out.rows = spellings(out.row_pieces);
  out.columns = spellings(out.column_pieces);
  out.values = std::move(*values);
  out.layers = *layers;
  out.heads = heads;
  co_return out;
}

}  // namespace trilens::lab
