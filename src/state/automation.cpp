// window.trilens.command: JSON in, one answer for each ticket out. The engine's commands are checked and passed on, the
// page's act as the buttons do and are answered when what they started has settled. docs/automation.md is the manual.
#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "protocol/fields.hpp"
#include "protocol/switches_json.hpp"
#include "state/options.hpp"
#include "state/script.hpp"
#include "state/share.hpp"
#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

using protocol::Fields;
using protocol::Json;

struct Script {
  Store& store;
  Store::Impl& m;
  Fields& in;
  const Json& object;  // what `in` reads
  std::int64_t ticket;
  double now;

  void resolve(const Json& json) const { m.emit(ResolveTicket{ticket, dumped(json)}); }
  [[nodiscard]] bool refused() const {
    if (in.ok()) return false;
    m.reject(ticket, in.error().error());
    return true;
  }
  void refuse(std::string why) const { m.reject(ticket, {ErrorCode::invalid_argument, std::move(why), {}}); }
  void act(const Command& command) const { store.apply(command, now); }
  // Does it and answers {} at once.
  void act_now(const Command& command) const {
    act(command);
    resolve(Json::object());
  }
  // Does it and answers when the screen has settled. Waits first, so that the action can already settle it.
  void act_then(const Command& command, Waiting what) const {
    what.ticket = ticket;
    m.waiting.push_back(what);
    act(command);
    m.settle(now);
  }
  // As act_then, but the action itself turns away those who wait for readings of an earlier text.
  void act_then_read(const Command& command) const {
    act(command);
    if (m.read_due) act(CommitText{});
    m.waiting.push_back({.what = Waiting::For::readings, .ticket = ticket});
    m.settle(now);
  }

  [[nodiscard]] Seat seat() const { return protocol::seat_of(in); }
  [[nodiscard]] bool names_seat() const { return in.has("seat") || in.has("family"); }
};

using Handler = void (*)(const Script&);

void set_text(const Script& s) {
  const std::string text = s.in.text("text");
  if (!s.refused()) s.act_then_read(SetText{text});
}

void use_example(const Script& s) {
  const std::string id = s.in.text("id");
  if (s.refused()) return;
  for (const Example& example : s.m.state.examples) {
    if (example.id == id) return s.act_then_read(UseExample{id});
  }
  s.refuse("There is no example `" + id + "`.");
}

// Steps of scripts queue: each is taken when the one before has arrived.
void step(const Script& s) {
  Waiting waiting{.what = Waiting::For::step, .ticket = s.ticket};
  waiting.started = false;
  s.m.waiting.push_back(waiting);
  s.m.settle(s.now);
}
void to_end(const Script& s) { s.act_then(ToEnd{}, {.what = Waiting::For::end}); }

template <class C>
void clock_now(const Script& s) {
  s.act(C{});
  s.resolve(clock_json(s.m.state));
}

void go_to_step(const Script& s) {
  const std::int64_t cursor = s.in.integer("step", 0, protocol::kMaxNewTokens);
  if (s.refused()) return;
  s.act(GoToStep{cursor});
  s.resolve(clock_json(s.m.state));
}

void undo(const Script& s) { s.act_then_read(Undo{}); }
void redo(const Script& s) { s.act_then_read(Redo{}); }

void set_option(const Script& s) {
  const std::string name = s.in.text("name");
  if (s.refused()) return;
  const bool word = name == "strategy";
  std::variant<double, std::string> value;
  if (word) value = s.in.text("value");
  else value = s.in.number("value");
  if (s.refused()) return;
  GenerateOptions trial = s.m.state.document.options;
  if (const auto ok = state::set_option(trial, name, value); !ok) return s.m.reject(s.ticket, ok.error());
  s.act(SetOption{name, value});
  s.resolve(options_json(s.m.state.document.options));
}

void reset_options(const Script& s) {
  s.act(ResetOptions{});
  s.resolve(options_json(s.m.state.document.options));
}

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
    const Tab tab = s.in.name("tab", tab_from_name, "overview, machine, tokens, attention, prediction, masks, lens, leak, answer, generation, space or cost");
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

