// One call of window.trilens.command on its way to the handler of its name, and the tables of handlers.
// Internal to this room: automation.cpp looks them up, script_*.cpp hold them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/fields.hpp"
#include "state/script.hpp"
#include "state/store_impl.hpp"

namespace trilens::state {

struct Script {
  Store& store;
  Store::Impl& m;
  protocol::Fields& in;
  const protocol::Json& object;  // what `in` reads
  std::int64_t ticket;
  double now;

  void resolve(const protocol::Json& json) const { m.emit(ResolveTicket{ticket, dumped(json)}); }
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
    resolve(protocol::Json::object());
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

using NamedHandler = std::pair<std::string_view, void (*)(const Script&)>;

[[nodiscard]] std::span<const NamedHandler> document_handlers();     // the text, what reads it, the clock and its settings
[[nodiscard]] std::span<const NamedHandler> chrome_handlers();       // what is shown, pointed at and taken home
[[nodiscard]] std::span<const NamedHandler> experiment_handlers();   // what the experiments are asked
[[nodiscard]] std::span<const NamedHandler> shelf_handlers();        // models to be had

}  // namespace trilens::state
