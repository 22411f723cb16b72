// The scores of one row while processors work on them: of the whole vocabulary, or of its best k.
//
// A partial row also knows an upper bound for every token it leaves out, so that whoever decides from it can tell
// whether the missing ones could have changed the decision. Value; NaN is taken as -infinity.
//
//   ScoreRow row = ScoreRow::of(answer, 16);
//   processor.apply(history, row);
//   if (!row.precedes_rest(best)) return Fed::needs_full_rows;
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "generate/step.hpp"

namespace trilens::generate {

class ScoreRow {
 public:
  // `asked`: the k of the statistics pass; fewer winners than that mean that there are no more tokens with a finite logit.
  [[nodiscard]] static ScoreRow of(const RowAnswer& answer, std::uint32_t asked);

  // Entries lie by rising id.
  [[nodiscard]] std::size_t size() const { return scores_.size(); }
  [[nodiscard]] std::int32_t id(std::size_t i) const { return ids_.empty() ? static_cast<std::int32_t>(i) : ids_[i]; }
  [[nodiscard]] float score(std::size_t i) const { return scores_[i]; }
  [[nodiscard]] std::span<float> scores() { return scores_; }
  [[nodiscard]] std::span<const float> scores() const { return scores_; }

  // The score of a token; nullptr when the row does not hold it.
  [[nodiscard]] float* find(std::int32_t id);

  // No token with a finite score is missing.
  [[nodiscard]] bool complete() const { return bound_ == -std::numeric_limits<float>::infinity(); }
  // Every missing token scores at most this.
  [[nodiscard]] float bound() const { return bound_; }
  // Entry i comes before every missing token in the order of falling score, then rising id.
  [[nodiscard]] bool precedes_rest(std::size_t i) const {
    return complete() || scores_[i] > bound_ || (scores_[i] == bound_ && id(i) <= bound_id_);
  }
  // Whoever has removed every missing token says so.
  void close() { bound_ = -std::numeric_limits<float>::infinity(); }

  // Applies a rising function to all scores, the missing ones' bound included.
  template <class F>
  void map(F f) {
    for (float& s : scores_) s = f(s);
    if (!complete()) bound_ = f(bound_);
  }

  // Indices of the best `count` entries with a finite score, by falling score, then rising id.
  [[nodiscard]] std::vector<std::size_t> best(std::size_t count) const;

 private:
  std::vector<float> scores_;
  std::vector<std::int32_t> ids_;  // empty: the whole vocabulary
  float bound_ = -std::numeric_limits<float>::infinity();
  std::int32_t bound_id_ = 0;      // missing tokens with a score of exactly bound_ have a larger id
};

}  // namespace trilens::generate
