// What both accounts are built of. For numbers.cpp and numbers_prediction.cpp alone.
#pragma once

#include "view/numbers.hpp"

namespace trilens::view {

using Filled = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] inline std::string few(double value, const Words& words) { return significant_text(value, 4, words.number); }
[[nodiscard]] inline std::string many(double value, const Words& words) { return significant_text(value, 8, words.number); }

// Step number `n` with the title and the plain line of "numbers.<key>".
[[nodiscard]] NumberStep step_of(std::size_t n, std::string id, std::string_view plain, const Filled& values, const Words& words);
[[nodiscard]] NumberStrip strip_of(std::string id, std::string label, const std::vector<float>& values, const Words& words);
// One number recomputed beside the runtime's; `slack`: how far apart two of this size may be by rounding.
[[nodiscard]] NumberCheck check_of(std::string id, std::string what, double recomputed, double runtime, const Words& words);
// The largest difference of many.
[[nodiscard]] NumberCheck gap_of(std::string id, std::string what, double gap, double size, const Words& words);
// "0.12 · 1.3 + 0.4 · (−2) + … (32 terms) = 3.2"
[[nodiscard]] std::string sum_text(const std::vector<float>& a, const std::vector<float>& b, double sum, const Words& words);
void fill_labels(NumbersView& view, const Words& words);
// What is to be known of numbers that lie in fewer bits.
[[nodiscard]] std::string variant_note(const std::string& variant, const Words& words);

}  // namespace trilens::view
