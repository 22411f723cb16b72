// What stands in the blank: the mask token's row of an encoder, the first token after each sentinel of an encoder-decoder.
#include <utility>

#include "lab/experiments.hpp"
#include "lab/fill.hpp"
#include "lab/text.hpp"

namespace trilens::lab {

Task<Result<protocol::Filled>> fill_mask(Context& context, protocol::FillMask request) {
  LoadedModel& model = context.model;
  if (std::string reason = no_fill_reason(model); !reason.empty()) co_return fail(ErrorCode::unsupported_task, std::move(reason));
  auto text = text_with_blanks(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  std::vector<std::size_t> positions = blank_positions(model, text->ids);
  if (positions.empty()) {
    const std::string form = model.forms.sentinel_prefix.empty() ? model.forms.mask : model.forms.sentinel_prefix + "0>";
    const std::string where = text->cut ? " in the part of the text that fits the model" : " in the text";
    co_return fail(ErrorCode::no_blank, "There is no blank" + where + ": write ___ or " + form + " where a word is missing.");
  }
  const auto top_k = static_cast<std::uint32_t>(request.top_k);
  auto fills = co_await fill_blanks(context, text->ids, std::move(positions), top_k);
  if (!fills) co_return std::unexpected(fills.error());
  protocol::Filled out{.masks = {}, .text = text->prompt};
  for (const FilledBlank& blank : fills->blanks) {
    out.masks.push_back({static_cast<std::int64_t>(blank.position), candidates(model, blank.first), bits(double{blank.first.entropy_nats})});
  }
  co_return out;
}

}  // namespace trilens::lab
