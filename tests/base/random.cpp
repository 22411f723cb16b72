#include "base/random.hpp"

#include <catch2/catch_test_macros.hpp>

namespace trilens {

TEST_CASE("the sequence is splitmix64's") {
  Random random(1234567);  // values of the reference implementation (https://prng.di.unimi.it/splitmix64.c)
  for (const std::uint64_t expected :
       {6457827717110365317u, 3203168211198807973u, 9817491932198370423u, 4593380528125082431u, 16408922859458223821u}) {
    CHECK(random.next() == expected);
  }
}

TEST_CASE("the same seed gives the same numbers, another seed others") {
  Random a(42);
  Random b(42);
  Random c(43);
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t value = a.next();
    CHECK(value == b.next());
    CHECK(value != c.next());
  }
}

TEST_CASE("uniform numbers lie in [0, 1) and fill it evenly") {
  Random random(0);
  int buckets[10] = {};
  for (int i = 0; i < 100'000; ++i) {
    const double u = random.uniform();
    REQUIRE(u >= 0.0);
    REQUIRE(u < 1.0);
    ++buckets[static_cast<int>(u * 10)];
  }
  for (const int count : buckets) CHECK((count > 9500 && count < 10500));
}

}  // namespace trilens
