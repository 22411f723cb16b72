#include "infer/recorded_models.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

namespace trilens::infer {
namespace {

// A table and the tokens that a row has seen: [batch, 1, position, 1] f32.
std::int64_t token_at(const Tensor& cache, std::int64_t row, std::int64_t position) {
  const std::int64_t length = cache.shape()[2];
  return std::lround(cache.data<float>()[static_cast<std::size_t>(row * length + position)]);
}

// The cache with the new tokens behind it.
Tensor grown(const Tensor& past, const Tensor& ids) {
  const std::int64_t rows = ids.shape()[0];
  const std::int64_t width = ids.shape()[1];
  const std::int64_t before = past.shape()[2];
  Tensor out = Tensor::f32({rows, 1, before + width, 1});
  const std::span<float> to = out.data<float>();
  std::size_t at = 0;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t p = 0; p < before; ++p) to[at++] = static_cast<float>(token_at(past, r, p));
    for (std::int64_t t = 0; t < width; ++t) to[at++] = static_cast<float>(ids.data<std::int64_t>()[static_cast<std::size_t>(r * width + t)]);
  }
  return out;
}

// [batch, width, vocabulary] for the last `width` positions of the cache; `shift[row]` is added to both tokens.
Tensor logits_of(const LogitTable& table, const Tensor& cache, std::int64_t width, const std::vector<std::int64_t>& shift) {
  const std::int64_t rows = cache.shape()[0];
  const std::int64_t length = cache.shape()[2];
  Tensor out = Tensor::f32({rows, width, table.vocabulary});
  auto to = out.data<float>().begin();
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t p = length - width; p < length; ++p) {
      const std::int64_t by = shift[static_cast<std::size_t>(r)];
      const std::int64_t last = (token_at(cache, r, p) + by) % table.vocabulary;
      const std::int64_t before = ((p > 0 ? token_at(cache, r, p - 1) : table.pad) + by) % table.vocabulary;
      const auto from = table.values.begin() + (before * table.vocabulary + last) * table.vocabulary;
      to = std::copy(from, from + table.vocabulary, to);
    }
  }
  return out;
}

Result<void> check_shape(const RecordedInputs& in, const std::string& name, const Shape& wanted) {
  const Shape& shape = in.at(name)->shape();
  if (shape == wanted) return {};
  return fail(ErrorCode::runtime_failed, "The input " + name + " has the shape " + shape_text(shape) + ", but " + shape_text(wanted) + " fits.");
}

Result<void> check_decoder_inputs(const RecordedInputs& in) {
  const Shape& ids = in.at("input_ids")->shape();
  const Tensor& past = *in.at("past_key_values.0.key");
  if (past.shape().size() != 4) return fail(ErrorCode::runtime_failed, "The cache has the shape " + shape_text(past.shape()) + ".");
  const std::int64_t before = past.shape()[2];
  if (auto fits = check_shape(in, "past_key_values.0.key", {ids[0], 1, before, 1}); !fits) return fits;
  if (auto fits = check_shape(in, "past_key_values.0.value", {ids[0], 1, before, 1}); !fits) return fits;
  if (auto fits = check_shape(in, "attention_mask", {ids[0], before + ids[1]}); !fits) return fits;
  if (auto fits = check_shape(in, "position_ids", ids); !fits) return fits;
  const std::span<const std::int64_t> positions = in.at("position_ids")->data<std::int64_t>();
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (positions[i] != before + static_cast<std::int64_t>(i) % ids[1]) return fail(ErrorCode::runtime_failed, "position_ids do not go on from the cache.");
  }
  return {};
}

// Every query looks equally at all tokens up to its own: [batch, 1, width, length].
Tensor even_attention(std::int64_t rows, std::int64_t width, std::int64_t length) {
  Tensor out = Tensor::f32({rows, 1, width, length});
  const std::span<float> to = out.data<float>();
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::int64_t key = static_cast<std::int64_t>(i) % length;
    const std::int64_t query = length - width + static_cast<std::int64_t>(i) / length % width;
    to[i] = key <= query ? 1.0F / static_cast<float>(query + 1) : 0.0F;
  }
  return out;
}

// The ids as numbers: [batch, sequence, 1].
Tensor as_states(const Tensor& ids) {
  Tensor out = Tensor::f32({ids.shape()[0], ids.shape()[1], 1});
  for (std::size_t i = 0; i < ids.size(); ++i) out.data<float>()[i] = static_cast<float>(ids.data<std::int64_t>()[i]);
  return out;
}

// Sum over everything but the first dimension.
std::vector<std::int64_t> row_sums(const Tensor& tensor) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(tensor.shape()[0]), 0);
  const std::size_t width = sums.empty() ? 0 : tensor.size() / sums.size();
  for (std::size_t i = 0; i < tensor.size(); ++i) sums[i / width] += std::lround(tensor.data<float>()[i]);
  return sums;
}

