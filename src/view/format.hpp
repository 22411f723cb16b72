// Numbers for people: thin spaces, units always, one precision a column; never rounded into a lie.
//
// Not here: words. The decimal mark is the language's ("." in en, "," in nb). Pure functions; NaN and infinities give "—".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trilens::view {

inline constexpr std::string_view kThinSpace = "\u202F";  // narrow and no-break, so that no line ends inside a number
inline constexpr std::string_view kNothing = "—";

struct NumberStyle {
  char decimal = '.';
};

// A number and its unit apart, so that a table can align them. The unit is a symbol ("ms", "MB"), the same in every language.
struct Quantity {
  std::string number;
  std::string unit;  // empty: a plain count
};
[[nodiscard]] std::string joined(const Quantity& quantity);  // "4.2 MB" with a narrow no-break space

[[nodiscard]] std::string count_text(std::int64_t n);                           // 1234567 -> "1 234 567"
[[nodiscard]] std::string fixed_text(double value, int decimals, NumberStyle);  // 1234.5, 1 -> "1 234.5"
[[nodiscard]] std::string percent_text(double probability, NumberStyle);        // 0.1234 -> "12.3 %"; < 0.0005 -> "< 0.1 %"; > 0.9995 -> "> 99.9 %"
[[nodiscard]] std::string exact_text(double value, NumberStyle);                // shortest that reads back the same
[[nodiscard]] std::string exact_text(float value, NumberStyle);
[[nodiscard]] std::string significant_text(double value, int digits, NumberStyle);  // "0.1768", "−3.2", "1.2e−7"
[[nodiscard]] std::string weight_text(double value, NumberStyle);               // attention: "0.123"; "< 0.001"; "> 0.999"
[[nodiscard]] Quantity bytes_quantity(std::int64_t bytes, NumberStyle);         // 950 -> "950 B"; 4200000 -> "4.2 MB" (decimal units)
[[nodiscard]] Quantity millis_quantity(double millis, NumberStyle);             // "0.42 ms", "12.3 ms", "1.2 s"
[[nodiscard]] Quantity parameters_quantity(std::int64_t n, NumberStyle);        // "4.2 M"

}  // namespace trilens::view
