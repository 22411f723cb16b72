#include "generate/options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

namespace trilens::generate {
namespace {

std::string text(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}
std::string text(std::int64_t value) { return std::to_string(value); }

template <class T>
struct Check {
  std::string_view name;
  T value;
  bool allowed;
  std::string range;
};

template <class T>
Result<void> check(const Check<T>& c) {
  if (c.allowed) return {};
  return fail(ErrorCode::invalid_argument,
              "The option " + std::string(c.name) + " is " + text(c.value) + ", but must be " + c.range + ".");
}

Result<void> whole(std::string_view name, std::int64_t value, std::int64_t least, std::int64_t most) {
  return check<std::int64_t>({name, value, value >= least && value <= most,
                              "a whole number from " + text(least) + " to " + text(most)});
}

Result<void> whole_from(std::string_view name, std::int64_t value, std::int64_t least) {
  return check<std::int64_t>({name, value, value >= least, "a whole number, " + text(least) + " or more"});
}

// Written so that NaN and infinity are refused.
Result<void> positive(std::string_view name, double value) {
  return check<double>({name, value, value > 0 && std::isfinite(static_cast<float>(value)) && static_cast<float>(value) > 0,
                        "a finite number over 0"});
}

Result<void> ids(std::string_view name, const std::vector<std::int32_t>& values) {
  const auto bad = std::ranges::find_if(values, [](std::int32_t id) { return id < 0; });
  if (bad == values.end()) return {};
  return fail(ErrorCode::invalid_argument,
              "The option " + std::string(name) + " holds " + std::to_string(*bad) + ", but token ids are 0 or more.");
}

}  // namespace

Result<void> validate(const GenerationOptions& o) {
  const Result<void> checks[] = {
      whole("max_new_tokens", o.max_new_tokens, 1, kMaxNewTokens),
      whole("min_new_tokens", o.min_new_tokens, 0, std::clamp<std::int64_t>(o.max_new_tokens, 0, kMaxNewTokens)),
      positive("temperature", o.temperature),
      whole_from("top_k", o.top_k, 0),
      check<double>({"top_p", o.top_p, o.top_p > 0 && o.top_p <= 1, "over 0 and at most 1"}),
      whole("num_beams", o.num_beams, 1, kMaxBeams),
      check<double>({"length_penalty", o.length_penalty, std::isfinite(o.length_penalty), "a finite number"}),
      positive("repetition_penalty", o.repetition_penalty),
      whole_from("no_repeat_ngram_size", o.no_repeat_ngram_size, 0),
      ids("eos_ids", o.eos_ids),
      ids("banned_ids", o.banned_ids),
      whole("alternatives", o.alternatives, 0, kMaxStatistics),
  };
  for (const Result<void>& result : checks) {
    if (!result) return result;
  }
  return {};
}

}  // namespace trilens::generate
