#include "view/curves.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace trilens::view {
namespace {

using protocol::CostPoint;
using protocol::CostRun;
using protocol::CostTable;
using protocol::CostTimes;
using state::CostQuantity;
using state::Experiment;
using state::State;

constexpr std::int64_t kWritten = 32;   // tokens of "total"

// A point's value, its spread and the formula's, in base units; none: this model has no such thing.
struct Reading {
  double value = 0, low = 0, high = 0;
  std::optional<double> formula;
  std::int64_t count = 0;
};

Reading of_times(const CostTimes& t, double formula) {
  return {t.median_ms, t.low_ms, t.high_ms, formula > 0 ? std::optional(formula) : std::nullopt, t.count};
}

std::optional<Reading> reading_of(const CostPoint& p, const CostTable& table, CostQuantity quantity) {
  constexpr double kFurther = kWritten - 1;
  switch (quantity) {
    case CostQuantity::read: return of_times(p.read, p.read_fit_ms);
    case CostQuantity::step:
      if (p.step.count == 0) return std::nullopt;
      return of_times(p.step, p.step_fit_ms);
    case CostQuantity::total: {
      if (p.step.count == 0) return std::nullopt;
      const auto sum = [](double read, double step) { return read + kFurther * step; };
      return Reading{sum(p.read.median_ms, p.step.median_ms), sum(p.read.low_ms, p.step.low_ms), sum(p.read.high_ms, p.step.high_ms),
                     sum(p.read_fit_ms, p.step_fit_ms), std::min(p.read.count, p.step.count)};
    }
    case CostQuantity::flops: {
      const auto flops = static_cast<double>(p.read_flops);
      return Reading{flops, flops, flops, std::nullopt, 0};
    }
    case CostQuantity::cache: {
      if (!table.cached) return std::nullopt;
      const auto bytes = static_cast<double>(p.cache_bytes);
      return Reading{bytes, bytes, bytes, static_cast<double>(p.self_bytes + p.cross_bytes), 0};
    }
  }
  return std::nullopt;
}

struct Builder {
  const State& state;
  const Words& words;

