#include "lab/engine.hpp"

#include <algorithm>
#include <utility>

#include "lab/experiments.hpp"
#include "lab/library.hpp"
#include "lab/load_model.hpp"

namespace trilens::lab {
namespace {

using protocol::ResultValue;

std::optional<Seat> seat_of(const protocol::Request& request) {
  return std::visit(
      []<class R>(const R& r) -> std::optional<Seat> {
        if constexpr (requires { r.seat; }) return r.seat;
        else return std::nullopt;  // it is about the library, not about a seat
      },
      request);
}

std::string_view family_title(Family family) {
  switch (family) {
    case Family::encoder: return "encoder";
    case Family::decoder: return "decoder";
    case Family::encoder_decoder: return "encoder-decoder";
  }
  return "";
}

template <class T>
Result<ResultValue> as_value(Result<T> result) {
  if (!result) return std::unexpected(std::move(result.error()));
  return ResultValue(std::move(*result));
}

}  // namespace

Engine::Engine(Services services, Result<model::Catalog> catalog, Post post)
    : services_(services), catalog_(std::move(catalog)), post_(std::move(post)) {}

void Engine::receive(std::string_view json) {
  auto message = protocol::parse_request(json);
  if (!message) {
    post(protocol::request_id(json), std::unexpected(message.error()));
    return;
  }
  if (const auto* stop = std::get_if<protocol::Cancel>(&message->request)) {
    cancel(*stop);
    post(message->id, ResultValue(protocol::Done{}));
    return;
  }
  spawn(serve(std::move(*message)));
}

Task<void> Engine::serve(protocol::RequestMessage message) {
  const std::int64_t job = ++last_job_;
  const CancelToken cancel;
  jobs_[job] = Job{message.id, cancel, seat_of(message.request)};
  auto result = co_await answer(message.id, message.request, cancel);
  jobs_.erase(job);
  post(message.id, std::move(result));
}

Task<Result<ResultValue>> Engine::answer(std::int64_t id, const protocol::Request& request, CancelToken cancel) {
  if (is_library_request(request)) {
    Library::Hooks hooks{progress_of(id), cancel};  // named: GCC 12 destroys what braces make inside of a co_await twice
    co_return co_await serve_library(services_.library, request, std::move(hooks));
  }
  if (const auto* wanted = std::get_if<protocol::Load>(&request)) co_return co_await load(id, *wanted, cancel);
  const Seat seat = *seat_of(request);
  co_return co_await run(id, seat, request, cancel);
}

Task<Result<ResultValue>> Engine::run(std::int64_t id, Seat seat, const protocol::Request& request, CancelToken cancel) {
  Slot& s = slot(seat);
  const auto turn = co_await s.turns.take();
  if (cancel.cancelled()) co_return fail(ErrorCode::cancelled, "Stopped before it began.");
  if (s.model == nullptr) {
    co_return fail(ErrorCode::not_loaded, "The " + std::string(family_title(family_at_home(seat))) + " has no model yet: load one first.");
  }
  auto result = co_await experiment(id, s, request, cancel);
  if (result || result.error().code != ErrorCode::gpu_lost) co_return result;
  if (auto recovered = co_await recover(seat, cancel); !recovered) co_return std::unexpected(recovered.error());
  co_return co_await experiment(id, s, request, cancel);
}

Task<Result<ResultValue>> Engine::experiment(std::int64_t id, Slot& s, const protocol::Request& request, CancelToken cancel) {
  Context context{services_, *s.model, s.memory, cancel, [this, id](const protocol::Step& step) { post_(to_json(protocol::ReplyMessage{id, step})); },
                  [this, id](const protocol::Progress& progress) { post_(to_json(protocol::ReplyMessage{id, progress})); }};
  if (const auto* r = std::get_if<protocol::Tokenize>(&request)) co_return as_value(tokenize_text(context, *r));
  if (const auto* r = std::get_if<protocol::FillMask>(&request)) co_return as_value(co_await fill_mask(context, *r));
  if (const auto* r = std::get_if<protocol::NextToken>(&request)) co_return as_value(co_await next_token(context, *r));
  if (const auto* r = std::get_if<protocol::Attention>(&request)) co_return as_value(co_await attention(context, *r));
  if (const auto* r = std::get_if<protocol::Tap>(&request)) co_return as_value(co_await tap(context, *r));
  if (const auto* r = std::get_if<protocol::Embed>(&request)) co_return as_value(co_await embed(context, *r));
  if (const auto* r = std::get_if<protocol::Read>(&request)) co_return as_value(co_await read(context, *r));
  if (const auto* r = std::get_if<protocol::Leak>(&request)) co_return as_value(co_await leak(context, *r));
  if (const auto* r = std::get_if<protocol::Space>(&request)) co_return as_value(co_await space(context, *r));
  if (const auto* r = std::get_if<protocol::Heads>(&request)) co_return as_value(co_await heads(context, *r));
  if (const auto* r = std::get_if<protocol::SetSwitches>(&request)) co_return as_value(set_seat_switches(context, *r));
  if (const auto* r = std::get_if<protocol::CompareSwitches>(&request)) co_return as_value(co_await compare_switches(context, *r));
  if (const auto* r = std::get_if<protocol::Lens>(&request)) co_return as_value(co_await lens(context, *r));
  if (const auto* r = std::get_if<protocol::ExplainAttention>(&request)) co_return as_value(co_await explain_attention(context, *r));
  if (const auto* r = std::get_if<protocol::ExplainPrediction>(&request)) co_return as_value(co_await explain_prediction(context, *r));
  if (const auto* r = std::get_if<protocol::Answer>(&request)) co_return as_value(co_await lab::answer(context, *r));
  if (const auto* r = std::get_if<protocol::Probe>(&request)) co_return as_value(co_await probe_phenomenon(context, *r));
  if (const auto* r = std::get_if<protocol::Generate>(&request)) {
    auto generation = begin_generation(context, {r->seat, r->text, r->options, r->as_read});
    if (!generation) co_return std::unexpected(generation.error());
    co_return as_value(co_await advance(context, *generation, r->options.max_new_tokens));
  }
  if (const auto* r = std::get_if<protocol::BeginGeneration>(&request)) {
    s.generation.reset();
    s.filling.reset();
    if (s.model->family == Family::encoder && r->as_read) {
      auto filling = begin_filling(context, *r);
      if (!filling) co_return std::unexpected(filling.error());
      s.filling.emplace(std::move(*filling));
      co_return ResultValue(protocol::Done{});
    }
    auto generation = begin_generation(context, *r);
    if (!generation) co_return std::unexpected(generation.error());
    s.generation.emplace(std::move(*generation));
    co_return ResultValue(protocol::Done{});
  }
  if (const auto* r = std::get_if<protocol::Advance>(&request)) {
    if (s.filling) co_return as_value(co_await advance(context, *s.filling, r->tokens));
    if (!s.generation) co_return fail(ErrorCode::invalid_argument, "There is nothing to advance: begin a generation first.");
    co_return as_value(co_await advance(context, *s.generation, r->tokens));
  }
  co_return fail(ErrorCode::internal, "A request was not served.");
}

std::function<void(const protocol::Progress&)> Engine::progress_of(std::int64_t id) {
  return [this, id](const protocol::Progress& progress) { post_(to_json(protocol::ReplyMessage{id, progress})); };
}

// A bundled model, or what the library keeps under its name. Never the network.
Task<Result<model::Source>> Engine::find_source(protocol::Load request) {
  if (!is_library_name(request.model)) {
    if (!catalog_) co_return std::unexpected(catalog_.error());
    co_return catalog_source(*catalog_, request);
  }
  auto source = co_await services_.library.source_of(request.model);
  if (source && request.family && source->family && *source->family != *request.family) {
    co_return fail(ErrorCode::model_unsupported, "The model " + source->id + " is of the family " + std::string(family_name(*source->family)) + ", not " +
                                                     std::string(family_name(*request.family)) + ": ask for that family, or for none.");
  }
  co_return source;
}

Task<Result<ResultValue>> Engine::load(std::int64_t id, protocol::Load request, CancelToken cancel) {
  Slot& s = slot(request.seat);
  const auto load_turn = co_await s.load_turns.take();
  if (cancel.cancelled()) co_return fail(ErrorCode::cancelled, "Loading was stopped before it began.");
  LoadHooks hooks{progress_of(id), cancel};
  auto source = co_await find_source(request);
  if (!source) co_return std::unexpected(source.error());
  auto loaded = co_await load_model(services_, std::move(*source), request.provider, std::move(hooks));
  if (!loaded) co_return std::unexpected(std::move(loaded.error()));
  const auto turn = co_await s.turns.take();
  s.generation.reset();
  s.filling.reset();
  s.memory = {};
  s.model = std::move(*loaded);
  co_return ResultValue(s.model->summary);
}

// The GPU went away: once more on a new device, then on WASM. Precondition: the slot's turn is held.
Task<Result<void>> Engine::recover(Seat seat, CancelToken cancel) {
  Slot& s = slot(seat);
  const LoadHooks hooks{{}, cancel};
  auto loaded = co_await load_model(services_, s.model->source, protocol::ProviderChoice::webgpu, hooks);
  if (!loaded && loaded.error().code != ErrorCode::cancelled) {
    loaded = co_await load_model(services_, s.model->source, protocol::ProviderChoice::wasm, hooks);
  }
  if (!loaded) {
    co_return fail(ErrorCode::gpu_lost, "The GPU was lost and the model could not be opened again: load it once more.", loaded.error().message);
  }
  if (s.generation) s.generation->restart();
  // The same file has the same switches: they stand as they stood, under the same revision.
  (*loaded)->switches = std::move(s.model->switches);
  (*loaded)->revision = s.model->revision;
  s.model = std::move(*loaded);
  co_return Result<void>{};
}

void Engine::cancel(const protocol::Cancel& request) {
  std::vector<CancelToken> tokens;
  for (const auto& [serial, job] : jobs_) {
    const bool by_id = request.request && job.id == *request.request;
    const bool by_seat = !request.request && (!request.seat || job.seat == request.seat);
    if (by_id || by_seat) tokens.push_back(job.cancel);
  }
  for (const CancelToken& token : tokens) token.cancel();  // a listener may end its job, and so change jobs_
}

void Engine::post(std::int64_t id, Result<ResultValue> result) {
  if (result) {
    post_(to_json(protocol::ReplyMessage{id, std::move(*result)}));
  } else {
    post_(to_json(protocol::ReplyMessage{id, std::move(result.error())}));
  }
}

}  // namespace trilens::lab
