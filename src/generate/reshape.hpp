// What sampling would draw from at one step, and why the rest is out: the row of logits under penalties, temperature, top-k and top-p,
// each cut told by its name. The same processors as the search's own (processors/); the strategy of `options` does not matter.
//
// Not here: drawing (sampler.hpp), running a model. Pure function. The reference: transformers 5.23, generation/logits_process.py.
//
//   Reshaped r = reshape({.logits = row, .history = ids, .prompt_length = 4}, {.temperature = 0.7, .top_p = 0.9}, 20);
//   r.entries[0].after;  // the most probable one's chance now
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "generate/options.hpp"

namespace trilens::generate {

enum class Cut : std::uint8_t { none, forbidden, top_k, top_p };  // forbidden: by an option that bans it here

struct ReshapedEntry {
  std::int32_t id = 0;
  double before = 0;      // as the model said: full vocabulary, temperature 1, no penalties
  double after = 0;       // what it is drawn with; 0 where it is cut
  double cumulative = 0;  // of what top-p looks at (after penalties, temperature and top-k): of this token and all that come before it
  Cut cut = Cut::none;
};

struct Reshaped {
  std::vector<ReshapedEntry> entries;  // by falling score after penalties, what is forbidden last
  std::int64_t left = 0;               // tokens that can be drawn
  std::int64_t forbidden = 0, cut_by_top_k = 0, cut_by_top_p = 0;
  double kept = 0;                     // of the model's own probability, in those that are left
  double entropy_before_nats = 0, entropy_after_nats = 0;
};

struct ReshapeInput {
  std::span<const float> logits;          // [vocabulary]
  std::span<const std::int32_t> history;  // prompt and what was written before this step
  std::size_t prompt_length = 0;          // at most the history's
};

// `count`: the best so many, and what is forbidden among the model's own best so many.
[[nodiscard]] Reshaped reshape(const ReshapeInput& input, GenerationOptions options, std::size_t count);

}  // namespace trilens::generate