  [[nodiscard]] const std::string& get(std::string_view key) const { return words.strings.get("curves." + std::string(key)); }
  [[nodiscard]] std::string fill(std::string_view key, const std::vector<Fill>& values) const { return words.strings.fill("curves." + std::string(key), values); }
  [[nodiscard]] const CostTable* table(Seat seat) const { return state.column(seat).experiment(Experiment::cost).as<CostTable>(); }
  [[nodiscard]] std::string millis(double ms) const { return joined(millis_quantity(ms, words.number)); }
  [[nodiscard]] std::string bytes(double b) const { return joined(bytes_quantity(static_cast<std::int64_t>(std::llround(b)), words.number)); }
  [[nodiscard]] std::string flops(double f) const {
    Quantity q = f < 999.5e6 ? Quantity{fixed_text(f / 1e6, f < 99.5e6 ? 1 : 0, words.number), "MFLOP"}
                             : Quantity{fixed_text(f / 1e9, f < 99.5e9 ? 1 : 0, words.number), "GFLOP"};
    return joined(q);
  }
  [[nodiscard]] std::string amount(CostQuantity quantity, double value) const {
    if (quantity == CostQuantity::flops) return flops(value);
    return quantity == CostQuantity::cache ? bytes(value) : millis(value);
  }
  // "×1.3", "×24"
  [[nodiscard]] std::string times(double factor) const { return "×" + fixed_text(factor, factor < 9.95 ? 1 : 0, words.number); }
};

// --- axes ---

struct Axis {
  double low = 1, high = 10;
  bool logarithmic = true;
  [[nodiscard]] float at(double value) const {
    if (!logarithmic) return static_cast<float>(value / high);
    return static_cast<float>((std::log(std::max(value, low)) - std::log(low)) / (std::log(high) - std::log(low)));
  }
};

// Room around what is drawn, so that no mark lies on the frame.
Axis axis_of(double low, double high, bool logarithmic) {
  if (!logarithmic) return {0, high * 1.06, false};
  if (!(low > 0)) low = high / 10;
  const double room = std::max(std::pow(high / low, 0.05), 1.06);
  return {low / room, high * room, true};
}

struct Measured {
  Seat seat = Seat::left;
  const CostTable* table = nullptr;
  const CostRun* run = nullptr;
  bool second = false;
};

std::vector<Measured> measured(const Builder& b) {
  std::vector<Measured> out;
  for (const Seat seat : kSeats) {
    const CostTable* table = b.table(seat);
    if (table == nullptr) continue;
    for (std::size_t i = 0; i < table->runs.size(); ++i) out.push_back({seat, table, &table->runs[i], i > 0});
  }
  return out;
}

// Flops and cache are the same on both providers: drawn once.
bool drawn(const Measured& m, CostQuantity quantity) { return !m.second || (quantity != CostQuantity::flops && quantity != CostQuantity::cache); }

std::string rate_of(const Builder& b, const CostRun& run, CostQuantity quantity) {
  const auto giga = [&](double rate) { return fixed_text(rate / 1e9, rate < 9.95e9 ? 2 : 0, b.words.number) + std::string(kThinSpace) + "GFLOP/s"; };
  const bool read = run.read_flops_per_second > 0, step = run.step_flops_per_second > 0;
  if (quantity == CostQuantity::read && read) return giga(run.read_flops_per_second);
  if (quantity == CostQuantity::step && step) return giga(run.step_flops_per_second);
  if (quantity == CostQuantity::total && read && step) return giga(run.read_flops_per_second) + " + " + giga(run.step_flops_per_second);
  return {};
}

std::string point_sentence(const Builder& b, const CurveView& curve, double tokens, const Reading& r) {
  const CostQuantity quantity = b.state.cost.choice.quantity;
  const std::vector<Fill> values{{"curve", curve.label},
                                 {"tokens", count_text(static_cast<std::int64_t>(tokens))},
                                 {"value", b.amount(quantity, r.value)},
                                 {"low", b.amount(quantity, r.low)},
                                 {"high", b.amount(quantity, r.high)},
                                 {"count", count_text(r.count)},
                                 {"formula", r.formula ? b.amount(quantity, *r.formula) : std::string(kNothing)}};
  return b.fill(quantity == CostQuantity::flops ? "point.formula" : quantity == CostQuantity::cache ? "point.counted" : "point.measured", values);
}

CurveView curve_of(const Builder& b, const Measured& m) {
  const CostQuantity quantity = b.state.cost.choice.quantity;
  CurveView c;
  c.family = family_view(b.state, m.seat, b.words);
  c.provider = m.run->provider;
  c.second = m.second;
  const bool by_provider = quantity != CostQuantity::flops && quantity != CostQuantity::cache;
  c.label = by_provider ? c.family.short_name + " · " + c.provider : c.family.short_name;
  for (const CostPoint& p : m.run->points) {
    const auto r = reading_of(p, *m.table, quantity);
    if (!r) continue;
    const auto tokens = static_cast<double>(p.tokens);
    CurvePointView point{.tokens = tokens, .value = r->value, .sentence = {}};
    point.low = static_cast<float>(r->low);   // until the axes are known
    point.high = static_cast<float>(r->high);
    point.sentence = point_sentence(b, c, tokens, *r);
    c.points.push_back(std::move(point));
    if (r->formula) c.formula.push_back({.tokens = tokens, .value = *r->formula, .sentence = {}});
  }
  c.rate = rate_of(b, *m.run, quantity);
  return c;
}

void place(CurvePointView& p, const Axis& x, const Axis& y, bool whisker) {
  p.x = x.at(p.tokens);
  p.y = y.at(p.value);
  p.low = whisker ? y.at(double{p.low}) : p.y;
  p.high = whisker ? y.at(double{p.high}) : p.y;
}

void put_on_axes(const Builder& b, CurvesView& v) {
  const bool logarithmic = v.choice.logarithmic;
  double x_low = std::numeric_limits<double>::max(), x_high = 0, y_low = x_low, y_high = 0;
  for (const CurveView& c : v.curves) {
    for (const auto* list : {&c.points, &c.formula}) {
      for (const CurvePointView& p : *list) {
        const bool point = list == &c.points;
        x_low = std::min(x_low, p.tokens);
        x_high = std::max(x_high, p.tokens);
        y_low = std::min({y_low, p.value, point ? double{p.low} : p.value});
        y_high = std::max({y_high, p.value, point ? double{p.high} : p.value});
      }
    }
  }
  const Axis x = axis_of(x_low, x_high, logarithmic), y = axis_of(y_low, y_high, logarithmic);
  std::vector<double> lengths;
  for (CurveView& c : v.curves) {
    for (CurvePointView& p : c.points) {
      lengths.push_back(p.tokens);
      place(p, x, y, true);
    }
    for (CurvePointView& p : c.formula) place(p, x, y, false);
  }
  // Lengths stand where something was measured; where two are too close for their words, the first.
  std::ranges::sort(lengths);
  for (const double n : lengths) {
    if (!v.x_ticks.empty() && x.at(n) - v.x_ticks.back().at < 0.045F) continue;
    v.x_ticks.push_back({x.at(n), count_text(static_cast<std::int64_t>(n))});
  }
  for (const double value : logarithmic ? log_ticks(y.low, y.high) : linear_ticks(y.high)) {
    v.y_ticks.push_back({y.at(value), value == 0 ? "0" : b.amount(v.choice.quantity, value)});
  }
}

// --- words ---

std::string machine_of(const Builder& b) {
  const state::Environment& e = b.state.environment;
  std::string out = e.webgpu ? b.fill("machine.webgpu", {{"adapter", e.adapter}}) : b.get("machine.no_webgpu");
  if (e.threads > 0) out += " · " + b.fill(e.threads == 1 ? "machine.thread" : "machine.threads", {{"threads", count_text(e.threads)}});
  if (e.cores > 0) out += " · " + b.fill("machine.cores", {{"cores", count_text(e.cores)}});
  return out;
}

void fill_progress(const Builder& b, CurvesView& v) {
  double done = 0, all = 0;
  for (const Seat seat : kSeats) {
    const state::ExperimentState& e = b.state.column(seat).experiment(Experiment::cost);
    if (b.state.cost.press.loads[seat_index(seat)] != b.state.column(seat).loads) continue;
    all += 1;
    const bool over = !e.waiting && !state::measuring_to_come(b.state, seat);
    if (over) done += 1;
    if (!e.waiting) continue;
    const std::string name = family_view(b.state, seat, b.words).short_name;
    if (!e.progress || e.progress->stage != "measure") {
      v.progress = b.fill("progress.start", {{"model", name}});
      continue;
    }
    const auto of = static_cast<double>(std::max<std::int64_t>(e.progress->total_bytes, 1));
    done += static_cast<double>(e.progress->loaded_bytes) / of / (b.state.cost.press.other_provider ? 2 : 1);
    v.progress = b.fill("progress", {{"model", name}, {"provider", e.progress->file}, {"done", count_text(e.progress->loaded_bytes)}, {"all", count_text(e.progress->total_bytes)}});
  }
  if (all > 0) v.part = std::min(done / all, 1.0);
}

std::string how_to_read(const Builder& b, const CurvesView& v) {
  const CostQuantity quantity = v.choice.quantity;
  if (quantity == CostQuantity::flops) return b.get("how.flops");
  if (quantity == CostQuantity::cache) return b.get("how.cache");
  std::string rates;
  for (const CurveView& c : v.curves) {
    if (!c.rate.empty()) rates += (rates.empty() ? "" : ", ") + c.label + " " + c.rate;
  }
  std::string out = quantity == CostQuantity::total ? b.fill("how.total", {{"further", count_text(kWritten - 1)}}) + " " : std::string();
  return out + b.fill("how.times", {{"rates", rates}});
}

// --- the columns ---

void add_sentences(const Builder& b, const CostTable& table, const FamilyView& family, CostTableView& v) {
  if (table.runs.empty() || table.runs.front().points.empty()) return;
  const CostRun& run = table.runs.front();
  const CostPoint &first = run.points.front(), &last = run.points.back();
  const auto ratio = [](double a, double c) { return a > 0 ? c / a : 0; };
  const std::string from = count_text(first.tokens), to = count_text(last.tokens);
  if (run.points.size() > 1) {
    v.sentences.push_back(b.fill("sentence.read", {{"from", from}, {"to", to}, {"longer", b.times(ratio(static_cast<double>(first.tokens), static_cast<double>(last.tokens)))},
                                                   {"time", b.times(ratio(first.read.median_ms, last.read.median_ms))},
                                                   {"flops", b.times(ratio(static_cast<double>(first.read_flops), static_cast<double>(last.read_flops)))}}));
  }
  const bool writes = first.step.count > 0 && last.step.count > 0;
  if (writes && run.points.size() > 1) {
    v.sentences.push_back(b.fill(table.cached ? "sentence.step_cached" : "sentence.step", {{"from", from}, {"to", to}, {"time", b.times(ratio(first.step.median_ms, last.step.median_ms))}}));
  }
  if (writes && table.cached && family.family == Family::decoder) {  // a pass over the text is what a token costs without a cache
    v.sentences.push_back(b.fill("sentence.without", {{"tokens", to}, {"pass", b.millis(last.read.median_ms)}, {"step", b.millis(last.step.median_ms)}}));
  }
  if (!writes) v.sentences.push_back(b.get(family.family == Family::encoder ? "sentence.encoder" : "sentence.no_room"));
  v.sentences.push_back(b.fill(first.passes == 1 ? "sentence.pass" : "sentence.passes", {{"passes", count_text(first.passes)}}) + (writes ? " " + b.get("sentence.pass_more") : std::string()));
  if (table.limit_tokens > 0) v.sentences.push_back(b.fill("sentence.limit", {{"limit", count_text(table.limit_tokens)}}));
  if (table.stopped) v.sentences.push_back(b.get("sentence.stopped"));
}

CostLineView line_of(const Builder& b, const CostTable& table, const CostPoint& p, bool writes) {
  CostLineView line;
  const std::string nothing(kNothing);
  line.cells = {count_text(p.tokens), b.millis(p.read.median_ms)};
  if (writes) line.cells.push_back(p.step.count > 0 ? b.millis(p.step.median_ms) : nothing);
  line.cells.push_back(b.flops(static_cast<double>(p.read_flops)));
  if (table.cached) line.cells.push_back(b.bytes(static_cast<double>(p.cache_bytes)));
  line.sentence = b.fill("line.read", {{"tokens", count_text(p.tokens)}, {"median", b.millis(p.read.median_ms)}, {"low", b.millis(p.read.low_ms)}, {"high", b.millis(p.read.high_ms)},
                                       {"count", count_text(p.read.count)}, {"flops", count_text(p.read_flops)}});
  if (p.step.count > 0) {
    line.sentence += "\n" + b.fill("line.step", {{"median", b.millis(p.step.median_ms)}, {"low", b.millis(p.step.low_ms)}, {"high", b.millis(p.step.high_ms)},
                                                 {"count", count_text(p.step.count)}, {"past", count_text(p.past)}, {"flops", count_text(p.step_flops)}});
  }
  if (table.cached) {
    line.sentence += "\n" + b.fill("line.cache", {{"bytes", count_text(p.cache_bytes)}, {"self", count_text(p.self_bytes)}, {"cross", count_text(p.cross_bytes)}});
  }
  return line;
}

}  // namespace

