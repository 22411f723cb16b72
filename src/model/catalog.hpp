// The models that can be loaded by id: assets/models/catalog.json, written by scripts/catalog from what lies beside it.
//
// Not here: fetching (lab/load_model.hpp). A plain value. Errors of parse(): model_malformed (names the field).
//
//   {"models": [{"id": "trilens-bert", "family": "encoder", "title": "...", "tasks": ["fill"], "path": "assets/models/trilens-bert",
//                "files": [{"name": "onnx/model.onnx", "bytes": 123, "sha256": "..."}]}]}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/family.hpp"

namespace trilens::model {

struct CatalogFile {
  std::string name;     // relative to the model's folder
  std::int64_t bytes = 0;
  std::string sha256;   // lower-case hexadecimal; may be empty
};

struct CatalogModel {
  std::string id;
  Family family = Family::encoder;
  std::string title;
  std::vector<std::string> tasks;
  std::string path;     // of the folder, relative to the site
  std::vector<CatalogFile> files;

  [[nodiscard]] std::int64_t bytes() const;
  [[nodiscard]] const CatalogFile* file(std::string_view name) const;
};

struct Catalog {
  std::vector<CatalogModel> models;

  [[nodiscard]] static Result<Catalog> parse(std::string_view json);
  // The model of this id, or for an empty id the family's first; nullptr where there is none.
  [[nodiscard]] const CatalogModel* find(Family family, std::string_view id) const;
};

}  // namespace trilens::model
