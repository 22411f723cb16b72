// One ONNX file of a loaded model once more, for what is only looked up when it is asked for (a head, a table): files are not kept.
// Errors: those of fetching, cancelled. Whoever calls holds the model's turn.
//
//   auto bytes = co_await graph_bytes(context, graph_file(context.model, {GraphRole::decoder, GraphRole::model}));
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/context.hpp"

namespace trilens::lab {

// The file of the first of these roles that the model has; empty: it has none.
[[nodiscard]] std::string graph_file(const LoadedModel& model, std::initializer_list<model::GraphRole> roles);
[[nodiscard]] Task<Result<std::vector<std::uint8_t>>> graph_bytes(Context& context, std::string file);

}  // namespace trilens::lab
