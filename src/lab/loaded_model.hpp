// A model that is open: its words, its shape, its sessions, and what its switches stand at.
//
// Not here: how it came to be (load_model.hpp), what is asked of it. Owned by the engine, one a family; whoever runs it
// holds the family's turn (turns.hpp).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/family.hpp"
#include "infer/port.hpp"
#include "lab/pooled_text.hpp"
#include "lab/prompt.hpp"
#include "lab/switchboard.hpp"
#include "model/cache_layout.hpp"
#include "model/config.hpp"
#include "model/source.hpp"
#include "onnx/position_bias.hpp"
#include "onnx/surgery.hpp"
#include "protocol/results.hpp"
#include "tokenize/tokenizer.hpp"

namespace trilens::lab {

// What the surgery said about one graph, as far as runs and switches need it.
struct GraphFacts {
  std::vector<onnx::Switch> switches;  // every one is fed at every run
  std::vector<onnx::Refusal> refusals;
  std::vector<onnx::AttentionFacts> attentions;

  [[nodiscard]] bool has(onnx::AttentionKind kind) const { return std::ranges::find(attentions, kind, &onnx::AttentionFacts::kind) != attentions.end(); }
  [[nodiscard]] const onnx::Switch* find_switch(onnx::AttentionKind kind, onnx::Role role) const {
    const auto at = std::ranges::find_if(switches, [&](const onnx::Switch& s) { return s.kind == kind && s.role == role; });
    return at == switches.end() ? nullptr : &*at;
  }
  [[nodiscard]] onnx::MaskState own_mask(onnx::AttentionKind kind) const {
    const auto at = std::ranges::find(attentions, kind, &onnx::AttentionFacts::kind);
    return at == attentions.end() ? onnx::MaskState::unknown : at->own_mask;
  }
};

// What an encoder says of a text.
enum class Head : std::uint8_t {
  words,    // a score for each word of its vocabulary at each position: it can fill blanks
  states,   // vectors alone: a sentence encoder
  classes,  // something else: classes of the text or of its pieces, places of an answer
};

struct LogitHead;  // logit_head.hpp

struct LoadedModel {
  Family family = Family::encoder;
  std::string id;
  model::Source source;                     // what it was loaded from, and can be again
  model::Config config;
  tokenize::Tokenizer tokenizer;
  PromptForms forms;
  std::optional<std::int32_t> mask_id = {}; // of forms.mask
  std::unique_ptr<infer::Session> encoder = {};  // encoder, encoder-decoder; else empty
  std::unique_ptr<infer::Session> decoder = {};  // decoder, encoder-decoder; else empty. In two files: of the first step
  std::unique_ptr<infer::Session> later = {};    // of a decoder in two files: the steps after the first; else empty
  GraphFacts encoder_facts = {}, decoder_facts = {}, later_facts = {};
  model::CacheLayout cache = {};            // of the decoder; without entries: every step reads the whole text again
  Head head = Head::words;                  // of an encoder
  std::string head_output = "logits";       // the output that the head is
  std::string no_words = {};                // where head is not `words`: why blanks cannot be filled, a sentence
  std::int64_t encoder_layers = 0;          // with attention taps; 0 where there is no encoder
  std::int64_t decoder_layers = 0;
  SwitchSettings switches = {};             // set_switches() changes them
  std::int64_t revision = 0;                // goes up with every change of the switches
  protocol::Loaded summary = {};
  PooledTexts pooled = {};                  // Space's memory
  std::array<std::optional<onnx::PositionTable>, 3> position_tables = {};  // by onnx::AttentionKind; read when they are first asked for
  std::shared_ptr<const LogitHead> logit_head = {};  // made when it is first asked for; shared only so that its type may stay unknown here

  // The graphs that there are.
  [[nodiscard]] std::vector<const GraphFacts*> graphs() const {
    std::vector<const GraphFacts*> out;
    if (encoder) out.push_back(&encoder_facts);
    if (decoder) out.push_back(&decoder_facts);
    if (later) out.push_back(&later_facts);
    return out;
  }
  [[nodiscard]] bool in_decoder(onnx::AttentionKind kind) const { return family == Family::decoder || kind != onnx::AttentionKind::self; }
  [[nodiscard]] std::int64_t layers(onnx::AttentionKind kind) const { return in_decoder(kind) ? decoder_layers : encoder_layers; }
  [[nodiscard]] std::int64_t heads(onnx::AttentionKind kind) const { return in_decoder(kind) ? config.decoder_heads : config.heads; }
};

}  // namespace trilens::lab
