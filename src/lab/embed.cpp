// One vector for a text, pooled as the family's users do it: the mean of the last hidden states for what reads both ways
// (Reimers and Gurevych 2019, Sentence-BERT; Ni et al. 2022, Sentence-T5), the last token's for a decoder, the only one that
// has seen everything.
#include "analysis/pooling.hpp"
#include "lab/experiments.hpp"
#include "lab/forward.hpp"
#include "lab/text.hpp"

namespace trilens::lab {

Task<Result<protocol::Embedded>> embed(Context& context, protocol::Embed request) {
  LoadedModel& model = context.model;
  auto text = text_to_the_letter(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  const bool decoder = model.family == Family::decoder;
  if (model.config.pooling == model::Pooling::other) {
    co_return fail(ErrorCode::unsupported_task,
                   "This model asks for a way of pooling (1_Pooling/config.json) that is not known here; the mean of all pieces, the "
                   "first and the last piece are.");
  }
  auto states = co_await last_states(model, context.services.runtime, text->ids);
  if (!states) co_return std::unexpected(states.error());
  const TensorView<float> last = states->view<float>().outer(0);  // [token, hidden] f32
  const auto usual = decoder ? model::Pooling::last_token : model::Pooling::mean;
  switch (model.config.pooling == model::Pooling::usual ? usual : model.config.pooling) {
    case model::Pooling::first_token:
      co_return protocol::Embedded{analysis::first_token(last), "first_token"};
    case model::Pooling::last_token:
      co_return protocol::Embedded{analysis::last_token(last), "last_token"};
    default:
      co_return protocol::Embedded{analysis::mean_over_tokens(last), "mean"};
  }
}

}  // namespace trilens::lab