void retry(const Script& s) {
  const Seat seat = s.seat();
  if (!s.refused()) s.act_then_read(Retry{seat});
}

void load(const Script& s) {
  LoadModel command;
  command.seat = s.seat();
  if (s.in.has("family")) command.family = s.in.name("family", family_from_name, "encoder, decoder or encoder_decoder");
  command.model = s.in.text_or("model", {});
  if (s.in.has("provider")) command.provider = provider_from(s.in);
  if (s.refused()) return;
  s.m.load(command, s.ticket);
}

// Stops what a seat (none named: every seat) is doing, loading included, and the clock.
void cancel(const Script& s) {
  const bool all = !s.names_seat();
  const Seat only = all ? Seat::left : s.seat();
  if (s.refused()) return;
  s.m.stop();
  s.m.touch();
  // Without a seat: everything, a model on its way included.
  (void)s.m.send(protocol::Cancel{.request = {}, .seat = all ? std::nullopt : std::optional(only)}, std::nullopt);
  s.resolve(Json::object());
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

// Which word the leak test changes, and into what; left out: the last one, into the first that is offered.
void choose_leak(const Script& s) {
  LeakChoice choice;
  const auto size = static_cast<std::int64_t>(s.m.state.document.text.size());
  if (s.in.has("begin")) choice.begin = static_cast<std::size_t>(s.in.integer("begin", 0, size));
  choice.replacement = s.in.text_or("replacement", {});
  if (!s.refused()) s.act_now(ChooseLeak{choice});
}

// How heads are laid out and drawn; what is left out stays as it is. The kind is the named seat's.
void choose_heads(const Script& s) {
  HeadsChoice choice = s.m.state.heads;
  if (s.in.has("order")) choice.order = s.in.name("order", head_order_from_name, "layers, previous, next, first, itself, same, special or broad");
  if (s.in.has("hide_special")) choice.hide_special = s.in.boolean("hide_special");
  if (s.in.has("threshold")) choice.threshold = s.in.number("threshold");
  if (s.in.ok() && !(choice.threshold >= 0 && choice.threshold <= kMostThreshold)) s.in.refuse("`threshold` must be from 0 to 0.5.");
  if (s.in.has("kind")) choice.kind[seat_index(s.seat())] = kind_from(s.in);
  if (!s.refused()) s.act_now(ChooseHeads{choice});
}

// Answers with what the engine says to be in force.
void set_switches(const Script& s) {
  const Seat seat = s.seat();
  protocol::Switches switches = protocol::switches_from(s.in);
  for (const AttentionKind kind : kAttentionKinds) trim_heads(kind_of(switches, kind).heads);
  if (s.refused()) return;
  const std::size_t f = seat_index(seat);
  const ColumnState& column = s.m.state.column(seat);
  if (!s.m.present[f] || column.loading) return s.m.reject(s.ticket, {ErrorCode::not_loaded, "There is no model here yet whose attention could be switched.", {}});
  const std::vector<protocol::SwitchAbility> can = column.loaded ? column.loaded->switches : std::vector<protocol::SwitchAbility>();
  if (switches == column.switches) return s.resolve(Json::parse(protocol::result_json(protocol::SwitchesSet{switches, can}), nullptr, false));
  s.m.switch_ticket[f] = s.ticket;
  s.act(SetSwitches{seat, std::move(switches)});
}

// Which position stands leftmost in a column's table of the lens.
void move_lens(const Script& s) {
  const Seat seat = s.seat();
  const std::int64_t first = s.in.integer("first", 0, 1'000'000);
  if (!s.refused()) s.act_now(MoveLens{seat, first});
}

// What the tasks of "Who can answer this?" need beside the text; left out: as offered.
void choose_answer(const Script& s) {
  AnswerNeeds chosen;
  if (s.in.has("question")) chosen.questions.push_back(s.in.text("question"));
  chosen.blank = s.in.text_or("blank", {});
  chosen.labels = s.in.texts_or_none("labels");
  chosen.sentences = s.in.texts_or_none("sentences");
  if (!s.refused()) s.act_now(ChooseAnswer{chosen});
}

// --- the shelf ---

void open_shelf(const Script& s) {
  const Seat seat = s.seat();
  if (!s.refused()) s.act_now(OpenShelf{seat});
}

// Answers with what `load` answers when it is here, with the plan when it is not.
void choose_model(const Script& s) {
  ChooseModel command;
  if (s.names_seat()) command.seat = s.seat();
  command.name = s.in.text("name");
  command.title = s.in.text_or("title", {});
  if (s.refused()) return;
  s.m.choose_model(command, s.ticket);
  s.m.touch();
}

void choose_variant(const Script& s) {
  const std::string variant = s.in.text("variant");
  if (!s.refused()) s.m.choose_variant(variant, s.ticket);
}

void filter_catalog(const Script& s) {
  CatalogFilter filter;
  if (s.in.has("family")) filter.family = s.in.name("family", family_from_name, "encoder, decoder or encoder_decoder");
  filter.task = s.in.text_or("task", {});
  filter.language = s.in.text_or("language", {});
  filter.most_bytes = s.in.integer_or("most_bytes", 0, std::int64_t{1} << 50, 0);
  if (!s.refused()) s.act_now(FilterCatalog{filter});
}

void set_server(const Script& s) {
  const std::string base = s.in.text("base");
  if (!s.refused()) s.act_now(SetServer{base});
}

void ask_remove(const Script& s) {
  const std::string key = s.in.text("key");
  if (!s.refused()) s.act_now(AskRemove{key});
}

void keep_model(const Script& s) {
  const Seat seat = s.seat();
  if (!s.refused()) s.act_now(KeepModel{seat});
}

constexpr auto kHandlers = std::to_array<std::pair<std::string_view, Handler>>({
    {"set_items", [](const Script& s) { if (const auto items = items_from(s.in); !s.refused()) s.act_now(SetItems{items}); }},
    {"choose_space", [](const Script& s) { if (const auto choice = space_choice_from(s.in, s.object, s.m.state.space); !s.refused()) s.act_now(ChooseSpace{choice}); }},
    {"set_text", set_text},
    {"use_example", use_example},
    {"undo", undo},
    {"redo", redo},
    {"step", step},
    {"step_back", clock_now<StepBack>},
    {"to_start", clock_now<ToStart>},
    {"to_end", to_end},
    {"go_to_step", go_to_step},
    {"play", clock_now<Play>},
    {"stop", clock_now<Stop>},
    {"set_option", set_option},
    {"reset_options", reset_options},
    {"select", select},
    {"hover", hover},
    {"guess", guess},
    {"share", share},
    {"export", take_home},
    {"open_shared", open_shared},
    {"choose_leak", choose_leak},
    {"choose_heads", choose_heads},
    {"set_switches", set_switches},
    {"reset_switches", [](const Script& s) { s.act_then_read(ResetSwitches{}); }},
    {"move_lens", move_lens},
    {"choose_answer", choose_answer},
    {"stop_answers", [](const Script& s) { s.act_now(StopAnswers{}); }},
    {"run_answers", [](const Script& s) { s.act_now(RunAnswers{}); }},
    {"set_theme", set_theme},
    {"set_language", set_language},
    {"show", show},
    {"projector", [](const Script& s) { s.act_now(ToggleProjector{}); }},
    {"options", [](const Script& s) { s.act_now(ToggleOptions{}); }},
    {"keys", [](const Script& s) { s.act_now(ToggleKeys{}); }},
    {"retry", retry},
    {"load", load},
    {"cancel", cancel},
    {"open_shelf", open_shelf},
    {"close_shelf", [](const Script& s) { s.act_now(CloseShelf{}); }},
    {"choose_model", choose_model},
    {"choose_variant", choose_variant},
    {"confirm_fetch", [](const Script& s) { s.m.confirm_fetch(s.ticket); }},
    {"stop_fetch", [](const Script& s) { s.act_now(StopFetch{}); }},
    {"decline_plan", [](const Script& s) { s.act_now(DeclinePlan{}); }},
    {"get_again", [](const Script& s) { s.act_now(GetAgain{}); }},
    {"filter_catalog", filter_catalog},
    {"set_server", set_server},
    {"keep_model", keep_model},
    {"ask_remove", ask_remove},
});

Error engine_is_gone(const State& state) {
  Error error{ErrorCode::runtime_failed, "The engine has stopped and could not be started again; reload the page.", {}};
  if (state.engine_trouble) error.detail = state.engine_trouble->error.message;
  return error;
}

}  // namespace

