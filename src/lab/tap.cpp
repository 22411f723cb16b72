// Any inner value of a model by its name, as the runtime computed it: for teachers' scripts, and for whoever checks us.
#include <algorithm>
#include <utility>

#include "lab/experiments.hpp"
#include "lab/sides.hpp"

namespace trilens::lab {
namespace {

bool of_decoder(const LoadedModel& model, std::string_view tap) {
  return model.family == Family::encoder_decoder && (tap.starts_with("decoder_") || tap.starts_with("cross."));
}

}  // namespace

Task<Result<protocol::TapValues>> tap(Context& context, protocol::Tap request) {
  const LoadedModel& model = context.model;
  if (std::ranges::find(model.summary.taps, request.tap) == model.summary.taps.end()) {
    co_return fail(ErrorCode::invalid_argument, "This model has no tap \"" + request.tap + "\"; `load` answers with the list of those it has.");
  }
  auto text = text_to_the_letter(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  auto sides = co_await take_sides(context, std::move(*text), of_decoder(model, request.tap), request.target);
  if (!sides) co_return std::unexpected(sides.error());
  std::vector<std::string> names(1, request.tap);
  auto tensors = co_await taps_of(context, *sides, std::move(names));
  if (!tensors) co_return std::unexpected(tensors.error());
  const TensorView<float> values = tensors->front().view<float>();
  co_return protocol::TapValues{values.shape(), {values.data().begin(), values.data().end()}};
}

}  // namespace trilens::lab
