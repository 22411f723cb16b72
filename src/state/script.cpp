#include "state/script.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "protocol/switches_json.hpp"
#include "state/options.hpp"

namespace trilens::state {
namespace {

using protocol::Fields;
using protocol::Json;

constexpr std::int64_t kMaxIndex = std::int64_t{1} << 32;

Json error_json(const Error& error) {
  return {{"code", code_name(error.code)}, {"message", error.message}};
}

Json reading_or_error(const State& state, Seat seat) {
  const ColumnState& column = state.column(seat);
  if (blank_text(state.document.text)) return {{"error", error_json({ErrorCode::empty_input, "There is nothing to read: the text is empty.", {}})}};
  if (column.reading_trouble) return {{"error", error_json(column.reading_trouble->error)}};
  if (column.reading && !column.reading_stale) return Json::parse(protocol::result_json(*column.reading), nullptr, false);
  if (column.load_trouble) return {{"error", error_json(column.load_trouble->error)}};
  return {{"error", error_json({ErrorCode::not_loaded, "The " + std::string(family_name(column.family)) + " has no model yet.", {}})}};
}

// Under which name a seat's answers stand: that of the family whose home it is.
std::string home_name(Seat seat) { return std::string(family_name(family_at_home(seat))); }

Json encoder_json(const State& state, Seat seat) {
  const std::optional<protocol::Reading>& reading = state.column(seat).reading;
  const bool answered = state.clock.cursor > 0 && reading;
  return {{"steps", known_steps(state, seat)}, {"text", answered ? reading->answer : std::string()}, {"finished", answered}};
}

Json writer_json(const State& state, Seat seat) {
  const GenerationState& g = state.column(seat).generation;
  const std::int64_t at = std::min(state.clock.cursor, g.advanced);
  Json out{{"steps", g.advanced},
           {"finished", g.finished && at >= g.advanced},
           {"stop_reason", g.stop_reason},
           {"text", static_cast<std::size_t>(at) < g.texts.size() ? g.texts[static_cast<std::size_t>(at)] : std::string()}};
  if (at > 0 && static_cast<std::size_t>(at) <= g.steps.size()) {
    const protocol::Step& step = g.steps[static_cast<std::size_t>(at) - 1];
    out["token"] = {{"id", step.id}, {"token", step.token}, {"probability", step.probability}};
  }
  if (g.trouble) out["error"] = error_json(g.trouble->error);
  return out;
}

// The four hexadecimal digits after "\u" at `at`, if they are there.
std::optional<unsigned> escape_at(std::string_view json, std::size_t at) {
  if (at + 6 > json.size() || json[at] != '\\' || json[at + 1] != 'u') return std::nullopt;
  unsigned value = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const char c = json[i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(digit);
  }
  return value;
}

bool high(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool low(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::optional<Mark> mark_from(Fields& in, const State& state) {
  if (in.has("piece")) {
    const Seat seat = protocol::seat_of(in);
    const bool output = in.has("side") && in.text("side") == "output";
    const auto& reading = state.column(seat).reading;
    const std::vector<protocol::Piece> none;
    const std::vector<protocol::Piece>& pieces = !reading ? none : output ? reading->output : reading->tokens;
    const auto piece = static_cast<std::size_t>(in.integer("piece", 0, kMaxIndex));
    if (!in.ok()) return std::nullopt;
    if (piece >= pieces.size()) {
      in.refuse("`piece` is " + std::to_string(piece) + "; there are " + std::to_string(pieces.size()) + " pieces.");
      return std::nullopt;
    }
    return mark_of(seat, output ? Side::output : Side::text, pieces[piece], piece);
  }
  if (!in.has("begin") && !in.has("end")) return std::nullopt;
  const auto size = static_cast<std::int64_t>(state.document.text.size());
  Mark mark;
  mark.begin = static_cast<std::size_t>(in.integer("begin", 0, size));
  mark.end = static_cast<std::size_t>(in.integer("end", 0, size));
  if (in.ok() && mark.end < mark.begin) in.refuse("`end` must not come before `begin`.");
  return mark;
}

std::optional<Cell> cell_of(Fields& in, const State& state) {
  Cell cell;
  cell.seat = protocol::seat_of(in);
  if (in.has("kind")) cell.kind = kind_from(in);
  const MapState& map = state.column(cell.seat).map(cell.kind);
  if (in.ok() && map.values.empty()) in.refuse("There is no such attention map on the screen.");
  cell.row = static_cast<std::size_t>(in.integer("row", 0, static_cast<std::int64_t>(map.rows.size()) - 1));
  cell.column = static_cast<std::size_t>(in.integer("column", 0, static_cast<std::int64_t>(map.columns.size()) - 1));
  return cell;
}

std::optional<AttentionKind> kind_from_name(std::string_view name) {
  for (const AttentionKind kind : kAttentionKinds) {
    if (protocol::attention_kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

AttentionKind kind_from(Fields& in) { return in.name("kind", kind_from_name, "self, decoder_self or cross"); }

HeadsChoice heads_choice_from(Fields& in, HeadsChoice now) {
  if (in.has("order")) now.order = in.name("order", head_order_from_name, "layers, previous, next, first, itself, same, special or broad");
  if (in.has("hide_special")) now.hide_special = in.boolean("hide_special");
  if (in.has("threshold")) now.threshold = in.number("threshold");
  if (in.ok() && !(now.threshold >= 0 && now.threshold <= kMostThreshold)) in.refuse("`threshold` must be from 0 to 0.5.");
  return now;
}

AnswerNeeds answer_needs_from(Fields& in) {
  AnswerNeeds chosen;
  if (in.has("question")) chosen.questions.push_back(in.text("question"));
  chosen.blank = in.text_or("blank", {});
  chosen.labels = in.texts_or_none("labels");
  chosen.sentences = in.texts_or_none("sentences");
  return chosen;
}

TokensChoice tokens_choice_from(Fields& in, TokensChoice now, std::size_t size) {
  if (in.has("word")) now.word = static_cast<std::size_t>(in.integer("word", 0, static_cast<std::int64_t>(size)));
  if (in.has("bytes")) now.bytes = in.boolean("bytes");
  return now;
}

NumbersChoice numbers_choice_from(Fields& in) {
  constexpr std::int64_t kMost = 1'000'000'000;
  NumbersChoice choice;
  const auto maybe = [&](const char* name) { return in.has(name) ? std::optional(in.integer(name, 0, kMost)) : std::nullopt; };
  if (in.has("kind")) choice.kind = kind_from(in);
  choice.layer = maybe("layer");
  choice.head = maybe("head");
  choice.query = maybe("query");
  choice.key = maybe("key");
  choice.place = maybe("place").value_or(0);
  choice.candidate = maybe("candidate");
  return choice;
}

CostChoice cost_choice_from(Fields& in, CostChoice now) {
  if (in.has("quantity")) now.quantity = in.name("quantity", cost_quantity_from_name, "read, step, total, flops or cache");
  if (in.has("logarithmic")) now.logarithmic = in.boolean("logarithmic");
  if (in.has("other_provider")) now.other_provider = in.boolean("other_provider");
  return now;
}

protocol::Switches trimmed_switches_from(Fields& in) {
  protocol::Switches switches = protocol::switches_from(in);
  for (const AttentionKind kind : kAttentionKinds) trim_heads(kind_of(switches, kind).heads);
  return switches;
}

ProviderChoice provider_from(Fields& in) {
  const auto read = [](std::string_view name) -> std::optional<ProviderChoice> {
    for (const auto choice : {ProviderChoice::automatic, ProviderChoice::webgpu, ProviderChoice::wasm}) {
      if (protocol::provider_choice_name(choice) == name) return choice;
    }
    return std::nullopt;
  };
  return in.name("provider", read, "auto, webgpu or wasm");
}

std::optional<std::int64_t> index_from(Fields& in, const Json& object, const char* name, std::int64_t size) {
  if (!in.has(name) || object.at(name) == "mean") return std::nullopt;
  return in.integer(name, 0, size > 0 ? size - 1 : kMaxIndex);
}

Json readings_json(const State& state) {
  Json readings = Json::object();
  for (const Seat seat : kSeats) readings[home_name(seat)] = reading_or_error(state, seat);
  return {{"text", state.document.text}, {"readings", std::move(readings)}};
}

Json clock_json(const State& state) {
  Json columns = Json::object();
  for (const Seat seat : kSeats) {
    const bool answers_at_once = !steps_on(state, seat);
    columns[home_name(seat)] = answers_at_once ? encoder_json(state, seat) : writer_json(state, seat);
  }
  return {{"cursor", state.clock.cursor},
          {"steps", known_steps(state)},
          {"playing", state.clock.playing},
          {"finished", state.clock.cursor > 0 && !can_step(state)},
          {"columns", std::move(columns)}};
}

Json map_json(const MapState& map, Seat seat, AttentionKind kind) {
  const auto index = [](const std::optional<std::int64_t>& i) { return i ? Json(*i) : Json("mean"); };
  return {{"seat", seat_name(seat)}, {"family", home_name(seat)}, {"kind", protocol::attention_kind_name(kind)}, {"layer", index(map.choice.layer)},
          {"head", index(map.choice.head)}, {"rows", map.rows.size()}, {"columns", map.columns.size()},
          {"layers", map.layers}, {"heads", map.heads}, {"rollout", map.choice.rollout}};
}

Json options_json(const GenerateOptions& options) {
  Json out{{"strategy", protocol::strategy_name(options.strategy)}};
  for (const OptionRange& range : option_ranges()) {
    const double value = option_value(options, range.name);
    out[std::string(range.name)] = range.whole ? Json(static_cast<std::int64_t>(value)) : Json(value);
  }
  return out;
}

std::string mend_surrogates(std::string json) {
  for (std::size_t at = 0; at < json.size(); ++at) {
    if (json[at] != '\\') continue;
    const auto unit = escape_at(json, at);
    if (!unit) {
      ++at;  // an escape of two characters
      continue;
    }
    const auto next = escape_at(json, at + 6);
    if (high(*unit) && next && low(*next)) {
      at += 11;
      continue;
    }
    if (high(*unit) || low(*unit)) json.replace(at, 6, "\\ufffd");
    at += 5;
  }
  return json;
}

}  // namespace trilens::state
