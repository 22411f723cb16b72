// The names and shapes of a decoder's key/value cache, read from the session's own inputs and outputs:
// past_key_values.{i}.key -> present.{i}.key, past_key_values.{i}.decoder.key, past_key_values.{i}.encoder.value, ...
//
// Not here: the cache itself (lab/decoder_run.hpp). A plain value.
// Errors: model_unsupported (a past without its present, or names of another make; names them).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "model/config.hpp"
#include "tensor/tensor.hpp"

namespace trilens::model {

struct CacheEntry {
  std::string input;   // "past_key_values.0.decoder.key"
  std::string output;  // "present.0.decoder.key"
  bool cross = false;  // keys and values of the source: written in the first step, then unchanged
};

struct CacheLayout {
  std::vector<CacheEntry> entries;  // empty: the graph has no cache
  std::int64_t heads = 0;
  std::int64_t head_size = 0;

  // [rows, head, 0, head size] f32: what goes in where nothing is remembered yet.
  [[nodiscard]] Shape empty_shape(const CacheEntry& entry, std::int64_t rows) const;
};

// Of a decoder in two files: the inputs of decoder_with_past_model, the outputs of decoder_model, which gives all of the cache.
[[nodiscard]] Result<CacheLayout> cache_layout(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs, const Config& config);

}  // namespace trilens::model