// [batch, source, 1] -> [batch, 1, source, 1]
Tensor as_cache(const Tensor& states) {
  Tensor out = Tensor::f32({states.shape()[0], 1, states.shape()[1], 1});
  std::ranges::copy(states.data<float>(), out.data<float>().begin());
  return out;
}

// What a decoder of an encoder-decoder says, given its own cache and that of the source.
NamedTensors answer_from_caches(const LogitTable& table, const Tensor& ids, const Tensor& past, const Tensor& cross) {
  const Shape& shape = ids.shape();
  Tensor cache = grown(past, ids);
  NamedTensors out;
  out["logits"] = logits_of(table, cache, shape[1], row_sums(cross));
  out["decoder_self.0.probabilities"] = even_attention(shape[0], shape[1], cache.shape()[2]);
  out["present.0.decoder.key"] = cache.clone();
  out["present.0.decoder.value"] = std::move(cache);
  return out;
}

Result<void> check_source(const RecordedInputs& in, std::int64_t rows) {
  const std::int64_t source = in.at("encoder_attention_mask")->shape()[1];
  if (auto fits = check_shape(in, "encoder_attention_mask", {rows, source}); !fits) return fits;
  return in.contains("encoder_hidden_states") ? check_shape(in, "encoder_hidden_states", {rows, source, 1}) : Result<void>{};
}

Result<NamedTensors> answer_encoder_decoder(const LogitTable& table, const RecordedInputs& in) {
  const Tensor& ids = *in.at("input_ids");
  const Shape& shape = ids.shape();
  const bool cached = in.at("use_cache_branch")->data<std::uint8_t>()[0] != 0;
  const Tensor& past = *in.at("past_key_values.0.decoder.key");
  const std::int64_t before = past.shape()[2];
  if (cached != (before > 0)) return fail(ErrorCode::runtime_failed, "use_cache_branch does not fit the cache.");
  if (auto fits = check_shape(in, "past_key_values.0.decoder.key", {shape[0], 1, before, 1}); !fits) return std::unexpected(fits.error());
  if (auto fits = check_source(in, shape[0]); !fits) return std::unexpected(fits.error());
  const std::int64_t source = in.at("encoder_attention_mask")->shape()[1];
  Tensor cross = cached ? in.at("past_key_values.0.encoder.key")->clone() : as_cache(*in.at("encoder_hidden_states"));
  if (cross.shape() != Shape{shape[0], 1, source, 1}) return fail(ErrorCode::runtime_failed, "The cross cache has the shape " + shape_text(cross.shape()) + ".");
  NamedTensors out = answer_from_caches(table, ids, past, cross);
  // The cached branch of a merged file hands out empty cross entries: those of the first step have to be kept.
  Tensor handed_out = cached ? Tensor::f32({0, 1, 1, 1}) : std::move(cross);
  out["present.0.encoder.key"] = handed_out.clone();
  out["present.0.encoder.value"] = std::move(handed_out);
  return out;
}

Result<NamedTensors> answer_first(const LogitTable& table, const RecordedInputs& in) {
  const Tensor& ids = *in.at("input_ids");
  if (auto fits = check_source(in, ids.shape()[0]); !fits) return std::unexpected(fits.error());
  Tensor cross = as_cache(*in.at("encoder_hidden_states"));
  NamedTensors out = answer_from_caches(table, ids, Tensor::f32({ids.shape()[0], 1, 0, 1}), cross);
  out["present.0.encoder.key"] = cross.clone();
  out["present.0.encoder.value"] = std::move(cross);
  return out;
}

Result<NamedTensors> answer_later(const LogitTable& table, const RecordedInputs& in) {
  const Tensor& ids = *in.at("input_ids");
  const std::int64_t rows = ids.shape()[0];
  const Tensor& past = *in.at("past_key_values.0.decoder.key");
  if (auto fits = check_source(in, rows); !fits) return std::unexpected(fits.error());
  if (past.shape()[2] == 0) return fail(ErrorCode::runtime_failed, "The second file was asked for the first step.");
  if (auto fits = check_shape(in, "past_key_values.0.decoder.key", {rows, 1, past.shape()[2], 1}); !fits) return std::unexpected(fits.error());
  const std::int64_t source = in.at("encoder_attention_mask")->shape()[1];
  if (auto fits = check_shape(in, "past_key_values.0.encoder.key", {rows, 1, source, 1}); !fits) return std::unexpected(fits.error());
  return answer_from_caches(table, ids, past, *in.at("past_key_values.0.encoder.key"));
}

}  // namespace

