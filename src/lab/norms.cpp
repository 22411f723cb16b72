// How long each position's vector is after each block, and how much the block turned it.
#include <algorithm>
#include <utility>

#include "analysis/norms.hpp"
#include "lab/experiments.hpp"
#include "lab/sides.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

Task<Result<protocol::NormsStack>> stack_of(Context& context, const Sides& sides, std::string id) {
  const std::vector<std::string> names = state_names(context.model, sides.in_decoder);
  if (names.empty()) co_return fail(ErrorCode::model_unsupported, "The hidden states of this model could not be opened, so there is nothing to measure.");
  auto states = co_await taps_of(context, sides, names);
  if (!states) co_return std::unexpected(states.error());
  protocol::NormsStack out;
  out.id = std::move(id);
  for (std::size_t s = 0; s < states->size(); ++s) {
    const TensorView<float> now = (*states)[s].view<float>().outer(0);
    out.norms.push_back(analysis::norms(now));
    if (s > 0) out.cosine.push_back(analysis::row_cosines((*states)[s - 1].view<float>().outer(0), now));
  }
  co_return out;
}

}  // namespace

Task<Result<protocol::NormsTable>> norms(Context& context, protocol::Norms request) {
  const LoadedModel& model = context.model;
  auto text = text_as_read(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  const bool both = model.family == Family::encoder_decoder;
  Sides sides{.text = std::move(*text), .in_decoder = false, .output = {}, .output_pieces = {}};
  Ids& behind = both ? sides.output : sides.text.ids;
  if (both) behind = decoder_prompt(model);
  if (model.family != Family::encoder) behind.insert(behind.end(), request.written.begin(), request.written.end());
  const auto limit = static_cast<std::size_t>(model.summary.max_tokens);
  if (behind.size() > limit && !(both && model.config.relative_positions)) {
    co_return fail(ErrorCode::invalid_argument, "The text and what is written behind it take " + std::to_string(behind.size()) + " positions; this model has " +
                                                    std::to_string(limit) + ".");
  }
  protocol::NormsTable out;
  auto first = co_await stack_of(context, sides, model.family == Family::decoder ? "decoder" : "encoder");
  if (!first) co_return std::unexpected(first.error());
  out.stacks.push_back(std::move(*first));
  if (!both) co_return out;
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  sides.in_decoder = true;
  auto second = co_await stack_of(context, sides, "decoder");
  if (!second) co_return std::unexpected(second.error());
  out.stacks.push_back(std::move(*second));
  co_return out;
}

}  // namespace trilens::lab
