#include "view/format.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace trilens::view {
namespace {

// "1234567" -> "1 234 567", from the right; a sign and a fraction stay.
std::string grouped(std::string digits) {
  const std::size_t sign = !digits.empty() && digits.front() == '-' ? 1 : 0;
  const std::size_t point = digits.find('.');
  std::size_t at = point == std::string::npos ? digits.size() : point;
  while (at > sign + 3) {
    at -= 3;
    digits.insert(at, kThinSpace);
  }
  return digits;
}

std::string with_mark(std::string digits, NumberStyle style) {
  if (const std::size_t point = digits.find('.'); point != std::string::npos) digits[point] = style.decimal;
  return digits;
}

template <class T>
std::string shortest(T value, NumberStyle style) {
  if (!std::isfinite(value)) return std::string(kNothing);
  std::array<char, 64> out{};
  const T size = std::abs(value);
  const bool plain = size == 0 || (size >= T(1e-7) && size < T(1e15));  // else 1e-08
  const auto end = plain ? std::to_chars(out.data(), out.data() + out.size(), value, std::chars_format::fixed).ptr
                         : std::to_chars(out.data(), out.data() + out.size(), value).ptr;
  return with_mark(std::string(out.data(), end), style);
}

std::string with_unit(std::string number, std::string_view unit) { return joined({std::move(number), std::string(unit)}); }

// Just below a whole and just above nothing are not the whole and not nothing.
std::string share_text(double share, int decimals, double whole, NumberStyle style) {
  const double least = std::pow(10.0, -decimals);
  const double value = share * whole;
  if (!std::isfinite(value)) return std::string(kNothing);
  if (value > 0 && value < least / 2) return "<" + std::string(kThinSpace) + fixed_text(least, decimals, style);
  if (value < whole && value >= whole - least / 2) return ">" + std::string(kThinSpace) + fixed_text(whole - least, decimals, style);
  return fixed_text(value, decimals, style);
}

}  // namespace

std::string joined(const Quantity& quantity) {
  if (quantity.unit.empty()) return quantity.number;
  return quantity.number + std::string(kThinSpace) + quantity.unit;
}

std::string count_text(std::int64_t n) { return grouped(std::to_string(n)); }

std::string fixed_text(double value, int decimals, NumberStyle style) {
  if (!std::isfinite(value)) return std::string(kNothing);
  std::array<char, 400> out{};
  std::snprintf(out.data(), out.size(), "%.*f", decimals, value == 0 ? 0.0 : value);
  return with_mark(grouped(out.data()), style);
}

std::string percent_text(double probability, NumberStyle style) {
  const std::string number = share_text(probability, 1, 100.0, style);
  return number == kNothing ? number : with_unit(number, "%");
}

std::string exact_text(double value, NumberStyle style) { return shortest(value, style); }
std::string exact_text(float value, NumberStyle style) { return shortest(value, style); }

std::string significant_text(double value, int digits, NumberStyle style) {
  if (!std::isfinite(value)) return std::string(kNothing);
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%.*g", digits, value == 0 ? 0.0 : value);
  std::string text = with_mark(out.data(), style);
  if (const std::size_t e = text.find('e'); e != std::string::npos) {  // e-07 -> e−7, e+38 -> e38
    std::size_t digit = e + 2;
    while (digit + 1 < text.size() && text[digit] == '0') text.erase(digit, 1);
    if (text[e + 1] == '+') text.erase(e + 1, 1);
  }
  for (std::size_t at = text.find('-'); at != std::string::npos; at = text.find('-', at)) text.replace(at, 1, "−");
  return text;
}

std::string weight_text(double value, NumberStyle style) { return share_text(value, 3, 1.0, style); }

Quantity bytes_quantity(std::int64_t bytes, NumberStyle style) {
  const auto b = static_cast<double>(bytes);
  if (bytes < 1000) return {count_text(bytes), "B"};
  if (b < 999'950) return {fixed_text(b / 1e3, 1, style), "kB"};
  if (b < 999'950'000) return {fixed_text(b / 1e6, 1, style), "MB"};
  return {fixed_text(b / 1e9, 1, style), "GB"};
}

Quantity millis_quantity(double millis, NumberStyle style) {
  if (!std::isfinite(millis)) return {std::string(kNothing), ""};
  if (millis < 9.995) return {fixed_text(millis, 2, style), "ms"};
  if (millis < 99.95) return {fixed_text(millis, 1, style), "ms"};
  if (millis < 999.5) return {fixed_text(millis, 0, style), "ms"};
  return {fixed_text(millis / 1000, 2, style), "s"};
}

Quantity parameters_quantity(std::int64_t n, NumberStyle style) {
  const auto value = static_cast<double>(n);
  if (n < 1000) return {count_text(n), ""};
  if (value < 999'950) return {fixed_text(value / 1e3, 1, style), "k"};
  if (value < 999'950'000) return {fixed_text(value / 1e6, 1, style), "M"};
  return {fixed_text(value / 1e9, 1, style), "G"};
}

}  // namespace trilens::view
