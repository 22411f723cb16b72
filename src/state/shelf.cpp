// The shelf: choosing, planning, asking, fetching, removing. Nothing is fetched but by ConfirmFetch.
#include "state/shelf.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

constexpr std::size_t kMaxField = 300;  // bytes of a name or of a server's address

template <class... Ts>
struct Match : Ts... {
  using Ts::operator()...;
};

std::string trimmed(std::string text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && space(text.back())) text.pop_back();
  text.erase(text.begin(), std::ranges::find_if_not(text, space));
  return text;
}

std::string field_text(const std::string& text) {
  std::string out = utf8::repair(text);
  std::erase_if(out, [](char c) { return c == '\n' || c == '\r' || c == '\t'; });
  std::size_t most = std::min(out.size(), kMaxField);
  while (most > 0 && most < out.size() && (static_cast<unsigned char>(out[most]) & 0xC0) == 0x80) --most;
  out.resize(most);
  return out;
}

}  // namespace

const protocol::StoredModel* kept_model(const ShelfState& shelf, std::string_view name) {
  if (!shelf.kept) return nullptr;
  const std::string whole = name.find('@') == std::string_view::npos ? std::string(name) + "@main" : std::string(name);
  for (const protocol::StoredModel& model : shelf.kept->models) {
    if (model.complete && !model.damaged && (model.name == name || model.name == whole)) return &model;
  }
  return nullptr;
}

bool Store::Impl::shelving(const Command& command) {
  ShelfState& shelf = state.shelf;
  const bool mine = std::visit(Match{
                                   [&](const OpenShelf& c) { return open_shelf(c.seat), true; },
                                   [&](const CloseShelf&) { return close_shelf(), true; },
                                   [&](const ChooseModel& c) { return choose_model(c, std::nullopt), true; },
                                   [&](const ChooseVariant& c) { return choose_variant(c.variant, std::nullopt), true; },
                                   [&](const ConfirmFetch&) { return confirm_fetch(std::nullopt), true; },
                                   [&](const DeclinePlan&) { return forget_plan(), true; },
                                   [&](const StopFetch&) {
                                     if (fetch_id) (void)send(protocol::Cancel{.request = *fetch_id, .seat = {}}, std::nullopt);
                                     return true;
                                   },
                                   [&](const GetAgain&) { return get_again(), true; },
                                   [&](const SetModelName& c) { return shelf.typed = field_text(c.text), true; },
                                   [&](const SetServer& c) {
                                     shelf.server = trimmed(field_text(c.base));
                                     remember_settings();
                                     return true;
                                   },
                                   [&](const FilesRefused& c) {
                                     forget_plan();
                                     if (!shelf.open) open_shelf(state.focus);
                                     shelf.getting.name = "disk:";
                                     on_plan_error(c.error);
                                     return true;
                                   },
                                   [&](const FilterCatalog& c) { return shelf.filter = c.filter, true; },
                                   [&](const AskRemove& c) { return shelf.removing = c.key, true; },
                                   [&](const RemoveKept& c) { return remove_kept(c.key), true; },
                                   [](const auto&) { return false; },
                               },
                               command);
  if (mine) touch();
  return mine;
}

void Store::Impl::open_shelf(Seat seat) {
  state.shelf.open = seat;
  state.shelf.removing.clear();
  ask_for_kept();
}

void Store::Impl::close_shelf() {
  state.shelf.open.reset();
  state.shelf.removing.clear();
  GettingState& getting = state.shelf.getting;
  // What travels goes on, and is seen again when the shelf is opened; a question that nobody sees is none.
  if (getting.stage != Getting::fetching) forget_plan();
}

void Store::Impl::ask_for_kept() {
  if (!engine_alive) return;
  cancel(shelf_id);
  shelf_id = send(protocol::StoredModels{}, Pending{.purpose = Purpose::shelf});
}

void Store::Impl::forget_plan() {
  cancel(plan_id);
  cancel(fetch_id);
  state.shelf.getting = {};
}

void Store::Impl::choose_model(const ChooseModel& what, std::optional<std::int64_t> ticket) {
  const std::string name = trimmed(field_text(what.name));
  const std::optional<Seat> seat = what.seat ? what.seat : state.shelf.open;
  if (name.empty()) {
    if (ticket) reject(*ticket, {ErrorCode::invalid_argument, "A model needs a name, as in \"owner/name\".", {}});
    return;
  }
  // What is here already needs no question.
  const protocol::StoredModel* kept = kept_model(state.shelf, name);
  if (is_bundled(name) || kept != nullptr) {
    LoadModel command{.model = kept != nullptr ? kept->name : name};
    command.seat = seat.value_or(kept != nullptr && kept->family ? home_of(*kept->family) : Seat::left);
    return put_in_seat(command, ticket);
  }
  forget_plan();
  if (!state.shelf.open) open_shelf(seat.value_or(state.focus));
  GettingState& getting = state.shelf.getting;
  getting.seat = seat;
  getting.name = name;
  getting.title = what.title;
  send_plan(ticket);
}

