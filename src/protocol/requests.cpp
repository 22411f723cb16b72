#include "protocol/requests.hpp"

#include <array>
#include <limits>
#include <utility>

#include "protocol/fields.hpp"
#include "protocol/request_fields.hpp"
#include "protocol/shelf_json.hpp"
#include "protocol/switches_json.hpp"

namespace trilens::protocol {
namespace {

constexpr std::int64_t kMaxId = std::int64_t{1} << 52;

std::optional<ProviderChoice> provider_from_name(std::string_view name) {
  for (const auto c : {ProviderChoice::automatic, ProviderChoice::webgpu, ProviderChoice::wasm}) {
    if (provider_choice_name(c) == name) return c;
  }
  return std::nullopt;
}

std::optional<AttentionKind> kind_from_name(std::string_view name) {
  for (const auto k : {AttentionKind::self, AttentionKind::decoder_self, AttentionKind::cross}) {
    if (attention_kind_name(k) == name) return k;
  }
  return std::nullopt;
}

std::optional<Strategy> strategy_from_name(std::string_view name) {
  for (const auto s : {Strategy::greedy, Strategy::sample, Strategy::beam}) {
    if (strategy_name(s) == name) return s;
  }
  return std::nullopt;
}

Family family_of(Fields& in) { return in.name("family", family_from_name, "encoder, decoder or encoder_decoder"); }
Seat seat_or(Fields& in, Seat fallback) { return in.has("seat") || in.has("family") ? seat_of(in) : fallback; }
bool as_read(Fields& in) { return in.has("as_read") && in.boolean("as_read"); }
std::int64_t top_k_of(Fields& in, std::int64_t fallback) { return in.integer_or("top_k", 1, kMaxTopK, fallback); }

// A layer or head: a number, or the mean over all when it is left out or written "mean".
std::optional<std::int64_t> index_or_mean(Fields& in, const Json& object, const char* name) {
  if (!in.has(name) || object.at(name) == "mean") return std::nullopt;
  return in.integer(name, 0, 4095);
}

void require(Fields& in, bool fits, const char* name, double value, const char* range) {
  if (in.ok() && !fits) in.refuse("`" + std::string(name) + "` is " + Json(value).dump() + "; it must be " + range + ".");
}

GenerateOptions options_of(Fields& outer) {
  GenerateOptions o;
  if (!outer.has("options")) return o;
  Fields in(outer.object("options"), ErrorCode::invalid_argument);
  if (in.has("strategy")) o.strategy = in.name("strategy", strategy_from_name, "greedy, sample or beam");
  o.max_new_tokens = in.integer_or("max_new_tokens", 1, kMaxNewTokens, o.max_new_tokens);
  o.min_new_tokens = in.integer_or("min_new_tokens", 0, o.max_new_tokens, o.min_new_tokens);
  o.temperature = in.number_or("temperature", o.temperature);
  require(in, o.temperature > 0 && o.temperature <= 100, "temperature", o.temperature, "above 0 and at most 100");
  o.top_k = in.integer_or("top_k", 0, std::numeric_limits<std::int32_t>::max(), o.top_k);
  o.top_p = in.number_or("top_p", o.top_p);
  require(in, o.top_p > 0 && o.top_p <= 1, "top_p", o.top_p, "above 0 and at most 1");
  o.num_beams = in.integer_or("num_beams", 1, kMaxBeams, o.num_beams);
  o.length_penalty = in.number_or("length_penalty", o.length_penalty);
  require(in, o.length_penalty >= -10 && o.length_penalty <= 10, "length_penalty", o.length_penalty, "from -10 to 10");
  if (in.has("early_stopping")) o.early_stopping = in.boolean("early_stopping");
  o.repetition_penalty = in.number_or("repetition_penalty", o.repetition_penalty);
  require(in, o.repetition_penalty > 0 && o.repetition_penalty <= 100, "repetition_penalty", o.repetition_penalty, "above 0 and at most 100");
  o.no_repeat_ngram_size = in.integer_or("no_repeat_ngram_size", 0, 1024, o.no_repeat_ngram_size);
  o.alternatives = in.integer_or("alternatives", 0, kMaxTopK, o.alternatives);
  o.seed = static_cast<std::uint64_t>(in.integer_or("seed", 0, kMaxId * 2, 0));
  if (!in.ok()) outer.refuse(in.error().error().message);
  return o;
}

// One entry a request: its name, how it is read, how it is written.
using Reader = Request (*)(Fields&, const Json&);

Request read_load(Fields& in, const Json&) {
  Load r;
  r.seat = seat_of(in);
  if (in.has("family")) r.family = family_of(in);
  r.model = in.text_or("model", {});
  if (in.has("provider")) r.provider = in.name("provider", provider_from_name, "auto, webgpu or wasm");
  return r;
}
Request read_tokenize(Fields& in, const Json&) { return Tokenize{seat_of(in), in.text("text")}; }
Request read_fill_mask(Fields& in, const Json&) {
  return FillMask{seat_or(in, Seat::left), in.text("text"), top_k_of(in, FillMask{}.top_k)};
}
Request read_next_token(Fields& in, const Json&) {
  return NextToken{seat_or(in, Seat::middle), in.text("text"), in.text_or("target", {}), top_k_of(in, NextToken{}.top_k)};
}
std::vector<std::int32_t> prefix_ids_of(Fields& in) {
  std::vector<std::int32_t> ids;
  if (!in.has("prefix_ids")) return ids;
  for (const Json& id : in.array("prefix_ids")) {
    const bool fits = id.is_number_integer() && id >= 0 && id <= std::numeric_limits<std::int32_t>::max() && ids.size() < static_cast<std::size_t>(kMaxNewTokens);
    if (!fits) return in.refuse("`prefix_ids` must be a list of at most 1024 token ids, 0 or more."), ids;
    ids.push_back(id.get<std::int32_t>());
  }
  return ids;
}
Request read_generate(Fields& in, const Json&) {
  return Generate{seat_of(in), in.text("text"), options_of(in), as_read(in), in.text_or("prefix", {}), prefix_ids_of(in)};
}
Request read_begin(Fields& in, const Json&) {
  return BeginGeneration{.seat = seat_of(in), .text = in.text("text"), .options = options_of(in), .as_read = as_read(in), .prefix = in.text_or("prefix", {}),
                         .prefix_ids = prefix_ids_of(in), .serial = in.integer_or("serial", 0, kMaxId, 0), .watch = in.has("watch") && in.boolean("watch")};
}
Request read_reshape(Fields& in, const Json&) {
  return Reshape{.seat = seat_of(in), .step = in.integer("step", 1, 2 * kMaxNewTokens), .options = options_of(in), .top = in.integer_or("top", 1, kMaxTopK, Reshape{}.top),
                 .serial = in.integer_or("serial", 0, kMaxId, 0)};
}
Request read_beams(Fields& in, const Json&) {
  return Beams{.seat = seat_of(in), .serial = in.integer_or("serial", 0, kMaxId, 0), .steps = in.integer_or("steps", 0, kMaxId, 0)};
}
Request read_advance(Fields& in, const Json&) { return Advance{seat_of(in), in.integer_or("tokens", 1, kMaxNewTokens, 1)}; }
Request read_attention(Fields& in, const Json& object) {
  Attention r;
  r.seat = seat_of(in);
  if (in.has("kind")) r.kind = in.name("kind", kind_from_name, "self, decoder_self or cross");
  r.layer = index_or_mean(in, object, "layer");
  r.head = index_or_mean(in, object, "head");
  r.text = in.text("text");
  if (in.has("target")) r.target = in.text("target");
  r.as_read = as_read(in);
  r.rollout = in.has("rollout") && in.boolean("rollout");
  return r;
}
Request read_heads(Fields& in, const Json&) {
  Heads r;
  r.seat = seat_of(in);
  if (in.has("kind")) r.kind = in.name("kind", kind_from_name, "self, decoder_self or cross");
  r.text = in.text("text");
  if (in.has("target")) r.target = in.text("target");
  r.hide_special = in.has("hide_special") && in.boolean("hide_special");
  return r;
}
Request read_embed(Fields& in, const Json&) { return Embed{seat_of(in), in.text("text")}; }
Request read_read(Fields& in, const Json&) {
  Read r;
  r.seat = seat_of(in);
  r.text = in.text("text");
  r.top_k = top_k_of(in, r.top_k);
  if (in.has("token")) r.token = in.integer("token", 0, kMaxId);
  return r;
}
Request read_cancel(Fields& in, const Json&) {
  Cancel r;
  if (in.has("request")) r.request = in.integer("request", 0, kMaxId);
  if (in.has("seat") || in.has("family")) r.seat = seat_of(in);
  return r;
}

Request read_space(Fields& in, const Json&) {
  Space r{.seat = seat_of(in), .items = {}, .question = in.text_or("question", {})};
  for (const Json& item : in.array("items")) {
    if (item.is_string()) r.items.push_back(item.get<std::string>());
    else in.refuse("`items` must be a list of texts.");
  }
  if (in.has("pooling")) r.pooling = in.name("pooling", pooling_from_name, "usual, words, mean, first or last");
  if (in.has("layer")) r.layer = in.integer("layer", 0, kMaxId);
  if (in.has("projection")) r.projection = in.name("projection", projection_from_name, "pca or tsne");
  r.perplexity = in.number_or("perplexity", r.perplexity);
  if (!(r.perplexity >= 1 && r.perplexity <= 100)) in.refuse("`perplexity` must be from 1 to 100.");
  r.seed = static_cast<std::uint64_t>(in.integer_or("seed", 0, kMaxId, 0));
  return r;
}

Request read_answer(Fields& in, const Json&) {
  Answer r;
  r.seat = seat_of(in);
  r.task = in.name("task", answer_task_from_name, "fill, continue, translate, classify_blank, classify_prompt, classify_text, retrieve or question");
  r.text = in.text("text");
  r.blank = in.text_or("blank", {});
  r.labels = in.texts_or_none("labels");
  r.sentences = in.texts_or_none("sentences");
  r.question = in.text_or("question", {});
  return r;
}

Request read_tap(Fields& in, const Json&) {
  Tap r{seat_of(in), in.text("tap"), in.text("text"), std::nullopt};
  if (in.has("target")) r.target = in.text("target");
  return r;
}

Request read_lens(Fields& in, const Json&) {
  Lens r;
  r.seat = seat_of(in);
  r.text = in.text("text");
  r.top_k = top_k_of(in, r.top_k);
  if (in.has("token")) r.token = in.integer("token", 0, kMaxId);
  if (in.has("first")) r.first = in.integer("first", 0, kMaxId);
  return r;
}

std::optional<std::int64_t> maybe_index(Fields& in, const char* name) { return in.has(name) ? std::optional(in.integer(name, 0, kMaxId)) : std::nullopt; }

Request read_explain_attention(Fields& in, const Json&) {
  ExplainAttention r{.seat = seat_of(in), .layer = in.integer_or("layer", 0, 4095, 0), .head = in.integer_or("head", 0, 4095, 0), .text = in.text("text"),
                     .target = {}, .query = maybe_index(in, "query"), .key = maybe_index(in, "key")};
  if (in.has("kind")) r.kind = in.name("kind", kind_from_name, "self, decoder_self or cross");
  if (in.has("target")) r.target = in.text("target");
  return r;
}

Request read_explain_prediction(Fields& in, const Json&) {
  return ExplainPrediction{.seat = seat_of(in), .text = in.text("text"), .place = in.integer_or("place", 0, kMaxId, 0), .token = maybe_index(in, "token"),
                           .candidate = maybe_index(in, "candidate")};
}

// Whole numbers from 0 to `most`, at most `size` of them.
std::vector<std::int64_t> numbers_of(Fields& in, const char* name, std::size_t size, std::int64_t most) {
  std::vector<std::int64_t> out;
  for (const Json& n : in.array(name)) {
    const bool fits = n.is_number_integer() && n >= 0 && n <= most && out.size() < size;
    if (fits) out.push_back(n.get<std::int64_t>());
    else in.refuse("`" + std::string(name) + "` must be a list of at most " + std::to_string(size) + " whole numbers from 0 to " + std::to_string(most) + ".");
  }
  return out;
}

Request read_cost(Fields& in, const Json&) {
  Cost r;
  r.seat = seat_of(in);
  r.text = in.text("text");
  if (in.has("lengths")) r.lengths = numbers_of(in, "lengths", 16, kMostCostTokens);
  bool rising = !r.lengths.empty() && r.lengths.front() > 0;
  for (std::size_t i = 1; i < r.lengths.size(); ++i) rising = rising && r.lengths[i - 1] < r.lengths[i];
  if (!rising) in.refuse("`lengths` must be from 1 and rise.");
  r.repetitions = in.integer_or("repetitions", 2, kMostCostRepetitions, r.repetitions);
  r.other_provider = in.has("other_provider") && in.boolean("other_provider");
  return r;
}

Request read_norms(Fields& in, const Json&) {
  Norms r;
  r.seat = seat_of(in);
  r.text = in.text("text");
  if (!in.has("written")) return r;
  for (const std::int64_t id : numbers_of(in, "written", static_cast<std::size_t>(kMaxNewTokens), kMaxId)) r.written.push_back(static_cast<std::int32_t>(id));
  return r;
}

constexpr std::array<std::pair<std::string_view, Reader>, std::variant_size_v<Request>> kRequests{{
    {"load", read_load},
    {"tokenize", read_tokenize},
    {"fill_mask", read_fill_mask},
    {"next_token", read_next_token},
    {"generate", read_generate},
    {"begin_generation", read_begin},
    {"advance", read_advance},
    {"attention", read_attention},
    {"embed", read_embed},
    {"read", read_read},
    {"cancel", read_cancel},
    {"tap", read_tap},
    {"plan_model", [](Fields& in, const Json&) -> Request { return read_plan_model(in); }},
    {"fetch_model", [](Fields& in, const Json&) -> Request { return read_fetch_model(in); }},
    {"stored_models", [](Fields&, const Json&) -> Request { return StoredModels{}; }},
    {"remove_model", [](Fields& in, const Json&) -> Request { return read_remove_model(in); }},
    {"leak", [](Fields& in, const Json&) -> Request { return Leak{seat_of(in), in.text("text"), in.text("changed")}; }},
    {"space", read_space},
    {"heads", read_heads},
    {"set_switches", [](Fields& in, const Json&) -> Request { return read_set_switches(in); }},
    {"compare_switches", [](Fields& in, const Json&) -> Request { return read_compare_switches(in); }},
    {"lens", read_lens},
    {"answer", read_answer},
    {"probe", [](Fields& in, const Json&) -> Request { return Probe{seat_of(in), in.text("phenomenon"), in.integer_or("items", 0, kMaxId, 0)}; }},
    {"explain_attention", read_explain_attention},
    {"explain_prediction", read_explain_prediction},
    {"cost", read_cost},
    {"norms", read_norms},
    {"explain_tokens", [](Fields& in, const Json&) -> Request { return ExplainTokens{seat_of(in), in.text("text"), in.integer("begin", 0, kMaxId), in.integer("end", 0, kMaxId)}; }},
    {"reshape", read_reshape},
    {"beams", read_beams},
}};

}  // namespace

std::string_view provider_choice_name(ProviderChoice choice) {
  switch (choice) {
    case ProviderChoice::automatic: return "auto";
    case ProviderChoice::webgpu: return "webgpu";
    case ProviderChoice::wasm: return "wasm";
  }
  return "";
}

std::string_view attention_kind_name(AttentionKind kind) {
  switch (kind) {
    case AttentionKind::self: return "self";
    case AttentionKind::decoder_self: return "decoder_self";
    case AttentionKind::cross: return "cross";
  }
  return "";
}

std::string_view strategy_name(Strategy strategy) {
  switch (strategy) {
    case Strategy::greedy: return "greedy";
    case Strategy::sample: return "sample";
    case Strategy::beam: return "beam";
  }
  return "";
}

bool is_engine_request(std::string_view type) {
  for (const auto& [name, read] : kRequests) {
    if (name == type) return true;
  }
  return false;
}

Result<RequestMessage> parse_request(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return fail(ErrorCode::invalid_argument, "A command must be JSON, and this is not.");
  Fields in(json, ErrorCode::invalid_argument);
  const std::string type = in.text("type");
  RequestMessage message{.id = in.integer_or("id", 0, kMaxId, 0), .request = {}};
  if (!in.ok()) return in.error();
  for (const auto& [name, read] : kRequests) {
    if (name != type) continue;
    message.request = read(in, json);
    if (!in.ok()) return in.error();
    return message;
  }
  return fail(ErrorCode::unknown_command, "There is no command \"" + type + "\"; docs/automation.md lists those there are.");
}

std::int64_t request_id(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return 0;
  Fields in(json, ErrorCode::invalid_argument);
  return in.integer_or("id", 0, kMaxId, 0);
}

std::string to_json(const RequestMessage& message) {
  Json out = request_fields_of(message.request);
  out["id"] = message.id;
  out["type"] = kRequests[message.request.index()].first;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace trilens::protocol
