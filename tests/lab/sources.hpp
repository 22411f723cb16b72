// Sources of small models and a world that loads one without an engine: real graphs are opened up, recorded models run in their place.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "infer/recorded_models.hpp"
#include "lab/generation.hpp"
#include "lab/load_model.hpp"
#include "lab/world.hpp"

namespace trilens::lab::testing {

// `config` and the word tokenizer at "models/m", and graphs by role.
struct WorldSource {
  model::Source source;
  std::string config;
  std::vector<std::pair<std::string, std::string>> graphs;  // name under the model → file of the repository that stands for it
  std::vector<infer::RecordedModel> recorded;               // one a session, in the order of opening: encoder, decoder, decoder_with_past
};

class SourceWorld {
 public:
  explicit SourceWorld(WorldSource given, bool webgpu = false)
      : runtime({.open = [this](auto, auto) { return next(); }, .webgpu = webgpu}),
        source(std::move(given.source)),
        recorded_(std::move(given.recorded)) {
    put("config.json", bytes(given.config));
    put("tokenizer.json", bytes(words_tokenizer()));
    for (const auto& [name, from] : given.graphs) put(name, bytes_of(from));
  }

  Result<std::unique_ptr<LoadedModel>> load(protocol::ProviderChoice choice = protocol::ProviderChoice::automatic) {
    opened_ = 0;
    return run_now(load_model(services(), source, choice, {}));
  }

  [[nodiscard]] Services services() { return {runtime, files, library, clock}; }
  void put(const std::string& name, std::vector<std::uint8_t> content) { files.files[source.path + "/" + name] = std::move(content); }

  bool switched = false;  // the recorded models take the switches of one kind, self
  infer::RecordedRuntime runtime;
  MapFiles files;
  CountingClock clock;
  ToldLibrary library;
  model::Source source;

 private:
  Result<infer::RecordedModel> next() {
    infer::RecordedModel model = recorded_[opened_++ % recorded_.size()];
    if (switched) model.inputs.insert(model.inputs.end(), {"switch.self.bias", "switch.self.own_mask", "switch.self.heads"});
    return model;
  }

  std::vector<infer::RecordedModel> recorded_;
  std::size_t opened_ = 0;
};

inline model::Source source_of(std::vector<model::SourceGraph> graphs) {
  return {.id = "m",
          .family = std::nullopt,
          .path = "models/m",
          .variant = "fp32",
          .only_on = std::nullopt,
          .why = {},
          .graphs = std::move(graphs),
          .files = {}};
}

inline WorldSource gpt2_source(infer::RecordedModel model = infer::table_decoder(counting_table())) {
  return {.source = source_of({{model::GraphRole::model, "onnx/model.onnx"}}),
          .config = std::string(kConfig),
          .graphs = {{"onnx/model.onnx", "tests/fixtures/hub/gpt2/onnx/model.onnx"}},
          .recorded = {std::move(model)}};
}

inline constexpr std::string_view kBridgeConfig =
    R"({"model_type":"t5","num_layers":1,"num_heads":1,"d_model":1,"d_kv":1,"vocab_size":10,"decoder_start_token_id":0,"eos_token_id":0})";

inline WorldSource merged_source() {
  return {.source = source_of({{model::GraphRole::encoder, "e.onnx"}, {model::GraphRole::decoder, "d.onnx"}}),
          .config = std::string(kBridgeConfig),
          .graphs = {{"e.onnx", "tests/fixtures/hub/t5/onnx/encoder_model.onnx"}, {"d.onnx", "tests/fixtures/hub/t5/onnx/decoder_model_merged.onnx"}},
          .recorded = {infer::table_encoder(), infer::table_encoder_decoder(counting_table())}};
}

inline WorldSource two_file_source() {
  return {.source = source_of(
              {{model::GraphRole::encoder, "e.onnx"}, {model::GraphRole::decoder, "d.onnx"}, {model::GraphRole::decoder_with_past, "p.onnx"}}),
          .config = std::string(kBridgeConfig),
          .graphs = {{"e.onnx", "tests/fixtures/hub/flan-t5/onnx/encoder_model.onnx"},
                     {"d.onnx", "tests/fixtures/hub/flan-t5/onnx/decoder_model.onnx"},
                     {"p.onnx", "tests/fixtures/hub/flan-t5/onnx/decoder_with_past_model.onnx"}},
          .recorded = {infer::table_encoder(), infer::table_first_decoder(counting_table()), infer::table_later_decoder(counting_table())}};
}

inline WorldSource no_cache_source() {
  WorldSource out = gpt2_source(infer::table_plain_decoder(counting_table()));
  out.graphs = {{"onnx/model.onnx", "tests/fixtures/hub/distilgpt2/onnx/model.onnx"}};
  return out;
}

}  // namespace trilens::lab::testing
