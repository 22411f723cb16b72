// Commands of scripts: the text, what reads it, the clock and its settings. docs/automation.md is the manual.
#include <array>
#include <string>

#include "state/options.hpp"
#include "state/script.hpp"
#include "state/script_call.hpp"

namespace trilens::state {
namespace {

using protocol::Json;

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

constexpr auto kHandlers = std::to_array<NamedHandler>({
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
    {"fill_one_by_one", [](const Script& s) { if (const bool on = s.in.boolean("on"); !s.refused()) s.act_now(FillOneByOne{on}); }},
    {"retry", retry},
    {"load", load},
    {"cancel", cancel},
});

}  // namespace

std::span<const NamedHandler> document_handlers() { return kHandlers; }

}  // namespace trilens::state
