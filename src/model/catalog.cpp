#include "model/catalog.hpp"

#include <numeric>

#include "model/json_fields.hpp"

namespace trilens::model {
namespace {

Result<CatalogModel> read_model(const Json& json, std::size_t index) {
  JsonFields in(json, "assets/models/catalog.json", "models[" + std::to_string(index) + "]");
  CatalogModel out;
  out.id = in.text("id");
  const std::string family = in.text("family");
  if (const auto known = family_from_name(family)) {
    out.family = *known;
  } else {
    in.refuse("family", "must be encoder, decoder or encoder_decoder, not \"" + family + "\"");
  }
  out.title = in.text_or("title", out.id);
  out.path = in.text("path");
  for (const Json& task : in.array_or_empty("tasks")) {
    if (task.is_string()) out.tasks.push_back(task.get<std::string>());
  }
  for (const Json& file : in.array("files")) {
    JsonFields entry(file, "assets/models/catalog.json", "files of " + out.id);
    out.files.push_back({entry.text("name"), entry.integer("bytes"), entry.text_or("sha256", {})});
    if (!entry.ok()) return entry.error();
  }
  if (!in.ok()) return in.error();
  return out;
}

}  // namespace

std::int64_t CatalogModel::bytes() const {
  return std::accumulate(files.begin(), files.end(), std::int64_t{0}, [](std::int64_t sum, const CatalogFile& f) { return sum + f.bytes; });
}

const CatalogFile* CatalogModel::file(std::string_view name) const {
  for (const CatalogFile& f : files) {
    if (f.name == name) return &f;
  }
  return nullptr;
}

Result<Catalog> Catalog::parse(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    return fail(ErrorCode::model_malformed, "The catalog of models (assets/models/catalog.json) is not JSON: write it anew with scripts/catalog.");
  }
  JsonFields in(json, "assets/models/catalog.json", {});
  Catalog catalog;
  for (const Json& entry : in.array("models")) {
    auto model = read_model(entry, catalog.models.size());
    if (!model) return std::unexpected(model.error());
    catalog.models.push_back(std::move(*model));
  }
  if (!in.ok()) return in.error();
  return catalog;
}

const CatalogModel* Catalog::find(Family family, std::string_view id) const {
  for (const CatalogModel& model : models) {
    if (id.empty() ? model.family == family : model.id == id) return &model;
  }
  return nullptr;
}

}  // namespace trilens::model
