// Work: how many elementary steps encoding took, so that a test can say "linear" without a clock.
//
// Counted only where TRILENS_COUNT_WORK is defined (CMakeLists.txt: builds with tests); elsewhere a step is nothing at all.
// A counter for each thread, against the rule of no globals: to hand one down through every call would cost the shipped code a
// parameter everywhere for what only a test asks.
//
//   work::restart(); tokenizer.encode(text); REQUIRE(work::count() < 100 * text.size());
#pragma once

#include <cstdint>

namespace trilens::tokenize::work {

#ifdef TRILENS_COUNT_WORK
inline thread_local std::uint64_t steps = 0;
inline void step(std::uint64_t n = 1) { steps += n; }
inline void restart() { steps = 0; }
inline std::uint64_t count() { return steps; }
#else
inline void step(std::uint64_t = 1) {}
#endif

}  // namespace trilens::tokenize::work
