#include "app/engine/browser_runtime.hpp"

#include <emscripten.h>

#include <bit>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

using nlohmann::json;
using trilens::app::BrowserRuntime;

// --- The way out: Module.trilensHost is an EngineHost (web/engine_host.mjs). Pointers are read before the call returns. ---

EM_JS_DEPS(trilens_runtime, "$UTF8ToString");

EM_JS(void, host_attach, (BrowserRuntime * self), {
  Module.trilensHost.attach({
    heap: () => HEAPU8,
    text: (text) => {
      const bytes = new TextEncoder().encode(text);
      const at = _trilens_runtime_allocate(bytes.length + 1) >>> 0;
      HEAPU8.set(bytes, at);
      HEAPU8[at + bytes.length] = 0;
      return at;
    },
    free: (at) => _trilens_runtime_free(at),
    open: (ticket, json) => _trilens_runtime_open(self, ticket, json),
    place: (ticket, index) => _trilens_runtime_place(self, ticket, index),
    close: (ticket) => _trilens_runtime_close(self, ticket),
    progress: (ticket, loaded, total) => _trilens_runtime_progress(self, ticket, loaded, total),
    note: (ticket, json) => _trilens_runtime_note(self, ticket, json),
  });
});
EM_JS(int, host_webgpu_available, (), { return Module.trilensHost.webgpuAvailable ? 1 : 0; });
EM_JS(char*, host_adapter, (), { return Module.trilensHost.engine.text(Module.trilensHost.adapter); });
EM_JS(char*, host_counters, (), { return Module.trilensHost.engine.text(JSON.stringify(Module.trilensHost.counters())); });
EM_JS(int, host_remote_tensors, (), { return Module.trilensHost.remoteTensors(); });
EM_JS(void, host_create_session, (std::uint32_t ticket, const std::uint8_t* model, std::size_t bytes, const char* options), {
  Module.trilensHost.createSession(ticket, model, bytes, UTF8ToString(options));
});
EM_JS(void, host_release_session, (std::uint32_t session), { Module.trilensHost.releaseSession(session); });
EM_JS(void, host_run, (std::uint32_t ticket, std::uint32_t session, const char* request), {
  Module.trilensHost.run(ticket, session, UTF8ToString(request));
});
EM_JS(void, host_read, (std::uint32_t ticket, std::uint32_t handle), { Module.trilensHost.read(ticket, handle); });
EM_JS(void, host_gather_batch, (std::uint32_t ticket, std::uint32_t handle, const char* indices), {
  Module.trilensHost.gatherBatch(ticket, handle, UTF8ToString(indices));
});
EM_JS(void, host_row_statistics, (std::uint32_t ticket, std::uint32_t handle, const char* rows, std::uint32_t top), {
  Module.trilensHost.rowStatistics(ticket, handle, UTF8ToString(rows), top);
});
EM_JS(void, host_release, (std::uint32_t handle), { Module.trilensHost.release(handle); });
EM_JS(void, host_fetch, (std::uint32_t ticket, const char* path, double expected_bytes, const char* expected_sha256), {
  Module.trilensHost.fetch(ticket, UTF8ToString(path), expected_bytes, UTF8ToString(expected_sha256));
});
EM_JS(void, host_ask_library, (std::uint32_t ticket, const char* call, const char* json), {
  Module.trilensHost.askLibrary(ticket, UTF8ToString(call), UTF8ToString(json));
});
EM_JS(void, host_cancel_fetch, (std::uint32_t ticket), { Module.trilensHost.cancelFetch(ticket); });

