// Is this machine's GPU to be trusted with this model, and is it the faster way? A short text is run and its logits are
// compared with those of the WASM provider, whose kernels the tests hold against the reference implementation.
//
// Not here: what to do about it (load_model.cpp). Errors: those of the runtime.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/loaded_model.hpp"
#include "lab/services.hpp"

namespace trilens::lab {

struct ProbeResult {
  std::vector<float> logits;  // of every position of the probe text, then of one decoding step
  double millis = 0;          // median of a few runs as they happen in use: a pass and its winners
};

// Runs the probe on the model's present sessions.
[[nodiscard]] Task<Result<ProbeResult>> probe(Services services, LoadedModel& model);

// Largest absolute difference; infinity when one of them is not finite or the sizes differ.
[[nodiscard]] double max_difference(const std::vector<float>& a, const std::vector<float>& b);

// Two providers add in different orders; more than this is not rounding. Relative to the largest logit, at least 1.
inline constexpr double kKnownAnswerTolerance = 1e-3;
// Of weights in fewer bits the providers' kernels also round what they compute with: f16 has eleven bits, and WASM computes it in f32.
inline constexpr double kLossyAnswerTolerance = 3e-2;
[[nodiscard]] bool same_answer(const std::vector<float>& reference, const std::vector<float>& other, double tolerance = kKnownAnswerTolerance);

}  // namespace trilens::lab
