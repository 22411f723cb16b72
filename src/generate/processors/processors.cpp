#include "generate/processors/processors.hpp"

#include <algorithm>

namespace trilens::generate {

std::vector<Processor> processors_for(const GenerationOptions& options, std::size_t prompt_length) {
  std::vector<Processor> out;
  if (options.repetition_penalty != 1.0) {
    out.emplace_back(RepetitionPenalty{.penalty = static_cast<float>(options.repetition_penalty)});
  }
  if (options.no_repeat_ngram_size > 0) {
    out.emplace_back(NoRepeatNgram{.size = static_cast<std::size_t>(options.no_repeat_ngram_size)});
  }
  if (options.min_new_tokens > 0 && !options.eos_ids.empty()) {
    out.emplace_back(MinNewTokens{.prompt_length = prompt_length,
                                  .count = static_cast<std::size_t>(options.min_new_tokens),
                                  .eos_ids = options.eos_ids});
  }
  if (!options.banned_ids.empty()) out.emplace_back(SuppressTokens{.ids = options.banned_ids});
  return out;
}

std::vector<Warper> warpers_for(const GenerationOptions& options) {
  std::vector<Warper> out;
  if (options.strategy != Strategy::sample) return out;
  if (options.temperature != 1.0) out.emplace_back(Temperature{.temperature = static_cast<float>(options.temperature)});
  if (options.top_k > 0) out.emplace_back(TopK{.k = static_cast<std::size_t>(options.top_k)});
  if (options.top_p < 1.0) out.emplace_back(TopP{.p = options.top_p});
  return out;
}

bool only_lower(std::span<const Processor> processors) {
  return std::ranges::all_of(processors, [](const Processor& processor) {
    return std::visit([](const auto& p) { return p.only_lowers(); }, processor);
  });
}

void process(std::span<const Processor> processors, std::span<const std::int32_t> history, ScoreRow& row) {
  for (const Processor& processor : processors) {
    std::visit([&](const auto& p) { p.apply(history, row); }, processor);
  }
}

bool warp(std::span<const Warper> warpers, ScoreRow& row) {
  return std::ranges::all_of(warpers, [&row](const Warper& warper) {
    return std::visit([&row](const auto& w) { return w.apply(row); }, warper);
  });
}

}  // namespace trilens::generate
