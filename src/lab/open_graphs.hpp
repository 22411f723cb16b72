// From the ONNX files of a model to graphs that are opened up (src/onnx) and known to fit: which file is what, whether its inputs can be
// filled, what its outputs are.
//
// Not here: fetching (load_model.cpp), sessions of which provider (choose_provider.hpp).
// Errors: model_malformed, model_unsupported (each names the file and what to do).
//
//   auto graphs = open_graphs(source, config, std::move(files));   // takes the bytes
//   auto started = co_await start_sessions(runtime, *graphs, Provider::wasm, model);
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/loaded_model.hpp"
#include "model/source.hpp"
#include "onnx/surgery.hpp"

namespace trilens::lab {

using FileMap = std::map<std::string, std::vector<std::uint8_t>, std::less<>>;

struct OpenGraphs {
  std::optional<onnx::Surgery> encoder, decoder, later;  // as LoadedModel's sessions
  [[nodiscard]] std::vector<const onnx::Surgery*> all() const;
};

// What can be told before a byte is fetched: a family without its files, weights beside a graph.
[[nodiscard]] Result<void> check_source(const model::Source& source);
// The same, once the family is known.
[[nodiscard]] Result<void> check_roles(const model::Source& source, Family family);

// Takes the graphs' bytes out of `files`.
[[nodiscard]] Result<OpenGraphs> open_graphs(const model::Source& source, const model::Config& config, FileMap& files);

// What the graphs say of the model: its head, its switches, its layers.
void describe_graphs(const OpenGraphs& graphs, LoadedModel& model);

// Ends the model's sessions and starts them on a provider.
[[nodiscard]] Task<Result<void>> start_sessions(infer::Runtime& runtime, const OpenGraphs& graphs, infer::Provider provider, LoadedModel& model);

}  // namespace trilens::lab
