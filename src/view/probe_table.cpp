#include "view/probe_table.hpp"

#include <algorithm>
#include <cmath>

namespace trilens::view {
namespace {

using state::ProbeCell;

constexpr double kSignificant = 0.05;

std::string whole_percent(double share, const Words& words) { return fixed_text(100 * share, 0, words.number); }

// Items that the one got right and the other wrong, both ways, of those that both were asked.
struct Disagreements {
  std::int64_t here = 0, there = 0;
};

Disagreements disagreements(const protocol::Probed& a, const protocol::Probed& b) {
  Disagreements out;
  for (std::size_t i = 0; i < std::min(a.items.size(), b.items.size()); ++i) {
    const bool here = a.items[i].chosen == a.items[i].right, there = b.items[i].chosen == b.items[i].right;
    out.here += here && !there ? 1 : 0;
    out.there += there && !here ? 1 : 0;
  }
  return out;
}

struct Row {
  const state::State& state;
  std::size_t phenomenon;
  const Words& words;

  [[nodiscard]] const ProbeCell& cell(Seat seat) const { return state.probes.cells[seat_index(seat)][phenomenon]; }

  // Whom this seat beats by more than chance.
  [[nodiscard]] std::string better(Seat seat) const {
    const auto& own = cell(seat).value;
    std::string names;
    for (const Seat other : kSeats) {
      const auto& theirs = cell(other).value;
      if (other == seat || !own || !theirs || own->items.empty() || theirs->items.empty()) continue;
      const Disagreements d = disagreements(*own, *theirs);
      const double p = sign_test(d.here, d.there);
      if (d.here <= d.there || p >= kSignificant) continue;
      names += (names.empty() ? "" : ", ") + words.strings.fill("probes.than", {{"name", family_view(state, other, words).short_name}, {"p", p < 0.001 ? "< 0.001" : fixed_text(p, 3, words.number)}});
    }
    return names.empty() ? names : words.strings.fill("probes.better", {{"names", names}});
  }

  void fill_value(ProbeCellView& v, const protocol::Probed& probed) const {
    v.chance = probed.chance;
    if (!probed.cannot.empty()) {
      v.cannot = words.strings.fill("answer.reason." + probed.cannot, {{"detail", ""}});
      return;
    }
    const auto count = static_cast<std::int64_t>(probed.items.size());
    if (count == 0) return;
    v.known = true;
    v.share = static_cast<double>(probed.hits) / static_cast<double>(count);
    v.low = probed.low;
    v.high = probed.high;
    v.percent = percent_text(v.share, words.number);
    v.interval = words.strings.fill("probes.interval", {{"low", whole_percent(v.low, words)}, {"high", whole_percent(v.high, words)}, {"hits", count_text(probed.hits)}, {"items", count_text(count)}});
    v.tooltip = words.strings.fill("probes.tooltip", {{"percent", v.percent}, {"interval", v.interval}, {"chance", percent_text(probed.chance, words.number)},
                                                      {"passes", count_text(probed.passes)}, {"time", joined(millis_quantity(probed.millis, words.number))}});
  }

  [[nodiscard]] ProbeCellView operator()(Seat seat) const {
    const ProbeCell& c = cell(seat);
    ProbeCellView v;
    v.family = family_view(state, seat, words);
    v.queued = c.queued;
    v.running = c.running;
    v.stale = c.value && (c.queued || c.running || c.asked != state.probes.items) && c.value->cannot.empty();
    if (c.value) fill_value(v, *c.value);
    v.better = better(seat);
    if (c.running) {
      v.status = words.strings.fill("probes.done", {{"done", count_text(c.done)}, {"total", count_text(c.total)}});
      v.part = c.total > 0 ? static_cast<double>(c.done) / static_cast<double>(c.total) : 0;
    } else if (c.queued) {
      v.status = words.strings.get("answer.queued");
    } else if (c.trouble) {
      v.trouble = trouble_view(*c.trouble, words).sentence;
    }
    return v;
  }
};

void fill_progress(ProbeTableView& v, const state::State& state, const Words& words) {
  std::int64_t open = 0, known = 0;
  std::string now;
  for (const Seat seat : kSeats) {
    for (std::size_t p = 0; p < state::kPhenomena.size(); ++p) {
      const ProbeCell& c = state.probes.cells[seat_index(seat)][p];
      open += c.queued || c.running ? 1 : 0;
      known += !c.queued && !c.running && c.value && state.probes.chosen[p] ? 1 : 0;
      if (!c.running) continue;
      const std::string title = words.strings.get("probe." + std::string(state::kPhenomena[p]) + ".title");
      if (now.find(title) == std::string::npos) now += (now.empty() ? "" : " · ") + title;
      v.part += c.total > 0 ? static_cast<double>(c.done) / static_cast<double>(c.total) : 0;
    }
  }
  v.running = open > 0;
  if (!v.running) return;
  const auto all = static_cast<double>(open + known);
  v.part = (v.part + static_cast<double>(known)) / all;
  v.progress = words.strings.fill("probes.progress", {{"done", count_text(known)}, {"all", count_text(open + known)}, {"now", now}});
}

}  // namespace

// Twice the probability that a fair coin shows one side at least so often. Sums of exact binomial terms, by logarithms.
double sign_test(std::int64_t a, std::int64_t b) {
  const std::int64_t n = a + b, most = std::max(a, b);
  double p = 0;
  for (std::int64_t k = most; k <= n; ++k) {
    const auto x = static_cast<double>(k), of = static_cast<double>(n);
    p += std::exp(std::lgamma(of + 1) - std::lgamma(x + 1) - std::lgamma(of - x + 1) - of * std::log(2.0));
  }
  return std::min(1.0, 2 * p);
}

ProbeTableView build_probe_table(const state::State& state, const Words& words) {
  ProbeTableView v;
  if (state.tab != state::Tab::answer) return v;
  v.title = words.strings.get("probes.title");
  v.intro = words.strings.get("probes.intro");
  v.items_label = words.strings.get("probes.items");
  for (const std::int64_t items : state::kProbeItems) v.items.push_back({std::to_string(items), count_text(items), state.probes.items == items});
  fill_progress(v, state, words);
  const bool none = std::ranges::none_of(state.probes.chosen, [](bool b) { return b; });
  const bool all = std::ranges::all_of(state.probes.chosen, [](bool b) { return b; });
  const bool loaded = std::ranges::any_of(state.columns, [](const state::ColumnState& c) { return c.loaded.has_value(); });
  v.button = words.strings.get(v.running ? "answer.stop" : "probes.run");
  v.all_button = words.strings.get(all ? "probes.none" : "probes.all");
  v.all = !all;
  v.can_run = loaded && !none;
  v.legend = words.strings.get("probes.legend");
  for (std::size_t p = 0; p < state::kPhenomena.size(); ++p) {
    ProbeRowView row;
    row.id = state::kPhenomena[p];
    row.title = words.strings.get("probe." + row.id + ".title");
    row.why = words.strings.get("probe." + row.id + ".why");
    row.example = words.strings.fill("probes.example", {{"example", words.strings.get("probe." + row.id + ".example")}});
    row.chosen = state.probes.chosen[p];
    for (const Seat seat : kSeats) row.cells.push_back(Row{state, p, words}(seat));
    v.rows.push_back(std::move(row));
  }
  return v;
}

}  // namespace trilens::view
