// What an experiment gets to work with: the services, one loaded model (whose turn it has), and how to hear that it should
// stop. Plain values; experiments are free functions `Task<Result<...>> name(Context&, protocol::Request)`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "lab/loaded_model.hpp"
#include "lab/services.hpp"
#include "protocol/results.hpp"

namespace trilens::lab {

// What a family remembers between requests, so that a second look at the same text costs no second decoding.
struct Memory {
  std::vector<std::int32_t> source;  // the encoder-decoder's last source
  std::vector<std::int32_t> output;  // and its own greedy output for it, start token first, end token left out
  std::int64_t revision = 0;         // of the model's switches, under which it was written
};

struct Context {
  Services& services;
  LoadedModel& model;
  Memory& memory;
  CancelToken cancel;
  std::function<void(const protocol::Step&)> on_step;  // may be empty
  std::function<void(const protocol::Progress&)> on_progress = {};  // may be empty

  // Between two runs: an error when the request was cancelled.
  [[nodiscard]] Result<void> go_on() const {
    if (cancel.cancelled()) return fail(ErrorCode::cancelled, "Stopped.");
    return {};
  }
};

}  // namespace trilens::lab
