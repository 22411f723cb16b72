#include "generate/beam_search.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "generate/step_record.hpp"

namespace trilens::generate {
namespace {

bool is_eos(const GenerationOptions& options, std::int32_t id) {
  return std::ranges::find(options.eos_ids, id) != options.eos_ids.end();
}

}  // namespace

BeamSearch::BeamSearch(std::vector<std::int32_t> prompt, GenerationOptions options)
    : options_(std::move(options)),
      processors_(processors_for(options_, prompt.size())),
      // So many that num_beams remain to go on with even if every beam's best candidates are end tokens.
      candidates_(std::max<std::size_t>(2, options_.eos_ids.size() + 1) * static_cast<std::size_t>(options_.num_beams)),
      needs_(needs_for(candidates_, !processors_.empty(), options_.alternatives)) {
  needs_.full_rows = needs_.full_rows || !only_lower(processors_);
  batch_ = {.tokens = prompt, .rows = 1, .width = prompt.size(), .parents = {}, .reorder = false, .past = 0};
  running_.push_back({.sequence = std::move(prompt), .node = -1, .score = 0});
}

Fed BeamSearch::feed(std::span<const RowAnswer> rows) {
  std::vector<Candidate> candidates;
  if (!collect(rows, candidates)) return Fed::needs_full_rows;
  record_expansions(rows);
  if (candidates.empty()) {
    done_ = true;
    return Fed::advanced;
  }
  grow(candidates, rows);
  return Fed::advanced;
}

// The best candidates over all rows, best first. False: a row lacks tokens that could be among them.
bool BeamSearch::collect(std::span<const RowAnswer> rows, std::vector<Candidate>& out) const {
  const bool last = length_ + 1 >= options_.max_new_tokens;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const float log_sum_exp = statistics_of(rows[r], 0).log_sum_exp;
    ScoreRow row = ScoreRow::of(rows[r], needs_.top_k);
    row.map([log_sum_exp](float logit) { return logit - log_sum_exp; });
    process(processors_, running_[r].sequence, row);
    const std::vector<std::size_t> best = row.best(candidates_);
    if (best.size() < candidates_ ? !row.complete() : !row.precedes_rest(best.back())) return false;
    for (const std::size_t i : best) {
      out.push_back({.row = r,
                     .id = row.id(i),
                     .score = row.score(i) + running_[r].score,
                     .ends = last || is_eos(options_, row.id(i))});
    }
  }
  std::ranges::stable_sort(out, [](const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score > b.score;
    return a.row != b.row ? a.row < b.row : a.id < b.id;
  });
  if (out.size() > candidates_) out.resize(candidates_);
  return true;
}

void BeamSearch::record_expansions(std::span<const RowAnswer> rows) {
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const RowStatistics statistics = statistics_of(rows[r], static_cast<std::uint32_t>(options_.alternatives));
    tree_.expansions.push_back({.node = running_[r].node,
                                .entropy_nats = statistics.entropy_nats,
                                .log_sum_exp = statistics.log_sum_exp,
                                .alternatives = alternatives_of(statistics, options_.alternatives)});
  }
}

void BeamSearch::grow(std::span<const Candidate> candidates, std::span<const RowAnswer> rows) {
  const auto num_beams = static_cast<std::size_t>(options_.num_beams);
  const std::size_t first_expansion = tree_.expansions.size() - rows.size();
  std::vector<Beam> next;
  std::vector<std::int32_t> parents;
  for (std::size_t rank = 0; rank < candidates.size(); ++rank) {
    const Candidate& c = candidates[rank];
    const Beam& from = running_[c.row];
    const auto node = static_cast<std::int32_t>(tree_.nodes.size());
    const std::size_t expansion = first_expansion + c.row;
    tree_.nodes.push_back({.parent = from.node,
                           .id = c.id,
                           .depth = static_cast<std::int32_t>(length_),
                           .log_probability = double{raw_logit(rows[c.row], c.id)} - double{tree_.expansions[expansion].log_sum_exp},
                           .score = c.score,
                           .final_score = 0,
                           .rank = static_cast<std::int32_t>(rank),
                           .expansion = static_cast<std::int32_t>(expansion),
                           .fate = BeamTree::Fate::pruned});
    if (!c.ends && next.size() < num_beams) {
      next.push_back({.sequence = from.sequence, .node = node, .score = c.score});
      next.back().sequence.push_back(c.id);
      parents.push_back(static_cast<std::int32_t>(c.row));
      tree_.nodes.back().fate = BeamTree::Fate::growing;
    }
    // Further candidates are there to keep the beam full; they may not finish.
    if (c.ends && rank < num_beams) finish(node, per_length(c.score, length_ + 1));
  }
  ++length_;
  running_ = std::move(next);
  tree_.live.clear();
  for (const Beam& beam : running_) tree_.live.push_back(beam.node);
  const bool full = finished_.size() == num_beams;
  done_ = running_.empty() || (full && options_.early_stopping == EarlyStopping::when_full) || !can_improve();
  if (!done_) next_batch(parents);
}

