// A generation under way: a search (src/generate), the decoder run that feeds it, and what it cost so far.
//
// Not here: the search's rules. Borrows the model and the runtime. After an error other than `cancelled`, restart() makes
// it begin anew with the same prompt; a cancelled one goes on where it stood. So does advance() where the model's switches were changed
// meanwhile: what the cache holds was computed by another model, as it were.
//
//   auto generation = begin_generation(context, request);          // runs nothing
//   auto so_far = co_await advance(context, *generation, 1);       // one token more
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "generate/search.hpp"
#include "lab/context.hpp"
#include "lab/decoder_run.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"

namespace trilens::lab {

struct Generation {
  std::vector<std::int32_t> source;  // encoder-decoder: what the encoder reads; else empty
  std::vector<std::int32_t> prompt;  // what the decoder starts from
  generate::Search start;            // as it was begun
  generate::Search search;
  std::optional<DecoderRun> run;     // from the first step on
  std::vector<double> step_millis;   // one an answered batch; the first is the prefill
  std::optional<protocol::Cut> cut;
  std::int64_t goal = 0;             // tokens that were asked for so far
  bool context_full = false;         // the model takes no longer text
  std::int64_t revision = 0;         // of the model's switches, that `run` was made under

  void restart() {
    search = start;
    run.reset();
    step_millis.clear();
    context_full = false;
  }
};

[[nodiscard]] Result<Generation> begin_generation(Context& context, const protocol::BeginGeneration& request);

// Takes the search on by at most `tokens` tokens; after a failure and restart() it makes up for what was there before.
// Errors: cancelled, those of the runtime.
[[nodiscard]] Task<Result<protocol::Generated>> advance(Context& context, Generation& generation, std::int64_t tokens);

// The encoder-decoder's own greedy output for a source: start token first, end token left out. Remembered.
[[nodiscard]] Task<Result<std::vector<std::int32_t>>> greedy_output(Context& context, std::vector<std::int32_t> source);

}  // namespace trilens::lab
