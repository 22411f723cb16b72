// Seeded random numbers: the same seed gives the same sequence on every platform and build.
//
// splitmix64 (Steele, Lea, Flood 2014; reference: Vigna, https://prng.di.unimi.it/splitmix64.c). Not for cryptography.
// A Random is a value that is passed in; there is no global one.
//
//   Random random(42);
//   double u = random.uniform();  // in [0, 1)
#pragma once

#include <cstdint>

namespace trilens {

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  // 53 bits of it, in [0, 1).
  constexpr double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace trilens
