#include "analysis/lens.hpp"

#include <array>

#include <catch2/catch_test_macros.hpp>

namespace trilens::analysis {

TEST_CASE("an answer is settled from where it stays at rank 1, not from where it first stood there") {
  CHECK(settled_from(std::array<std::int64_t, 5>{9, 1, 3, 1, 1}) == 3);
  CHECK(settled_from(std::array<std::int64_t, 3>{1, 1, 1}) == 0);
  CHECK(settled_from(std::array<std::int64_t, 3>{4, 2, 1}) == 2);
}

TEST_CASE("what does not lead at the end is never settled") {
  CHECK(settled_from(std::array<std::int64_t, 3>{1, 1, 2}) == 3);
  CHECK(settled_from({}) == 0);
}

}  // namespace trilens::analysis
