// Commands of scripts: models to be had. docs/automation.md is the manual.
#include <array>
#include <string>

#include "state/script_call.hpp"

namespace trilens::state {
namespace {

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

constexpr auto kHandlers = std::to_array<NamedHandler>({
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

}  // namespace

std::span<const NamedHandler> shelf_handlers() { return kHandlers; }

}  // namespace trilens::state
