// Where a model's files are and which of them make it up: what the bundled catalog and the library of fetched models both come to.
//
// Not here: choosing among variants (web/repository.mjs), fetching (lab/load_model.hpp). A plain value.
//
//   Source s{.id = "trilens-bert", .family = Family::encoder, .path = "assets/models/trilens-bert",
//            .graphs = {{GraphRole::model, "onnx/model.onnx"}}, .files = {{"config.json", 612, "ab…"}, …}};
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/family.hpp"

namespace trilens::model {

// What one ONNX file of a model is. A decoder in two files: `decoder` gives the first step's logits and all of the cache,
// `decoder_with_past` goes on from it. `decoder` alone: without a cache, or merged (use_cache_branch).
enum class GraphRole : std::uint8_t { model, encoder, decoder, decoder_with_past };

struct SourceFile {
  std::string name;        // relative to `path`, "onnx/model_quantized.onnx"
  std::int64_t bytes = 0;  // 0: not known
  std::string sha256;      // lower-case hexadecimal; empty: not to be checked (again)
};

struct SourceGraph {
  GraphRole role = GraphRole::model;
  std::string file;        // its name among `files`
};

struct Source {
  std::string id;                     // "trilens-bert", "Xenova/distilgpt2@main"
  std::optional<Family> family;       // absent: config.json tells
  std::string path;                   // what Files::fetch is given before "/name"
  std::string variant = "fp32";       // "fp32", "fp16", "q8", …
  std::optional<std::string> only_on; // "wasm" or "webgpu", where no other provider runs this variant
  std::string why;                    // a sentence: why this variant, or why only there; may be empty
  std::vector<SourceGraph> graphs;
  std::vector<SourceFile> files;      // graphs, config.json, tokenizer.json, …, and weights that lie beside their graph

  [[nodiscard]] std::int64_t bytes() const {
    std::int64_t sum = 0;
    for (const SourceFile& f : files) sum += f.bytes;
    return sum;
  }
  [[nodiscard]] const SourceFile* file(std::string_view name) const {
    for (const SourceFile& f : files) {
      if (f.name == name) return &f;
    }
    return nullptr;
  }
  [[nodiscard]] const SourceGraph* graph(GraphRole role) const {
    for (const SourceGraph& g : graphs) {
      if (g.role == role) return &g;
    }
    return nullptr;
  }
};

}  // namespace trilens::model
