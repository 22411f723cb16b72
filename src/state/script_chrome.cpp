// Commands of scripts: what is shown, pointed at and taken home. docs/automation.md is the manual.
#include <algorithm>
#include <array>
#include <string>

#include "state/script.hpp"
#include "state/script_call.hpp"
#include "state/share.hpp"

namespace trilens::state {
namespace {

using protocol::Json;

void set_theme(const Script& s) {
  const Theme theme = s.in.name("theme", theme_from_name, "system, light or dark");
  if (!s.refused()) s.act_now(SetTheme{theme});
}

void set_language(const Script& s) {
  const auto known = [](std::string_view name) {
    return known_language(name) ? std::optional(std::string(name)) : std::nullopt;
  };
  const std::string language = s.in.name("language", known, "en or nb");
  if (!s.refused()) s.act_now(SetLanguage{language});
}

void show(const Script& s) {
  if (s.names_seat()) {
    const Seat seat = s.seat();
    if (s.refused()) return;
    s.act(ShowSeat{seat});
  }
  if (s.in.has("tab")) {
    const Tab tab = s.in.name("tab", tab_from_name, "overview, machine, tokens, attention, numbers, prediction, masks, lens, leak, answer, generation, space or cost");
    if (s.refused()) return;
    s.act(SelectTab{tab});
  }
  s.resolve(Json::object());
}

void hover(const Script& s) {
  if (s.in.has("row")) {
    const auto cell = cell_of(s.in, s.m.state);
    if (!s.refused()) s.act_now(HoverCell{cell});
    return;
  }
  const auto mark = mark_from(s.in, s.m.state);
  if (s.refused()) return;
  if (!mark) s.act(HoverCell{});
  s.act_now(Hover{mark});
}

void select_map(const Script& s) {
  SelectMap command;
  command.seat = s.seat();
  if (s.in.has("kind")) command.kind = kind_from(s.in);
  const MapState& map = s.m.state.column(command.seat).map(command.kind);
  command.choice = {index_from(s.in, s.object, "layer", map.layers), index_from(s.in, s.object, "head", map.heads), s.in.has("rollout") && s.in.boolean("rollout")};
  if (s.refused()) return;
  for (const AttentionKind kind : kinds_of(s.m.state.column(command.seat).family)) {
    if (kind == command.kind) return s.act_then(command, {.what = Waiting::For::map, .seat = command.seat, .kind = command.kind});
  }
  s.refuse("The " + std::string(family_name(s.m.state.column(command.seat).family)) + " has no attention of kind `" +
           std::string(protocol::attention_kind_name(command.kind)) + "`.");
}

void select(const Script& s) {
  if (s.in.has("row")) {
    const auto cell = cell_of(s.in, s.m.state);
    if (s.refused()) return;
    if (s.m.state.pin_cell == cell) return s.resolve(Json::object());
    return s.act_now(PinCell{*cell});
  }
  if (s.in.has("kind") || s.in.has("layer") || s.in.has("head") || s.in.has("rollout")) return select_map(s);
  const auto mark = mark_from(s.in, s.m.state);
  if (s.refused()) return;
  if (!mark) return s.act_now(ClearSelection{});
  if (s.m.state.pin == mark) return s.resolve(Json::object());
  s.act_now(Pin{*mark});
}

void guess(const Script& s) {
  const Seat seat = s.names_seat() ? s.seat() : home_of(Family::encoder);
  const std::int64_t piece = s.in.integer("piece", 0, protocol::kMaxNewTokens);
  if (!s.refused()) s.act_then_read(SelectToken{seat, piece});
}

// The page as a link or a file would hold it, as JSON.
void share(const Script& s) { s.m.emit(ResolveTicket{s.ticket, shared_json(s.m.state)}); }

// As the menu does: a file to save, or the link on the clipboard.
void take_home(const Script& s) {
  const auto read = [](std::string_view name) -> std::optional<ExportKind> {
    static constexpr std::array<std::string_view, 5> kNames{"link", "picture", "csv", "json", "page"};
    const auto at = std::ranges::find(kNames, name);
    return at == kNames.end() ? std::nullopt : std::optional(static_cast<ExportKind>(at - kNames.begin()));
  };
  const ExportKind kind = s.in.name("kind", read, "link, picture, csv, json or page");
  if (!s.refused()) s.act_now(Export{kind});
}

// Puts such a page in place; refused by the field that does not fit.
void open_shared(const Script& s) {
  const Json& page = s.in.object("page");
  if (s.refused()) return;
  const std::string json = dumped(page);
  if (const auto ok = parse_shared(json); !ok) return s.m.reject(s.ticket, ok.error());
  s.act_then_read(OpenShared{json});
}

constexpr auto kHandlers = std::to_array<NamedHandler>({
    {"set_theme", set_theme},
    {"set_language", set_language},
    {"show", show},
    {"set_pace", [](const Script& s) { if (const Pace pace = s.in.name("pace", pace_from_name, "slow, normal or fast"); !s.refused()) s.act_now(SetPace{pace}); }},
    {"projector", [](const Script& s) { s.act_now(ToggleProjector{}); }},
    {"options", [](const Script& s) { s.act_now(ToggleOptions{}); }},
    {"keys", [](const Script& s) { s.act_now(ToggleKeys{}); }},
    {"hover", hover},
    {"select", select},
    {"guess", guess},
    {"share", share},
    {"export", take_home},
    {"open_shared", open_shared},
});

}  // namespace

std::span<const NamedHandler> chrome_handlers() { return kHandlers; }

}  // namespace trilens::state
