// Answers of the engine, sent to where they belong by their id.
#include <utility>

#include "protocol/results.hpp"
#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

// Whether the screen still waits for this request; if so it waits no more.
bool take(std::optional<std::int64_t>& current, std::int64_t id) {
  if (current != id) return false;
  current.reset();
  return true;
}

struct Answer {
  Store::Impl& m;
  const Pending& asked;
  std::int64_t id;

  [[nodiscard]] std::size_t f() const { return seat_index(asked.seat); }

  // The engine answered with something else than was asked for: a bug, told as any other failure.
  [[nodiscard]] static Error mismatch() {
    return {ErrorCode::internal, "The engine answered something else than was asked; please report this.", {}};
  }

  void value(const protocol::ResultValue& value) const {
    switch (asked.purpose) {
      case Purpose::load: {
        if (!take(m.load_id[f()], id)) return;
        const auto* loaded = std::get_if<protocol::Loaded>(&value);
        return loaded != nullptr ? m.on_loaded(*loaded, asked.seat) : m.on_load_error(mismatch(), asked.seat);
      }
      case Purpose::read: {
        if (!take(m.read_id[f()], id)) return;
        const auto* reading = std::get_if<protocol::Reading>(&value);
        return reading != nullptr ? m.on_reading(*reading, asked.seat) : m.on_read_error(mismatch(), asked.seat);
      }
      case Purpose::attention: {
        if (!take(m.map_id[f()][static_cast<std::size_t>(asked.kind)], id)) return;
        const auto* map = std::get_if<protocol::AttentionMap>(&value);
        return map != nullptr ? m.on_map(*map, asked) : m.on_map_error(mismatch(), asked);
      }
      case Purpose::experiment:
        if (take(m.experiment_id[f()][experiment_index(asked.experiment)], id)) m.on_experiment(value, asked);
        return;
      case Purpose::probe:
        if (take(m.probe_id[f()], id)) m.on_probe(value, asked);
        return;
      case Purpose::switches:
        (void)take(m.switch_id[f()], id);
        if (const auto* set = std::get_if<protocol::SwitchesSet>(&value)) m.on_switches(*set, asked.seat);
        return;
      case Purpose::begin: (void)take(m.begin_id[f()], id); return;
      case Purpose::advance: {
        if (!take(m.advance_id[f()], id)) return;
        const auto* result = std::get_if<protocol::Generated>(&value);
        return result != nullptr ? m.on_generated(*result, asked) : m.on_generation_error(mismatch(), asked.seat);
      }
      case Purpose::plan: {
        if (!take(m.plan_id, id)) return;
        const auto* plan = std::get_if<protocol::ModelPlan>(&value);
        return plan != nullptr ? m.on_plan(*plan) : m.on_plan_error(mismatch());
      }
      case Purpose::fetch: {
        if (!take(m.fetch_id, id)) return;
        const auto* model = std::get_if<protocol::StoredModel>(&value);
        return model != nullptr ? m.on_fetched(*model) : m.on_fetch_error(mismatch());
      }
      case Purpose::shelf:
        (void)take(m.shelf_id, id);
        if (const auto* shelf = std::get_if<protocol::Shelf>(&value)) m.on_shelf(*shelf);
        return;
      case Purpose::script:
        // A script has changed what is kept: the shelf shows it.
        if (const auto* shelf = std::get_if<protocol::Shelf>(&value)) m.on_shelf(*shelf);
        else if (std::holds_alternative<protocol::StoredModel>(value)) m.ask_for_kept();
        return;
    }
  }

  void error(const Error& error) const {
    switch (asked.purpose) {
      case Purpose::load:
        if (take(m.load_id[f()], id)) m.on_load_error(error, asked.seat);
        return;
      case Purpose::read:
        if (take(m.read_id[f()], id)) m.on_read_error(error, asked.seat);
        return;
      case Purpose::attention:
        if (take(m.map_id[f()][static_cast<std::size_t>(asked.kind)], id)) m.on_map_error(error, asked);
        return;
      case Purpose::experiment:
        if (take(m.experiment_id[f()][experiment_index(asked.experiment)], id)) m.on_experiment_error(error, asked);
        return;
      case Purpose::probe:
        if (take(m.probe_id[f()], id)) m.on_probe_error(error, asked);
        return;
      case Purpose::switches:
        if (take(m.switch_id[f()], id)) m.on_switches_error(error, asked.seat);
        return;
      case Purpose::begin:
        // Without a search there is nothing to advance.
        if (!take(m.begin_id[f()], id)) return;
        m.cancel(m.advance_id[f()]);
        m.on_generation_error(error, asked.seat);
        return;
      case Purpose::advance:
        if (take(m.advance_id[f()], id)) m.on_generation_error(error, asked.seat);
        return;
      case Purpose::plan:
        if (take(m.plan_id, id)) m.on_plan_error(error);
        return;
      case Purpose::fetch:
        if (take(m.fetch_id, id)) m.on_fetch_error(error);
        return;
      case Purpose::shelf:
        if (take(m.shelf_id, id)) m.state.shelf.kept_error = error;
        return;
      case Purpose::script: return;
    }
  }
};

}  // namespace

void Store::Impl::receive(const protocol::ReplyMessage& reply, double) {
  const auto it = pending.find(reply.id);
  if (it == pending.end()) return;  // nobody waits for it any more
  if (const auto* progress = std::get_if<protocol::Progress>(&reply.body)) {
    const Pending& asked = it->second;
    if (asked.purpose == Purpose::experiment) {
      state.column(asked.seat).experiment(asked.experiment).progress = *progress;
      return touch();
    }
    if (asked.purpose == Purpose::probe) {
      ProbeCell& cell = probe_cell(asked);
      cell.done = progress->loaded_bytes;
      cell.total = progress->total_bytes;
      return touch();
    }
    if (asked.purpose == Purpose::fetch && fetch_id == reply.id) {
      state.shelf.getting.progress = *progress;
      return touch();
    }
    if (asked.purpose != Purpose::load || load_id[seat_index(asked.seat)] != reply.id) return;
    state.column(asked.seat).progress = *progress;
    return touch();
  }
  if (std::holds_alternative<protocol::Step>(reply.body)) return;  // the Generated that follows holds it

  const Pending asked = it->second;
  pending.erase(it);
  const Answer answer{*this, asked, reply.id};
  touch();
  if (const auto* error = std::get_if<Error>(&reply.body)) {
    if (asked.ticket) reject(*asked.ticket, *error);
    return answer.error(*error);
  }
  const auto& value = std::get<protocol::ResultValue>(reply.body);
  if (asked.ticket) emit(ResolveTicket{*asked.ticket, protocol::result_json(value)});
  answer.value(value);
}

}  // namespace trilens::state
