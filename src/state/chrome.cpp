// Pointing and arranging: what changes what is seen, and asks nothing of the engine.
#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

using Json = nlohmann::json;

template <class... Ts>
struct Match : Ts... {
  using Ts::operator()...;
};

bool assign(auto& place, auto value) {
  if (place == value) return false;
  place = std::move(value);
  return true;
}

// What differs from the system's comes first, so that the first press is seen.
Theme next_theme(const State& state) {
  const Theme as_system = state.environment.system_dark ? Theme::dark : Theme::light;
  const Theme other = state.environment.system_dark ? Theme::light : Theme::dark;
  if (state.theme == Theme::system) return other;
  return state.theme == other ? as_system : Theme::system;
}

bool exists(const State& state, const Cell& cell) {
  const MapState& map = state.column(cell.seat).map(cell.kind);
  return cell.row < map.rows.size() && cell.column < map.columns.size();
}

}  // namespace

bool Store::Impl::pointing(const Command& command) {
  State& s = state;
  bool changed = false;
  const bool mine = std::visit(
      Match{
          [&](const Hover& c) {
            changed = assign(s.hover, c.mark);
            if (c.mark) changed |= assign(s.hover_cell, std::optional<Cell>());
            return true;
          },
          [&](const HoverCell& c) {
            const bool shown = c.cell && exists(s, *c.cell);
            changed = assign(s.hover_cell, shown ? c.cell : std::nullopt);
            if (shown) changed |= assign(s.hover, std::optional<Mark>());
            return true;
          },
          [&](const Pin& c) {
            changed = true;
            s.pin = s.pin == c.mark ? std::nullopt : std::optional(c.mark);
            s.pin_cell.reset();
            return true;
          },
          [&](const PinCell& c) {
            changed = true;
            s.pin_cell = s.pin_cell == c.cell || !exists(s, c.cell) ? std::nullopt : std::optional(c.cell);
            s.pin.reset();
            return true;
          },
          [&](const HoverItem& c) { return changed = assign(s.space.hover, c.item), true; },
          [&](const PinItem& c) {
            s.space.pin = s.space.pin == c.item ? std::nullopt : std::optional(c.item);
            return changed = true;
          },
          [&](const ClearSelection&) {
            changed = s.space.pin || s.hover || s.pin || s.hover_cell || s.pin_cell || s.keys_open || s.options_open;
            s.space.pin.reset();
            s.hover.reset();
            s.pin.reset();
            s.hover_cell.reset();
            s.pin_cell.reset();
            s.keys_open = false;
            s.options_open = false;
            if (s.shelf.open) close_shelf(), changed = true;
            return true;
          },
          [](const auto&) { return false; },
      },
      command);
  if (changed) touch();
  return mine;
}

bool Store::Impl::chrome(const Command& command) {
  State& s = state;
  bool changed = false;
  const auto keep_theme = [&](Theme theme) {
    changed = assign(s.theme, theme);
    if (changed) remember_settings();
  };
  const bool mine = std::visit(
      Match{
          [&](const SelectTab& c) { return changed = assign(s.tab, c.tab), true; },
          [&](const SetTheme& c) { return keep_theme(c.theme), true; },
          [&](const CycleTheme&) { return keep_theme(next_theme(s)), true; },
          [&](const SetLanguage& c) {
            changed = known_language(c.language) && assign(s.language, c.language);
            if (changed) remember_settings();
            if (changed) emit(LanguageChanged{c.language});
            return true;
          },
          [&](const SetLayout& c) { return changed = assign(s.layout, c.layout), true; },
          [&](const ShowSeat& c) {
            if (c.seat == s.focus) return true;
            // The one shown last stays beside it where there is room for two.
            s.second_focus = std::exchange(s.focus, c.seat);
            return changed = true;
          },
          [&](const SetPace& c) {
            changed = assign(s.pace, c.pace);
            if (changed) remember_settings();
            return true;
          },
          [&](const ToggleProjector&) { return s.projector = !s.projector, changed = true; },
          [&](const ToggleOptions&) { return s.options_open = !s.options_open, changed = true; },
          [&](const ToggleKeys&) { return s.keys_open = !s.keys_open, changed = true; },
          [&](const DismissNotice&) {
            changed = s.notice.has_value();
            s.notice.reset();
            return true;
          },
          [&](const SetEnvironment& c) {
            s.environment = c.environment;
            return changed = true;
          },
          [](const auto&) { return false; },
      },
      command);
  if (changed) touch();
  return mine;
}

void Store::Impl::remember_settings() {
  emit(RememberSettings{Json{{"theme", theme_name(state.theme)}, {"language", state.language}, {"pace", pace_name(state.pace)}, {"server", state.shelf.server}}.dump()});
}

void Store::Impl::take_settings(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return;
  const auto word = [&](const char* name) { return json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : std::string(); };
  if (const auto theme = theme_from_name(word("theme"))) state.theme = *theme;
  if (const auto pace = pace_from_name(word("pace"))) state.pace = *pace;
  if (const std::string language = word("language"); known_language(language)) state.language = language;
  state.shelf.server = word("server");
}

Result<std::vector<std::string>> parse_replacements(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  std::vector<std::string> out;
  if (!json.is_object() || !json.contains("replacements")) return out;
  if (!json["replacements"].is_array()) return fail(ErrorCode::invalid_argument, "examples.json cannot be read: `replacements` is not a list of words.");
  for (const Json& word : json["replacements"]) {
    if (!word.is_string()) return fail(ErrorCode::invalid_argument, "examples.json cannot be read: `replacements` is not a list of words.");
    out.push_back(word.get<std::string>());
  }
  return out;
}

Result<std::vector<Example>> parse_examples(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto refuse = [](const std::string& why) { return fail(ErrorCode::invalid_argument, "examples.json cannot be read: " + why + "."); };
  if (!json.is_object() || !json.contains("examples") || !json["examples"].is_array()) return refuse("it has no list of examples");
  std::vector<Example> out;
  for (const Json& item : json["examples"]) {
    for (const char* field : {"id", "text", "title", "look"}) {
      if (!item.is_object() || !item.contains(field) || !item[field].is_string()) {
        return refuse("example " + std::to_string(out.size() + 1) + " has no `" + field + "`");
      }
    }
    Example example{item["id"].get<std::string>(), item["text"].get<std::string>(), item["title"].get<std::string>(), item["look"].get<std::string>()};
    if (item.contains("family")) {
      const std::string name = item["family"].is_string() ? item["family"].get<std::string>() : item["family"].dump();
      example.family = family_from_name(name);
      if (!example.family) {
        return refuse("example " + std::to_string(out.size() + 1) + " (`" + example.id + "`) is for an unknown family `" + name +
                      "`; it must be encoder, decoder or encoder_decoder, or left out");
      }
    }
    out.push_back(std::move(example));
  }
  return out;
}

}  // namespace trilens::state
