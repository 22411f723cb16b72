// The models that can be loaded by id: assets/models/catalog.json, written by scripts/catalog from what lies beside it.
//
// Not here: fetching (lab/load_model.hpp). A plain value. Errors of parse(): model_malformed (names the field).
//
//   {"models": [{"id": "trilens-bert", "family": "encoder", "title": "...", "tasks": ["fill"], "path": "assets/models/trilens-bert",
//                "files": [{"name": "onnx/model.onnx", "bytes": 123, "sha256": "..."}]}]}
//
// Optional: "variant" ("q8"), "only_on" ("wasm"), "why" (a sentence), and "graphs", where a file has not the name that its family's
// fp32 export has: [{"role": "decoder", "file": "onnx/decoder_model.onnx"}].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/family.hpp"
#include "model/source.hpp"

namespace trilens::model {

struct CatalogModel {
  std::string id;
  Family family = Family::encoder;
  std::string title;
  std::vector<std::string> tasks;
  std::string path;                     // of the folder, relative to the site
  std::vector<SourceFile> files;
  std::string variant = "fp32";
  std::optional<std::string> only_on = {}; // as in Source
  std::string why = {};
  std::vector<SourceGraph> graphs = {}; // empty: those of the family's usual names

  // What load_model takes.
  [[nodiscard]] Source source() const;
};

struct Catalog {
  std::vector<CatalogModel> models;

  [[nodiscard]] static Result<Catalog> parse(std::string_view json);
  // The model of this id, or for an empty id the family's first; nullptr where there is none.
  [[nodiscard]] const CatalogModel* find(Family family, std::string_view id) const;
};

}  // namespace trilens::model