namespace trilens::app {
namespace {

using infer::RemoteTensor;
using infer::Value;

ElementType type_from_name(std::string_view name) {
  for (const ElementType type : {ElementType::f32, ElementType::i32, ElementType::i64, ElementType::boolean}) {
    if (element_name(type) == name) return type;
  }
  std::abort();  // ort_session.mjs hands out no other
}

std::string take_text(char* text) {
  std::string out(text);
  std::free(text);
  return out;
}

constexpr std::size_t kRowHeader = 4;  // log-sum-exp, entropy, winners, largest logit: shaders/README.md

// One row of the shader's results.
RowStatistics unpack_row(std::span<const std::int32_t> row) {
  const std::size_t top_k = (row.size() - kRowHeader) / 2;
  const auto winners = static_cast<std::size_t>(row[2]);
  RowStatistics out{.log_sum_exp = std::bit_cast<float>(row[0]), .entropy_nats = std::bit_cast<float>(row[1]), .top = {}};
  out.top.reserve(winners);
  for (std::size_t i = 0; i < winners; ++i) {
    out.top.push_back({.id = row[kRowHeader + i], .logit = std::bit_cast<float>(row[kRowHeader + top_k + i])});
  }
  return out;
}

}  // namespace

// What came back under a ticket: an error, or values and whatever else the call says about itself.
struct BrowserRuntime::Answer {
  std::optional<Error> error;
  json details;
  std::vector<Value> values;
  std::vector<std::uint8_t> file;

  // The values, moved out; or the error.
  [[nodiscard]] Result<std::vector<Value>> take_values() {
    if (error) return std::unexpected(std::move(*error));
    return std::move(values);
  }
};

struct BrowserRuntime::Pending {
  OneShot<Answer> done;
  Answer answer;
  std::vector<std::span<std::byte>> places;  // where the payloads go, in order
  std::function<void(std::uint64_t, std::optional<std::uint64_t>)> on_progress;
  std::function<void(const std::string&)> on_note;
};

class BrowserSession final : public infer::Session {
 public:
  BrowserSession(BrowserRuntime& runtime, infer::Provider provider, const json& details)
      : runtime_(runtime),
        provider_(provider),
        id_(details.at("session").get<std::uint32_t>()),
        inputs_(details.at("inputs").get<std::vector<std::string>>()),
        outputs_(details.at("outputs").get<std::vector<std::string>>()) {}
  ~BrowserSession() override { host_release_session(id_); }

  [[nodiscard]] infer::Provider provider() const override { return provider_; }
  [[nodiscard]] const std::vector<std::string>& inputs() const override { return inputs_; }
  [[nodiscard]] const std::vector<std::string>& outputs() const override { return outputs_; }

  [[nodiscard]] Task<Result<std::vector<Value>>> run(std::vector<infer::Feed> feeds, std::vector<std::string> fetches) override {
    json request{{"feeds", json::array()}, {"fetches", fetches}};
    for (const infer::Feed& feed : feeds) request["feeds"].push_back(describe(feed));
    const auto [ticket, answer] = runtime_.open_ticket();
    host_run(ticket, id_, request.dump().c_str());
    co_return (co_await answer).take_values();
  }

 private:
  static json describe(const infer::Feed& feed) {
    if (const auto* remote = std::get_if<const RemoteTensor*>(&feed.value)) return {{"name", feed.name}, {"handle", (*remote)->id()}};
    const Tensor& tensor = *std::get<const Tensor*>(feed.value);
    return {{"name", feed.name},
            {"type", element_name(tensor.type())},
            {"dims", tensor.shape()},
            {"at", reinterpret_cast<std::uintptr_t>(tensor.bytes().data())},
            {"bytes", tensor.bytes().size()}};
  }

