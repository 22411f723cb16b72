// How a continuation is searched for: every option with its off-value and its range.
//
// Not here: what a model's own generation_config.json says (src/model), the search itself (search.hpp).
// A plain value. Errors of validate(): invalid_argument, naming the option, the value given and what is allowed.
// Names and meaning follow Hugging Face transformers 5.23 (generation/configuration_utils.py, logits_process.py).
//
//   GenerationOptions options{.strategy = Strategy::sample, .temperature = 0.8, .top_k = 40, .seed = 7};
//   if (auto valid = validate(options); !valid) return std::unexpected(valid.error());
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.hpp"

namespace trilens::generate {

inline constexpr std::int64_t kMaxNewTokens = 1024;
inline constexpr std::int64_t kMaxBeams = 16;
inline constexpr std::uint32_t kMaxStatistics = 64;  // the most winners that a row_statistics pass hands back

enum class Strategy : std::uint8_t {
  greedy,  // the most probable token each time
  sample,  // a token drawn from the distribution that temperature, top_k and top_p leave
  beam,    // num_beams continuations side by side; num_beams = 1 is greedy, as in the reference
};

// When a beam search may stop although beams still run.
enum class EarlyStopping : std::uint8_t {
  heuristic,  // off: when the best running beam, scored at its present length, cannot beat the worst finished one
  when_full,  // as soon as num_beams continuations have ended
  never,      // like heuristic, but a positive length_penalty assumes that beams grow to max_new_tokens
};

struct GenerationOptions {
  Strategy strategy = Strategy::greedy;
  std::int64_t max_new_tokens = 32;       // 1..kMaxNewTokens; the end token counts
  std::int64_t min_new_tokens = 0;        // 0 is off; until then no end token. At most max_new_tokens
  double temperature = 1.0;               // > 0; 1 is off; read by sample only
  std::int64_t top_k = 0;                 // >= 0; 0 is off; read by sample only. Ties with the k-th stay
  double top_p = 1.0;                     // (0, 1]; 1 is off; read by sample only
  std::int64_t num_beams = 4;             // 1..kMaxBeams; read by beam only
  double length_penalty = 1.0;            // finite; 0 is off; a beam's score is its log probability / new tokens ^ length_penalty
  EarlyStopping early_stopping = EarlyStopping::heuristic;  // read by beam only
  double repetition_penalty = 1.0;        // > 0; 1 is off; over 1 discourages tokens of the prompt and of the continuation
  std::int64_t no_repeat_ngram_size = 0;  // >= 0; 0 is off; no n-gram of prompt and continuation comes twice
  std::uint64_t seed = 0;                 // read by sample only; same seed, same text
  std::vector<std::int32_t> eos_ids;      // empty: nothing ends it but max_new_tokens
  std::vector<std::int32_t> banned_ids;   // empty is off; never produced ("suppress_tokens")
  std::int64_t alternatives = 10;         // 0..kMaxStatistics; 0 is off; candidates recorded with each step
};

[[nodiscard]] Result<void> validate(const GenerationOptions& options);

}  // namespace trilens::generate
