// The port to a model runtime, as the C++ side sees it. ONNX Runtime Web stands behind it in the browser
// (src/app/engine + web/), a recorded one in tests (infer/recorded_session.hpp).
//
// Not here: which inputs a family has (src/model), how many runs a search needs (src/generate).
// Lifetime: a RemoteTensor belongs to the Runtime that made it and is released when destroyed; sessions and remote
// tensors must not outlive their Runtime. One thread. Calls may overlap: a session queues its runs itself.
// Errors: runtime_failed, gpu_lost, out_of_memory, model_malformed, webgpu_unavailable; after a failed run the session
// still works, unless the code is gpu_lost.
//
//   auto session = co_await runtime.create_session({.model = bytes, .provider = Provider::wasm});
//   auto out = co_await (*session)->run(std::move(feeds), {"logits", "present.0.key"});
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "tensor/statistics.hpp"
#include "tensor/tensor.hpp"

namespace trilens::infer {

enum class Provider : std::uint8_t { webgpu, wasm };
[[nodiscard]] constexpr std::string_view provider_name(Provider p) { return p == Provider::webgpu ? "webgpu" : "wasm"; }

// Releases what a RemoteTensor refers to. Implemented by the runtime.
class RemoteStore {
 public:
  virtual ~RemoteStore() = default;
  virtual void release(std::uint32_t id) = 0;
};

// A tensor that stays where the runtime computed it (a GPU buffer on webgpu, the runtime's own heap on wasm). Move-only.
class RemoteTensor {
 public:
  RemoteTensor(RemoteStore& store, std::uint32_t id, ElementType type, Shape shape)
      : store_(&store), id_(id), type_(type), shape_(std::move(shape)) {}
  RemoteTensor(RemoteTensor&& other) noexcept { *this = std::move(other); }
  RemoteTensor& operator=(RemoteTensor&& other) noexcept {
    std::swap(store_, other.store_);
    std::swap(id_, other.id_);
    std::swap(type_, other.type_);
    std::swap(shape_, other.shape_);
    return *this;
  }
  ~RemoteTensor() {
    if (store_ != nullptr) store_->release(id_);
  }

  [[nodiscard]] std::uint32_t id() const { return id_; }
  [[nodiscard]] ElementType type() const { return type_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::size_t size_bytes() const;

 private:
  RemoteStore* store_ = nullptr;
  std::uint32_t id_ = 0;
  ElementType type_ = ElementType::f32;
  Shape shape_;
};

using Value = std::variant<Tensor, RemoteTensor>;

// One input of a run; borrows the value until the run has answered.
struct Feed {
  std::string name;
  std::variant<const Tensor*, const RemoteTensor*> value;
};

struct SessionOptions {
  std::vector<std::uint8_t> model;          // an ONNX file; consumed
  Provider provider = Provider::wasm;
  std::vector<std::string> remote_outputs;  // exact names of the outputs that stay with the runtime; all others come back as Tensor
};

class Session {
 public:
  virtual ~Session() = default;
  [[nodiscard]] virtual Provider provider() const = 0;
  [[nodiscard]] virtual const std::vector<std::string>& inputs() const = 0;
  [[nodiscard]] virtual const std::vector<std::string>& outputs() const = 0;
  // Values in the order of `fetches`. Feeds' tensors must stay alive until the task ends.
  [[nodiscard]] virtual Task<Result<std::vector<Value>>> run(std::vector<Feed> feeds, std::vector<std::string> fetches) = 0;
};

class Runtime {
 public:
  virtual ~Runtime() = default;
  [[nodiscard]] virtual bool webgpu_available() const = 0;
  [[nodiscard]] virtual Task<Result<std::unique_ptr<Session>>> create_session(SessionOptions options) = 0;

  // Copies a remote tensor to the C++ side.
  [[nodiscard]] virtual Task<Result<Tensor>> read(const RemoteTensor& tensor) = 0;

  // Rows of a [B, ...] tensor along its first dimension: out[i] = in[indices[i]]. Beam search reorders its cache with it.
  [[nodiscard]] virtual Task<Result<RemoteTensor>> gather_batch(const RemoteTensor& tensor, std::vector<std::int32_t> indices) = 0;

  // Softmax statistics and the k best of given rows of f32 logits [.., V], row r = the r-th vector of length V. On webgpu
  // this is a compute pass and only the winners come back; on wasm it is the CPU twin (tensor/statistics.hpp).
  [[nodiscard]] virtual Task<Result<std::vector<RowStatistics>>> row_statistics(const RemoteTensor& logits, std::vector<std::uint32_t> rows,
                                                                               std::uint32_t top_k) = 0;
};

}  // namespace trilens::infer
