#include "view/cost.hpp"

#include <optional>

namespace trilens::view {
namespace {

// What was measured: of what the clock has written so far, else of the reading.
struct Measured {
  std::optional<double> prefill_ms;
  std::optional<double> per_token_ms;
  std::optional<std::int64_t> passes;
  std::optional<std::int64_t> cache_bytes;
  bool of_clock = false;
};

Measured measured(const state::ColumnState& column) {
  const state::GenerationState& g = column.generation;
  Measured m;
  if (column.family != Family::encoder && g.advanced > 0 && !g.stale) {
    m.of_clock = true;
    m.prefill_ms = g.prefill_ms;
    if (g.advanced > 1) m.per_token_ms = g.decode_ms / static_cast<double>(g.advanced - 1);
    m.passes = g.advanced + (column.family == Family::encoder_decoder ? 1 : 0);
    m.cache_bytes = g.cache_bytes;
  } else if (column.reading) {
    m.prefill_ms = column.reading->prefill_ms;
    if (column.reading->per_token_ms > 0) m.per_token_ms = column.reading->per_token_ms;
    m.passes = column.reading->passes;
    if (column.family != Family::encoder) m.cache_bytes = column.reading->cache_bytes;
  }
  return m;
}

struct Rows {
  const Words& words;
  std::vector<CostRowView>& out;

  void add(const char* id, const std::optional<Quantity>& quantity) const {
    const std::string key = "cost." + std::string(id);
    CostRowView row{.id = id, .label = words.strings.get(key), .number = std::string(kNothing), .unit = {},
                    .explanation = words.strings.get(key + ".explanation"), .present = quantity.has_value()};
    if (quantity) row.number = quantity->number;
    if (quantity) row.unit = quantity->unit;
    out.push_back(std::move(row));
  }
};

}  // namespace

CostView build_cost(const state::State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  CostView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("cost", words);
  reading_head(v.head, state, seat, words);
  const Measured m = measured(column);
  const NumberStyle style = words.number;
  const Rows rows{words, v.rows};
  const auto millis = [&](const std::optional<double>& ms) { return ms ? std::optional(millis_quantity(*ms, style)) : std::nullopt; };
  using Maybe = std::optional<Quantity>;
  const std::optional<protocol::Loaded>& loaded = column.loaded;
  rows.add("provider", loaded ? Maybe({loaded->provider, ""}) : std::nullopt);
  rows.add("prefill", millis(m.prefill_ms));
  rows.add("per_token", millis(m.per_token_ms));
  rows.add("passes", m.passes ? Maybe({count_text(*m.passes), ""}) : std::nullopt);
  rows.add("cache", m.cache_bytes ? Maybe(bytes_quantity(*m.cache_bytes, style)) : std::nullopt);
  rows.add("parameters", loaded ? Maybe(parameters_quantity(loaded->parameters, style)) : std::nullopt);
  rows.add("bytes", loaded ? Maybe(bytes_quantity(loaded->bytes, style)) : std::nullopt);
  rows.add("load", loaded ? millis(loaded->load_ms) : std::nullopt);
  if (!v.head.empty) v.head.sentence = words.strings.get("cost.sentence." + v.family.id);
  if (m.of_clock) v.head.hint = words.strings.get("cost.of_clock");
  return v;
}

}  // namespace trilens::view
