#include "infer/recorded_session.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace trilens::infer {
namespace {

std::unexpected<Error> gpu_lost() { return fail(ErrorCode::gpu_lost, "The graphics processor was lost."); }

// out[i] = in[indices[i]] along the first dimension.
Tensor gathered(const Tensor& in, std::span<const std::int32_t> indices) {
  Shape shape = in.shape();
  const std::size_t rows = static_cast<std::size_t>(shape[0]);
  const std::size_t row_bytes = rows == 0 ? 0 : in.bytes().size() / rows;
  shape[0] = static_cast<std::int64_t>(indices.size());
  Tensor out(in.type(), std::move(shape));
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto from = in.bytes().subspan(static_cast<std::size_t>(indices[i]) * row_bytes, row_bytes);
    std::ranges::copy(from, out.bytes().begin() + static_cast<std::ptrdiff_t>(i * row_bytes));
  }
  return out;
}

}  // namespace

class RecordedSession final : public Session {
 public:
  RecordedSession(RecordedRuntime& runtime, RecordedModel model, SessionOptions options)
      : runtime_(runtime), model_(std::move(model)), options_(std::move(options)) {
    if (options_.provider == Provider::webgpu) gpu_ = runtime_.gpu_;
    ++runtime_.live_sessions_;
  }
  ~RecordedSession() override { --runtime_.live_sessions_; }
  RecordedSession(const RecordedSession&) = delete;
  RecordedSession& operator=(const RecordedSession&) = delete;

  [[nodiscard]] Provider provider() const override { return options_.provider; }
  [[nodiscard]] const std::vector<std::string>& inputs() const override { return model_.inputs; }
  [[nodiscard]] const std::vector<std::string>& outputs() const override { return model_.outputs; }

  [[nodiscard]] Task<Result<std::vector<Value>>> run(std::vector<Feed> feeds, std::vector<std::string> fetches) override {
    const OneShot<RecordedRuntime::Nothing> finished;
    const auto before = std::exchange(last_, finished);
    if (before) co_await *before;
    if (runtime_.holding_) {
      const OneShot<RecordedRuntime::Nothing> go;
      runtime_.held_.push_back(go);
      co_await go;
    }
    Result<std::vector<Value>> out = run_now(feeds, std::move(fetches));
    finished.resolve({});
    co_return out;
  }

 private:
  Result<std::vector<Value>> run_now(std::span<const Feed> feeds, std::vector<std::string> fetches) {
    const std::size_t call = runtime_.calls_.size();
    runtime_.calls_.push_back({.operation = Operation::run, .provider = options_.provider, .inputs = {}, .fetches = fetches, .indices = {}});
    if (auto error = runtime_.injected(Operation::run)) return std::unexpected(std::move(*error));
    if (gpu_ && *gpu_ != runtime_.gpu_) return gpu_lost();
    auto in = inputs_of(feeds);
    if (!in) return std::unexpected(in.error());
    for (const auto& [name, tensor] : *in) runtime_.calls_[call].inputs[name] = tensor->shape();
    for (const std::string& name : fetches) {
      if (std::ranges::find(model_.outputs, name) == model_.outputs.end()) {
        return fail(ErrorCode::runtime_failed, "The model has no output " + name + ".");
      }
    }
    auto answer = model_.answer(*in);
    if (!answer) return std::unexpected(answer.error());
    std::vector<Value> values;
    for (const std::string& name : fetches) {
      const auto found = answer->find(name);
      if (found == answer->end()) return fail(ErrorCode::runtime_failed, "The recorded model did not compute " + name + ".");
      Tensor tensor = found->second.clone();
      if (std::ranges::find(options_.remote_outputs, name) != options_.remote_outputs.end()) {
        values.emplace_back(runtime_.store(std::move(tensor), gpu_));
      } else {
        runtime_.calls_[call].bytes_read += static_cast<std::int64_t>(tensor.bytes().size());
        values.emplace_back(std::move(tensor));
      }
    }
    return values;
  }

  Result<RecordedInputs> inputs_of(std::span<const Feed> feeds) const {
    RecordedInputs in;
    for (const Feed& feed : feeds) {
      if (std::ranges::find(model_.inputs, feed.name) == model_.inputs.end()) {
        return fail(ErrorCode::runtime_failed, "The model has no input " + feed.name + ".");
      }
      if (const auto* local = std::get_if<const Tensor*>(&feed.value)) {
        in[feed.name] = *local;
        continue;
      }
      auto stored = runtime_.find(*std::get<const RemoteTensor*>(feed.value));
      if (!stored) return std::unexpected(stored.error());
      in[feed.name] = &(*stored)->tensor;
    }
    for (const std::string& name : model_.inputs) {
      if (!in.contains(name)) return fail(ErrorCode::runtime_failed, "The input " + name + " of the model was not fed.");
    }
    return in;
  }

  RecordedRuntime& runtime_;
  RecordedModel model_;
  SessionOptions options_;
  std::optional<std::int64_t> gpu_;                     // webgpu: the GPU that it was made on
  std::optional<OneShot<RecordedRuntime::Nothing>> last_;  // resolved when the newest run has ended
};

RecordedRuntime::RecordedRuntime(Options options) : options_(std::move(options)) {}

RecordedRuntime::~RecordedRuntime() {
  if (live_sessions_ != 0 || !tensors_.empty()) std::abort();  // something outlived its runtime
}

