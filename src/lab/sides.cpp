#include "lab/sides.hpp"

#include <utility>

#include "lab/generation.hpp"

namespace trilens::lab {

Task<Result<Sides>> take_sides(Context& context, ModelText text, bool in_decoder, std::optional<std::string> target) {
  const LoadedModel& model = context.model;
  Sides sides{.text = std::move(text), .in_decoder = in_decoder, .output = {}, .output_pieces = {}};
  if (!in_decoder) co_return sides;
  if (target) {
    ModelText written = decoder_text(model, *target);
    sides.output = std::move(written.ids);
    sides.output_pieces = std::move(written.pieces);
  } else {
    auto output = co_await greedy_output(context, sides.text.ids);
    if (!output) co_return std::unexpected(output.error());
    sides.output_pieces = output_pieces(model, *output);
    sides.output = std::move(*output);
  }
  co_return sides;
}

std::vector<std::string> state_names(const LoadedModel& model, bool in_decoder) {
  const bool only_decoder = model.family == Family::decoder;
  const std::int64_t layers = in_decoder || only_decoder ? model.decoder_layers : model.encoder_layers;
  std::vector<std::string> names;
  for (std::int64_t i = 0; layers > 0 && i <= layers; ++i) names.push_back((in_decoder ? "decoder_hidden." : "hidden.") + std::to_string(i));
  return names;
}

Task<Result<std::vector<Tensor>>> taps_of(Context& context, const Sides& sides, std::vector<std::string> names) {
  LoadedModel& model = context.model;
  if (!sides.in_decoder) {
    if (model.family == Family::decoder) co_return co_await decoder_taps(model, nullptr, sides.text.ids, std::move(names));
    co_return co_await encoder_taps(model, sides.text.ids, std::move(names));
  }
  auto source = co_await encode_source(model, sides.text.ids);
  if (!source) co_return std::unexpected(source.error());
  co_return co_await decoder_taps(model, &*source, sides.output, std::move(names));
}

}  // namespace trilens::lab
