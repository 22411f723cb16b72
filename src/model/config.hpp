// What a model says about itself: config.json, and beside it generation_config.json and tokenizer_config.json where there
// are such files.
//
// Not here: the graph's own shape (src/onnx), words (src/tokenize). A plain value. Field names of the files are those of
// Hugging Face transformers' configuration classes.
// Errors of parse_config(): model_malformed (names file and field), model_unsupported (a model_type that is not known, with those that
// are; a shape of a known one that cannot be opened, with the reason). Nothing of the weights is needed to tell.
//
//   Result<Config> config = parse_config({.config = config_json, .generation = {}, .tokenizer = tokenizer_config_json});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/family.hpp"

namespace trilens::model {

// How a sentence encoder's users make one vector of a text: 1_Pooling/config.json.
enum class Pooling : std::uint8_t {
  usual,  // no such file: the family's own
  mean,
  first_token,
  last_token,
  other,  // of a kind that is not here
};

struct Config {
  Family family = Family::encoder;
  std::string model_type;                // "bert", "gpt2", "t5", ...
  std::int64_t layers = 0;               // of the encoder, or of the only stack
  std::int64_t decoder_layers = 0;       // encoder-decoder; else 0
  std::int64_t heads = 0;
  std::int64_t hidden = 0;
  std::int64_t head_size = 0;            // d_kv need not be hidden / heads
  std::int64_t decoder_heads = 0;        // of the stack that writes: encoder-decoder's may differ; else heads
  std::int64_t decoder_head_size = 0;    // the same
  std::int64_t feed_forward = 0;         // width inside a block's feed-forward network; 0: the file does not say
  std::int64_t decoder_feed_forward = 0; // encoder-decoder's may differ; else the same
  bool gated = false;                    // the feed-forward network has a third matrix that gates (T5 1.1)
  std::int64_t vocabulary = 0;
  std::int64_t max_tokens = 0;           // positions there are; for relative positions what the model was made for, else 512
  bool relative_positions = false;       // there is no table of positions: longer texts can be read, if not well
  std::vector<std::int32_t> eos_ids;     // empty: nothing ends a text
  std::optional<std::int32_t> bos_id;    // what a decoder starts from where there is no text
  std::optional<std::int32_t> pad_id;
  std::int32_t decoder_start_id = 0;     // encoder-decoder
  std::int64_t relative_max_distance = 128;  // T5: from here on distances share one bucket
  std::int64_t first_position = 0;       // position_ids of the first token, where the graph takes them (RoBERTa: after the padding's)
  std::optional<std::int32_t> forced_bos_id;  // encoder-decoder: what its decoder writes first, whatever it thinks
  std::vector<std::int32_t> banned_ids;  // never to be written: bad_words_ids of one token (Marian's padding)
  std::string architecture;              // the class that was saved, "BertForMaskedLM"; may be empty
  std::string mask_token;                // encoder, BART: "[MASK]", "<mask>"; else empty
  Pooling pooling = Pooling::usual;
  std::vector<std::string> task_prefixes;  // encoder-decoder: task_specific_params' prefixes, the one to add first; may be empty
};

struct ConfigFiles {
  std::string_view config;      // config.json
  std::string_view generation;  // generation_config.json; may be empty
  std::string_view tokenizer;   // tokenizer_config.json; may be empty
  std::string_view pooling = {};  // 1_Pooling/config.json; may be empty
};

[[nodiscard]] Result<Config> parse_config(const ConfigFiles& files);

}  // namespace trilens::model
