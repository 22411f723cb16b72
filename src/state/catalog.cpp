// assets/catalog.json and what it is narrowed by.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "state/shelf.hpp"

namespace trilens::state {
namespace {

using Json = nlohmann::json;

std::optional<std::vector<std::string>> strings_of(const Json& item, const char* field) {
  if (!item.contains(field) || !item[field].is_array()) return std::nullopt;
  std::vector<std::string> out;
  for (const Json& one : item[field]) {
    if (!one.is_string()) return std::nullopt;
    out.push_back(one.get<std::string>());
  }
  return out;
}

// Fills `model`, or names the field that is wrong.
std::string fault_of(const Json& item, CatalogModel& model) {
  if (!item.is_object()) return "it is no object";
  const std::pair<const char*, std::string*> words[] = {{"id", &model.id}, {"title", &model.title}, {"license", &model.license}, {"note", &model.note}};
  for (const auto& [field, place] : words) {
    if (!item.contains(field) || !item[field].is_string()) return std::string("it has no `") + field + "`";
    *place = item[field].get<std::string>();
  }
  const auto family = item.contains("family") && item["family"].is_string() ? family_from_name(item["family"].get<std::string>()) : std::nullopt;
  if (!family) return "`family` must be encoder, decoder or encoder_decoder";
  model.family = *family;
  auto tasks = strings_of(item, "tasks"), languages = strings_of(item, "languages");
  if (!tasks || !languages) return "`tasks` and `languages` must be lists of strings";
  model.tasks = std::move(*tasks);
  model.languages = std::move(*languages);
  if (!item.contains("parameters") || !item["parameters"].is_number_integer()) return "`parameters` must be a whole number";
  model.parameters = item["parameters"].get<std::int64_t>();
  if (!item.contains("bytes") || !item["bytes"].is_object()) return "`bytes` must name variants and their lengths";
  for (const auto& [variant, bytes] : item["bytes"].items()) {
    if (!bytes.is_number_integer() || bytes.get<std::int64_t>() < 0) return "`bytes." + variant + "` must be a whole number";
    model.bytes[variant] = bytes.get<std::int64_t>();
  }
  if (!item.contains("checked") || !item["checked"].is_boolean()) return "`checked` must be true or false";
  model.checked = item["checked"].get<bool>();
  return {};
}

}  // namespace

std::int64_t CatalogModel::least_bytes() const {
  std::int64_t least = 0;
  for (const auto& [variant, size] : bytes) least = least == 0 ? size : std::min(least, size);
  return least;
}

std::int64_t CatalogModel::most_bytes() const {
  std::int64_t most = 0;
  for (const auto& [variant, size] : bytes) most = std::max(most, size);
  return most;
}

bool passes(const CatalogModel& model, const CatalogFilter& filter) {
  const auto has = [](const std::vector<std::string>& list, std::string_view word) { return std::ranges::find(list, word) != list.end(); };
  if (filter.family && model.family != *filter.family) return false;
  if (!filter.task.empty() && !has(model.tasks, filter.task)) return false;
  if (!filter.language.empty() && !has(model.languages, filter.language) && !has(model.languages, "multilingual")) return false;
  return filter.most_bytes == 0 || (model.least_bytes() > 0 && model.least_bytes() <= filter.most_bytes);
}

Result<std::vector<CatalogModel>> parse_catalog(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto refuse = [](const std::string& why) { return fail(ErrorCode::invalid_argument, "catalog.json cannot be read: " + why + "."); };
  if (!json.is_object() || !json.contains("models") || !json["models"].is_array()) return refuse("it has no list of models");
  std::vector<CatalogModel> out;
  for (const Json& item : json["models"]) {
    CatalogModel model;
    if (const std::string fault = fault_of(item, model); !fault.empty()) {
      return refuse("model " + std::to_string(out.size() + 1) + (model.id.empty() ? "" : " (`" + model.id + "`)") + ": " + fault);
    }
    out.push_back(std::move(model));
  }
  return out;
}

}  // namespace trilens::state
