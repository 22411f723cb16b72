#include "lab/forward.hpp"

#include <algorithm>
#include <utility>

#include "lab/inputs.hpp"

namespace trilens::lab {
namespace {

void give_encoder_inputs(const LoadedModel& model, Inputs& in, const Ids& ids, std::size_t second = SIZE_MAX) {
  const auto n = static_cast<std::int64_t>(ids.size());
  in.give("input_ids", ids_tensor(ids, 1));
  in.give("attention_mask", filled_tensor(1, n, 1));
  Tensor types = filled_tensor(1, n, 0);
  for (std::size_t i = second; i < ids.size(); ++i) types.data<std::int64_t>()[i] = 1;
  in.give("token_type_ids", std::move(types));
  in.give("position_ids", positions_tensor(1, n, model.config.first_position));
  give_switches(in, model.encoder_facts.switches, model.switches, {.queries = n}, model.config.heads);
}

Task<Result<infer::RemoteTensor>> one_remote(infer::Session& session, const Inputs& in, std::string name) {
  std::vector<std::string> fetches{std::move(name)};
  auto out = co_await session.run(in.feeds(), std::move(fetches));
  if (!out) co_return std::unexpected(out.error());
  co_return std::get<infer::RemoteTensor>(std::move(out->front()));
}

// Taps come back as tensors of ours: they were not named among the session's remote outputs.
Task<Result<std::vector<Tensor>>> local(infer::Session& session, const Inputs& in, std::vector<std::string> names) {
  auto out = co_await session.run(in.feeds(), std::move(names));
  if (!out) co_return std::unexpected(out.error());
  std::vector<Tensor> tensors;
  tensors.reserve(out->size());
  for (infer::Value& value : *out) tensors.push_back(std::get<Tensor>(std::move(value)));
  co_return tensors;
}

void give_decoder_inputs(const LoadedModel& model, Inputs& in, const Source* source, const Ids& ids) {
  const auto n = static_cast<std::int64_t>(ids.size());
  in.give("input_ids", ids_tensor(ids, 1));
  if (source != nullptr) {
    in.give("encoder_attention_mask", filled_tensor(1, source->length, 1));
    in.lend("encoder_hidden_states", source->states);
  } else {
    in.give("attention_mask", filled_tensor(1, n, 1));
    in.give("position_ids", positions_tensor(1, n, 0));
  }
  in.give("use_cache_branch", flag_tensor(false));
  for (const model::CacheEntry& entry : model.cache.entries) in.give(entry.input, Tensor::f32(model.cache.empty_shape(entry, 1)));
  give_switches(in, model.decoder_facts.switches, model.switches, {.queries = n, .past = 0, .source = source == nullptr ? 0 : source->length},
                model.config.decoder_heads);
}

}  // namespace

Task<Result<infer::RemoteTensor>> encoder_logits(LoadedModel& model, Ids ids, std::size_t second) {
  Inputs in(*model.encoder);
  give_encoder_inputs(model, in, ids, second);
  co_return co_await one_remote(*model.encoder, in, model.head_output);
}

Task<Result<Source>> encode_source(LoadedModel& model, Ids ids) {
  Inputs in(*model.encoder);
  give_encoder_inputs(model, in, ids);
  auto states = co_await one_remote(*model.encoder, in, "last_hidden_state");
  if (!states) co_return std::unexpected(states.error());
  co_return Source{std::move(*states), static_cast<std::int64_t>(ids.size())};
}

Task<Result<Tensor>> last_states(LoadedModel& model, infer::Runtime& runtime, Ids ids) {
  const bool decoder = model.family == Family::decoder;
  const std::string tap = "hidden." + std::to_string(decoder ? model.decoder_layers : model.encoder_layers);
  if (std::ranges::find(model.summary.taps, tap) != model.summary.taps.end()) {
    std::vector<std::string> names(1, tap);
    const auto taps = [&] { return decoder ? decoder_taps(model, nullptr, ids, names) : encoder_taps(model, ids, names); };
    auto states = co_await taps();
    if (!states) co_return std::unexpected(states.error());
    co_return std::move(states->front());
  }
  if (decoder || std::ranges::find(model.encoder->outputs(), "last_hidden_state") == model.encoder->outputs().end()) {
    co_return fail(ErrorCode::model_unsupported, "The hidden states of this model could not be opened.");
  }
  Inputs in(*model.encoder);
  give_encoder_inputs(model, in, ids);
  auto states = co_await one_remote(*model.encoder, in, "last_hidden_state");
  if (!states) co_return std::unexpected(states.error());
  co_return co_await runtime.read(*states);
}

Task<Result<std::vector<Tensor>>> encoder_taps(LoadedModel& model, Ids ids, std::vector<std::string> names) {
  Inputs in(*model.encoder);
  give_encoder_inputs(model, in, ids);
  co_return co_await local(*model.encoder, in, std::move(names));
}

Task<Result<infer::RemoteTensor>> decoder_logits(LoadedModel& model, const Source* source, Ids ids) {
  Inputs in(*model.decoder);
  give_decoder_inputs(model, in, source, ids);
  co_return co_await one_remote(*model.decoder, in, "logits");
}

Task<Result<std::vector<Tensor>>> decoder_taps(LoadedModel& model, const Source* source, Ids ids, std::vector<std::string> names) {
  Inputs in(*model.decoder);
  give_decoder_inputs(model, in, source, ids);
  co_return co_await local(*model.decoder, in, std::move(names));
}

}  // namespace trilens::lab
