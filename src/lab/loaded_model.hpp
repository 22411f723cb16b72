// A model that is open: its words, its shape, its sessions.
//
// Not here: how it came to be (load_model.hpp), what is asked of it. Owned by the engine, one a family; whoever runs it
// holds the family's turn (turns.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/family.hpp"
#include "infer/port.hpp"
#include "lab/prompt.hpp"
#include "model/cache_layout.hpp"
#include "model/config.hpp"
#include "protocol/results.hpp"
#include "tokenize/tokenizer.hpp"

namespace trilens::lab {

struct LoadedModel {
  Family family = Family::encoder;
  std::string id;
  model::Config config;
  tokenize::Tokenizer tokenizer;
  PromptForms forms;
  std::optional<std::int32_t> mask_id;      // of forms.mask
  std::unique_ptr<infer::Session> encoder;  // encoder, encoder-decoder; else empty
  std::unique_ptr<infer::Session> decoder;  // decoder, encoder-decoder; else empty
  model::CacheLayout cache;                 // of the decoder; else without entries
  std::int64_t encoder_layers = 0;          // with attention taps; 0 where there is no encoder
  std::int64_t decoder_layers = 0;
  protocol::Loaded summary;
};

}  // namespace trilens::lab
