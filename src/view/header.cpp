#include "view/header.hpp"

#include <algorithm>

namespace trilens::view {
namespace {

using state::State;

ButtonView button(const Words& words, std::string_view id, bool enabled, bool active = false) {
  const std::string key = "button." + std::string(id);
  return {std::string(id), words.strings.get(key), words.strings.has(key + ".keys") ? words.strings.get(key + ".keys") : "", enabled, active};
}

bool busy(const State& s) {
  return s.clock.playing || std::ranges::any_of(s.columns, [](const state::ColumnState& c) { return c.generation.waiting; });
}

void fill_transport(HeaderView& v, const State& s, const Words& words) {
  const bool can = state::can_step(s);
  const std::int64_t known = state::known_steps(s);
  v.to_start = button(words, "to_start", s.clock.cursor > 0);
  v.step_back = button(words, "step_back", s.clock.cursor > 0);
  v.step = button(words, "step", can && !busy(s));
  v.to_end = button(words, "to_end", can);
  v.stop = button(words, "stop", busy(s));
  v.play = s.clock.playing ? button(words, "pause", true, true) : button(words, "play", can || known > 0);
  if (s.clock.playing) v.play.id = "stop";
  v.cursor = s.clock.cursor;
  v.steps = known;
  const std::vector<Fill> numbers{{"step", count_text(v.cursor)}, {"steps", count_text(v.steps)}};
  const bool whole = !can || v.cursor < known;
  if (v.cursor == 0) v.clock = words.strings.get("clock.start");
  else v.clock = words.strings.fill(whole ? "clock.step_of" : "clock.step", numbers);
}

std::string note(const State& s, const Words& words) {
  if (state::blank_text(s.document.text)) return words.strings.get("input.empty");
  std::string cut;
  for (const Seat seat : kSeats) {
    const state::ColumnState& column = s.column(seat);
    if (!column.reading || column.reading_stale || !column.reading->cut) continue;
    if (!cut.empty()) cut += ", ";
    cut += family_view(s, seat, words).name;
  }
  return cut.empty() ? cut : words.strings.fill("input.cut", {{"families", cut}});
}

std::string copy_text(const State& s, const Words& words) {
  std::string out = s.document.text;
  for (const Seat seat : kSeats) {
    const state::ColumnState& column = s.column(seat);
    if (!column.reading || column.reading_stale) continue;
    const auto at = static_cast<std::size_t>(std::min(s.clock.cursor, column.generation.advanced));
    const bool writes = at > 0 && at < column.generation.texts.size() && !column.generation.stale;
    out += "\n" + family_view(s, seat, words).name + ": " + (writes ? column.generation.texts[at] : column.reading->answer);
  }
  return out;
}

std::vector<Seat> shown(const State& s) {
  if (s.layout == state::LayoutClass::wide) return {kSeats.begin(), kSeats.end()};
  if (s.layout == state::LayoutClass::phone) return {s.focus};
  std::vector<Seat> two{s.focus, s.second_focus};
  std::ranges::sort(two);
  return two;
}

}  // namespace

HeaderView build_header(const State& s, const Words& words) {
  HeaderView v;
  v.title = words.strings.get("app.title");
  v.subtitle = words.strings.get("app.subtitle");
  v.text = s.document.text;
  v.input_label = words.strings.get("input.label");
  v.placeholder = words.strings.get("input.placeholder");
  v.input_note = note(s, words);
  fill_transport(v, s, words);
  v.undo = button(words, "undo", s.can_undo);
  v.redo = button(words, "redo", s.can_redo);
  v.blank = button(words, "blank", true);
  v.options = button(words, "options", true, s.options_open);
  v.projector = button(words, "projector", true, s.projector);
  v.theme_button = button(words, "theme", true);
  v.keys = button(words, "keys", true, s.keys_open);
  v.copy = button(words, "copy", !s.document.text.empty());
  v.copy_text = copy_text(s, words);
  v.share_label = words.strings.get("share.label");
  for (const char* id : {"link", "picture", "csv", "json", "page"}) v.shares.push_back({id, words.strings.get("share." + std::string(id)), false});
  v.theme = state::theme_name(s.theme);
  v.theme_button.label = words.strings.get("theme." + v.theme);
  v.dark = s.theme == state::Theme::dark || (s.theme == state::Theme::system && s.environment.system_dark);
  v.reduced_motion = s.environment.reduced_motion;
  v.examples_label = words.strings.get("examples.title");
  for (const state::Tab tab : state::kTabs) {
    const std::string id(state::tab_name(tab));
    v.tabs.push_back({tab, id, words.strings.get("tab." + id), tab == s.tab});
  }
  v.columns = shown(s);
  for (const Seat seat : kSeats) {
    v.families.push_back({family_view(s, seat, words), std::ranges::find(v.columns, seat) != v.columns.end()});
  }
  for (const std::string_view id : state::kLanguages) {
    v.languages.push_back({std::string(id), words.strings.get("language." + std::string(id)), id == s.language});
  }
  return v;
}

KeysView build_keys(const State& s, const Words& words) {
  KeysView v{.open = s.keys_open, .title = words.strings.get("keys.title"), .rows = {}};
  for (const std::string_view id : {"regions", "move", "activate", "step", "play", "ends", "blank", "escape", "undo", "list"}) {
    const std::string key = "keys." + std::string(id);
    v.rows.push_back({words.strings.get(key), words.strings.get(key + ".what")});
  }
  return v;
}

}  // namespace trilens::view
