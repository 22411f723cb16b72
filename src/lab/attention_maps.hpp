// The attention of one kind, as the runtime computed it, for the experiments that show it: checked, fetched, rolled out.
//
// Errors: unsupported_task (a kind that this family has not), model_unsupported (hidden in fused operators), invalid_argument
// (a layer or head that there is not), those of the runtime.
//
//   auto maps = co_await attention_layers(context, sides, AttentionKind::self, std::nullopt);  // each [1, head, query, key] f32
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/context.hpp"
#include "lab/sides.hpp"
#include "protocol/requests.hpp"

namespace trilens::lab {

// How many layers with attention of this kind there are; an error where it cannot be had.
[[nodiscard]] Result<std::int64_t> attention_layer_count(const LoadedModel& model, protocol::AttentionKind kind);

// invalid_argument where there are not as many; `name` is the request's field.
[[nodiscard]] Result<void> check_index(const char* name, std::optional<std::int64_t> index, std::int64_t count);

// Whether rows (and, of decoder self-attention, columns) are what the decoder of an encoder-decoder writes.
[[nodiscard]] bool reads_output(const LoadedModel& model, protocol::AttentionKind kind);

// One layer, or, when absent, all of them.
[[nodiscard]] Task<Result<std::vector<Tensor>>> attention_layers(Context& context, const Sides& sides, protocol::AttentionKind kind,
                                                                 std::optional<std::int64_t> layer);

// analysis/rollout.hpp: what has reached each position after each layer, [layer, query, key] f32.
[[nodiscard]] Task<Result<Tensor>> attention_rollout(Context& context, const Sides& sides, protocol::AttentionKind kind);

}  // namespace trilens::lab