  BrowserRuntime& runtime_;
  infer::Provider provider_;
  std::uint32_t id_;
  std::vector<std::string> inputs_;
  std::vector<std::string> outputs_;
};

BrowserRuntime::BrowserRuntime() { host_attach(this); }
BrowserRuntime::~BrowserRuntime() = default;

bool BrowserRuntime::webgpu_available() const { return host_webgpu_available() != 0; }
std::string BrowserRuntime::adapter() const { return take_text(host_adapter()); }
std::uint32_t BrowserRuntime::remote_tensors() const { return static_cast<std::uint32_t>(host_remote_tensors()); }

GpuCounters BrowserRuntime::gpu_counters() const {
  const json counts = json::parse(take_text(host_counters()), nullptr, false);
  const auto of = [&](const char* name) { return static_cast<std::uint64_t>(counts.value(name, 0.0)); };
  return {.dispatches = of("dispatches"),
          .submits = of("submits"),
          .buffers_created = of("buffers_created"),
          .buffers_destroyed = of("buffers_destroyed"),
          .maps = of("maps"),
          .bytes_read = of("bytes_read"),
          .bytes_written = of("bytes_written")};
}

std::pair<std::uint32_t, OneShot<BrowserRuntime::Answer>> BrowserRuntime::open_ticket() {
  auto pending = std::make_unique<Pending>();
  OneShot<Answer> done = pending->done;
  pending_.emplace(++last_ticket_, std::move(pending));
  return {last_ticket_, std::move(done)};
}

BrowserRuntime::Pending* BrowserRuntime::pending(std::uint32_t ticket) {
  const auto found = pending_.find(ticket);
  return found == pending_.end() ? nullptr : found->second.get();
}

void BrowserRuntime::resolve(std::uint32_t ticket) {
  const auto found = pending_.find(ticket);
  if (found == pending_.end()) return;
  const std::unique_ptr<Pending> pending = std::move(found->second);
  pending_.erase(found);
  pending->done.resolve(std::move(pending->answer));
}

Task<Result<std::unique_ptr<infer::Session>>> BrowserRuntime::create_session(infer::SessionOptions options) {
  const json request{{"provider", infer::provider_name(options.provider)}, {"remote_outputs", options.remote_outputs}};
  const auto [ticket, done] = open_ticket();
  host_create_session(ticket, options.model.data(), options.model.size(), request.dump().c_str());
  options.model = {};  // JavaScript has its copy
  Answer answer = co_await done;
  if (answer.error) co_return std::unexpected(std::move(*answer.error));
  co_return std::make_unique<BrowserSession>(*this, options.provider, answer.details);
}

Task<Result<Tensor>> BrowserRuntime::read(const RemoteTensor& tensor) {
  const auto [ticket, done] = open_ticket();
  host_read(ticket, tensor.id());
  auto values = (co_await done).take_values();
  if (!values) co_return std::unexpected(std::move(values.error()));
  co_return std::get<Tensor>(std::move(values->front()));
}

Task<Result<RemoteTensor>> BrowserRuntime::gather_batch(const RemoteTensor& tensor, std::vector<std::int32_t> indices) {
  const auto [ticket, done] = open_ticket();
  host_gather_batch(ticket, tensor.id(), json(indices).dump().c_str());
  auto values = (co_await done).take_values();
  if (!values) co_return std::unexpected(std::move(values.error()));
  co_return std::get<RemoteTensor>(std::move(values->front()));
}

Task<Result<std::vector<RowStatistics>>> BrowserRuntime::row_statistics(const RemoteTensor& logits, std::vector<std::uint32_t> rows,
                                                                        std::uint32_t top_k) {
  const auto [ticket, done] = open_ticket();
  host_row_statistics(ticket, logits.id(), json(rows).dump().c_str(), top_k);
  Answer answer = co_await done;
  if (answer.error) co_return std::unexpected(std::move(*answer.error));
  const Tensor& table = std::get<Tensor>(answer.values.front());  // [rows, 4 + 2 k] i32 packed, else [rows, vocabulary] f32
  const bool packed = answer.details.value("packed", false);
  const auto width = static_cast<std::size_t>(table.shape().at(1));
  std::vector<RowStatistics> out;
  out.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.push_back(packed ? unpack_row(table.data<std::int32_t>().subspan(i * width, width))
                         : trilens::row_statistics(table.data<float>().subspan(i * width, width), top_k));
  }
  co_return out;
}

void BrowserRuntime::release(std::uint32_t id) { host_release(id); }

Task<Result<std::vector<std::uint8_t>>> BrowserRuntime::fetch(FetchOptions options) {
  if (options.cancel.cancelled()) co_return fail(ErrorCode::cancelled, "Loading " + options.path + " was stopped.");
  const auto [ticket, done] = open_ticket();
  pending(ticket)->on_progress = std::move(options.on_progress);
  const int listener = options.cancel.listen([number = ticket] { host_cancel_fetch(number); });
  host_fetch(ticket, options.path.c_str(), options.expected_bytes ? static_cast<double>(*options.expected_bytes) : -1.0,
             options.expected_sha256.c_str());
  Answer answer = co_await done;
  options.cancel.unlisten(listener);
  if (answer.error) co_return std::unexpected(std::move(*answer.error));
  co_return std::move(answer.file);
}

