// An engine in a small world: files in a map, a recorded runtime whose decoder is a table, every message kept.
#pragma once

#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "infer/recorded_models.hpp"
#include "infer/recorded_session.hpp"
#include "lab/engine.hpp"
#include "protocol/results.hpp"

namespace trilens::lab::testing {

inline std::vector<std::uint8_t> bytes_of(const std::string& path) {
  std::ifstream in(std::string(TRILENS_SOURCE_DIR) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

class MapFiles final : public Files {
 public:
  std::map<std::string, std::vector<std::uint8_t>> files;
  bool hold = false;                              // fetches wait, until cancelled
  int fetches = 0;

  Task<Result<std::vector<std::uint8_t>>> fetch(Options options) override {
    ++fetches;
    if (hold) {
      OneShot<bool> cancelled;
      options.cancel.listen([cancelled] { cancelled.resolve(true); });
      co_await cancelled;
      co_return fail(ErrorCode::cancelled, "Stopped.");
    }
    const auto found = files.find(options.path);
    if (found == files.end()) co_return fail(ErrorCode::model_missing, "There is no file " + options.path + ".");
    if (options.on_bytes) options.on_bytes(found->second.size());
    co_return found->second;
  }
};

// Answers as it is told; a fetch can be held until it is cancelled or let go.
class ToldLibrary final : public Library {
 public:
  std::map<std::string, model::Source> sources;
  Result<Planned> planned = fail(ErrorCode::model_missing, "There is no such model.");
  protocol::Shelf shelf;
  std::vector<std::string> asked;  // what was called, in order
  bool hold = false;
  OneShot<bool> let_go;            // true: the fetch is done; false: it was cancelled

  Task<Result<Planned>> plan(protocol::PlanModel request, CancelToken) override {
    asked.push_back("plan " + request.name);
    co_return planned;
  }
  Task<Result<protocol::StoredModel>> fetch(std::int64_t plan, Hooks hooks) override {
    asked.push_back("fetch " + std::to_string(plan));
    hooks.on_progress({.stage = "fetch", .file = "onnx/model.onnx", .loaded_bytes = 5, .total_bytes = 10, .bytes_per_second = 2, .seconds_left = 2.5});
    if (hold) {
      hooks.cancel.listen([done = let_go] { done.resolve(false); });
      if (!co_await let_go) co_return fail(ErrorCode::cancelled, "Stopped; what has arrived is kept.");
    }
    protocol::StoredModel stored;
    stored.name = "owner/name@main";
    co_return stored;
  }
  Task<Result<protocol::Shelf>> list() override {
    asked.push_back("list");
    co_return shelf;
  }
  Task<Result<protocol::Shelf>> remove(std::string key) override {
    asked.push_back("remove " + key);
    co_return shelf;
  }
  Task<Result<model::Source>> source_of(std::string name) override {
    asked.push_back("source " + name);
    const auto found = sources.find(name);
    if (found == sources.end()) co_return fail(ErrorCode::model_missing, "The model " + name + " is not kept in this browser: fetch it first.");
    co_return found->second;
  }
};

class CountingClock final : public Clock {
 public:
  double now_millis() const override { return now_ += 1; }

 private:
  mutable double now_ = 0;
};

// A vocabulary of ten words; after word n the table decoder says word n + 1, and after "nine" it ends (word 0).
inline constexpr std::string_view kWords[] = {"<end>", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};

inline std::string words_tokenizer() {
  std::string vocabulary;
  for (std::size_t i = 0; i < std::size(kWords); ++i) {
    vocabulary += (i == 0 ? "\"" : ",\"") + std::string(kWords[i]) + "\":" + std::to_string(i);
  }
  return R"({"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":0,"content":"<end>","single_word":false,)"
         R"("lstrip":false,"rstrip":false,"normalized":false,"special":true}],"normalizer":null,)"
         R"("pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,)"
         R"("model":{"type":"WordLevel","vocab":{)" + vocabulary + R"(},"unk_token":"<end>"}})";
}

inline constexpr std::string_view kConfig =
    R"({"model_type":"gpt2","n_layer":1,"n_head":1,"n_embd":1,"n_positions":16,"vocab_size":10,"bos_token_id":0,"eos_token_id":0})";

inline infer::LogitTable counting_table() {
  infer::LogitTable table{.values = std::vector<float>(1000, 0.0F), .vocabulary = 10, .pad = 0};
  for (std::size_t before = 0; before < 10; ++before) {
    for (std::size_t last = 0; last < 10; ++last) table.values[(before * 10 + last) * 10 + (last + 1) % 10] = 5.0F;
  }
  return table;
}

inline model::Catalog catalog_of(const std::map<std::string, std::vector<std::uint8_t>>& files) {
  model::CatalogModel counter{.id = "counter", .family = Family::decoder, .title = "Counter", .tasks = {}, .path = "models/counter", .files = {}};
  for (const auto& [path, content] : files) {
    counter.files.push_back({path.substr(std::string("models/counter/").size()), static_cast<std::int64_t>(content.size()), {}});
  }
  model::CatalogModel twin = counter;  // the same words, but its files are not there
  twin.id = "lost";
  twin.path = "models/lost";
  return {{counter, twin}};
}

struct World {
  explicit World(infer::RecordedRuntime::Options options = default_options()) : runtime(std::move(options)) {
    files.files["models/counter/config.json"] = bytes(kConfig);
    files.files["models/counter/tokenizer.json"] = bytes(words_tokenizer());
    // A real graph is opened up; what runs in its place is the table.
    files.files["models/counter/onnx/model.onnx"] = bytes_of("assets/models/trilens-gpt2/onnx/model.onnx");
    engine = std::make_unique<Engine>(Services{runtime, files, library, clock}, catalog_of(files.files), [this](const std::string& json) {
      auto reply = protocol::parse_reply(json);
      if (reply) replies.push_back(std::move(*reply));
    });
  }

  static infer::RecordedRuntime::Options default_options() {
    return {.open = [](auto, auto) -> Result<infer::RecordedModel> { return infer::table_decoder(counting_table()); }, .webgpu = false};
  }

  void send(const std::string& json) { engine->receive(json); }

  // The end of a request: its result or its error; nothing while it is under way.
  const protocol::ReplyMessage* end_of(std::int64_t id) const {
    for (const protocol::ReplyMessage& reply : replies) {
      const bool end = std::holds_alternative<protocol::ResultValue>(reply.body) || std::holds_alternative<Error>(reply.body);
      if (reply.id == id && end) return &reply;
    }
    return nullptr;
  }
  std::size_t ends_of(std::int64_t id) const {
    std::size_t n = 0;
    for (const protocol::ReplyMessage& reply : replies) {
      const bool end = std::holds_alternative<protocol::ResultValue>(reply.body) || std::holds_alternative<Error>(reply.body);
      n += reply.id == id && end ? 1 : 0;
    }
    return n;
  }
  template <class T>
  const T* result(std::int64_t id) const {
    const protocol::ReplyMessage* end = end_of(id);
    const auto* value = end == nullptr ? nullptr : std::get_if<protocol::ResultValue>(&end->body);
    return value == nullptr ? nullptr : std::get_if<T>(value);
  }
  std::optional<ErrorCode> error(std::int64_t id) const {
    const protocol::ReplyMessage* end = end_of(id);
    const auto* error = end == nullptr ? nullptr : std::get_if<Error>(&end->body);
    return error == nullptr ? std::nullopt : std::optional(error->code);
  }

  infer::RecordedRuntime runtime;
  MapFiles files;
  ToldLibrary library;
  CountingClock clock;
  std::vector<protocol::ReplyMessage> replies;
  std::unique_ptr<Engine> engine;  // goes first: its models belong to the runtime
};

}  // namespace trilens::lab::testing
