#include "app/engine/browser_library.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

using nlohmann::json;

namespace trilens::app {
namespace {

std::string dumped(const json& call) { return call.dump(-1, ' ', false, json::error_handler_t::replace); }  // names may be any bytes

// What web/library.mjs answered, which is ours: a field that is missing shows as an empty one.
json parsed(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  return value.is_object() ? value : json::object();
}

std::optional<model::GraphRole> role_of(const std::string& name) {
  if (name == "model") return model::GraphRole::model;
  if (name == "encoder") return model::GraphRole::encoder;
  if (name == "decoder") return model::GraphRole::decoder;
  if (name == "decoder_with_past") return model::GraphRole::decoder_with_past;
  return std::nullopt;
}

Result<model::Source> source_from(const json& in) {
  model::Source out;
  out.id = in.value("id", "");
  out.family = family_from_name(in.value("family", ""));
  out.path = in.value("path", "");
  out.variant = in.value("variant", "");
  if (in.contains("only_on")) out.only_on = in.value("only_on", "");
  out.why = in.value("why", "");
  for (const json& graph : in.value("graphs", json::array())) {
    const auto role = role_of(graph.value("role", ""));
    if (!role) return fail(ErrorCode::storage_failed, "What is kept of " + out.id + " is damaged: remove the model and fetch it again.", graph.dump());
    out.graphs.push_back({*role, graph.value("file", "")});
  }
  for (const json& file : in.value("files", json::array())) {
    out.files.push_back({file.value("name", ""), file.value("bytes", std::int64_t{0}), file.value("sha256", "")});
  }
  return out;
}

protocol::Progress progress_from(const json& in) {
  protocol::Progress out{.stage = in.value("stage", ""), .file = in.value("file", ""), .loaded_bytes = in.value("loaded_bytes", std::int64_t{0}),
                         .total_bytes = in.value("total_bytes", std::int64_t{0}), .bytes_per_second = in.value("bytes_per_second", 0.0)};
  if (in.contains("seconds_left")) out.seconds_left = in.value("seconds_left", 0.0);
  return out;
}

}  // namespace

Task<Result<lab::Library::Planned>> BrowserLibrary::plan(protocol::PlanModel request, CancelToken cancel) {
  const json call{{"name", request.name}, {"base", request.base}, {"variant", request.variant}};
  auto text = co_await runtime_.ask_library({.call = "plan", .json = dumped(call), .on_note = {}, .cancel = cancel});
  if (!text) co_return std::unexpected(std::move(text.error()));
  const json answer = parsed(*text);
  Planned out{.plan = protocol::ModelPlan{}, .config = answer.value("config", ""), .generation = answer.value("generation", ""),
              .graph_bytes = answer.value("graph_bytes", std::int64_t{0})};
  if (const auto refusal = answer.find("refusal"); refusal != answer.end()) {
    out.plan = fail(code_from_name(refusal->value("code", "")), refusal->value("message", ""), refusal->value("detail", ""));
  } else {
    out.plan = protocol::parse_model_plan(answer.value("plan", json::object()).dump());
  }
  co_return out;
}

Task<Result<protocol::StoredModel>> BrowserLibrary::fetch(std::int64_t plan, Hooks hooks) {
  LibraryCall call{.call = "fetch", .json = json{{"plan", plan}}.dump(), .on_note = {}, .cancel = hooks.cancel};
  if (hooks.on_progress) call.on_note = [tell = std::move(hooks.on_progress)](const std::string& note) { tell(progress_from(parsed(note))); };
  auto text = co_await runtime_.ask_library(std::move(call));
  if (!text) co_return std::unexpected(std::move(text.error()));
  co_return protocol::parse_stored_model(*text);
}

Task<Result<protocol::Shelf>> BrowserLibrary::list() {
  auto text = co_await runtime_.ask_library({.call = "list", .json = "{}", .on_note = {}, .cancel = {}});
  if (!text) co_return std::unexpected(std::move(text.error()));
  co_return protocol::parse_shelf(*text);
}

Task<Result<protocol::Shelf>> BrowserLibrary::remove(std::string key) {
  const json call{{"key", key}};
  auto text = co_await runtime_.ask_library({.call = "remove", .json = dumped(call), .on_note = {}, .cancel = {}});
  if (!text) co_return std::unexpected(std::move(text.error()));
  co_return protocol::parse_shelf(*text);
}

Task<Result<model::Source>> BrowserLibrary::source_of(std::string name) {
  const json call{{"name", name}};
  auto text = co_await runtime_.ask_library({.call = "source", .json = dumped(call), .on_note = {}, .cancel = {}});
  if (!text) co_return std::unexpected(std::move(text.error()));
  co_return source_from(parsed(*text));
}

}  // namespace trilens::app