// The shelf has done its work: the column's head tells the rest.
void Store::Impl::put_in_seat(const LoadModel& what, std::optional<std::int64_t> ticket) {
  close_shelf();
  state.shelf.typed.clear();
  if (state.layout == LayoutClass::phone && state.focus != what.seat) state.second_focus = std::exchange(state.focus, what.seat);
  load(what, ticket);
}

void Store::Impl::send_plan(std::optional<std::int64_t> ticket) {
  GettingState& getting = state.shelf.getting;
  cancel(plan_id);
  getting.stage = Getting::planning;
  getting.progress.reset();
  getting.stopped = getting.fetch_failed = false;
  getting.error.reset();
  plan_id = send(protocol::PlanModel{getting.name, state.shelf.server, getting.variant}, Pending{.purpose = Purpose::plan, .ticket = ticket});
  touch();
}

void Store::Impl::choose_variant(const std::string& variant, std::optional<std::int64_t> ticket) {
  GettingState& getting = state.shelf.getting;
  if (getting.stage == Getting::nothing || getting.stage == Getting::fetching) {
    if (ticket) reject(*ticket, {ErrorCode::invalid_argument, "There is no model to choose a variant of: choose one first.", {}});
    return;
  }
  getting.variant = variant;
  send_plan(ticket);
}

void Store::Impl::confirm_fetch(std::optional<std::int64_t> ticket) {
  GettingState& getting = state.shelf.getting;
  if (getting.stage != Getting::asking || !getting.plan) {
    if (ticket) reject(*ticket, {ErrorCode::invalid_argument, "Nothing is asked just now: choose a model first.", {}});
    return;
  }
  getting.stage = Getting::fetching;
  getting.stopped = getting.fetch_failed = false;
  getting.error.reset();
  fetch_id = send(protocol::FetchModel{getting.plan->plan}, Pending{.purpose = Purpose::fetch, .ticket = ticket});
  touch();
}

void Store::Impl::get_again() {
  const GettingState& getting = state.shelf.getting;
  if (getting.stage == Getting::nothing || getting.stage == Getting::fetching || getting.name == "disk:") return;
  if (getting.plan && (getting.fetch_failed || getting.stopped)) return confirm_fetch(std::nullopt);
  send_plan(std::nullopt);
}

void Store::Impl::remove_kept(const std::string& key) {
  state.shelf.removing.clear();
  if (!engine_alive) return;
  cancel(shelf_id);
  shelf_id = send(protocol::RemoveModel{key}, Pending{.purpose = Purpose::shelf});
}

void Store::Impl::on_plan(protocol::ModelPlan plan) {
  GettingState& getting = state.shelf.getting;
  getting.stage = Getting::asking;
  if (!getting.seat) getting.seat = home_of(plan.family);
  getting.plan = std::move(plan);
}

void Store::Impl::on_plan_error(const Error& error) {
  GettingState& getting = state.shelf.getting;
  getting.stage = Getting::asking;
  getting.error = error;
}

void Store::Impl::on_fetched(const protocol::StoredModel& model) {
  const Seat seat = state.shelf.getting.seat.value_or(Seat::left);
  const bool seen = state.shelf.open == seat;
  const std::optional<Seat> other = seen ? std::nullopt : state.shelf.open;
  state.shelf.getting = {};
  ask_for_kept();
  put_in_seat({.seat = seat, .model = model.name}, std::nullopt);
  state.shelf.open = other;  // somebody is looking around for another seat meanwhile
}

void Store::Impl::on_fetch_error(const Error& error) {
  GettingState& getting = state.shelf.getting;
  getting.stage = Getting::asking;
  if (error.code == ErrorCode::cancelled) {
    getting.stopped = true;
  } else {
    getting.fetch_failed = true;
    getting.error = error;
  }
  ask_for_kept();
}

void Store::Impl::on_shelf(protocol::Shelf shelf) {
  state.shelf.kept = std::move(shelf);
  state.shelf.removing.clear();
  state.shelf.kept_error.reset();
}

// Another worker knows nothing of the plans of the one before.
void Store::Impl::shelf_lost(const Error& why) {
  plan_id.reset();
  fetch_id.reset();
  shelf_id.reset();
  GettingState& getting = state.shelf.getting;
  if (getting.stage != Getting::nothing) {
    if (getting.stage != Getting::asking || !getting.error) getting.error = why;
    getting.stage = Getting::asking;
    getting.plan.reset();
    getting.stopped = getting.fetch_failed = false;
  }
  if (state.shelf.open) ask_for_kept();
}

}  // namespace trilens::state
