// An engine without models: it takes what the Store sends, and answers when the test says so.
//
// Its texts: pieces are runs without white space; predictions are "alpha" (70 %) and "beta" (0.01 %); each generation
// writes "one two three" and then its end. Not the real thing: tests/lab and the browser tests have that.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "protocol/requests.hpp"
#include "protocol/results.hpp"
#include "state/history.hpp"
#include "state/store.hpp"

namespace trilens::testing {

using protocol::RequestMessage;

inline std::vector<protocol::Piece> pieces_of(std::string_view text) {
  std::vector<protocol::Piece> out;
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && text[at] == ' ') ++at;
    const std::size_t begin = at;
    while (at < text.size() && text[at] != ' ') ++at;
    if (at == begin) break;
    protocol::Piece piece;
    piece.id = static_cast<std::int32_t>(out.size() + 100);
    piece.text = piece.display = std::string(text.substr(begin, at - begin));
    piece.start = static_cast<std::int64_t>(begin);
    piece.end = static_cast<std::int64_t>(at);
    out.push_back(std::move(piece));
  }
  return out;
}

inline protocol::Piece special(std::string text, std::int64_t at, std::int32_t id) {
  protocol::Piece piece;
  piece.id = id;
  piece.text = piece.display = std::move(text);
  piece.start = piece.end = at;
  piece.special = true;
  return piece;
}

inline std::vector<protocol::Candidate> candidates() { return {{1, "alpha", "alpha", 0.7, 9.5}, {2, "beta", "beta", 0.0001, 0.5}}; }

// The encoder's pieces have [CLS] and [SEP] round them; the decoder stops at the blank.
inline protocol::Reading reading_of(const protocol::Read& request, Family family) {
  protocol::Reading r;
  const std::size_t blank = request.text.find("___");
  r.prompt = request.text;
  r.answer = "alpha";
  r.prefill_ms = 12.34;
  r.passes = 1;
  if (family == Family::decoder) {
    r.task = "continue";
    r.prompt = request.text.substr(0, blank);
    r.tokens = pieces_of(r.prompt);
    r.cache_bytes = 2048;
    r.predictions.push_back({static_cast<std::int64_t>(r.tokens.size()) - 1, candidates(), 1.0});
    return r;
  }
  r.tokens = pieces_of(request.text);
  std::int64_t position = static_cast<std::int64_t>(r.tokens.size()) - 1;
  for (std::size_t i = 0; i < r.tokens.size(); ++i) {
    if (r.tokens[i].text == "___") position = static_cast<std::int64_t>(i);
  }
  r.task = blank != std::string::npos ? "fill" : family == Family::encoder ? "guess" : "translate";
  if (family == Family::encoder) {
    if (request.token) position = *request.token - 1;
    r.tokens.insert(r.tokens.begin(), special("[CLS]", 0, 2));
    r.tokens.push_back(special("[SEP]", static_cast<std::int64_t>(request.text.size()), 3));
    ++position;
  } else {
    r.output = pieces_of("one two three");
    r.output.insert(r.output.begin(), special("<pad>", 0, 0));
    r.per_token_ms = 3.21;
    r.cache_bytes = 4096;
  }
  r.predictions.push_back({position, candidates(), 1.0});
  return r;
}

inline protocol::AttentionMap map_of(const protocol::Attention& request, Family family) {
  protocol::AttentionMap m;
  const protocol::Reading reading = reading_of({request.seat, request.text, 8, {}}, family);
  const bool output_rows = request.kind != protocol::AttentionKind::self;
  const bool output_columns = request.kind == protocol::AttentionKind::decoder_self;
  m.row_pieces = output_rows ? reading.output : reading.tokens;
  m.column_pieces = output_columns ? reading.output : reading.tokens;
  for (const auto& piece : m.row_pieces) m.rows.push_back(piece.text);
  for (const auto& piece : m.column_pieces) m.columns.push_back(piece.text);
  const bool causal = family == Family::decoder || output_columns;
  for (std::size_t r = 0; r < m.rows.size(); ++r) {
    const std::size_t seen = causal ? r + 1 : m.columns.size();
    std::vector<float> row(m.columns.size(), 0.0F);
    for (std::size_t c = 0; c < seen; ++c) row[c] = 1.0F / static_cast<float>(seen);
    m.values.push_back(std::move(row));
  }
  m.layers = 4;
  m.heads = 2;
  return m;
}