// Puts a beam that has ended among the best that ended, if it belongs there. Of equals the earlier one stays.
void BeamSearch::finish(std::int32_t node, float score) {
  const auto at = std::ranges::upper_bound(finished_, score, std::ranges::greater{}, &Finished::score);
  if (at == finished_.end() && finished_.size() == static_cast<std::size_t>(options_.num_beams)) return;
  finished_.insert(at, {.node = node, .score = score});
  if (finished_.size() > static_cast<std::size_t>(options_.num_beams)) finished_.pop_back();
  BeamTree::Node& finished = tree_.nodes[static_cast<std::size_t>(node)];
  finished.fate = BeamTree::Fate::finished;
  finished.final_score = score;
  tree_.best.clear();
  for (const Finished& f : finished_) tree_.best.push_back(f.node);
}

// _check_early_stop_heuristic: whether the best running beam could still beat the worst finished one.
bool BeamSearch::can_improve() const {
  if (running_.empty()) return false;
  if (finished_.size() < static_cast<std::size_t>(options_.num_beams)) return true;
  const bool to_the_end = options_.early_stopping == EarlyStopping::never && options_.length_penalty > 0;
  const float best_possible = per_length(running_.front().score, to_the_end ? options_.max_new_tokens : length_);
  return best_possible > finished_.back().score;
}

float BeamSearch::per_length(float score, std::int64_t length) const {
  return score / static_cast<float>(std::pow(static_cast<double>(length), options_.length_penalty));
}

void BeamSearch::next_batch(std::span<const std::int32_t> parents) {
  const std::size_t previous = batch_.rows;
  batch_ = {.tokens = {},
            .rows = running_.size(),
            .width = 1,
            .parents = {parents.begin(), parents.end()},
            .reorder = running_.size() != previous,
            .past = static_cast<std::int64_t>(running_.front().sequence.size()) - 1};
  for (std::size_t r = 0; r < running_.size(); ++r) {
    batch_.tokens.push_back(running_[r].sequence.back());
    batch_.reorder = batch_.reorder || parents[r] != static_cast<std::int32_t>(r);
  }
}

Continuation BeamSearch::result() const {
  const std::vector<Continuation> all = results();
  return all.empty() ? path_to(-1, 0) : all.front();
}

std::vector<Continuation> BeamSearch::results() const {
  std::vector<Continuation> out;
  if (done_ && !finished_.empty()) {
    for (const Finished& f : finished_) out.push_back(path_to(f.node, f.score));
  } else {
    for (const Beam& beam : running_) out.push_back(path_to(beam.node, length_ == 0 ? 0 : per_length(beam.score, length_)));
  }
  return out;
}

// The tokens from the prompt to a node, with the steps that chose them.
Continuation BeamSearch::path_to(std::int32_t node, float score) const {
  Continuation out;
  out.score = score;
  for (; node >= 0; node = tree_.nodes[static_cast<std::size_t>(node)].parent) {
    const BeamTree::Node& n = tree_.nodes[static_cast<std::size_t>(node)];
    const BeamTree::Expansion& e = tree_.expansions[static_cast<std::size_t>(n.expansion)];
    out.ids.push_back(n.id);
    out.steps.push_back({.id = n.id,
                         .probability = std::exp(n.log_probability),
                         .log_probability = n.log_probability,
                         .entropy_nats = e.entropy_nats,
                         .alternatives = e.alternatives});
  }
  std::ranges::reverse(out.ids);
  std::ranges::reverse(out.steps);
  if (!done_) return out;
  if (finished_.empty()) {
    out.stop_reason = StopReason::exhausted;
  } else {
    out.stop_reason = is_eos(options_, out.ids.back()) ? StopReason::eos : StopReason::length;
  }
  return out;
}

}  // namespace trilens::generate
