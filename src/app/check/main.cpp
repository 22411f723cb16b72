// What the page would make of a model, without the page: for scripts/check_model, run by Node. The engine's own code reads the graph, the
// configuration and the tokenizer; nothing is run, so no ONNX Runtime is needed.
//
// Each function takes text or bytes by address and length and gives JSON, which it owns until the next call: {"error": {code, message}} or
// what was found. A module looks at one graph and is thrown away: a large one takes up to three times its bytes.
#include <emscripten.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/cache_layout.hpp"
#include "model/config.hpp"
#include "onnx/surgery.hpp"
#include "tokenize/tokenizer.hpp"

namespace trilens::app {
namespace {

using nlohmann::json;
using onnx::AttentionKind;
using onnx::MaskState;
using onnx::Quantity;

const char* answer(const json& value) {
  static std::string kept;  // the caller reads it before it asks again
  kept = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return kept.c_str();
}

json described(const Error& error) { return {{"error", {{"code", code_name(error.code)}, {"message", error.message}, {"detail", error.detail}}}}; }

json ports(const std::vector<onnx::Port>& list) {
  json out = json::array();
  for (const onnx::Port& port : list) out.push_back({{"name", port.name}, {"type", port.element_type}, {"dims", port.dims}});
  return out;
}

// Which layers of this kind show what.
json attention(const onnx::Surgery& s, AttentionKind kind) {
  json layers = json::array();
  for (const onnx::AttentionFacts& facts : s.attentions) {
    if (facts.kind != kind) continue;
    json shown = json::array();
    for (const Quantity quantity : {Quantity::probabilities, Quantity::scores, Quantity::q, Quantity::k, Quantity::v}) {
      if (s.has(onnx::tap_name(kind, facts.layer, quantity))) shown.push_back(onnx::quantity_name(quantity));
    }
    layers.push_back({{"layer", facts.layer}, {"shows", shown}, {"own_mask", facts.own_mask != MaskState::none}, {"position_bias", facts.position_bias}});
  }
  json switches = json::array();
  for (const onnx::Switch& w : s.switches) {
    if (w.kind == kind) switches.push_back(onnx::role_name(w.role));
  }
  return {{"kind", onnx::kind_name(kind)}, {"layers", layers}, {"switches", switches}};
}

json described(const onnx::Surgery& s) {
  json out{{"producer", s.producer}, {"opset", s.opset}, {"parameters", s.parameter_count}, {"inputs", ports(s.inputs)}, {"outputs", ports(s.outputs)},
           {"fused", s.fused}, {"attentions", json::array()}, {"hidden", 0}, {"refusals", json::array()}};
  for (const AttentionKind kind : {AttentionKind::self, AttentionKind::decoder_self, AttentionKind::cross}) {
    if (s.layers(kind) > 0) out["attentions"].push_back(attention(s, kind));
  }
  int hidden = 0;
  for (const onnx::Tap& tap : s.taps) hidden += tap.quantity == Quantity::hidden ? 1 : 0;
  out["hidden"] = hidden;
  for (const onnx::Refusal& r : s.refusals) {
    out["refusals"].push_back({{"kind", onnx::kind_name(r.kind)}, {"role", onnx::role_name(r.role)}, {"message", r.message}});
  }
  return out;
}

json described(const model::Config& c) {
  return {{"family", family_name(c.family)}, {"model_type", c.model_type}, {"layers", c.layers}, {"decoder_layers", c.decoder_layers}, {"heads", c.heads},
          {"hidden", c.hidden}, {"vocabulary", c.vocabulary}, {"max_tokens", c.max_tokens}, {"mask_token", c.mask_token}};
}

json read_tokenizer(std::string_view file, std::string_view text) {
  const auto tokenizer = tokenize::Tokenizer::from_json(file);
  if (!tokenizer) return described(tokenizer.error());
  json tokens = json::array();
  std::int32_t highest = -1;
  for (const tokenize::Token& token : tokenizer->encode(text).tokens) {
    tokens.push_back(tokenizer->display(token.id));
    highest = std::max(highest, token.id);
  }
  return {{"vocabulary", tokenizer->vocabulary_size()}, {"tokens", tokens}, {"highest", highest}};
}

Result<model::Config> config_of(const json& files) {
  const std::string config = files.value("config", ""), generation = files.value("generation", ""), tokenizer = files.value("tokenizer_config", "");
  return model::parse_config({config, generation, tokenizer});
}

json read_cache(const json& request) {
  const auto config = config_of(request);
  if (!config) return described(config.error());
  const auto layout = model::cache_layout(request.value("inputs", std::vector<std::string>{}), request.value("outputs", std::vector<std::string>{}), *config);
  if (!layout) return described(layout.error());
  return {{"entries", layout->entries.size()}};
}

}  // namespace
}  // namespace trilens::app

extern "C" {

// An ONNX file -> its attentions by kind, hidden states, switches, refusals, ports.
EMSCRIPTEN_KEEPALIVE const char* check_graph(const std::uint8_t* bytes, std::size_t size) {
  using namespace trilens;
  const auto opened = onnx::open_up(std::span(bytes, size), {.switches = true});
  return app::answer(opened ? app::described(*opened) : app::described(opened.error()));
}

// {config, generation, tokenizer_config}: the files' texts -> the configuration.
EMSCRIPTEN_KEEPALIVE const char* check_config(const char* text, std::size_t size) {
  using namespace trilens;
  const auto config = app::config_of(nlohmann::json::parse(std::string_view(text, size), nullptr, false));
  return app::answer(config ? app::described(*config) : app::described(config.error()));
}

// tokenizer.json -> its size, and a sentence as it cuts it.
EMSCRIPTEN_KEEPALIVE const char* check_tokenizer(const char* text, std::size_t size) {
  return trilens::app::answer(trilens::app::read_tokenizer({text, size}, "Everybody reads the same sentence, word by word."));
}

// {config, generation, tokenizer_config, inputs, outputs} of a decoder -> how many tensors its cache has.
EMSCRIPTEN_KEEPALIVE const char* check_cache(const char* text, std::size_t size) {
  return trilens::app::answer(trilens::app::read_cache(nlohmann::json::parse(std::string_view(text, size), nullptr, false)));
}
}

int main() { return 0; }
