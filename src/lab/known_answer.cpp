#include "lab/known_answer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "lab/forward.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

constexpr const char* kProbeText = "The dog that chased the cats was very tired.";
constexpr int kTimedRuns = 3;

struct Pass {
  std::vector<float> logits;
  double millis = 0;
};

// Reads logits back for the comparison, outside of the measured time.
Task<Result<void>> keep(Services services, const infer::RemoteTensor& logits, std::vector<float>& out) {
  const auto values = co_await services.runtime.read(logits);
  if (!values) co_return std::unexpected(values.error());
  const std::span<const float> data = values->data<float>();
  out.insert(out.end(), data.begin(), data.end());
  co_return Result<void>{};
}

Task<Result<void>> winners(Services services, const infer::RemoteTensor& logits, std::uint32_t row) {
  std::vector<std::uint32_t> rows{row};
  auto statistics = co_await services.runtime.row_statistics(logits, std::move(rows), 8);
  if (!statistics) co_return std::unexpected(statistics.error());
  co_return Result<void>{};
}

Task<Result<Pass>> encoder_pass(Services services, LoadedModel& model, const Ids& ids) {
  Pass pass;
  const double begun = services.clock.now_millis();
  auto logits = co_await encoder_logits(model, ids);
  if (!logits) co_return std::unexpected(logits.error());
  // Only scores of words have winners; other heads are read whole, which is what is done with them in use.
  if (model.head == Head::words) {
    if (auto done = co_await winners(services, *logits, 0); !done) co_return std::unexpected(done.error());
  }
  pass.millis = services.clock.now_millis() - begun;
  if (auto kept = co_await keep(services, *logits, pass.logits); !kept) co_return std::unexpected(kept.error());
  co_return pass;
}

// The prompt, and one token after it, so that the cache is looked at too.
Task<Result<Pass>> decoder_pass(Services services, LoadedModel& model, const Ids& ids) {
  Pass pass;
  const double begun = services.clock.now_millis();
  std::optional<Source> source;
  Ids prompt = ids;
  if (model.family == Family::encoder_decoder) {
    auto encoded = co_await encode_source(model, ids);
    if (!encoded) co_return std::unexpected(encoded.error());
    source.emplace(std::move(*encoded));
    prompt = decoder_prompt(model);
  }
  DecoderRun run(model, services.runtime, std::move(source));
  auto first = co_await run.step(std::move(prompt));
  if (!first) co_return std::unexpected(first.error());
  if (auto done = co_await winners(services, first->values, first->last()); !done) co_return std::unexpected(done.error());
  Ids again(1, ids.front());
  auto second = co_await run.step(std::move(again));
  if (!second) co_return std::unexpected(second.error());
  if (auto done = co_await winners(services, second->values, second->last()); !done) co_return std::unexpected(done.error());
  pass.millis = services.clock.now_millis() - begun;
  if (auto kept = co_await keep(services, first->values, pass.logits); !kept) co_return std::unexpected(kept.error());
  if (auto kept = co_await keep(services, second->values, pass.logits); !kept) co_return std::unexpected(kept.error());
  co_return pass;
}

}  // namespace

Task<Result<ProbeResult>> probe(Services services, LoadedModel& model) {
  const auto text = text_to_the_letter(model, kProbeText);
  if (!text) co_return std::unexpected(text.error());
  const auto run = model.family == Family::encoder ? encoder_pass : decoder_pass;
  std::vector<double> millis;
  ProbeResult out;
  for (int i = 0; i <= kTimedRuns; ++i) {  // the first warms up: shaders are compiled, memory is taken
    auto pass = co_await run(services, model, text->ids);
    if (!pass) co_return std::unexpected(pass.error());
    if (i > 0) millis.push_back(pass->millis);
    out.logits = std::move(pass->logits);
  }
  std::ranges::sort(millis);
  out.millis = millis[millis.size() / 2];
  co_return out;
}

double max_difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(double{a[i]} - double{b[i]});
    if (!std::isfinite(difference)) return std::numeric_limits<double>::infinity();
    worst = std::max(worst, difference);
  }
  return worst;
}

bool same_answer(const std::vector<float>& reference, const std::vector<float>& other, double tolerance) {
  double largest = 1;
  for (const float value : reference) largest = std::max(largest, std::abs(double{value}));
  return max_difference(reference, other) <= tolerance * largest;
}

}  // namespace trilens::lab
