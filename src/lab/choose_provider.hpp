// Which provider runs a model on this machine. `auto` starts it on WASM and, where there is a GPU, on WebGPU too; both answer the same
// tokens, WebGPU is trusted only if its answer equals WASM's, both are timed, the faster one is kept. `webgpu` is checked the same way.
// A source that says `only_on` is started there alone, and what else was asked for is refused with its reason.
//
// Not here: the question and its answer (known_answer.hpp). Errors: model_unsupported, webgpu_unavailable, gpu_wrong, those of the runtime.
#pragma once

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/known_answer.hpp"
#include "lab/open_graphs.hpp"
#include "lab/services.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"

namespace trilens::lab {

class ProviderChooser {
 public:
  // Borrows all of them.
  ProviderChooser(Services services, const OpenGraphs& graphs, LoadedModel& model, CancelToken cancel)
      : services_(services), graphs_(graphs), model_(model), cancel_(std::move(cancel)) {}

  // Leaves the model's sessions running on the provider that the report names.
  [[nodiscard]] Task<Result<protocol::ProviderReport>> choose(protocol::ProviderChoice choice);

 private:
  [[nodiscard]] Task<Result<ProbeResult>> try_out(infer::Provider provider);
  [[nodiscard]] Task<Result<protocol::ProviderReport>> alone(infer::Provider provider, std::string reason);
  [[nodiscard]] Task<Result<protocol::ProviderReport>> compare(bool forced);
  [[nodiscard]] Task<Result<protocol::ProviderReport>> as_only(infer::Provider only, protocol::ProviderChoice choice);

  Services services_;
  const OpenGraphs& graphs_;
  LoadedModel& model_;
  CancelToken cancel_;
  protocol::ProviderReport report_;
};

// What can be refused before a byte is fetched.
[[nodiscard]] Result<void> check_choice(const model::Source& source, protocol::ProviderChoice choice, bool webgpu);

}  // namespace trilens::lab
