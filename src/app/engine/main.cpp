// The engine's main: joins lab::Engine to the browser. JavaScript calls trilens_engine_receive for each request and
// hears answers through Module.trilensPost (web/README.md). Nothing else happens here.
#include <emscripten.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "app/engine/browser_library.hpp"
#include "app/engine/browser_runtime.hpp"
#include "lab/engine.hpp"
#include "lab/services.hpp"
#include "model/catalog.hpp"
#include "protocol/requests.hpp"

EM_JS(void, post_to_page, (const char* json), { Module.trilensPost(UTF8ToString(json)); });

namespace trilens::app {
namespace {

constexpr const char* kCatalogPath = "assets/models/catalog.json";

class BrowserFiles final : public lab::Files {
 public:
  explicit BrowserFiles(BrowserRuntime& runtime) : runtime_(runtime) {}
  Task<Result<std::vector<std::uint8_t>>> fetch(Options options) override {
    FetchOptions fetch;
    fetch.path = std::move(options.path);
    fetch.expected_sha256 = std::move(options.sha256);
    fetch.cancel = options.cancel;
    if (options.on_bytes) {
      fetch.on_progress = [on_bytes = std::move(options.on_bytes)](std::uint64_t loaded, std::optional<std::uint64_t>) { on_bytes(loaded); };
    }
    return runtime_.fetch(std::move(fetch));
  }

 private:
  BrowserRuntime& runtime_;
};

class BrowserClock final : public lab::Clock {
 public:
  double now_millis() const override { return emscripten_get_now(); }
};

// Everything that lives as long as the worker.
class EngineApp {
 public:
  EngineApp() : files_(runtime_), library_(runtime_) { spawn(start()); }

  void receive(std::string json) {
    if (engine_) {
      engine_->receive(json);
    } else {
      waiting_.push_back(std::move(json));
    }
  }

 private:
  // The catalog first; requests wait for it. Where it cannot be had, every load says why.
  Task<void> start() {
    auto bytes = co_await files_.fetch({.path = kCatalogPath, .sha256 = {}, .on_bytes = {}, .cancel = {}});
    Result<model::Catalog> catalog = model::Catalog{};
    if (bytes) {
      catalog = model::Catalog::parse({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    } else {
      catalog = std::unexpected(bytes.error());
    }
    engine_.emplace(lab::Services{runtime_, files_, library_, clock_}, std::move(catalog), [](const std::string& json) { post_to_page(json.c_str()); });
    for (const std::string& json : std::exchange(waiting_, {})) engine_->receive(json);
  }

  BrowserRuntime runtime_;
  BrowserFiles files_;
  BrowserLibrary library_;
  BrowserClock clock_;
  std::optional<lab::Engine> engine_;
  std::deque<std::string> waiting_;
};

std::unique_ptr<EngineApp> app;  // the one root of the worker's module; made in main

}  // namespace
}  // namespace trilens::app

extern "C" EMSCRIPTEN_KEEPALIVE void trilens_engine_receive(const char* json) { trilens::app::app->receive(json); }

int main() { trilens::app::app = std::make_unique<trilens::app::EngineApp>(); }
