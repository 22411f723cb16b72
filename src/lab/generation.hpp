// A generation under way: a search (src/generate), the decoder run that feeds it, and what it cost so far.
//
// Not here: the search's rules. Borrows the model and the runtime. After an error other than `cancelled`, restart() makes
// it begin anew with the same prompt; a cancelled one goes on where it stood. So does advance() where the model's switches were changed
// meanwhile: what the cache holds was computed by another model, as it were.
//
//   auto generation = begin_generation(context, request);          // runs nothing
//   auto so_far = co_await advance(context, *generation, 1);       // one token more
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "generate/search.hpp"
#include "lab/context.hpp"
#include "lab/cross_rows.hpp"
#include "lab/decoder_run.hpp"
#include "lab/step_rows.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"

namespace trilens::lab {

struct Generation {
  std::vector<std::int32_t> source;  // encoder-decoder: what the encoder reads; else empty
  std::vector<std::int32_t> prompt;  // what the decoder starts from, the forced prefix at its end
  std::size_t forced = 0;            // tokens of that prefix
  generate::Search start;            // as it was begun
  generate::Search search;
  std::optional<DecoderRun> run;     // from the first step on
  std::vector<double> step_millis;   // one an answered batch; the first is the prefill
  std::optional<protocol::Cut> cut;
  std::int64_t goal = 0;             // tokens that were asked for so far
  bool context_full = false;         // the model takes no longer text
  std::int64_t revision = 0;         // of the model's switches, that `run` was made under
  std::int64_t serial = 0;           // protocol::BeginGeneration
  std::vector<std::string> watch;    // outputs that each step brings along; empty: none
  std::vector<protocol::Step> forced_steps;  // what the model said of the prefix; from the first step on
  StepRows rows;                     // by step, forced ones first; of a beam search the forced ones alone
  CrossRows cross;                   // by step; of a beam search by forced step, then by expansion

  [[nodiscard]] std::span<const std::int32_t> prefix() const { return std::span(prompt).last(forced); }
  // The prefix holds the end already: nothing is written behind it.
  [[nodiscard]] bool ended(const LoadedModel& model) const {
    return forced > 0 && !step_millis.empty() && std::ranges::find(model.config.eos_ids, prompt.back()) != model.config.eos_ids.end();
  }
  // Steps taken, forced ones included, which are known from the first run on.
  [[nodiscard]] std::int64_t made(const LoadedModel& model) const {
    if (step_millis.empty()) return 0;
    return static_cast<std::int64_t>(forced) + (ended(model) ? 0 : search.generated());
  }

  void restart() {
    search = start;
    run.reset();
    step_millis.clear();
    context_full = false;
    forced_steps.clear();
    rows.clear();
    cross.clear();
  }
};

// What the page's options mean for the search of a model, which has its own end tokens and bans.
[[nodiscard]] generate::GenerationOptions search_options(const LoadedModel& model, const protocol::GenerateOptions& options);

[[nodiscard]] Result<Generation> begin_generation(Context& context, const protocol::BeginGeneration& request);

// Takes the search on by at most `tokens` tokens; after a failure and restart() it makes up for what was there before.
// Errors: cancelled, those of the runtime.
// With a forced prefix the first run takes all of its steps at once.
[[nodiscard]] Task<Result<protocol::Generated>> advance(Context& context, Generation& generation, std::int64_t tokens);

// The encoder-decoder's own greedy output for a source: start token first, end token left out. Remembered.
[[nodiscard]] Task<Result<std::vector<std::int32_t>>> greedy_output(Context& context, std::vector<std::int32_t> source);

}  // namespace trilens::lab
