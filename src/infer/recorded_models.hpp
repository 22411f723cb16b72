// Models for RecordedRuntime whose answers a test can work out by hand.
//
// The table models take their next-token logits from a table of the last two tokens, and have the inputs and outputs of
// Optimum's exports. Their key/value cache holds the tokens themselves, and a batch row's logits are read off its cache: a
// loop that forgets, mixes up or repeats cache rows gets wrong tokens. Values; the table is copied in.
//
//   RecordedRuntime runtime({.open = [&](auto, auto) -> Result<RecordedModel> { return table_decoder(table); }});
#pragma once

#include <cstdint>
#include <vector>

#include "infer/recorded_session.hpp"

namespace trilens::infer {

// logits after the tokens … b, a: values[(b * vocabulary + a) * vocabulary + next]; b is `pad` where there is only one token.
struct LogitTable {
  std::vector<float> values;  // [before, last, next]
  std::int64_t vocabulary = 0;
  std::int64_t pad = 0;
};

// The same answer always, whatever is fed.
[[nodiscard]] RecordedModel fixed_answer(std::vector<std::string> inputs, NamedTensors outputs);

// As an Optimum export of GPT-2 with one layer: input_ids, attention_mask, position_ids, past_key_values.0.key/.value ->
// logits, present.0.key/.value, and hidden.0, hidden.1 [batch, sequence, 1], self.0.probabilities [batch, 1, query, key].
// Attention looks at all earlier tokens equally. Positions and the mask must fit the cache, else runtime_failed.
[[nodiscard]] RecordedModel table_decoder(LogitTable table);

// The same without a cache: input_ids, attention_mask, position_ids -> logits. Positions must count from 0.
[[nodiscard]] RecordedModel table_plain_decoder(LogitTable table);

// input_ids, attention_mask -> last_hidden_state [batch, sequence, 1], the ids as numbers.
[[nodiscard]] RecordedModel table_encoder();

// As decoder_model_merged of a T5 with one layer. `before` and `last` are shifted by the sum of the source's ids, modulo the
// vocabulary, which reaches the decoder through encoder_hidden_states at the first step and through the cross cache later.
[[nodiscard]] RecordedModel table_encoder_decoder(LogitTable table);

// The same in two files. decoder_model takes no past and gives all of the cache; decoder_with_past_model takes all of it and gives its own
// part back alone. The first wants the encoder's states, the second has them in its cross cache.
[[nodiscard]] RecordedModel table_first_decoder(LogitTable table);
[[nodiscard]] RecordedModel table_later_decoder(LogitTable table);

}  // namespace trilens::infer