void Store::command(std::string_view given, std::int64_t ticket, double now_ms) {
  Impl& m = *impl_;
  const std::string text = mend_surrogates(utf8::repair(given));
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return m.reject(ticket, {ErrorCode::invalid_argument, "A command must be JSON, and this is not.", {}});
  Fields in(json, ErrorCode::invalid_argument);
  const std::string type = in.text("type");
  if (!in.ok()) return m.reject(ticket, in.error().error());
  const bool engine_only = type == "load" || type == "cancel" || type == "choose_model" || protocol::is_engine_request(type);
  if (engine_only && !m.engine_alive) return m.reject(ticket, engine_is_gone(m.state));
  for (const auto& [name, handler] : kHandlers) {
    if (name == type) return handler(Script{*this, m, in, json, ticket, now_ms});
  }
  // The engine's own: checked here, so that what is wrong is told at once.
  auto message = protocol::parse_request(text);
  if (!message) return m.reject(ticket, message.error());
  Pending asked{.purpose = Purpose::script, .ticket = ticket};
  if (const auto* begin = std::get_if<protocol::BeginGeneration>(&message->request)) m.state.column(begin->seat).generation.begun = false;
  if (const auto* advance = std::get_if<protocol::Advance>(&message->request)) m.state.column(advance->seat).generation.begun = false;
  (void)m.send(std::move(message->request), asked);
}

