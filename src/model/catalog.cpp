#include "model/catalog.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "model/json_fields.hpp"

namespace trilens::model {
namespace {

constexpr std::pair<std::string_view, GraphRole> kRoles[] = {
    {"model", GraphRole::model}, {"encoder", GraphRole::encoder}, {"decoder", GraphRole::decoder}, {"decoder_with_past", GraphRole::decoder_with_past}};

Result<std::vector<SourceGraph>> read_graphs(JsonFields& in, const std::string& id) {
  std::vector<SourceGraph> out;
  for (const Json& graph : in.array_or_empty("graphs")) {
    JsonFields entry(graph, "assets/models/catalog.json", "graphs of " + id);
    const std::string role = entry.text("role");
    const auto* known = std::ranges::find(kRoles, role, &std::pair<std::string_view, GraphRole>::first);
    if (known == std::end(kRoles)) {
      entry.refuse("role", "must be model, encoder, decoder or decoder_with_past, not \"" + role + "\"");
    } else {
      out.push_back({known->second, entry.text("file")});
    }
    if (!entry.ok()) return entry.error();
  }
  return out;
}

// The names that Optimum gives the files of a family.
std::vector<SourceGraph> usual_graphs(Family family) {
  if (family != Family::encoder_decoder) return {{GraphRole::model, "onnx/model.onnx"}};
  return {{GraphRole::encoder, "onnx/encoder_model.onnx"}, {GraphRole::decoder, "onnx/decoder_model_merged.onnx"}};
}

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
  out.variant = in.text_or("variant", "fp32");
  if (in.has("only_on")) out.only_on = in.text("only_on");
  out.why = in.text_or("why", {});
  auto graphs = read_graphs(in, out.id);
  if (!graphs) return std::unexpected(graphs.error());
  out.graphs = std::move(*graphs);
  if (!in.ok()) return in.error();
  return out;
}

}  // namespace

Source CatalogModel::source() const {
  return {.id = id, .family = family, .path = path, .variant = variant, .only_on = only_on, .why = why,
          .graphs = graphs.empty() ? usual_graphs(family) : graphs, .files = files};
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
