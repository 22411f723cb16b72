#include "view/menus.hpp"

#include <algorithm>

#include "state/options.hpp"

namespace trilens::view {
namespace {

using state::State;

OptionView strategy_option(const protocol::GenerateOptions& options, const Words& words) {
  OptionView v;
  v.name = "strategy";
  v.kind = OptionKind::choice;
  v.label = words.strings.get("option.strategy");
  v.help = words.strings.get("option.strategy.help");
  for (const auto s : {protocol::Strategy::greedy, protocol::Strategy::sample, protocol::Strategy::beam}) {
    const std::string id(protocol::strategy_name(s));
    v.choices.push_back({id, words.strings.get("option.strategy." + id), options.strategy == s});
    if (options.strategy == s) v.value_text = v.choices.back().label;
  }
  v.changed = options.strategy != protocol::GenerateOptions{}.strategy;
  return v;
}

OptionView number_option(const protocol::GenerateOptions& options, const state::OptionRange& range, const Words& words) {
  OptionView v;
  v.name = range.name;
  v.kind = range.whole ? OptionKind::integer : OptionKind::real;
  v.label = words.strings.get("option." + v.name);
  v.help = words.strings.get("option." + v.name + ".help");
  v.value = state::option_value(options, range.name);
  v.value_text = range.whole ? count_text(static_cast<std::int64_t>(v.value)) : fixed_text(v.value, 2, words.number);
  v.least = range.low;
  v.most = range.high;
  v.step = range.step;
  v.used = state::option_used(options.strategy, range.name);
  v.changed = v.value != state::option_value({}, range.name);
  return v;
}

// What all columns are doing, in one sentence; the first that applies.
std::string sentence(const State& s, const Words& words, bool& busy) {
  std::int64_t loaded_bytes = 0;
  std::int64_t total_bytes = 0;
  int loading = 0, reading = 0, troubled = 0, answered = 0;
  for (const state::ColumnState& c : s.columns) {
    loading += c.loading ? 1 : 0;
    reading += c.reading_waiting || c.reading_stale ? 1 : 0;
    troubled += (!c.loading && c.load_trouble && !c.loaded) || c.reading_trouble ? 1 : 0;
    answered += c.reading && !c.reading_stale ? 1 : 0;
    if (c.progress) loaded_bytes += c.progress->loaded_bytes;
    if (c.progress) total_bytes += c.progress->total_bytes;
  }
  busy = loading > 0 || reading > troubled || s.clock.playing;
  const Strings& strings = words.strings;
  if (loading > 0) {
    return strings.fill(total_bytes > 0 ? "status.loading_bytes" : "status.loading",
                        {{"loaded", joined(bytes_quantity(loaded_bytes, words.number))}, {"total", joined(bytes_quantity(total_bytes, words.number))}});
  }
  if (state::blank_text(s.document.text)) return strings.get("status.empty");
  if (s.clock.playing) return strings.fill("status.playing", {{"step", count_text(s.clock.cursor)}});
  if (troubled > 0) return strings.fill("status.trouble", {{"count", count_text(troubled)}});
  if (reading > 0) return strings.get("status.reading");
  if (answered == 3) return strings.get("status.answered");
  return answered > 0 ? strings.fill("status.answered_some", {{"count", count_text(answered)}}) : strings.get("status.not_loaded");
}

}  // namespace

ExamplesView build_examples(const State& s, const Words& words) {
  ExamplesView v;
  v.title = words.strings.get("examples.title");
  v.more = words.strings.get("examples.more");
  for (const state::Example& e : s.examples) {
    v.rows.push_back({e.id, words.strings.get(e.title_key), e.text, words.strings.get(e.look_key), e.id == s.example, e.family});
    if (e.id == s.example) v.look = v.rows.back().look;
  }
  for (const Family family : kFamilies) {
    ExampleGroupView group{family_view(family, words), {}, {}, 0, false};
    for (const ExampleView& row : v.rows) {
      if (row.family != family) continue;
      ++group.count;
      group.selected |= row.selected;
    }
    if (group.count == 0) continue;
    group.title = words.strings.get("examples.group." + group.family.id + ".title");
    group.note = words.strings.get("examples.group." + group.family.id + ".note");
    v.groups.push_back(std::move(group));
  }
  return v;
}

OptionsView build_options(const State& s, const Words& words) {
  OptionsView v;
  v.open = s.options_open;
  v.title = words.strings.get("options.title");
  v.note = words.strings.get("options.note");
  v.reset_label = words.strings.get("options.reset");
  v.rows.push_back(strategy_option(s.document.options, words));
  for (const state::OptionRange& range : state::option_ranges()) v.rows.push_back(number_option(s.document.options, range, words));
  v.pace_label = words.strings.get("options.pace");
  for (const state::Pace pace : state::kPaces) {
    const std::string id(state::pace_name(pace));
    v.paces.push_back({id, words.strings.get("options.pace." + id), pace == s.pace});
  }
  v.can_reset = std::ranges::any_of(v.rows, &OptionView::changed);
  return v;
}

StatusView build_status(const State& s, const Words& words) {
  StatusView v;
  v.sentence = sentence(s, words, v.busy);
  v.privacy = words.strings.get("status.privacy");
  v.device = s.environment.webgpu ? words.strings.fill("status.webgpu", {{"adapter", s.environment.adapter}}) : words.strings.get("status.no_webgpu");
  v.dismiss_label = words.strings.get("status.dismiss");
  if (s.notice) v.notice = words.strings.fill(s.notice->key, s.notice->values);
  if (s.engine_trouble) v.trouble = trouble_view(*s.engine_trouble, words);
  return v;
}

}  // namespace trilens::view
