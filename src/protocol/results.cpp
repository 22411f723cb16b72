#include "protocol/results.hpp"

#include <array>
#include <string>
#include <utility>

#include "protocol/archive.hpp"
#include "protocol/shelf_json.hpp"

namespace trilens::protocol {

template <class IO>
void describe(IO& io, Piece& p) {
  io("id", p.id);
  io("text", p.text);
  io("display", p.display);
  io("start", p.start);
  io("end", p.end);
  io("special", p.special);
}

template <class IO>
void describe(IO& io, Cut& c) {
  io("byte", c.byte);
  io("limit_tokens", c.limit_tokens);
  io("message", c.message);
}

template <class IO>
void describe(IO& io, Candidate& c) {
  io("id", c.id);
  io("token", c.token);
  io("display", c.display);
  io("probability", c.probability);
  io("logit", c.logit);
}

template <class IO>
void describe(IO& io, ProviderReport& r) {
  io("provider", r.provider);
  io("reason", r.reason);
  io("webgpu_ms", r.webgpu_ms);
  io("wasm_ms", r.wasm_ms);
  io("max_difference", r.max_difference);
}

template <class IO>
void describe(IO& io, Loaded& l) {
  std::string family(family_name(l.family));
  io("family", family);
  l.family = family_from_name(family).value_or(Family::encoder);
  io("model", l.model);
  io("provider", l.provider);
  io("bytes", l.bytes);
  io("load_ms", l.load_ms);
  io("parameters", l.parameters);
  io("layers", l.layers);
  io("decoder_layers", l.decoder_layers);
  io("heads", l.heads);
  io("vocabulary", l.vocabulary);
  io("hidden", l.hidden);
  io("max_tokens", l.max_tokens);
  io("taps", l.taps);
  io("switches", l.switches);
  io("report", l.report);
}

template <class IO>
void describe(IO& io, Tokenized& t) {
  io("ids", t.ids);
  io("tokens", t.tokens);
  io("cut", t.cut);
}

template <class IO>
void describe(IO& io, Blank& b) {
  io("position", b.position);
  io("top", b.top);
  io("entropy_bits", b.entropy_bits);
}

template <class IO>
void describe(IO& io, Filled& f) {
  io("masks", f.masks);
  io("text", f.text);
}

template <class IO>
void describe(IO& io, NextTokens& n) {
  io("top", n.top);
  io("entropy_bits", n.entropy_bits);
}

template <class IO>
void describe(IO& io, Step& s) {
  io("id", s.id);
  io("token", s.token);
  io("display", s.display);
  io("probability", s.probability);
  io("entropy_bits", s.entropy_bits);
  io("millis", s.millis);
  io("top", s.top);
  io("position", s.position);
  io("blanks", s.blanks);
}

template <class IO>
void describe(IO& io, Generated& g) {
  io("text", g.text);
  io("ids", g.ids);
  io("steps", g.steps);
  io("prefill_ms", g.prefill_ms);
  io("decode_ms", g.decode_ms);
  io("cache_bytes", g.cache_bytes);
  io("finished", g.finished);
  io("stop_reason", g.stop_reason);
  io("cut", g.cut);
}

template <class IO>
void describe(IO& io, AttentionMap& a) {
  io("rows", a.rows);
  io("columns", a.columns);
  io("values", a.values);
  io("row_pieces", a.row_pieces);
  io("column_pieces", a.column_pieces);
  io("layers", a.layers);
  io("heads", a.heads);
}

template <class IO>
void describe(IO& io, Embedded& e) {
  io("vector", e.vector);
  io("pooling", e.pooling);
}

template <class IO>
void describe(IO& io, Reading& r) {
  io("task", r.task);
  io("prompt", r.prompt);
  io("tokens", r.tokens);
  io("output", r.output);
  io("predictions", r.predictions);
  io("answer", r.answer);
  io("note", r.note);
  io("cut", r.cut);
  io("prefill_ms", r.prefill_ms);
  io("per_token_ms", r.per_token_ms);
  io("passes", r.passes);
  io("cache_bytes", r.cache_bytes);
}

template <class IO>
void describe(IO& io, TapValues& t) {
  io("shape", t.shape);
  io("values", t.values);
}

template <class IO>
void describe(IO&, Done&) {}

template <class IO>
void describe(IO& io, Progress& p) {
  io("stage", p.stage);
  io("file", p.file);
  io("loaded_bytes", p.loaded_bytes);
  io("total_bytes", p.total_bytes);
  io("bytes_per_second", p.bytes_per_second);
  io("seconds_left", p.seconds_left);
}

template <class IO>
void describe(IO& io, Error& e) {
  std::string code(code_name(e.code));
  io("code", code);
  e.code = code_from_name(code);
  io("message", e.message);
  io("detail", e.detail);
}

namespace {

// The names under which results travel, in the order of ResultValue.
constexpr std::array<const char*, std::variant_size_v<ResultValue>> kResultNames{
    "done", "loaded", "tokenized", "filled", "next_tokens", "generated", "attention", "embedded", "reading", "tap",
    "model_plan", "stored_model", "shelf", "leak", "space", "heads",
    "switches", "switch_comparison", "lens", "answer", "probe",
    "attention_account", "prediction_account"};

Json result_value(const ResultValue& value) {
  return std::visit([](const auto& v) { return written(v); }, value);
}

template <std::size_t I = 0>
Result<ResultValue> read_result(const std::string& name, const Json& json) {
  if constexpr (I == kResultNames.size()) {
    return fail(ErrorCode::internal, "The engine sent a result of an unknown kind: \"" + name + "\".");
  } else {
    if (name != kResultNames[I]) return read_result<I + 1>(name, json);
    auto value = read_back<std::variant_alternative_t<I, ResultValue>>(json);
    if (!value) return std::unexpected(value.error());
    return ResultValue(std::in_place_index<I>, std::move(*value));
  }
}

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

template <class T>
Result<ReplyMessage> with_body(std::int64_t id, const Json& json) {
  auto body = read_back<T>(json);
  if (!body) return std::unexpected(body.error());
  return ReplyMessage{id, std::move(*body)};
}

}  // namespace

std::string to_json(const ReplyMessage& message) {
  Json out{{"id", message.id}};
  if (const auto* value = std::get_if<ResultValue>(&message.body)) {
    out["kind"] = kResultNames[value->index()];
    out["result"] = result_value(*value);
  } else if (const auto* error = std::get_if<Error>(&message.body)) {
    out["error"] = written(*error);
  } else if (const auto* progress = std::get_if<Progress>(&message.body)) {
    out["progress"] = written(*progress);
  } else {
    out["step"] = written(std::get<Step>(message.body));
  }
  return dumped(out);
}

Result<ReplyMessage> parse_reply(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("id") || !json["id"].is_number_integer()) {
    return fail(ErrorCode::internal, "The engine sent something that is not a message.");
  }
  const auto id = json["id"].get<std::int64_t>();
  if (json.contains("error")) return with_body<Error>(id, json["error"]);
  if (json.contains("progress")) return with_body<Progress>(id, json["progress"]);
  if (json.contains("step")) return with_body<Step>(id, json["step"]);
  if (!json.contains("result") || !json.contains("kind") || !json["kind"].is_string()) {
    return fail(ErrorCode::internal, "The engine sent a message without a result.");
  }
  auto value = read_result(json["kind"].get<std::string>(), json["result"]);
  if (!value) return std::unexpected(value.error());
  return ReplyMessage{id, std::move(*value)};
}

std::string result_json(const ResultValue& value) { return dumped(result_value(value)); }

}  // namespace trilens::protocol
