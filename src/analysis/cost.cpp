#include "analysis/cost.hpp"

#include <algorithm>
#include <vector>

namespace trilens::analysis {
namespace {

// n positions through a stack, each of which looks at m of its own.
void add_stack(Flops& out, const StackShape& s, std::int64_t n, std::int64_t m) {
  out.projections += s.layers * 8 * n * s.hidden * s.attention;
  out.attention += s.layers * 4 * n * m * s.attention;
  out.feed_forward += s.layers * (s.gated ? 6 : 4) * n * s.hidden * s.feed_forward;
}

// And at a source; `first`: its keys and values are not there yet.
void add_cross(Flops& out, const StackShape& s, std::int64_t n, std::int64_t source, bool first) {
  out.cross += s.layers * (4 * n * s.hidden * s.attention + 4 * n * source * s.attention);
  if (first) out.cross += s.layers * 4 * source * s.hidden * s.attention;
}

void add_head(Flops& out, const ModelShape& shape, std::int64_t n) {
  const StackShape& last = shape.decoder ? *shape.decoder : *shape.encoder;
  out.head += 2 * n * last.hidden * shape.vocabulary;
  if (!shape.decoder && shape.vocabulary > 0) out.head += 2 * n * last.hidden * last.hidden;
}

}  // namespace

Flops read_flops(const ModelShape& shape, std::int64_t tokens) {
  Flops out;
  const bool both = shape.encoder && shape.decoder;
  if (shape.encoder) add_stack(out, *shape.encoder, tokens, tokens);
  const std::int64_t n = both ? shape.prompt : tokens;
  if (shape.decoder) add_stack(out, *shape.decoder, n, n);
  if (both) add_cross(out, *shape.decoder, n, tokens, true);
  if (shape.encoder || shape.decoder) add_head(out, shape, n);
  return out;
}

Flops step_flops(const ModelShape& shape, std::int64_t past, std::int64_t source) {
  Flops out;
  if (!shape.decoder) return out;
  add_stack(out, *shape.decoder, 1, past + 1);
  if (shape.encoder) add_cross(out, *shape.decoder, 1, source, false);
  add_head(out, shape, 1);
  return out;
}

CacheBytes cache_bytes(const ModelShape& shape, std::int64_t past, std::int64_t source) {
  if (!shape.decoder) return {};
  constexpr std::int64_t kKeyAndValue = 2 * sizeof(float);
  const std::int64_t each = shape.decoder->layers * shape.decoder->attention * kKeyAndValue;
  return {each * past, shape.encoder ? each * source : 0};
}

Spread spread(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const std::size_t half = sorted.size() / 2;
  const double median = sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  return {median, sorted.front(), sorted.back()};
}

double fitted_rate(std::span<const double> cost, std::span<const double> millis) {
  double both = 0, squares = 0;
  for (std::size_t i = 0; i < cost.size() && i < millis.size(); ++i) {
    both += cost[i] * millis[i];
    squares += cost[i] * cost[i];
  }
  return both > 0 ? squares / both * 1000 : 0;
}

}  // namespace trilens::analysis
