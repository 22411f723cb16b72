// The options of generation by name: their ranges, how one is set, whether the strategy reads it.
//
// Not here: words and controls (src/view/menus.hpp), what they mean (src/generate). Ranges lie within protocol's.
//
//   if (auto ok = set_option(document.options, "top_k", 40.0); !ok) show(ok.error());
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "base/error.hpp"
#include "protocol/requests.hpp"

namespace trilens::state {

struct OptionRange {
  std::string_view name;
  bool whole = false;
  double least = 0;      // what the engine takes
  double most = 0;
  double low = 0;        // what a slider offers
  double high = 0;
  double step = 1;
};

// In the order shown; `strategy`, the only one that is a word, is not among them.
[[nodiscard]] std::span<const OptionRange> option_ranges();

// Precondition: name is one of option_ranges().
[[nodiscard]] double option_value(const protocol::GenerateOptions& options, std::string_view name);

// Errors: invalid_argument, which names the option and its range; the options are then as they were.
[[nodiscard]] Result<void> set_option(protocol::GenerateOptions& options, std::string_view name,
                                      const std::variant<double, std::string>& value);

// As far as option_ranges() and the strategy go.
[[nodiscard]] bool same_options(const protocol::GenerateOptions& a, const protocol::GenerateOptions& b);

// Whether both write the same: options that the strategy does not look at may differ.
[[nodiscard]] bool same_writing(const protocol::GenerateOptions& a, const protocol::GenerateOptions& b);

// Whether the chosen strategy looks at it.
[[nodiscard]] bool option_used(protocol::Strategy strategy, std::string_view name);

}  // namespace trilens::state
