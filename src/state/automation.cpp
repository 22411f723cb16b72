// window.trilens.command: JSON in, one answer for each ticket out. The engine's commands are checked and passed on, the
// page's act as the buttons do and are answered when what they started has settled. docs/automation.md is the manual.
#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "state/script_call.hpp"

namespace trilens::state {
namespace {

using protocol::Fields;
using protocol::Json;

using Handler = NamedHandler::second_type;

// nullptr: none of the page's own.
Handler handler_of(std::string_view type) {
  for (const auto handlers : {document_handlers(), chrome_handlers(), experiment_handlers(), shelf_handlers()}) {
    for (const auto& [name, handler] : handlers) {
      if (name == type) return handler;
    }
  }
  return nullptr;
}

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
  if (const Handler handler = handler_of(type)) return handler(Script{*this, m, in, json, ticket, now_ms});
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
