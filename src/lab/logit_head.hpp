// A model's own head, run on hidden states that are not its last: made on first use, kept with the model, gone with it.
//
// Not here: cutting it out (onnx/head.hpp), which states (lens.cpp).
// Errors: model_unsupported (no such head: why), those of fetching and of the runtime, cancelled. Whoever calls holds the model's turn.
//
//   auto head = co_await logit_head(context);
//   auto rows = co_await score(context, {.states = …, .answers = …}, 5);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "infer/port.hpp"
#include "lab/context.hpp"
#include "tensor/statistics.hpp"

namespace trilens::lab {

struct LogitHead {
  std::unique_ptr<infer::Session> session;   // hidden -> logits
  std::unique_ptr<infer::Session> standing;  // onnx/standing.hpp
  std::int64_t vocabulary = 0;
};

// The one of this model, made where it is not there yet. Borrowed: it lives as long as the model.
[[nodiscard]] Task<Result<const LogitHead*>> logit_head(Context& context);

// One vector on its way to the vocabulary, and the token whose place is asked for.
struct HeadRow {
  std::span<const float> state;  // [hidden]; borrowed
  std::int32_t answer = 0;
};

struct HeadScore {
  RowStatistics statistics;
  double answer_logit = 0;
  std::int64_t rank = 1;   // of the answer
};

// In as many runs as keep the logits of one below 48 MB. Logits stay with the runtime.
[[nodiscard]] Task<Result<std::vector<HeadScore>>> score(Context& context, std::vector<HeadRow> rows, std::uint32_t top_k);

}  // namespace trilens::lab
