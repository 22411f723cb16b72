// The library: models beyond the bundled ones, as the engine sees it. A name becomes a plan, a plan is fetched, what is kept is a
// model::Source like any other. And how the four requests about it are answered.
//
// Not here: how files are had and kept (web/library.mjs behind src/app/engine/browser_library.hpp), loading (load_model.hpp).
// Only plan() and fetch() may use the network, and only because somebody asked; source_of() never does.
// No column's turn is needed: experiments go on meanwhile. One thread; the library outlives the engine.
//
//   auto source = co_await library.source_of("Xenova/distilgpt2@main");
//   auto bytes = co_await files.fetch({.path = source->path + "/" + source->files[0].name});
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "model/source.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"

namespace trilens::lab {

class Library {
 public:
  virtual ~Library() = default;

  struct Hooks {
    std::function<void(const protocol::Progress&)> on_progress;  // may be empty
    CancelToken cancel;
  };

  // What the lists of files came to. `plan` without the card's shape and without the memory, which config.json tells us here; or why
  // the files make up no model, which is only of interest where config.json is of a type that can be opened.
  struct Planned {
    Result<protocol::ModelPlan> plan;
    std::string config;            // config.json as it came
    std::string generation;        // generation_config.json; may be empty
    std::int64_t graph_bytes = 0;  // of the plan's ONNX files
  };

  // Reads lists and small files, no weights. Errors: model_missing, model_gated, model_malformed, network, cancelled, invalid_argument.
  [[nodiscard]] virtual Task<Result<Planned>> plan(protocol::PlanModel request, CancelToken cancel) = 0;
  // Errors: those of plan(), storage_full, storage_failed. What has come before an error stays.
  [[nodiscard]] virtual Task<Result<protocol::StoredModel>> fetch(std::int64_t plan, Hooks hooks) = 0;
  [[nodiscard]] virtual Task<Result<protocol::Shelf>> list() = 0;
  [[nodiscard]] virtual Task<Result<protocol::Shelf>> remove(std::string key) = 0;
  // What is kept whole under a name; Files::fetch reads `path`/file of it. Errors: model_missing (fetch it first), storage_failed.
  [[nodiscard]] virtual Task<Result<model::Source>> source_of(std::string name) = 0;
};

// Whether a name is one of the library's ("owner/name", "name@revision") and not an id of the bundled catalog.
[[nodiscard]] bool is_library_name(std::string_view name);

[[nodiscard]] bool is_library_request(const protocol::Request& request);
// Precondition: is_library_request(request). Errors besides the library's: model_unsupported (config.json's own sentence).
[[nodiscard]] Task<Result<protocol::ResultValue>> serve_library(Library& library, const protocol::Request& request, Library::Hooks hooks);

}  // namespace trilens::lab
