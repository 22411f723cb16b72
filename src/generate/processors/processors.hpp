// Logits processors: what changes the scores of a row before a token is chosen, in the reference's order.
//
// History processors see the tokens so far (prompt included); warpers shape the distribution that is sampled from.
// Each is a small value in its own file. The reference: transformers 5.23, generation/logits_process.py; the order:
// generation/utils.py, _get_logits_processor. In beam search they work on log-softmax scores, else on logits.
//
//   process(processors_for(options, prompt.size()), history, row);
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "generate/options.hpp"
#include "generate/processors/min_new_tokens.hpp"
#include "generate/processors/no_repeat_ngram.hpp"
#include "generate/processors/repetition_penalty.hpp"
#include "generate/processors/suppress_tokens.hpp"
#include "generate/processors/temperature.hpp"
#include "generate/processors/top_k.hpp"
#include "generate/processors/top_p.hpp"
#include "generate/score_row.hpp"

namespace trilens::generate {

using Processor = std::variant<RepetitionPenalty, NoRepeatNgram, MinNewTokens, SuppressTokens>;
using Warper = std::variant<Temperature, TopK, TopP>;

// Those that are not off, in order.
[[nodiscard]] std::vector<Processor> processors_for(const GenerationOptions& options, std::size_t prompt_length);
[[nodiscard]] std::vector<Warper> warpers_for(const GenerationOptions& options);

// No processor raises a score: the missing tokens' bound of a partial row stays true.
[[nodiscard]] bool only_lower(std::span<const Processor> processors);

void process(std::span<const Processor> processors, std::span<const std::int32_t> history, ScoreRow& row);

// False: the row lacks tokens that may belong to the result.
[[nodiscard]] bool warp(std::span<const Warper> warpers, ScoreRow& row);

}  // namespace trilens::generate