std::vector<double> log_ticks(double low, double high) {
  std::vector<double> out;
  if (!(low > 0) || !(high > low)) return out;
  const double decades = std::log10(high / low);
  const std::vector<double> steps = decades > 3 ? std::vector<double>{1} : decades > 1.5 ? std::vector<double>{1, 3} : std::vector<double>{1, 2, 5};
  for (double decade = std::floor(std::log10(low)); decade <= std::log10(high); ++decade) {
    for (const double step : steps) {
      const double value = step * std::pow(10.0, decade);
      if (value >= low && value <= high) out.push_back(value);
    }
  }
  return out;
}

std::vector<double> linear_ticks(double most) {
  if (!(most > 0)) return {0};
  const double rough = most / 5, decade = std::pow(10.0, std::floor(std::log10(rough)));
  const double step = (rough / decade <= 1 ? 1 : rough / decade <= 2 ? 2 : rough / decade <= 5 ? 5 : 10) * decade;
  std::vector<double> out;
  for (int i = 0; i * step <= most; ++i) out.push_back(i * step);
  return out;
}

CurvesView build_curves(const State& state, const Words& words) {
  const Builder b{state, words};
  CurvesView v;
  v.choice = state.cost.choice;
  v.intro = b.get("intro");
  v.measure_label = b.get("measure");
  v.again_label = b.get("again");
  v.stop_label = b.get("stop");
  v.measuring = state::measuring(state);
  if (v.measuring) fill_progress(b, v);
  v.can_measure = !v.measuring && !state::blank_text(state.document.text) && std::ranges::any_of(state.columns, [](const auto& c) { return c.loaded && !c.loading; });
  v.other_provider = {"other_provider", b.get("other_provider"), v.choice.other_provider};
  v.quantity_label = b.get("quantity");
  v.axes_label = b.get("axes");
  for (const CostQuantity q : state::kCostQuantities) {
    const std::string id(state::cost_quantity_name(q));
    v.quantities.push_back({id, b.get("quantity." + id), q == v.choice.quantity});
  }
  v.axes = {{"log", b.get("axes.log"), v.choice.logarithmic}, {"linear", b.get("axes.linear"), !v.choice.logarithmic}};
  v.title = b.fill("title." + std::string(state::cost_quantity_name(v.choice.quantity)), {{"written", count_text(kWritten)}});
  v.x_label = b.get("x");
  v.machine = machine_of(b);
  const std::vector<Measured> all = measured(b);
  for (const Measured& m : all) {
    if (!drawn(m, v.choice.quantity)) continue;
    CurveView c = curve_of(b, m);
    if (!c.points.empty()) v.curves.push_back(std::move(c));
  }
  if (v.curves.empty()) {
    v.nothing = all.empty() ? std::string() : b.get("nothing");
    return v;
  }
  put_on_axes(b, v);
  v.how_to_read = how_to_read(b, v);
  return v;
}

