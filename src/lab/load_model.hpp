// Opens a model: fetches its files, reads its words and shape, opens its graphs up (src/onnx), starts sessions on the best
// provider of this machine (choose_provider.hpp).
//
// What can be told before the weights come is told then: a variant that this machine cannot run, weights beside their graph, files that
// are missing, a type of model that is not known (config.json comes first). A file's length and hash are compared where the source has them.
// Errors: model_missing, model_malformed, model_unsupported, tokenizer_*, network, webgpu_unavailable, gpu_wrong,
// runtime_failed, cancelled.
//
//   auto loaded = co_await load_model(services, catalog_source(catalog, request).value(), ProviderChoice::automatic, {});
#pragma once

#include <functional>
#include <memory>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/loaded_model.hpp"
#include "lab/services.hpp"
#include "model/catalog.hpp"
#include "model/source.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"

namespace trilens::lab {

struct LoadHooks {
  std::function<void(const protocol::Progress&)> on_progress;  // may be empty
  CancelToken cancel;
};

[[nodiscard]] Task<Result<std::unique_ptr<LoadedModel>>> load_model(Services services, model::Source source, protocol::ProviderChoice choice,
                                                                    LoadHooks hooks);

// The bundled model that a request names. Errors: model_missing (with those that there are), model_unsupported (of another family).
[[nodiscard]] Result<model::Source> catalog_source(const model::Catalog& catalog, const protocol::Load& request);

}  // namespace trilens::lab
