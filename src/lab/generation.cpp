#include "lab/generation.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "lab/forward.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using generate::Batch;
using generate::Search;

constexpr std::int64_t kOwnOutputTokens = 64;  // as far as a greedy output is followed for a view

generate::GenerationOptions search_options(const LoadedModel& model, const protocol::GenerateOptions& o) {
  generate::GenerationOptions out;
  out.strategy = static_cast<generate::Strategy>(o.strategy);
  out.max_new_tokens = o.max_new_tokens;
  out.min_new_tokens = o.min_new_tokens;
  out.temperature = o.temperature;
  out.top_k = o.top_k;
  out.top_p = o.top_p;
  out.num_beams = o.num_beams;
  out.length_penalty = o.length_penalty;
  out.early_stopping = o.early_stopping ? generate::EarlyStopping::when_full : generate::EarlyStopping::heuristic;
  out.repetition_penalty = o.repetition_penalty;
  out.no_repeat_ngram_size = o.no_repeat_ngram_size;
  out.seed = o.seed;
  out.alternatives = o.alternatives;
  out.eos_ids = model.config.eos_ids;
  out.banned_ids = model.config.banned_ids;
  return out;
}

// The logits after the last token of each row, whole or as statistics, as the search needs them.
Task<Result<void>> feed(Context& context, Search& search, const StepLogits& logits, std::int64_t rows) {
  std::vector<generate::RowAnswer> answers;
  if (const generate::Needs needs = search.needs(); !needs.full_rows) {
    std::vector<std::uint32_t> last;
    for (std::int64_t r = 0; r < rows; ++r) last.push_back(logits.last(r));
    auto statistics = co_await context.services.runtime.row_statistics(logits.values, std::move(last), needs.top_k);
    if (!statistics) co_return std::unexpected(statistics.error());
    for (RowStatistics& row : *statistics) answers.emplace_back(std::move(row));
    const auto fed = search.feed(answers);
    if (!fed) co_return std::unexpected(fed.error());
    if (*fed == generate::Fed::advanced) co_return Result<void>{};
  }
  const auto all = co_await context.services.runtime.read(logits.values);  // [row, position, vocabulary] f32
  if (!all) co_return std::unexpected(all.error());
  const std::span<const float> values = all->data<float>();
  const std::size_t vocabulary = values.size() / static_cast<std::size_t>(rows * logits.positions);
  answers.clear();
  for (std::int64_t r = 0; r < rows; ++r) answers.emplace_back(values.subspan(logits.last(r) * vocabulary, vocabulary));
  const auto fed = search.feed(answers);
  if (!fed) co_return std::unexpected(fed.error());
  co_return Result<void>{};
}

// Starts the decoder run, the encoder's pass included.
Task<Result<void>> start_run(Context& context, Generation& generation) {
  std::optional<Source> source;
  if (!generation.source.empty()) {
    auto encoded = co_await encode_source(context.model, generation.source);
    if (!encoded) co_return std::unexpected(encoded.error());
    source.emplace(std::move(*encoded));
  }
  generation.run.emplace(context.model, context.services.runtime, std::move(source));
  co_return Result<void>{};
}

// One run of the model, and what the search makes of it.
Task<Result<void>> one_step(Context& context, Generation& generation) {
  const double begun = context.services.clock.now_millis();
  if (!generation.run) {
    if (auto started = co_await start_run(context, generation); !started) co_return started;
  }
  const Batch batch = generation.search.wants();
  const auto rows = static_cast<std::int64_t>(batch.rows);
  const auto width = static_cast<std::int64_t>(batch.width);
  const std::int64_t limit = context.model.summary.max_tokens;
  if (generation.run->past() + width > limit) {
    generation.context_full = true;
    co_return Result<void>{};
  }
  if (batch.reorder) {
    if (auto reordered = co_await generation.run->reorder(batch.parents); !reordered) co_return reordered;
  }
  auto logits = co_await generation.run->step(batch.tokens, rows);
  if (!logits) co_return std::unexpected(logits.error());
  if (auto fed = co_await feed(context, generation.search, *logits, rows); !fed) co_return fed;
  generation.step_millis.push_back(context.services.clock.now_millis() - begun);
  co_return Result<void>{};
}

std::string stop_reason(const Generation& generation, generate::StopReason reason) {
  switch (reason) {
    case generate::StopReason::eos: return "eos";
    case generate::StopReason::length: return "length";
    case generate::StopReason::exhausted: return "exhausted";
    case generate::StopReason::running: return generation.context_full ? "context" : "";
  }
  return "";
}

