// A resumable search for a continuation: it says what it wants to know next and takes the answer. It owns no loop.
//
// Not here: running a model, its key/value cache, cancelling (simply stop feeding), decoding ids to text.
// A Search is a value: a copy is a bookmark from which the search can be continued a second time. One thread.
// Errors: of begin(): invalid_argument; of feed(): invalid_argument (rows that were not asked for), runtime_failed (the
// model's logits have no finite maximum). After an error of feed() the search stands where it stood.
// Tokens equal those of Hugging Face transformers 5.23 (generation/utils.py: _sample, _beam_search) for the same logits,
// one prompt at a time. Two departures: sampling draws from trilens::Random (sampler.hpp), and candidates that are
// banned are never used to fill up a beam; when every token is banned the search ends (StopReason::exhausted).
//
//   auto search = Search::begin(prompt_ids, options);
//   while (!search->done()) {
//     const Batch& batch = search->wants();        // run the model: batch.tokens, caches gathered by batch.parents
//     auto fed = search->feed(search->needs().full_rows ? full(logits) : statistics(logits, search->needs().top_k));
//     if (fed && *fed == Fed::needs_full_rows) fed = search->feed(full(logits));  // same run, same batch
//   }
//   show(search->result());
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "generate/beam_search.hpp"
#include "generate/options.hpp"
#include "generate/single_search.hpp"
#include "generate/step.hpp"

namespace trilens::generate {

class Search {
 public:
  // The prompt: for a decoder the ids of the text, for an encoder-decoder what its decoder starts with (the start token).
  // Not empty. Runs nothing.
  [[nodiscard]] static Result<Search> begin(std::vector<std::int32_t> prompt, GenerationOptions options);

  // Nothing more is wanted.
  [[nodiscard]] bool done() const;

  // What to run next; the same until feed() has advanced. Precondition: !done().
  [[nodiscard]] const Batch& wants() const;

  // How the logits of the last position of each row are to be delivered. Precondition: !done().
  [[nodiscard]] Needs needs() const;

  // One answer for each row of wants(), in its order. Full rows are always welcome; statistics need at least
  // needs().top_k winners and are accepted when !needs().full_rows.
  [[nodiscard]] Result<Fed> feed(std::span<const RowAnswer> rows);

  // The continuation so far: while it runs, the best beam still growing; at the end, the best of all.
  [[nodiscard]] Continuation result() const;

  // All continuations, best first: of a beam search that is done, every one that ended and was kept (at most num_beams);
  // of one that runs, every beam still growing; else result() alone.
  [[nodiscard]] std::vector<Continuation> results() const;

  // The beam tree; nullptr for greedy and sample.
  [[nodiscard]] const BeamTree* beam_tree() const;

  // How many tokens the longest candidate has so far.
  [[nodiscard]] std::int64_t generated() const;

  [[nodiscard]] const GenerationOptions& options() const;

 private:
  explicit Search(std::variant<SingleSearch, BeamSearch> strategy) : strategy_(std::move(strategy)) {}
  std::variant<SingleSearch, BeamSearch> strategy_;
};

}  // namespace trilens::generate
