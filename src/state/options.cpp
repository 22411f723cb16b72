#include "state/options.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

namespace trilens::state {
namespace {

using protocol::GenerateOptions;
using protocol::Strategy;

constexpr double kMaxSeed = 9007199254740991.0;  // what a double, and so JSON from a browser, holds exactly

constexpr std::array kRanges{
    OptionRange{.name = "max_new_tokens", .whole = true, .least = 1, .most = protocol::kMaxNewTokens, .low = 1, .high = 64, .step = 1},
    OptionRange{.name = "temperature", .least = 0.01, .most = 100, .low = 0.1, .high = 2, .step = 0.1},
    OptionRange{.name = "top_k", .whole = true, .least = 0, .most = 2147483647, .low = 0, .high = 100, .step = 1},
    OptionRange{.name = "top_p", .least = 0.01, .most = 1, .low = 0.05, .high = 1, .step = 0.05},
    OptionRange{.name = "num_beams", .whole = true, .least = 1, .most = protocol::kMaxBeams, .low = 1, .high = 8, .step = 1},
    OptionRange{.name = "length_penalty", .least = -10, .most = 10, .low = -2, .high = 2, .step = 0.1},
    OptionRange{.name = "repetition_penalty", .least = 0.01, .most = 100, .low = 1, .high = 2, .step = 0.05},
    OptionRange{.name = "no_repeat_ngram_size", .whole = true, .least = 0, .most = 1024, .low = 0, .high = 6, .step = 1},
    OptionRange{.name = "seed", .whole = true, .least = 0, .most = kMaxSeed, .low = 0, .high = 9999, .step = 1},
};

std::string plain(double value) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.17g", value);
  double back = 0;
  for (int digits = 1; digits < 17; ++digits) {
    std::array<char, 32> shorter{};
    std::snprintf(shorter.data(), shorter.size(), "%.*g", digits, value);
    if (std::sscanf(shorter.data(), "%lf", &back) == 1 && back == value) return shorter.data();
  }
  return out.data();
}

void assign(GenerateOptions& o, std::string_view name, double value) {
  const auto whole = static_cast<std::int64_t>(value);
  if (name == "max_new_tokens") o.max_new_tokens = whole;
  if (name == "temperature") o.temperature = value;
  if (name == "top_k") o.top_k = whole;
  if (name == "top_p") o.top_p = value;
  if (name == "num_beams") o.num_beams = whole;
  if (name == "length_penalty") o.length_penalty = value;
  if (name == "repetition_penalty") o.repetition_penalty = value;
  if (name == "no_repeat_ngram_size") o.no_repeat_ngram_size = whole;
  if (name == "seed") o.seed = static_cast<std::uint64_t>(value);
}

Result<void> set_strategy(GenerateOptions& options, const std::variant<double, std::string>& value) {
  if (const auto* word = std::get_if<std::string>(&value)) {
    for (const Strategy s : {Strategy::greedy, Strategy::sample, Strategy::beam}) {
      if (protocol::strategy_name(s) != *word) continue;
      options.strategy = s;
      return {};
    }
  }
  return fail(ErrorCode::invalid_argument, "`strategy` must be greedy, sample or beam.");
}

}  // namespace

std::span<const OptionRange> option_ranges() { return kRanges; }

double option_value(const GenerateOptions& o, std::string_view name) {
  if (name == "max_new_tokens") return static_cast<double>(o.max_new_tokens);
  if (name == "temperature") return o.temperature;
  if (name == "top_k") return static_cast<double>(o.top_k);
  if (name == "top_p") return o.top_p;
  if (name == "num_beams") return static_cast<double>(o.num_beams);
  if (name == "length_penalty") return o.length_penalty;
  if (name == "repetition_penalty") return o.repetition_penalty;
  if (name == "no_repeat_ngram_size") return static_cast<double>(o.no_repeat_ngram_size);
  return static_cast<double>(o.seed);
}

Result<void> set_option(GenerateOptions& options, std::string_view name, const std::variant<double, std::string>& value) {
  if (name == "strategy") return set_strategy(options, value);
  for (const OptionRange& range : kRanges) {
    if (range.name != name) continue;
    const double* number = std::get_if<double>(&value);
    const bool fits = number != nullptr && std::isfinite(*number) && *number >= range.least && *number <= range.most &&
                      (!range.whole || std::floor(*number) == *number);
    if (!fits) {
      return fail(ErrorCode::invalid_argument, "`" + std::string(name) + "` must be a " + (range.whole ? "whole " : "") + "number from " +
                                                   plain(range.least) + " to " + plain(range.most) + ".");
    }
    assign(options, name, *number);
    return {};
  }
  return fail(ErrorCode::invalid_argument, "There is no option `" + std::string(name) + "`.");
}

bool same_options(const GenerateOptions& a, const GenerateOptions& b) {
  return a.strategy == b.strategy &&
         std::ranges::all_of(kRanges, [&](const OptionRange& range) { return option_value(a, range.name) == option_value(b, range.name); });
}

bool same_writing(const GenerateOptions& a, const GenerateOptions& b) {
  const auto same = [&](const OptionRange& range) { return !option_used(a.strategy, range.name) || option_value(a, range.name) == option_value(b, range.name); };
  return a.strategy == b.strategy && std::ranges::all_of(kRanges, same);
}

bool option_used(Strategy strategy, std::string_view name) {
  if (name == "temperature" || name == "top_k" || name == "top_p" || name == "seed") return strategy == Strategy::sample;
  if (name == "num_beams" || name == "length_penalty") return strategy == Strategy::beam;
  return true;
}

}  // namespace trilens::state
