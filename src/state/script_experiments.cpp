// Commands of scripts: what the experiments are asked. docs/automation.md is the manual.
#include <algorithm>
#include <array>
#include <utility>

#include "state/script.hpp"
#include "state/script_call.hpp"

namespace trilens::state {
namespace {

using protocol::Json;

// Which word the leak test changes, and into what; left out: the last one, into the first that is offered.
void choose_leak(const Script& s) {
  LeakChoice choice;
  const auto size = static_cast<std::int64_t>(s.m.state.document.text.size());
  if (s.in.has("begin")) choice.begin = static_cast<std::size_t>(s.in.integer("begin", 0, size));
  choice.replacement = s.in.text_or("replacement", {});
  if (!s.refused()) s.act_now(ChooseLeak{choice});
}

// Which word is told about, by a byte of it (left out: none), and whether every character's bytes are written (left out: as it is).
void choose_tokens(const Script& s) {
  const TokensChoice choice = tokens_choice_from(s.in, {.word = {}, .bytes = s.m.state.tokens.bytes}, s.m.state.document.text.size());
  if (!s.refused()) s.act_now(ChooseTokens{choice});
}

// Which phenomena the bulk run asks (names, or left out: as they are), and how many items each.
void choose_probes(const Script& s) {
  std::vector<std::size_t> chosen;
  for (const std::string& name : s.in.texts_or_none("phenomena")) {
    const auto found = std::ranges::find(kPhenomena, name);
    if (found == kPhenomena.end()) s.in.refuse("There is no phenomenon `" + name + "` in assets/probes/.");
    chosen.push_back(static_cast<std::size_t>(found - kPhenomena.begin()));
  }
  std::optional<std::int64_t> items;
  if (s.in.has("items")) items = s.in.integer("items", 1, kProbeItems.back());
  if (s.refused()) return;
  if (s.in.has("phenomena")) s.act(ChooseProbes{.all = false});
  for (const std::size_t phenomenon : chosen) s.act(ChooseProbes{.phenomenon = phenomenon});
  s.act_now(ChooseProbes{.items = items});
}

// How heads are laid out and drawn; what is left out stays as it is. The kind is the named seat's.
void choose_heads(const Script& s) {
  HeadsChoice choice = heads_choice_from(s.in, s.m.state.heads);
  if (s.in.has("kind")) choice.kind[seat_index(s.seat())] = kind_from(s.in);
  if (!s.refused()) s.act_now(ChooseHeads{choice});
}

// Answers with what the engine says to be in force.
void set_switches(const Script& s) {
  const Seat seat = s.seat();
  protocol::Switches switches = trimmed_switches_from(s.in);
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

// Which weight and which prediction the tab of numbers accounts for; what is left out comes by itself.
void choose_numbers(const Script& s) {
  const Seat seat = s.seat();
  const NumbersChoice choice = numbers_choice_from(s.in);
  if (!s.refused()) s.act_now(ChooseNumbers{seat, choice});
}

// What the tasks of "Who can answer this?" need beside the text; left out: as offered.
void choose_answer(const Script& s) {
  const AnswerNeeds chosen = answer_needs_from(s.in);
  if (!s.refused()) s.act_now(ChooseAnswer{chosen});
}

// What the tab of cost draws, and whether the next press measures on the other provider too; what is left out stays as it is.
void choose_cost(const Script& s) {
  const CostChoice choice = cost_choice_from(s.in, s.m.state.cost.choice);
  if (!s.refused()) s.act_now(ChooseCost{choice});
}

void shade_machine(const Script& s) {
  const MachineShade shade = s.in.name("shade", machine_shade_from_name, "none, norms or similarity");
  if (!s.refused()) s.act_now(ShadeMachine{shade});
}

constexpr auto kHandlers = std::to_array<NamedHandler>({
    {"set_items", [](const Script& s) { if (const auto items = items_from(s.in); !s.refused()) s.act_now(SetItems{items}); }},
    {"choose_space", [](const Script& s) { if (const auto choice = space_choice_from(s.in, s.object, s.m.state.space); !s.refused()) s.act_now(ChooseSpace{choice}); }},
    {"choose_leak", choose_leak},
    {"choose_heads", choose_heads},
    {"choose_probes", choose_probes},
    {"run_probes", [](const Script& s) { s.act_now(RunProbes{}); }},
    {"stop_probes", [](const Script& s) { s.act_now(StopProbes{}); }},
    {"choose_tokens", choose_tokens},
    {"set_switches", set_switches},
    {"reset_switches", [](const Script& s) { s.act_then_read(ResetSwitches{}); }},
    {"move_lens", move_lens},
    {"choose_numbers", choose_numbers},
    {"choose_answer", choose_answer},
    {"stop_answers", [](const Script& s) { s.act_now(StopAnswers{}); }},
    {"choose_cost", choose_cost},
    {"measure_cost", [](const Script& s) { s.act_now(MeasureCost{}); }},
    {"stop_cost", [](const Script& s) { s.act_now(StopCost{}); }},
    {"shade_machine", shade_machine},
    {"run_answers", [](const Script& s) { s.act_now(RunAnswers{}); }},
});

}  // namespace

std::span<const NamedHandler> experiment_handlers() { return kHandlers; }

}  // namespace trilens::state
