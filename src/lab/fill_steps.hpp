// An encoder's blanks filled one at a time: each step is a whole pass over the text as it stands, and writes the blank of which the model
// is most certain. So what stands in one blank can be seen by the next, which one pass for all of them cannot do.
//
// Not here: all blanks in one pass (fill.hpp), the order of a search that writes from left to right (generation.hpp).
// Borrows nothing. Where the model's switches were changed meanwhile, advance() begins again. Errors of begin_filling(): unsupported_task
// (no blank, no head for words), those of text_as_read(); of advance(): cancelled, those of the runtime. After an error it stands where it stood.
//
//   auto filling = begin_filling(context, request);       // runs nothing
//   auto so_far = co_await advance(context, *filling, 1);  // one blank more
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/context.hpp"
#include "lab/forward.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"

namespace trilens::lab {

struct Filling {
  // A blank in the text that was given, and what stands there by now.
  struct Spot {
    std::size_t position = 0;            // index into ids
    std::size_t begin = 0, end = 0;      // bytes of `text`
    std::string word;                    // empty: still open
  };

  std::string text;                      // as it was given
  Ids start;                             // as it was read
  Ids ids;                               // with what has been filled
  std::vector<Spot> spots;               // from left to right
  std::vector<protocol::Step> steps;
  std::optional<protocol::Cut> cut;
  std::uint32_t top_k = 1;
  std::int64_t revision = 0;             // of the model's switches, under which `steps` were made

  void restart();
};

[[nodiscard]] Result<Filling> begin_filling(const Context& context, const protocol::BeginGeneration& request);
[[nodiscard]] Task<Result<protocol::Generated>> advance(Context& context, Filling& filling, std::int64_t blanks);

}  // namespace trilens::lab
