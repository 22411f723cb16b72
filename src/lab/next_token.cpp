// What comes next: the decoder's distribution after the last token.
#include "lab/experiments.hpp"
#include "lab/text.hpp"

namespace trilens::lab {

Task<Result<protocol::NextTokens>> next_token(Context& context, protocol::NextToken request) {
  LoadedModel& model = context.model;
  if (model.family == Family::encoder) {
    co_return fail(ErrorCode::unsupported_task,
                   "An encoder has no next token: it reads the whole text at once and can only fill a blank in it. Use fill_mask.");
  }
  auto text = text_to_the_letter(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  std::optional<Source> source;
  Ids ids = std::move(text->ids);
  if (model.family == Family::encoder_decoder) {
    auto encoded = co_await encode_source(model, std::move(ids));
    if (!encoded) co_return std::unexpected(encoded.error());
    source.emplace(std::move(*encoded));
    ids = decoder_text(model, request.target).ids;
  }
  DecoderRun run(model, context.services.runtime, std::move(source));
  auto logits = co_await run.step(std::move(ids));
  if (!logits) co_return std::unexpected(logits.error());
  std::vector<std::uint32_t> last{logits->last()};
  auto rows = co_await context.services.runtime.row_statistics(logits->values, std::move(last), static_cast<std::uint32_t>(request.top_k));
  if (!rows) co_return std::unexpected(rows.error());
  co_return protocol::NextTokens{candidates(model, rows->front()), bits(double{rows->front().entropy_nats})};
}

}  // namespace trilens::lab
