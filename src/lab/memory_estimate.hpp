// How much memory an open model takes, told before it is fetched: from its config.json and the length of its graphs.
//
// An estimate, and it says of what: the graphs twice (the file that is opened up, and the runtime's own copy of the weights) and what a
// text of 512 tokens, or of as many as the model has positions, leaves behind: attention maps, hidden states, keys and values, logits,
// all as 32-bit numbers. Not in it: what the runtime needs in passing. Pure.
//
//   estimate_memory(config, 548'000'000) → {.bytes = 1'392'000'000, .sentence = "About 1.4 GB: 1.1 GB for …"}
#pragma once

#include <cstdint>
#include <string>

#include "model/config.hpp"

namespace trilens::lab {

struct MemoryEstimate {
  std::int64_t bytes = 0;
  std::string sentence;
};

// graph_bytes: of all ONNX files of the model.
[[nodiscard]] MemoryEstimate estimate_memory(const model::Config& config, std::int64_t graph_bytes);

// "3.4 MB"; decimal, as hosts count.
[[nodiscard]] std::string bytes_in_words(std::int64_t bytes);

}  // namespace trilens::lab