std::vector<protocol::Step> protocol_steps(const Context& context, const generate::Continuation& continuation, std::span<const double> millis) {
  std::vector<protocol::Step> steps;
  for (std::size_t i = 0; i < continuation.steps.size(); ++i) {
    const generate::Step& from = continuation.steps[i];
    protocol::Step step{.id = from.id,
                        .token = spelling(context.model, from.id),
                        .display = display(context.model, from.id),
                        .probability = from.probability,
                        .entropy_bits = bits(from.entropy_nats),
                        .millis = i < millis.size() ? millis[i] : 0.0,
                        .top = {}};
    for (const generate::Alternative& a : from.alternatives) step.top.push_back(candidate(context.model, a.id, a.probability, double{a.logit}));
    steps.push_back(std::move(step));
  }
  return steps;
}

protocol::Generated so_far(const Context& context, const Generation& generation) {
  const generate::Continuation continuation = generation.search.result();
  const std::span<const double> millis = generation.step_millis;
  protocol::Generated out;
  out.text = decode(context.model, continuation.ids);
  out.ids = continuation.ids;
  out.steps = protocol_steps(context, continuation, millis);
  out.prefill_ms = millis.empty() ? 0.0 : millis.front();
  out.decode_ms = millis.empty() ? 0.0 : std::accumulate(millis.begin() + 1, millis.end(), 0.0);
  out.cache_bytes = generation.run ? generation.run->cache_bytes() : 0;
  out.finished = generation.search.done() || generation.context_full;
  out.stop_reason = stop_reason(generation, continuation.stop_reason);
  out.cut = generation.cut;
  return out;
}

}  // namespace

Result<Generation> begin_generation(Context& context, const protocol::BeginGeneration& request) {
  const LoadedModel& model = context.model;
  if (model.family == Family::encoder) {
    return fail(ErrorCode::unsupported_task,
                "An encoder cannot continue a text: it reads everything at once and predicts only the blanks in it. Use fill_mask, or begin_generation with as_read.");
  }
  // A decoder writes into the positions that the text leaves; an encoder-decoder has a second row of them.
  const std::size_t room = model.family == Family::decoder ? static_cast<std::size_t>(request.options.max_new_tokens) : 0;
  auto text = request.as_read ? text_as_read(model, request.text, room) : text_to_the_letter(model, request.text, room);
  if (!text) return std::unexpected(text.error());
  Ids source;
  Ids prompt;
  if (model.family == Family::encoder_decoder) {
    source = std::move(text->ids);
    prompt = decoder_prompt(model);
  } else {
    prompt = std::move(text->ids);
  }
  auto search = Search::begin(prompt, search_options(model, request.options));
  if (!search) return std::unexpected(search.error());
  return Generation{.source = std::move(source),
                    .prompt = std::move(prompt),
                    .start = *search,
                    .search = *search,
                    .run = std::nullopt,
                    .step_millis = {},
                    .cut = text->cut,
                    .revision = model.revision};
}

Task<Result<protocol::Generated>> advance(Context& context, Generation& generation, std::int64_t tokens) {
  generation.goal = std::max(generation.goal, generation.search.generated()) + tokens;
  if (std::exchange(generation.revision, context.model.revision) != context.model.revision) generation.restart();
  while (!generation.search.done() && !generation.context_full && generation.search.generated() < generation.goal) {
    if (auto on = context.go_on(); !on) {
      generation.goal = generation.search.generated();
      co_return std::unexpected(on.error());
    }
    const std::size_t before = generation.step_millis.size();
    if (auto stepped = co_await one_step(context, generation); !stepped) {
      generation.goal -= tokens;
      generation.restart();  // the cache does not fit the search any more
      co_return std::unexpected(stepped.error());
    }
    if (context.on_step && generation.step_millis.size() > before) {
      const std::vector<protocol::Step> steps = protocol_steps(context, generation.search.result(), generation.step_millis);
      if (!steps.empty()) context.on_step(steps.back());
    }
  }
  generation.goal = generation.search.generated();
  co_return so_far(context, generation);
}

Task<Result<std::vector<std::int32_t>>> greedy_output(Context& context, std::vector<std::int32_t> source) {
  const bool known = context.memory.source == source && context.memory.revision == context.model.revision;
  if (known && !context.memory.output.empty()) co_return context.memory.output;
  protocol::GenerateOptions options;
  options.max_new_tokens = kOwnOutputTokens;
  options.alternatives = 0;
  const Ids prompt = decoder_prompt(context.model);
  auto search = Search::begin(prompt, search_options(context.model, options));
  if (!search) co_return std::unexpected(search.error());
  Generation generation{.source = source, .prompt = prompt, .start = *search, .search = *search, .run = std::nullopt, .step_millis = {}, .cut = {},
                        .revision = context.model.revision};
  Context quiet{context.services, context.model, context.memory, context.cancel, {}};
  auto generated = co_await advance(quiet, generation, kOwnOutputTokens);
  if (!generated) co_return std::unexpected(generated.error());
  Ids output = prompt;
  for (const std::int32_t id : generated->ids) {
    if (std::ranges::find(context.model.config.eos_ids, id) == context.model.config.eos_ids.end()) output.push_back(id);
  }
  context.memory = {std::move(source), output, context.model.revision};
  co_return output;
}

}  // namespace trilens::lab