Task<Result<std::string>> BrowserRuntime::ask_library(LibraryCall call) {
  if (call.cancel.cancelled()) co_return fail(ErrorCode::cancelled, "Stopped before it began.");
  const auto [ticket, done] = open_ticket();
  pending(ticket)->on_note = std::move(call.on_note);
  const int listener = call.cancel.listen([number = ticket] { host_cancel_fetch(number); });
  host_ask_library(ticket, call.call.c_str(), call.json.c_str());
  Answer answer = co_await done;
  call.cancel.unlisten(listener);
  if (answer.error) co_return std::unexpected(std::move(*answer.error));
  co_return answer.details.value("text", "");
}

}  // namespace trilens::app

// --- The way in, called by EngineHost through what host_attach handed it. ---

using trilens::Error;
using trilens::Shape;
using trilens::Tensor;
using trilens::infer::RemoteTensor;

extern "C" {

EMSCRIPTEN_KEEPALIVE void* trilens_runtime_allocate(std::size_t bytes) { return std::malloc(bytes); }
EMSCRIPTEN_KEEPALIVE void trilens_runtime_free(void* at) { std::free(at); }

// The answer under a ticket, without its payloads; makes room for those. Frees `text`.
EMSCRIPTEN_KEEPALIVE void trilens_runtime_open(BrowserRuntime* self, std::uint32_t ticket, char* text) {
  json details = json::parse(trilens::app::take_text(text), nullptr, false);
  BrowserRuntime::Pending* pending = self->pending(ticket);
  if (pending == nullptr) return;
  BrowserRuntime::Answer& answer = pending->answer;
  if (const auto error = details.find("error"); error != details.end()) {
    answer.error = Error{trilens::code_from_name(error->at("code").get<std::string>()), error->at("message"), error->at("detail")};
    return;
  }
  for (const json& value : details.value("values", json::array())) {
    const auto type = trilens::app::type_from_name(value.at("type").get<std::string>());
    auto dims = value.at("dims").get<Shape>();
    if (const auto handle = value.find("handle"); handle != value.end()) {
      answer.values.emplace_back(std::in_place_type<RemoteTensor>, *self, handle->get<std::uint32_t>(), type, std::move(dims));
    } else {
      // The bytes of a tensor stay where they are when the tensor is moved.
      Tensor tensor(type, std::move(dims));
      pending->places.push_back(tensor.bytes());
      answer.values.emplace_back(std::move(tensor));
    }
  }
  if (const auto bytes = details.find("bytes"); bytes != details.end()) {
    answer.file.resize(bytes->get<std::size_t>());
    pending->places.push_back(std::as_writable_bytes(std::span(answer.file)));
  }
  answer.details = std::move(details);
}

// Where the i-th payload goes.
EMSCRIPTEN_KEEPALIVE void* trilens_runtime_place(BrowserRuntime* self, std::uint32_t ticket, std::uint32_t index) {
  BrowserRuntime::Pending* pending = self->pending(ticket);
  return pending == nullptr || index >= pending->places.size() ? nullptr : pending->places[index].data();
}

// All payloads are in place: the coroutine goes on, on this stack.
EMSCRIPTEN_KEEPALIVE void trilens_runtime_close(BrowserRuntime* self, std::uint32_t ticket) { self->resolve(ticket); }

EMSCRIPTEN_KEEPALIVE void trilens_runtime_progress(BrowserRuntime* self, std::uint32_t ticket, double loaded, double total) {
  BrowserRuntime::Pending* pending = self->pending(ticket);
  if (pending == nullptr || !pending->on_progress) return;
  pending->on_progress(static_cast<std::uint64_t>(loaded), total < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(total)));
}

// How far a library's call has come. Frees `text`.
EMSCRIPTEN_KEEPALIVE void trilens_runtime_note(BrowserRuntime* self, std::uint32_t ticket, char* text) {
  const std::string note = trilens::app::take_text(text);
  BrowserRuntime::Pending* pending = self->pending(ticket);
  if (pending != nullptr && pending->on_note) pending->on_note(note);
}

}  // extern "C"
