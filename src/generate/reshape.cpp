#include "generate/reshape.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "generate/processors/processors.hpp"
#include "tensor/statistics.hpp"

namespace trilens::generate {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();

// Tokens that have just lost their score lost it to `why`.
void mark(std::span<const float> before, std::span<const float> now, Cut why, std::vector<Cut>& cuts) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (before[i] > kNothing && now[i] == kNothing) cuts[i] = why;
  }
}

// Softmax in double precision; zeros where nothing is finite.
std::vector<double> shares_of(std::span<const float> scores) {
  std::vector<double> out(scores.size(), 0.0);
  const float most = scores.empty() ? kNothing : *std::ranges::max_element(scores);
  if (most == kNothing) return out;
  double total = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) total += out[i] = std::exp(double{scores[i]} - double{most});
  for (double& share : out) share /= total;
  return out;
}

// The best `count` by falling score. Of equals the larger id comes first: it is the one that top-p keeps longer.
std::vector<std::size_t> order_of(std::span<const float> scores, std::size_t count) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] > kNothing) order.push_back(i);
  }
  count = std::min(count, order.size());
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(order, middle, [&](std::size_t a, std::size_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a > b; });
  order.erase(middle, order.end());
  return order;
}

// What each stage leaves.
struct Stages {
  std::vector<float> processed;   // after penalties and bans
  std::vector<float> before_p;    // and temperature and top-k: what top-p looks at
  std::vector<float> last;        // and top-p
  std::vector<Cut> cuts;
};

Stages run(const ReshapeInput& input, const GenerationOptions& options) {
  ScoreRow row = ScoreRow::of(input.logits, 0);
  const auto copy = [&row] { return std::vector<float>(row.scores().begin(), row.scores().end()); };
  Stages out{.processed = copy(), .before_p = {}, .last = {}, .cuts = std::vector<Cut>(row.size(), Cut::none)};
  const std::vector<float> raw = out.processed;
  process(processors_for(options, input.prompt_length), input.history, row);
  mark(raw, row.scores(), Cut::forbidden, out.cuts);
  out.processed = copy();
  for (const Warper& warper : warpers_for(options)) {
    const std::vector<float> before = copy();
    const bool by_p = std::holds_alternative<TopP>(warper);
    if (by_p) out.before_p = before;
    (void)std::visit([&row](const auto& w) { return w.apply(row); }, warper);  // a full row is complete: nothing can be missing
    mark(before, row.scores(), by_p ? Cut::top_p : Cut::top_k, out.cuts);
  }
  out.last = copy();
  if (out.before_p.empty()) out.before_p = out.last;
  return out;
}

}  // namespace

Reshaped reshape(const ReshapeInput& input, GenerationOptions options, std::size_t count) {
  options.strategy = Strategy::sample;
  const Stages stages = run(input, options);
  const RowStatistics raw = row_statistics(input.logits, static_cast<std::uint32_t>(count));
  const std::vector<double> after = shares_of(stages.last), seen_by_p = shares_of(stages.before_p);
  const auto before = [&](std::size_t i) { return std::exp(double{input.logits[i]} - double{raw.log_sum_exp}); };

  Reshaped out;
  out.entropy_before_nats = raw.entropy_nats;
  for (std::size_t i = 0; i < after.size(); ++i) {
    out.forbidden += stages.cuts[i] == Cut::forbidden ? 1 : 0;
    out.cut_by_top_k += stages.cuts[i] == Cut::top_k ? 1 : 0;
    out.cut_by_top_p += stages.cuts[i] == Cut::top_p ? 1 : 0;
    if (stages.last[i] == kNothing) continue;
    ++out.left;
    out.kept += before(i);
    if (after[i] > 0) out.entropy_after_nats -= after[i] * std::log(after[i]);
  }
  double sum = 0;
  for (const std::size_t i : order_of(stages.processed, count)) {
    sum += seen_by_p[i];
    out.entries.push_back({.id = static_cast<std::int32_t>(i), .before = before(i), .after = after[i], .cumulative = std::min(sum, 1.0), .cut = stages.cuts[i]});
  }
  for (const ScoredToken& token : raw.top) {
    const auto i = static_cast<std::size_t>(token.id);
    if (stages.cuts[i] == Cut::forbidden) out.entries.push_back({.id = token.id, .before = before(i), .after = 0, .cumulative = std::min(sum, 1.0), .cut = Cut::forbidden});
  }
  return out;
}

}  // namespace trilens::generate
