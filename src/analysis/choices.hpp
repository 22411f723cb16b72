// Choosing among given answers by their probability, and how sure a share of right answers is.
//
// Not here: running models (lab/scoring.cpp), which answers there are. Pure functions; sums in double precision.
//
//   double p = log_probability(logits, 17);            // natural logarithm, over the whole row
//   std::size_t answer = best({-3.2, -1.1});           // 1
//   std::vector<double> part = shares({-3.2, -1.1});   // 0.11, 0.89: what each has if it must be one of them
//   Interval i = wilson(9, 10);                        // 0.596 … 0.982
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace trilens::analysis {

// log softmax(row)[id]. Precondition: id is within the row.
[[nodiscard]] double log_probability(std::span<const float> row, std::int32_t id);

// The highest; of equal ones the first. Precondition: there is one.
[[nodiscard]] std::size_t best(std::span<const double> scores);

// Softmax of natural logarithms; zeros where none is finite.
[[nodiscard]] std::vector<double> shares(std::span<const double> log_probabilities);

// The 95 % interval of a share (Wilson 1927, z = 1.959964): never outside [0, 1], right for few items too. None: 0 … 1.
struct Interval {
  double low = 0;
  double high = 1;
};
[[nodiscard]] Interval wilson(std::int64_t hits, std::int64_t items);

}  // namespace trilens::analysis
