#include <limits>

#include <catch2/catch_test_macros.hpp>

#include "view/format.hpp"

namespace trilens::view {
namespace {

constexpr NumberStyle kEnglish{'.'};
constexpr NumberStyle kNorwegian{','};
const std::string s(kThinSpace);

TEST_CASE("counts are grouped by thin spaces") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1" + s + "000");
  CHECK(count_text(1234567) == "1" + s + "234" + s + "567");
  CHECK(count_text(-1234) == "-1" + s + "234");
  CHECK(count_text(-123) == "-123");
}

TEST_CASE("probabilities are per cent with one decimal, and never rounded into nothing or into certainty") {
  CHECK(percent_text(0.1234, kEnglish) == "12.3" + s + "%");
  CHECK(percent_text(0.1234, kNorwegian) == "12,3" + s + "%");
  CHECK(percent_text(0.00051, kEnglish) == "0.1" + s + "%");
  CHECK(percent_text(0.00049, kEnglish) == "<" + s + "0.1" + s + "%");
  CHECK(percent_text(1e-30, kEnglish) == "<" + s + "0.1" + s + "%");
  CHECK(percent_text(0.0, kEnglish) == "0.0" + s + "%");
  CHECK(percent_text(0.9994, kEnglish) == "99.9" + s + "%");
  CHECK(percent_text(0.99996, kEnglish) == ">" + s + "99.9" + s + "%");
  CHECK(percent_text(1.0, kEnglish) == "100.0" + s + "%");
  CHECK(percent_text(std::numeric_limits<double>::quiet_NaN(), kEnglish) == kNothing);
}

TEST_CASE("attention weights keep three decimals and the same honesty") {
  CHECK(weight_text(0.25, kEnglish) == "0.250");
  CHECK(weight_text(0.0001, kEnglish) == "<" + s + "0.001");
  CHECK(weight_text(0.99999, kEnglish) == ">" + s + "0.999");
  CHECK(weight_text(1.0, kEnglish) == "1.000");
  CHECK(weight_text(0.0, kEnglish) == "0.000");
}

TEST_CASE("exact values read back the same") {
  CHECK(exact_text(0.1, kEnglish) == "0.1");
  CHECK(exact_text(0.1F, kEnglish) == "0.1");
  CHECK(exact_text(0.0001, kEnglish) == "0.0001");
  CHECK(exact_text(1e-9, kEnglish) == "1e-09");
  CHECK(exact_text(0.1, kNorwegian) == "0,1");
  CHECK(std::stod(exact_text(1.0 / 3.0, kEnglish)) == 1.0 / 3.0);
}

TEST_CASE("bytes, times and parameters choose a unit and do not tip over its edge") {
  CHECK(joined(bytes_quantity(950, kEnglish)) == "950" + s + "B");
  CHECK(joined(bytes_quantity(4'200'000, kEnglish)) == "4.2" + s + "MB");
  CHECK(joined(bytes_quantity(999'960, kEnglish)) == "1.0" + s + "MB");
  CHECK(joined(bytes_quantity(2'500'000'000, kEnglish)) == "2.5" + s + "GB");
  CHECK(joined(millis_quantity(0.423, kEnglish)) == "0.42" + s + "ms");
  CHECK(joined(millis_quantity(9.999, kEnglish)) == "10.0" + s + "ms");
  CHECK(joined(millis_quantity(123.4, kEnglish)) == "123" + s + "ms");
  CHECK(joined(millis_quantity(999.7, kEnglish)) == "1.00" + s + "s");
  CHECK(joined(parameters_quantity(4'200'000, kNorwegian)) == "4,2" + s + "M");
  CHECK(joined(parameters_quantity(12, kEnglish)) == "12");
}

}  // namespace
}  // namespace trilens::view