inline protocol::Loaded loaded_of(const protocol::Load& request) {
  protocol::Loaded l;
  const bool bert = request.model.find("bert") != std::string::npos;
  l.family = request.family.value_or(bert ? Family::encoder : family_at_home(request.seat));
  l.model = request.model.empty() ? "trilens-" + std::string(family_name(l.family)) : request.model;
  l.provider = request.provider == protocol::ProviderChoice::webgpu ? "webgpu" : "wasm";
  l.bytes = 8'400'000;
  l.load_ms = 321;
  l.parameters = 4'200'000;
  l.layers = 4;
  l.decoder_layers = l.family == Family::encoder_decoder ? 4 : 0;
  l.heads = 2;
  l.vocabulary = 8000;
  l.hidden = 128;
  l.max_tokens = 128;
  if (l.family != Family::encoder_decoder) l.switches = {{"self", 4, 2, {}, {}, {}}};
  else l.switches = {{"self", 4, 2, {}, {}, {}}, {"decoder_self", 4, 2, {}, {}, {}}, {"cross", 4, 2, {}, {}, {}}};
  l.report.reason = "It was the faster of the two.";
  return l;
}

// Everything after `tokens` steps of "one two three", the fourth being the end.
inline protocol::Generated generated_of(std::int64_t tokens) {
  static const std::vector<std::string> kWords{"one", "two", "three", "</s>"};
  protocol::Generated g;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(tokens, 4); ++i) {
    const std::string& word = kWords[static_cast<std::size_t>(i)];
    g.steps.push_back({static_cast<std::int32_t>(100 + i), word, word, 0.5, 1.5, 2.5, candidates()});
    g.ids.push_back(g.steps.back().id);
    if (i < 3) g.text += (i > 0 ? " " : "") + word;
  }
  g.finished = tokens >= 4;
  g.stop_reason = g.finished ? "eos" : "";
  g.prefill_ms = 10;
  g.decode_ms = 2.5 * static_cast<double>(g.steps.size() - (g.steps.empty() ? 0 : 1));
  g.cache_bytes = 1000 * tokens;
  return g;
}

