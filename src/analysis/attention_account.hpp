// The arithmetic of one attention weight and of one logit, done again from tensors: dot products term by term, a T5's bucket of a distance,
// the mix of values, how far two rows are apart. Sums are in double precision, so that a difference is the runtime's rounding, not ours.
//
// Vaswani et al. 2017, section 3.2.1: softmax(q·k / √d + mask) · v. Buckets: Raffel et al. 2020 as transformers' T5Attention computes them.
// Not here: softmax (tensor/softmax.hpp), where the tensors come from (src/lab). Pure functions; sizes must agree.
//
//   const auto terms = analysis::products(q, k);      // [d]
//   const double score = analysis::dot(q, k) * scale;
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace trilens::analysis {

[[nodiscard]] double dot(std::span<const float> a, std::span<const float> b);
[[nodiscard]] std::vector<float> products(std::span<const float> a, std::span<const float> b);

// values: [key, d] f32; weights: one a key -> their mix, [d].
[[nodiscard]] std::vector<float> mix(std::span<const float> weights, std::span<const float> values);

struct BucketRule {
  bool both_sides = true;          // an encoder; a decoder sees what is behind it alone
  std::int64_t buckets = 32;
  std::int64_t max_distance = 128;
};
// Which row of the table belongs to a key this far after its query (negative: before it).
[[nodiscard]] std::int64_t relative_bucket(std::int64_t distance, const BucketRule& rule);

// The largest |a_i - b_i|, over as many as both have.
[[nodiscard]] double largest_gap(std::span<const float> a, std::span<const float> b);

// The n terms that weigh most to either side: indices by falling value, and by rising.
struct Heaviest {
  std::vector<std::size_t> up, down;
};
[[nodiscard]] Heaviest heaviest(std::span<const float> terms, std::size_t n);

}  // namespace trilens::analysis
