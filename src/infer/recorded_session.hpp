// A runtime for tests: its sessions answer at once from a function, and it remembers everything that was asked of it.
//
// Not here: ONNX. What a "file" means is up to the `open` function that the test passes in (recorded_models.hpp has some).
// Like the real one it refuses unknown and missing inputs, keeps remote tensors until they are released, runs one request
// of a session at a time, and goes on after a failed one. Besides it can fail on demand, hold runs back, lose its GPU, and
// count what still lives. Sessions and remote tensors must not outlive it. One thread.
//
//   RecordedRuntime runtime({.open = [](auto, auto) { return table_decoder(table); }, .webgpu = true});
//   runtime.fail_next(Operation::run, {ErrorCode::out_of_memory, "No."});
//   REQUIRE(runtime.live_tensors() == 0);
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "infer/port.hpp"

namespace trilens::infer {

enum class Operation : std::uint8_t { create_session, run, read, gather_batch, row_statistics };

using NamedTensors = std::map<std::string, Tensor>;

// The inputs of one run by name, wherever they lie; borrowed while the model answers.
using RecordedInputs = std::map<std::string, const Tensor*>;

struct RecordedModel {
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  // At least the outputs that were fetched.
  std::function<Result<NamedTensors>(const RecordedInputs& inputs)> answer;
};

// One thing that was asked for, in the order of asking.
struct RecordedCall {
  Operation operation = Operation::run;
  Provider provider = Provider::wasm;     // create_session and run
  std::map<std::string, Shape> inputs;    // run: what was fed
  std::vector<std::string> fetches;       // run
  std::vector<std::int32_t> indices;      // gather_batch
  std::uint32_t top_k = 0;                // row_statistics
  std::int64_t bytes_read = 0;            // what came to the C++ side: read, row_statistics, outputs of run that are not remote
};

class RecordedRuntime final : public Runtime, private RemoteStore {
 public:
  struct Options {
    std::function<Result<RecordedModel>(std::span<const std::uint8_t> model, Provider provider)> open;
    bool webgpu = false;  // whether there is a GPU
  };
  explicit RecordedRuntime(Options options);
  ~RecordedRuntime() override;
  RecordedRuntime(const RecordedRuntime&) = delete;
  RecordedRuntime& operator=(const RecordedRuntime&) = delete;

  [[nodiscard]] bool webgpu_available() const override { return options_.webgpu; }
  [[nodiscard]] Task<Result<std::unique_ptr<Session>>> create_session(SessionOptions options) override;
  [[nodiscard]] Task<Result<Tensor>> read(const RemoteTensor& tensor) override;
  [[nodiscard]] Task<Result<RemoteTensor>> gather_batch(const RemoteTensor& tensor, std::vector<std::int32_t> indices) override;
  [[nodiscard]] Task<Result<std::vector<RowStatistics>>> row_statistics(const RemoteTensor& logits, std::vector<std::uint32_t> rows,
                                                                       std::uint32_t top_k) override;

  // The next operation of this kind fails so; several queue up.
  void fail_next(Operation operation, Error error) { failures_[operation].push_back(std::move(error)); }

  // From now on runs wait; let_go() lets the one that waits longest go on, release_runs() ends the holding.
  void hold_runs() { holding_ = true; }
  [[nodiscard]] std::size_t held_runs() const { return held_.size(); }
  void let_go();
  void release_runs();

  // Every webgpu session and remote tensor of now answers gpu_lost from now on; new sessions work.
  void lose_gpu() { ++gpu_; }

  [[nodiscard]] std::size_t live_tensors() const { return tensors_.size(); }
  [[nodiscard]] std::size_t live_sessions() const { return live_sessions_; }
  [[nodiscard]] const std::vector<RecordedCall>& calls() const { return calls_; }
  [[nodiscard]] std::size_t count(Operation operation) const;
  void forget_calls() { calls_.clear(); }

 private:
  friend class RecordedSession;
  struct Nothing {};
  struct Stored {
    Tensor tensor;
    std::optional<std::int64_t> gpu;  // which GPU holds it; absent on wasm
  };

  void release(std::uint32_t id) override;
  [[nodiscard]] RemoteTensor store(Tensor tensor, std::optional<std::int64_t> gpu);
  [[nodiscard]] Result<const Stored*> find(const RemoteTensor& tensor) const;
  [[nodiscard]] std::optional<Error> injected(Operation operation);

  Options options_;
  std::map<std::uint32_t, Stored> tensors_;
  std::uint32_t last_id_ = 0;
  std::int64_t gpu_ = 0;  // goes up each time it is lost
  std::size_t live_sessions_ = 0;
  std::map<Operation, std::deque<Error>> failures_;
  bool holding_ = false;
  std::deque<OneShot<Nothing>> held_;
  std::vector<RecordedCall> calls_;
};

}  // namespace trilens::infer
