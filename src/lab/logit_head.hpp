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
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "infer/port.hpp"
#include "lab/context.hpp"
#include "onnx/head.hpp"
#include "tensor/statistics.hpp"

namespace trilens::lab {

struct LogitHead {
  std::unique_ptr<infer::Session> session;   // hidden -> logits
  std::unique_ptr<infer::Session> standing;  // onnx/standing.hpp
  std::int64_t vocabulary = 0;
  std::vector<std::uint8_t> model;           // the cut model, where it is small enough to be kept; else empty
  onnx::NormKind norm = onnx::NormKind::none;
  onnx::Projection projection = onnx::Projection::exact;
  bool normed_blocks = false, bias = false;
};

// The one of this model, made where it is not there yet. Borrowed: it lives as long as the model.
[[nodiscard]] Task<Result<const LogitHead*>> logit_head(Context& context);

// One token's part in the output projection (onnx/head.hpp).
[[nodiscard]] Task<Result<onnx::ProjectionRow>> projection_row(Context& context, std::uint32_t token);

// What the head makes of one vector [hidden] f32 on the way: vectors by onnx::kHeadNorm, …, [1, 1, width] f32 each.
[[nodiscard]] Task<Result<std::vector<Tensor>>> inside_head(Context& context, std::span<const float> state, std::vector<std::string> names);

// How a token stands at one position of logits [1, .., vocabulary] f32, which stay where they are.
struct Standing {
  double logit = 0;
  std::int64_t rank = 1;
};
[[nodiscard]] Task<Result<std::vector<Standing>>> standings(const LogitHead& head, const infer::RemoteTensor& logits, Tensor answers);

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
