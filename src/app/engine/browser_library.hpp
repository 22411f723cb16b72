// The library of the browser: lab::Library over web/library.mjs, which web/engine_host.mjs drives for us.
//
// Not here: anything about hosts, storage or files. Answers come as JSON under a ticket (browser_runtime.hpp) and are read here.
// Lifetime: borrows the runtime. One thread: the engine's worker.
//
//   BrowserLibrary library(runtime);
//   auto shelf = co_await library.list();
#pragma once

#include <string>

#include "app/engine/browser_runtime.hpp"
#include "lab/library.hpp"

namespace trilens::app {

class BrowserLibrary final : public lab::Library {
 public:
  explicit BrowserLibrary(BrowserRuntime& runtime) : runtime_(runtime) {}

  [[nodiscard]] Task<Result<Planned>> plan(protocol::PlanModel request, CancelToken cancel) override;
  [[nodiscard]] Task<Result<protocol::StoredModel>> fetch(std::int64_t plan, Hooks hooks) override;
  [[nodiscard]] Task<Result<protocol::Shelf>> list() override;
  [[nodiscard]] Task<Result<protocol::Shelf>> remove(std::string key) override;
  [[nodiscard]] Task<Result<model::Source>> source_of(std::string name) override;

 private:
  BrowserRuntime& runtime_;
};

}  // namespace trilens::app