void Store::Impl::reject(std::int64_t ticket, const Error& error) {
  emit(RejectTicket{ticket, std::string(code_name(error.code)), error.message});
}

void Store::Impl::reject_waiting(Waiting::For what, const Error& error) {
  std::erase_if(waiting, [&](const Waiting& w) {
    if (w.what == what) reject(w.ticket, error);
    return w.what == what;
  });
}

void Store::Impl::answer_scripts() {
  const auto settled = [&](const Waiting& w) {
    switch (w.what) {
      case Waiting::For::readings:
        return std::ranges::all_of(kSeats, [&](Seat seat) { return reading_settled(seat); });
      case Waiting::For::step: return !clock_busy();
      case Waiting::For::end: return !clock_busy() && !state.clock.playing;
      case Waiting::For::map: return !state.column(w.seat).map(w.kind).waiting && reading_settled(w.seat);
    }
    return true;
  };
  std::vector<Waiting> still;
  for (Waiting w : std::exchange(waiting, {})) {
    if (!w.started && !clock_busy()) {
      w.started = true;
      step_by_hand();
    }
    if (!w.started || !settled(w)) {
      still.push_back(w);
      continue;
    }
    if (w.what == Waiting::For::readings) {
      emit(ResolveTicket{w.ticket, dumped(readings_json(state))});
    } else if (w.what == Waiting::For::map) {
      const MapState& map = state.column(w.seat).map(w.kind);
      if (map.trouble) reject(w.ticket, map.trouble->error);
      else emit(ResolveTicket{w.ticket, dumped(map_json(map, w.seat, w.kind))});
    } else {
      emit(ResolveTicket{w.ticket, dumped(clock_json(state))});
    }
  }
  waiting.insert(waiting.begin(), still.begin(), still.end());
}

}  // namespace trilens::state
