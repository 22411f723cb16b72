// Opens a model: fetches its files, reads its words and shape, opens its graphs up (src/onnx), starts sessions on the best
// provider of this machine.
//
// `auto` starts the model on WASM and, where there is a GPU, on WebGPU too; both answer the same tokens, WebGPU is trusted
// only if its answer equals WASM's, both are timed, the faster one is kept. `webgpu` is checked the same way.
// Errors: model_missing, model_malformed, model_unsupported, tokenizer_*, network, webgpu_unavailable, gpu_wrong,
// runtime_failed, cancelled.
#pragma once

#include <functional>
#include <memory>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/loaded_model.hpp"
#include "lab/services.hpp"
#include "model/catalog.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"

namespace trilens::lab {

struct LoadHooks {
  std::function<void(const protocol::Progress&)> on_progress;  // may be empty
  CancelToken cancel;
};

[[nodiscard]] Task<Result<std::unique_ptr<LoadedModel>>> load_model(Services services, const model::Catalog& catalog, protocol::Load request,
                                                                    LoadHooks hooks);

}  // namespace trilens::lab