inline protocol::ModelPlan plan_of(const protocol::PlanModel& request) {
  protocol::ModelPlan p;
  p.plan = 7;
  p.name = request.name.find('@') == std::string::npos ? request.name + "@main" : request.name;
  p.repo = request.name.substr(0, request.name.find('@'));
  p.revision = "main";
  p.commit = "5f2a9d1c0b7e";
  p.host = request.name.starts_with("disk:") ? "" : request.base.empty() ? "hub.example" : "models.school.example";
  p.family = request.name.find("gpt") != std::string::npos ? Family::decoder : Family::encoder;
  p.variant = request.variant.empty() ? "q8" : request.variant;
  p.provider = p.variant == "q8" ? "wasm" : "webgpu";
  p.reason = "There is no WebGPU here, and q8 is the smallest that the processor runs well.";
  p.total_bytes = p.variant == "q8" ? 110'000'000 : 440'000'000;
  p.missing_bytes = p.total_bytes;
  p.memory_bytes = 2 * p.total_bytes + 18'000'000;
  p.memory_sentence = "The file, the runtime's copy of it, and 18 MB for a text of 512 tokens.";
  p.variants = {{"q8", "wasm", true, "smallest", 110'000'000}, {"fp32", "wasm", true, "full precision", 440'000'000}, {"fp16", "webgpu", false, "needs shader-f16", 220'000'000}};
  p.card = {"apache-2.0", {"en"}, "fill-mask", "google-bert/bert-base-uncased", "A model that reads both ways.", "bert", 12, 12, 768, 30'522};
  return p;
}

inline protocol::StoredModel stored_of(const protocol::ModelPlan& plan) {
  return {.key = "key-" + plan.repo, .name = plan.name, .repo = plan.repo, .revision = plan.revision, .commit = plan.commit, .host = plan.host, .variant = plan.variant,
          .provider = plan.provider, .family = plan.family, .bytes = plan.total_bytes, .complete = true, .damaged = false, .saved_at = 1.79e12};
}

class ScriptedEngine {
 public:
  explicit ScriptedEngine(state::Store& store) : store_(store) {}

  double now = 0;
  std::deque<RequestMessage> waiting;            // sent and not answered
  std::vector<RequestMessage> sent;              // all that was ever sent
  std::vector<double> wakes;                     // delays asked for
  std::map<std::int64_t, std::string> resolved;  // by ticket
  std::map<std::int64_t, std::string> rejected;  // by ticket: the code
  std::vector<std::string> messages;             // of rejections
  std::vector<state::Effect> others;
  protocol::Shelf shelf;                         // what is kept
  std::optional<protocol::CostTable> measured;   // what a measurement answers with when it is stopped; none: nothing was measured

  // Takes what the Store wants done, and what comes of that.
  void collect() {
    for (auto effects = store_.take_effects(); !effects.empty(); effects = store_.take_effects()) {
      for (const state::Effect& effect : effects) take(effect);
      for (const auto& message : std::exchange(late_, {})) store_.receive(message, now);
    }
  }

  void reply(std::int64_t id, protocol::ReplyMessage message) {
    std::erase_if(waiting, [&](const RequestMessage& r) { return r.id == id; });
    message.id = id;
    store_.receive(message, now);
    collect();
  }
  void give(std::int64_t id, protocol::ResultValue value) { reply(id, {id, std::move(value)}); }
  void fail(std::int64_t id, ErrorCode code, std::string message = "It did not work.") { reply(id, {id, Error{code, std::move(message), "detail"}}); }

  // The oldest unanswered request of type R (of this seat, if one is named); nullptr: none.
  template <class R>
  const RequestMessage* find(std::optional<Seat> seat = {}) const {
    for (const RequestMessage& message : waiting) {
      const R* request = std::get_if<R>(&message.request);
      if (request == nullptr) continue;
      if constexpr (requires { request->seat; }) {
        if (seat && request->seat != *seat) continue;
      }
      return &message;
    }
    return nullptr;
  }
  template <class R>
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::ranges::count_if(waiting, [](const RequestMessage& m) { return std::holds_alternative<R>(m.request); }));
  }

  void answer(const RequestMessage& message) {
    const std::int64_t id = message.id;
    const protocol::Request request = message.request;
    if (const auto* load = std::get_if<protocol::Load>(&request)) {
      protocol::Loaded loaded = loaded_of(*load);
      families_[seat_index(load->seat)] = loaded.family;
      return give(id, std::move(loaded));
    }
    if (const auto* read = std::get_if<protocol::Read>(&request)) return give(id, reading_of(*read, families_[seat_index(read->seat)]));
    if (const auto* attention = std::get_if<protocol::Attention>(&request)) return give(id, map_of(*attention, families_[seat_index(attention->seat)]));
    if (const auto* set = std::get_if<protocol::SetSwitches>(&request)) return give(id, protocol::SwitchesSet{set->switches, {}});
    if (const auto* begin = std::get_if<protocol::BeginGeneration>(&request)) {
      steps_[begin->seat] = 0;
      return give(id, protocol::Done{});
    }
    if (const auto* advance = std::get_if<protocol::Advance>(&request)) {
      std::int64_t& steps = steps_[advance->seat];
      steps = std::min<std::int64_t>(4, steps + advance->tokens);
      return give(id, generated_of(steps));
    }
    if (const auto* plan = std::get_if<protocol::PlanModel>(&request)) {
      planned_ = plan_of(*plan);
      return give(id, planned_);
    }
    if (std::holds_alternative<protocol::FetchModel>(request)) {
      shelf.models.push_back(stored_of(planned_));
      return give(id, shelf.models.back());
    }
    if (std::holds_alternative<protocol::StoredModels>(request)) return give(id, shelf);
    if (const auto* remove = std::get_if<protocol::RemoveModel>(&request)) {
      std::erase_if(shelf.models, [&](const auto& model) { return model.key == remove->key; });
      return give(id, shelf);
    }
    if (const auto* tokenize = std::get_if<protocol::Tokenize>(&request)) return give(id, protocol::Tokenized{{}, pieces_of(tokenize->text), {}});
    give(id, protocol::Done{});
  }

  // Answers everything, and what that leads to.
  void run() {
    collect();
    while (!waiting.empty()) answer(RequestMessage(waiting.front()));
  }

  // Lets time pass, as the timers that were asked for would.
  void pass(double millis) {
    now += millis;
    store_.tick(now);
    collect();
  }

 private:
  void take(const state::Effect& effect) {
    if (const auto* send = std::get_if<state::SendRequest>(&effect)) {
      auto request = protocol::parse_request(send->json);
      if (!request || request->id != send->id) std::abort();
      sent.push_back(*request);
      if (const auto* cancel = std::get_if<protocol::Cancel>(&request->request)) cancelled(*cancel, request->id);
      else waiting.push_back(*request);
    } else if (const auto* wake = std::get_if<state::WakeAfter>(&effect)) {
      wakes.push_back(wake->millis);
    } else if (const auto* done = std::get_if<state::ResolveTicket>(&effect)) {
      if (resolved.contains(done->ticket) || rejected.contains(done->ticket)) std::abort();  // one answer a ticket
      resolved[done->ticket] = done->json;
    } else if (const auto* refused = std::get_if<state::RejectTicket>(&effect)) {
      if (resolved.contains(refused->ticket) || rejected.contains(refused->ticket)) std::abort();
      rejected[refused->ticket] = refused->code;
      messages.push_back(refused->message);
    } else {
      others.push_back(effect);
    }
  }

  static std::optional<Seat> seat_of(const protocol::Request& request) {
    return std::visit(
        []<class R>(const R& r) -> std::optional<Seat> {
          if constexpr (requires { r.seat; }) return r.seat;
          else return std::nullopt;
        },
        request);
  }

  void cancelled(const protocol::Cancel& cancel, std::int64_t own) {
    std::erase_if(waiting, [&](const RequestMessage& message) {
      const bool hit = cancel.request ? message.id == *cancel.request : !cancel.seat || seat_of(message.request) == cancel.seat;
      const bool kept = hit && measured && std::holds_alternative<protocol::Cost>(message.request);
      if (kept) late_.push_back({message.id, protocol::ResultValue(*measured)});
      else if (hit) late_.push_back({message.id, Error{ErrorCode::cancelled, "It was stopped.", {}}});
      return hit;
    });
    late_.push_back({own, protocol::ResultValue(protocol::Done{})});
  }

  state::Store& store_;
  std::map<Seat, std::int64_t> steps_;
  protocol::ModelPlan planned_;
  std::array<Family, 3> families_ = kFamilies;  // by Seat: what was loaded there
  std::vector<protocol::ReplyMessage> late_;
};

