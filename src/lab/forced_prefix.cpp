#include "lab/forced_prefix.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>

#include "lab/scoring.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

constexpr std::uint32_t kAlternatives = 10;

bool space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool begins_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80U) != 0; }

// As the decoder would have written it: without what comes before the first word anyway.
Ids written_prefix(const LoadedModel& model, std::string_view words) {
  Ids ids = decoder_text(model, words).ids;
  const Ids start = decoder_prompt(model);
  const bool with_bos = ids.size() >= start.size() && std::ranges::equal(std::span(ids).first(start.size()), start);
  ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(with_bos ? start.size() : 1));
  return ids;
}

}  // namespace

Result<Ids> forced_prefix(const LoadedModel& model, const protocol::BeginGeneration& request, std::string_view before) {
  Ids ids = request.prefix_ids;
  const std::string& words = request.prefix;
  if (ids.empty() && !std::ranges::all_of(words, space)) {
    const bool joined = before.empty() || space(before.back()) || !begins_word(words.front());
    ids = model.family == Family::decoder ? plain_pieces(model, (joined && !before.empty() ? "" : " ") + words) : written_prefix(model, words);
  }
  if (std::cmp_greater(ids.size(), protocol::kMaxNewTokens)) {
    return fail(ErrorCode::invalid_argument, "The forced prefix has " + std::to_string(ids.size()) + " tokens; it may have at most " + std::to_string(protocol::kMaxNewTokens) + ".");
  }
  const auto strange = std::ranges::find_if(ids, [&](std::int32_t id) { return id < 0 || std::cmp_greater_equal(id, model.summary.vocabulary); });
  if (strange == ids.end()) return ids;
  return fail(ErrorCode::invalid_argument, "The forced prefix holds the token " + std::to_string(*strange) + ", which this model has not: it knows " +
                                               std::to_string(model.summary.vocabulary) + ".");
}

Task<Result<std::vector<protocol::Step>>> forced_steps(Context& context, const StepLogits& logits, std::span<const std::int32_t> prefix) {
  const auto all = co_await context.services.runtime.read(logits.values);
  if (!all) co_return std::unexpected(all.error());
  const auto vocabulary = static_cast<std::size_t>(all->shape().back());
  std::vector<protocol::Step> steps;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    const std::size_t at = logits.at(0, logits.width - 1 - static_cast<std::int64_t>(prefix.size() - i));
    const std::span<const float> row = all->data<float>().subspan(at * vocabulary, vocabulary);
    const RowStatistics statistics = row_statistics(row, kAlternatives);
    const std::int32_t id = prefix[i];
    steps.push_back({.id = id,
                     .token = spelling(context.model, id),
                     .display = display(context.model, id),
                     .probability = statistics.probability({id, row[static_cast<std::size_t>(id)]}),
                     .entropy_bits = bits(double{statistics.entropy_nats}),
                     .millis = 0,
                     .top = candidates(context.model, statistics),
                     .forced = true});
  }
  co_return steps;
}

}  // namespace trilens::lab