RecordedModel fixed_answer(std::vector<std::string> inputs, NamedTensors outputs) {
  RecordedModel model{.inputs = std::move(inputs), .outputs = {}, .answer = {}};
  for (const auto& [name, tensor] : outputs) model.outputs.push_back(name);
  // std::function copies what it holds; tensors only move.
  model.answer = [shared = std::make_shared<const NamedTensors>(std::move(outputs))](const RecordedInputs&) -> Result<NamedTensors> {
    NamedTensors out;
    for (const auto& [name, tensor] : *shared) out[name] = tensor.clone();
    return out;
  };
  return model;
}

RecordedModel table_decoder(LogitTable table) {
  return {.inputs = {"input_ids", "attention_mask", "position_ids", "past_key_values.0.key", "past_key_values.0.value"},
          .outputs = {"logits", "present.0.key", "present.0.value", "hidden.0", "hidden.1", "self.0.probabilities"},
          .answer = [table = std::move(table)](const RecordedInputs& in) -> Result<NamedTensors> {
            if (auto fits = check_decoder_inputs(in); !fits) return std::unexpected(fits.error());
            const Tensor& ids = *in.at("input_ids");
            const std::int64_t rows = ids.shape()[0];
            const std::int64_t width = ids.shape()[1];
            Tensor cache = grown(*in.at("past_key_values.0.key"), ids);
            NamedTensors out;
            out["logits"] = logits_of(table, cache, width, std::vector<std::int64_t>(static_cast<std::size_t>(rows), 0));
            out["hidden.0"] = as_states(ids);
            out["hidden.1"] = as_states(ids);
            out["self.0.probabilities"] = even_attention(rows, width, cache.shape()[2]);
            out["present.0.key"] = cache.clone();
            out["present.0.value"] = std::move(cache);
            return out;
          }};
}

RecordedModel table_plain_decoder(LogitTable table) {
  return {.inputs = {"input_ids", "attention_mask", "position_ids"},
          .outputs = {"logits"},
          .answer = [table = std::move(table)](const RecordedInputs& in) -> Result<NamedTensors> {
            const Tensor& ids = *in.at("input_ids");
            const std::int64_t rows = ids.shape()[0];
            const std::int64_t width = ids.shape()[1];
            for (const char* name : {"attention_mask", "position_ids"}) {
              if (auto fits = check_shape(in, name, ids.shape()); !fits) return std::unexpected(fits.error());
            }
            if (in.at("position_ids")->data<std::int64_t>().front() != 0) return fail(ErrorCode::runtime_failed, "position_ids do not begin at 0.");
            const Tensor cache = grown(Tensor::f32({rows, 1, 0, 1}), ids);
            NamedTensors out;
            out["logits"] = logits_of(table, cache, width, std::vector<std::int64_t>(static_cast<std::size_t>(rows), 0));
            return out;
          }};
}

RecordedModel table_encoder() {
  return {.inputs = {"input_ids", "attention_mask"},
          .outputs = {"last_hidden_state"},
          .answer = [](const RecordedInputs& in) -> Result<NamedTensors> {
            if (auto fits = check_shape(in, "attention_mask", in.at("input_ids")->shape()); !fits) return std::unexpected(fits.error());
            NamedTensors out;
            out["last_hidden_state"] = as_states(*in.at("input_ids"));
            return out;
          }};
}

RecordedModel table_encoder_decoder(LogitTable table) {
  return {.inputs = {"encoder_attention_mask", "input_ids", "encoder_hidden_states", "past_key_values.0.decoder.key", "past_key_values.0.decoder.value",
                     "past_key_values.0.encoder.key", "past_key_values.0.encoder.value", "use_cache_branch"},
          .outputs = {"logits", "present.0.decoder.key", "present.0.decoder.value", "present.0.encoder.key", "present.0.encoder.value",
                      "decoder_self.0.probabilities"},
          .answer = [table = std::move(table)](const RecordedInputs& in) { return answer_encoder_decoder(table, in); }};
}

RecordedModel table_first_decoder(LogitTable table) {
  return {.inputs = {"encoder_attention_mask", "input_ids", "encoder_hidden_states"},
          .outputs = {"logits", "present.0.decoder.key", "present.0.decoder.value", "present.0.encoder.key", "present.0.encoder.value",
                      "decoder_self.0.probabilities"},
          .answer = [table = std::move(table)](const RecordedInputs& in) { return answer_first(table, in); }};
}

RecordedModel table_later_decoder(LogitTable table) {
  return {.inputs = {"encoder_attention_mask", "input_ids", "past_key_values.0.decoder.key", "past_key_values.0.decoder.value",
                     "past_key_values.0.encoder.key", "past_key_values.0.encoder.value"},
          .outputs = {"logits", "present.0.decoder.key", "present.0.decoder.value"},
          .answer = [table = std::move(table)](const RecordedInputs& in) { return answer_later(table, in); }};
}

}  // namespace trilens::infer
