// One vector for a text, pooled as the family's users do it: the mean of the last hidden states for what reads both ways
// (Reimers and Gurevych 2019, Sentence-BERT; Ni et al. 2022, Sentence-T5), the last token's for a decoder, the only one that
// has seen everything.
#include "analysis/pooling.hpp"
#include "lab/experiments.hpp"
#include "lab/text.hpp"

namespace trilens::lab {

Task<Result<protocol::Embedded>> embed(Context& context, protocol::Embed request) {
  LoadedModel& model = context.model;
  auto text = text_to_the_letter(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  const bool decoder = model.family == Family::decoder;
  const std::int64_t layers = decoder ? model.decoder_layers : model.encoder_layers;
  if (layers == 0) co_return fail(ErrorCode::model_unsupported, "The hidden states of this model could not be opened.");
  std::vector<std::string> names{"hidden." + std::to_string(layers)};
  auto states = co_await (decoder ? decoder_taps(model, nullptr, text->ids, names) : encoder_taps(model, text->ids, names));
  if (!states) co_return std::unexpected(states.error());
  const TensorView<float> last = states->front().view<float>().outer(0);  // [token, hidden] f32
  if (decoder) co_return protocol::Embedded{analysis::last_token(last), "last_token"};
  co_return protocol::Embedded{analysis::mean_over_tokens(last), "mean"};
}

}  // namespace trilens::lab