CostTableView build_cost_table(const State& state, Seat seat, const Words& words) {
  const Builder b{state, words};
  const state::ExperimentState& e = state.column(seat).experiment(Experiment::cost);
  CostTableView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("curves", words);
  experiment_head(v.head, state, seat, e, words);
  if (v.head.empty) v.head.sentence = state::measuring_to_come(state, seat) ? b.get("queued") : e.waiting ? b.get("running") : b.get("not_yet");
  const CostTable* table = b.table(seat);
  if (table == nullptr) return v;
  add_sentences(b, *table, v.family, v);
  if (!v.sentences.empty()) v.head.sentence = v.sentences.front();
  const auto steps = [](const CostRun& run) { return std::ranges::any_of(run.points, [](const CostPoint& p) { return p.step.count > 0; }); };
  const bool writes = std::ranges::any_of(table->runs, steps);
  v.columns = {b.get("column.tokens"), b.get("column.read")};
  if (writes) v.columns.push_back(b.get("column.step"));
  v.columns.push_back(b.get("column.flops"));
  if (table->cached) v.columns.push_back(b.get("column.cache"));
  for (const CostRun& run : table->runs) {
    CostRunView r{.title = b.fill("on", {{"provider", run.provider}}), .trouble = run.trouble, .lines = {}};
    for (const CostPoint& p : run.points) r.lines.push_back(line_of(b, *table, p, writes));
    v.runs.push_back(std::move(r));
  }
  return v;
}

}  // namespace trilens::view