inline const std::vector<state::Example> kExamples{{"first", "The dog ___ tired.", "examples.agreement_gap.title", "examples.agreement_gap.look"},
                                                   {"second", "Once upon a ___", "examples.left_enough.title", "examples.left_enough.look"}};

inline const state::AnswerNeeds kAnswerOffers{.questions = {"Who is it?"}, .blank = "It was ___.", .labels = {"good", "bad"}, .sentences = {"A nap.", "A car."}};

// A page on which the trio is loaded and the first example read.
struct Page {
  state::Store store;
  ScriptedEngine engine;

  explicit Page(bool settled = true, const std::vector<state::Example>& examples = kExamples, const std::vector<state::CatalogModel>& catalog = {})
      : store({.examples = examples, .replacements = {"moon", "seven"}, .answer_offers = kAnswerOffers, .catalog = catalog}), engine(store) {
    store.start(0);
    engine.collect();
    if (settled) engine.run();
  }
  [[nodiscard]] const state::State& state() const { return store.state(); }
  [[nodiscard]] const state::ColumnState& column(Seat seat) const { return store.state().column(seat); }
  void apply(const state::Command& command) {
    store.apply(command, engine.now);
    engine.collect();
  }
  void script(std::string_view json, std::int64_t ticket) {
    store.command(json, ticket, engine.now);
    engine.collect();
  }
};

}  // namespace trilens::testing
