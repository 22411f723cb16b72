// The engine: takes requests as JSON, runs them on the loaded models, posts answers as JSON. It lives in a worker.
//
// What it promises: every request gets exactly one result or error, under its id; progress and steps may come before.
// Requests of one seat run one after another, of different seats side by side, those about the library beside all of
// them; Cancel acts at once. A failed or
// cancelled request leaves the loaded models as they were; a lost GPU is tried once more, then the model moves to WASM and
// the request runs again.
// Not here: what a request computes (one file an experiment), the browser (src/app/engine). One thread.
// Lifetime: `services` and whatever `post` touches outlive the engine; the engine outlives its last answer.
//
//   Engine engine(services, catalog, [](std::string json) { send(json); });
//   engine.receive(R"({"id":1,"type":"load","family":"encoder"})");
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/seat.hpp"
#include "base/task.hpp"
#include "lab/context.hpp"
#include "lab/fill_steps.hpp"
#include "lab/generation.hpp"
#include "lab/services.hpp"
#include "lab/turns.hpp"
#include "model/catalog.hpp"
#include "model/source.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"

namespace trilens::lab {

class Engine {
 public:
  using Post = std::function<void(std::string json)>;

  // Without a catalog, each Load answers with the error that it has in its place.
  Engine(Services services, Result<model::Catalog> catalog, Post post);
  void receive(std::string_view json);

 private:
  struct Slot {
    Turns turns;       // of the model
    Turns load_turns;  // of loading another one
    std::unique_ptr<LoadedModel> model;
    std::optional<Generation> generation;  // borrows the model
    std::optional<Filling> filling;        // an encoder has this in its place
    Memory memory;
  };
  struct Job {
    std::int64_t id = 0;
    CancelToken cancel;
    std::optional<Seat> seat;
  };

  Task<void> serve(protocol::RequestMessage message);
  Task<Result<protocol::ResultValue>> answer(std::int64_t id, const protocol::Request& request, CancelToken cancel);
  Task<Result<protocol::ResultValue>> run(std::int64_t id, Seat seat, const protocol::Request& request, CancelToken cancel);
  Task<Result<protocol::ResultValue>> load(std::int64_t id, protocol::Load request, CancelToken cancel);
  Task<Result<protocol::ResultValue>> experiment(std::int64_t id, Slot& slot, const protocol::Request& request, CancelToken cancel);
  Task<Result<model::Source>> find_source(protocol::Load request);
  Task<Result<void>> recover(Seat seat, CancelToken cancel);
  std::function<void(const protocol::Progress&)> progress_of(std::int64_t id);
  void cancel(const protocol::Cancel& request);
  void post(std::int64_t id, Result<protocol::ResultValue> result);

  Slot& slot(Seat seat) { return slots_[seat_index(seat)]; }

  Services services_;
  Result<model::Catalog> catalog_;
  Post post_;
  std::array<Slot, 3> slots_;  // by Seat
  std::map<std::int64_t, Job> jobs_;  // by a serial number of ours: ids may repeat
  std::int64_t last_job_ = 0;
};

}  // namespace trilens::lab
