// The model runtime of the browser: infer::Runtime over ONNX Runtime Web, which web/engine_host.mjs drives for us.
// Also what else only JavaScript can do for the engine: fetch the files of a model, keep a library of them, tell what the GPU did.
//
// Not here: anything about models or experiments. The JavaScript half (web/ort_session.mjs, web/gpu_*.mjs,
// web/fetch_model.mjs) answers tickets; no Asyncify, no JSPI in this module: coroutines wait on a OneShot per ticket.
// Lifetime: make one, keep it until the worker ends. One thread: the engine's worker. A coroutine that waits for an
// answer is resumed from the event loop, never from inside the call that asked.
// Errors: as in infer/port.hpp. A session that answered gpu_lost stays lost; create a new one (see create_session).
// JavaScript must have put its half at Module.trilensHost before the module starts (createEngine({trilensHost, ...})).
//
//   BrowserRuntime runtime;
//   auto bytes = co_await runtime.fetch({.path = "assets/models/trilens-bert/onnx/model.onnx", .on_progress = show});
//   auto session = co_await runtime.create_session({.model = std::move(*bytes), .provider = Provider::webgpu});
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "infer/port.hpp"

namespace trilens::app {

struct FetchOptions {
  std::string path;                             // relative to the site's base, '/' between folders; never another origin. Or "library:<key>/<file>"
  std::optional<std::uint64_t> expected_bytes;  // absent: whatever the server announces; else another length is model_malformed
  std::string expected_sha256;                  // lower-case hexadecimal; empty: not checked. Another one is model_malformed
  std::function<void(std::uint64_t loaded, std::optional<std::uint64_t> total)> on_progress;  // bytes after decompression; may be empty
  CancelToken cancel;
};

// One call of web/library.mjs.
struct LibraryCall {
  std::string call;  // "plan", "fetch", "list", "remove", "source"
  std::string json;  // its argument
  std::function<void(const std::string& json)> on_note;  // progress; may be empty
  CancelToken cancel;
};

// What the GPU was asked to do since the worker started, ORT's work and ours together. Zeros on wasm.
struct GpuCounters {
  std::uint64_t dispatches = 0;
  std::uint64_t submits = 0;
  std::uint64_t buffers_created = 0;
  std::uint64_t buffers_destroyed = 0;
  std::uint64_t maps = 0;          // mapAsync calls
  std::uint64_t bytes_read = 0;    // bytes mapped for reading
  std::uint64_t bytes_written = 0; // queue.writeBuffer and buffers mapped at creation
};

class BrowserRuntime final : public infer::Runtime, public infer::RemoteStore {
 public:
  BrowserRuntime();
  ~BrowserRuntime() override;
  BrowserRuntime(const BrowserRuntime&) = delete;
  BrowserRuntime& operator=(const BrowserRuntime&) = delete;

  // Whether an adapter was found when the worker started.
  [[nodiscard]] bool webgpu_available() const override;
  // Names the adapter ("nvidia lovelace", "google swiftshader"), or says why there is none.
  [[nodiscard]] std::string adapter() const;
  [[nodiscard]] GpuCounters gpu_counters() const;
  // Remote tensors that nobody has released yet.
  [[nodiscard]] std::uint32_t remote_tensors() const;

  // After gpu_lost: creating a webgpu session again asks for a new device (answers webgpu_unavailable if there is none).
  [[nodiscard]] Task<Result<std::unique_ptr<infer::Session>>> create_session(infer::SessionOptions options) override;
  [[nodiscard]] Task<Result<Tensor>> read(const infer::RemoteTensor& tensor) override;
  [[nodiscard]] Task<Result<infer::RemoteTensor>> gather_batch(const infer::RemoteTensor& tensor, std::vector<std::int32_t> indices) override;
  [[nodiscard]] Task<Result<std::vector<RowStatistics>>> row_statistics(const infer::RemoteTensor& logits, std::vector<std::uint32_t> rows,
                                                                       std::uint32_t top_k) override;
  void release(std::uint32_t id) override;

  // A file of the site. Errors: model_missing (404; names the file), model_malformed (a page instead of a file, another
  // length than announced), network, cancelled.
  [[nodiscard]] Task<Result<std::vector<std::uint8_t>>> fetch(FetchOptions options);

  // What web/library.mjs answers, as JSON; see browser_library.hpp, which alone calls this. Errors: that module's.
  [[nodiscard]] Task<Result<std::string>> ask_library(LibraryCall call);

  // --- The doors through which JavaScript answers; see the extern "C" functions at the end of browser_runtime.cpp. ---
  struct Answer;
  struct Pending;
  [[nodiscard]] Pending* pending(std::uint32_t ticket);
  void resolve(std::uint32_t ticket);

 private:
  friend class BrowserSession;
  [[nodiscard]] std::pair<std::uint32_t, OneShot<Answer>> open_ticket();

  std::uint32_t last_ticket_ = 0;
  std::map<std::uint32_t, std::unique_ptr<Pending>> pending_;
};

}  // namespace trilens::app