Task<Result<std::unique_ptr<Session>>> RecordedRuntime::create_session(SessionOptions options) {
  calls_.push_back({.operation = Operation::create_session, .provider = options.provider, .inputs = {}, .fetches = {}, .indices = {}});
  if (auto error = injected(Operation::create_session)) co_return std::unexpected(std::move(*error));
  if (options.provider == Provider::webgpu && !options_.webgpu) {
    co_return fail(ErrorCode::webgpu_unavailable, "There is no graphics processor here that WebGPU can use.");
  }
  auto model = options_.open(options.model, options.provider);
  if (!model) co_return std::unexpected(model.error());
  std::unique_ptr<Session> session = std::make_unique<RecordedSession>(*this, std::move(*model), std::move(options));
  co_return session;
}

Task<Result<Tensor>> RecordedRuntime::read(const RemoteTensor& tensor) {
  calls_.push_back({.operation = Operation::read, .inputs = {}, .fetches = {}, .indices = {}});
  if (auto error = injected(Operation::read)) co_return std::unexpected(std::move(*error));
  const auto stored = find(tensor);
  if (!stored) co_return std::unexpected(stored.error());
  calls_.back().bytes_read = static_cast<std::int64_t>((*stored)->tensor.bytes().size());
  co_return (*stored)->tensor.clone();
}

Task<Result<RemoteTensor>> RecordedRuntime::gather_batch(const RemoteTensor& tensor, std::vector<std::int32_t> indices) {
  calls_.push_back({.operation = Operation::gather_batch, .inputs = {}, .fetches = {}, .indices = indices});
  if (auto error = injected(Operation::gather_batch)) co_return std::unexpected(std::move(*error));
  const auto stored = find(tensor);
  if (!stored) co_return std::unexpected(stored.error());
  const Shape& shape = tensor.shape();
  for (const std::int32_t i : indices) {
    if (shape.empty() || i < 0 || i >= shape[0]) {
      co_return fail(ErrorCode::runtime_failed, "There is no row " + std::to_string(i) + " in a tensor of shape " + shape_text(shape) + ".");
    }
  }
  co_return store(gathered((*stored)->tensor, indices), (*stored)->gpu);
}

Task<Result<std::vector<RowStatistics>>> RecordedRuntime::row_statistics(const RemoteTensor& logits, std::vector<std::uint32_t> rows,
                                                                        std::uint32_t top_k) {
  calls_.push_back({.operation = Operation::row_statistics, .inputs = {}, .fetches = {}, .indices = {}, .top_k = top_k});
  if (auto error = injected(Operation::row_statistics)) co_return std::unexpected(std::move(*error));
  const auto stored = find(logits);
  if (!stored) co_return std::unexpected(stored.error());
  if (logits.type() != ElementType::f32 || logits.shape().empty() || logits.shape().back() == 0) {
    co_return fail(ErrorCode::runtime_failed, "Statistics need float32 logits, not " + shape_text(logits.shape()) + ".");
  }
  const std::span<const float> values = (*stored)->tensor.data<float>();
  const auto vocabulary = static_cast<std::size_t>(logits.shape().back());
  std::vector<RowStatistics> out;
  for (const std::uint32_t row : rows) {
    if ((row + 1) * vocabulary > values.size()) {
      co_return fail(ErrorCode::runtime_failed, "There is no row " + std::to_string(row) + " in logits of shape " + shape_text(logits.shape()) + ".");
    }
    out.push_back(trilens::row_statistics(values.subspan(row * vocabulary, vocabulary), top_k));
    calls_.back().bytes_read += static_cast<std::int64_t>(8 + 8 * out.back().top.size());
  }
  co_return out;
}

void RecordedRuntime::let_go() {
  if (held_.empty()) return;
  const OneShot<Nothing> go = held_.front();
  held_.pop_front();
  go.resolve({});
}

void RecordedRuntime::release_runs() {
  holding_ = false;
  while (!held_.empty()) let_go();
}

std::size_t RecordedRuntime::count(Operation operation) const {
  return static_cast<std::size_t>(std::ranges::count(calls_, operation, &RecordedCall::operation));
}

void RecordedRuntime::release(std::uint32_t id) {
  if (tensors_.erase(id) != 1) std::abort();  // released twice
}

RemoteTensor RecordedRuntime::store(Tensor tensor, std::optional<std::int64_t> gpu) {
  const std::uint32_t id = ++last_id_;
  RemoteTensor remote(*this, id, tensor.type(), tensor.shape());
  tensors_.emplace(id, Stored{.tensor = std::move(tensor), .gpu = gpu});
  return remote;
}

Result<const RecordedRuntime::Stored*> RecordedRuntime::find(const RemoteTensor& tensor) const {
  const auto found = tensors_.find(tensor.id());
  if (found == tensors_.end()) return fail(ErrorCode::runtime_failed, "A remote tensor was used after it was released.");
  if (found->second.gpu && *found->second.gpu != gpu_) return gpu_lost();
  return &found->second;
}

std::optional<Error> RecordedRuntime::injected(Operation operation) {
  std::deque<Error>& queue = failures_[operation];
  if (queue.empty()) return std::nullopt;
  Error error = std::move(queue.front());
  queue.pop_front();
  return error;
}

}  // namespace trilens::infer
