#include "state/share.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/utf8.hpp"
#include "protocol/archive.hpp"
#include "protocol/fields.hpp"
#include "state/options.hpp"
#include "state/script.hpp"

namespace trilens::state {
namespace {

using protocol::Fields;
using protocol::Json;

constexpr std::size_t kMaxNameBytes = 400;
constexpr std::int64_t kMaxLayers = 4096;
constexpr std::int64_t kMaxPieces = 1'000'000;

// Every field of an object that is not among these is refused by its name.
void only(Fields& in, const Json& object, std::initializer_list<std::string_view> known) {
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, name) == known.end()) in.refuse("`" + name.substr(0, 40) + "` is not known to this page; it may be of a newer one.");
  }
}

Json numbers_json(const NumbersChoice& choice) {
  Json out{{"place", choice.place}};
  if (choice.kind) out["kind"] = protocol::attention_kind_name(*choice.kind);
  const auto put = [&](const char* name, const std::optional<std::int64_t>& value) {
    if (value) out[name] = *value;
  };
  put("layer", choice.layer);
  put("head", choice.head);
  put("query", choice.query);
  put("key", choice.key);
  put("candidate", choice.candidate);
  return out;
}

Json seat_json(const State& state, const ColumnState& column) {
  Json maps = Json::array();
  for (const AttentionKind kind : kinds_of(column.family)) {
    const MapChoice& choice = column.map(kind).choice;
    if (choice == MapChoice{}) continue;
    Json map{{"kind", protocol::attention_kind_name(kind)}};
    if (choice.layer) map["layer"] = *choice.layer;
    if (choice.head) map["head"] = *choice.head;
    if (choice.rollout) map["rollout"] = true;
    maps.push_back(std::move(map));
  }
  // A model from this device's disk means nothing elsewhere.
  const bool from_disk = column.model.starts_with("disk:");
  Json out{{"model", from_disk ? std::string() : column.model}, {"provider", protocol::provider_choice_name(column.provider)}, {"maps", std::move(maps)}};
  const protocol::Switches& switches = state.document.switches[seat_index(column.seat)];
  if (!switches.at_rest()) out["switches"] = protocol::written(switches);
  if (column.guess) out["guess"] = *column.guess;
  if (const auto first = lens_first(state, column.seat)) out["lens_first"] = *first;
  NumbersChoice chosen = numbers_choice(state, column.seat);
  chosen.text.clear();
  if (chosen != NumbersChoice{}) out["numbers"] = numbers_json(chosen);
  if (const auto& kind = state.heads.kind[seat_index(column.seat)]) out["heads_kind"] = protocol::attention_kind_name(*kind);
  return out;
}

Json tokens_json(const TokensChoice& tokens) {
  Json out{{"bytes", tokens.bytes}};
  if (tokens.word) out["word"] = *tokens.word;
  return out;
}

// Which provider is measured beside is the machine's matter and stays here.
Json cost_json(const CostChoice& cost) { return {{"quantity", cost_quantity_name(cost.quantity)}, {"logarithmic", cost.logarithmic}}; }

Json heads_json(const HeadsChoice& heads) {
  return {{"order", head_order_name(heads.order)}, {"hide_special", heads.hide_special}, {"threshold", heads.threshold}};
}

// Of the list that a page begins with nothing is written.
std::vector<std::string> first_list(const State& state) { return state.lists.empty() ? std::vector<std::string>() : state.lists.front().items; }

Json space_json(const SpaceChoice& space) {
  return {{"pooling", protocol::pooling_name(space.pooling)}, {"layer", space.layer ? Json(*space.layer) : Json("last")},
          {"projection", protocol::projection_name(space.projection)}, {"perplexity", space.perplexity}, {"seed", space.seed}, {"question", space.question}};
}

Json answer_json(const AnswerNeeds& needs) {
  Json out{{"blank", needs.blank}, {"labels", needs.labels}, {"sentences", needs.sentences}};
  if (!needs.questions.empty()) out["question"] = needs.questions.front();
  return out;
}

// Reads a part of the page, every field of which must be among `known`; what is wrong in it is wrong of the whole.
template <class Read>
void part(Fields& outer, const char* name, std::initializer_list<std::string_view> known, Read read) {
  if (!outer.has(name)) return;
  const Json& object = outer.object(name);
  if (!outer.ok()) return;
  Fields in(object, ErrorCode::invalid_argument);
  only(in, object, known);
  read(in, object);
  if (!in.ok()) outer.refuse(in.error().error().message);
}

SharedMap map_from(Fields& outer, const Json& object) {
  Fields in(object, ErrorCode::invalid_argument);
  only(in, object, {"kind", "layer", "head", "rollout"});
  SharedMap out;
  out.kind = kind_from(in);
  if (in.has("layer")) out.choice.layer = in.integer("layer", 0, kMaxLayers);
  if (in.has("head")) out.choice.head = in.integer("head", 0, kMaxLayers);
  out.choice.rollout = in.has("rollout") && in.boolean("rollout");
  if (!in.ok()) outer.refuse(in.error().error().message);
  return out;
}

SharedSeat seat_from(Fields& outer, const Json& object, std::optional<AttentionKind>& heads_kind) {
  SharedSeat out;
  Fields in(object, ErrorCode::invalid_argument);
  only(in, object, {"model", "provider", "maps", "switches", "guess", "lens_first", "heads_kind", "numbers"});
  out.model = in.text_or("model", {});
  if (out.model.size() > kMaxNameBytes) in.refuse("`model` is too long for a name.");
  if (in.has("provider")) out.provider = provider_from(in);
  if (in.has("maps")) {
    const Json& maps = in.array("maps");
    if (in.ok() && maps.size() > 3) in.refuse("`maps` has more than three entries.");
    for (std::size_t i = 0; in.ok() && i < maps.size(); ++i) out.maps.push_back(map_from(in, maps[i]));
  }
  part(in, "switches", {"self", "decoder_self", "cross", "connection"}, [&](Fields& f, const Json&) { out.switches = trimmed_switches_from(f); });
  if (in.has("heads_kind")) heads_kind = in.name("heads_kind", kind_from_name, "self, decoder_self or cross");
  if (in.has("guess")) out.guess = in.integer("guess", 0, kMaxPieces);
  part(in, "numbers", {"kind", "layer", "head", "query", "key", "place", "candidate"}, [&](Fields& f, const Json&) { out.numbers = numbers_choice_from(f); });
  if (in.has("lens_first")) out.lens_first = in.integer("lens_first", 0, kMaxPieces);
  if (!in.ok()) outer.refuse(in.error().error().message);
  return out;
}

Json prefixes_json(const Document& document) {
  Json out = Json::array();
  for (const Prefix& prefix : document.prefixes) out.push_back({{"text", prefix.text}, {"ids", prefix.ids}});
  return out;
}

Prefix prefix_from(Fields& outer, const Json& object) {
  Prefix out;
  Fields in(object, ErrorCode::invalid_argument);
  only(in, object, {"text", "ids"});
  out.text = utf8::repair(in.text_or("text", {}));
  if (out.text.size() > kMaxPrefixBytes) in.refuse("`text` of a prefix is too long.");
  if (in.has("ids")) {
    for (const Json& id : in.array("ids")) {
      const bool fits = id.is_number_integer() && id >= 0 && id <= INT32_MAX && std::cmp_less(out.ids.size(), protocol::kMaxNewTokens);
      if (!fits) return outer.refuse("`ids` of a prefix must be token ids, 0 or more, and at most 1024."), out;
      out.ids.push_back(id.get<std::int32_t>());
    }
  }
  if (!in.ok()) outer.refuse(in.error().error().message);
  return out;
}

GenerateOptions options_from(Fields& outer, const Json& object) {
  GenerateOptions out;
  if (!object.is_object()) return outer.refuse("`options` must be an object."), out;
  for (const auto& [name, value] : object.items()) {
    std::variant<double, std::string> given;
    if (value.is_string()) given = value.get<std::string>();
    else if (value.is_number()) given = value.get<double>();
    else return outer.refuse("`" + name.substr(0, 40) + "` must be a number or a word."), out;
    if (const auto ok = set_option(out, name, given); !ok) return outer.refuse(ok.error().message), out;
  }
  return out;
}

}  // namespace

std::string shared_json(const State& state) {
  Json seats = Json::array();
  for (const ColumnState& column : state.columns) seats.push_back(seat_json(state, column));
  Json out{{"trilens", kSharedVersion}, {"text", state.document.text}, {"options", options_json(state.document.options)}, {"tab", tab_name(state.tab)},
           {"language", state.language}, {"cursor", state.clock.cursor}, {"seats", std::move(seats)}};
  if (state.document.prefixes != std::array<Prefix, 3>{}) out["prefixes"] = prefixes_json(state.document);
  if (state.leak != LeakChoice{}) {
    out["leak"] = {{"replacement", state.leak.replacement}};
    if (state.leak.begin) out["leak"]["begin"] = *state.leak.begin;
  }
  if (state.document.one_by_one) out["one_by_one"] = true;
  HeadsChoice heads = state.heads;
  heads.kind = {};  // the seats have that
  if (heads != HeadsChoice{}) out["heads"] = heads_json(heads);
  if (const Json space = space_json(state.space); space != space_json({})) out["space"] = space;
  if (state.document.items != first_list(state)) out["items"] = state.document.items;
  if (state.answer.chosen != AnswerNeeds{}) out["answer"] = answer_json(state.answer.chosen);
  if (state.tokens != TokensChoice{}) out["tokens"] = tokens_json(state.tokens);
  if (const Json cost = cost_json(state.cost.choice); cost != cost_json({})) out["cost"] = cost;
  if (state.machine_shade != MachineShade::none) out["machine_shade"] = machine_shade_name(state.machine_shade);
  return dumped(out);
}

Result<Shared> parse_shared(std::string_view text) {
  if (text.size() > kMaxSharedBytes) return fail(ErrorCode::invalid_argument, "It is longer than a shared page can be.");
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return fail(ErrorCode::invalid_argument, "It is cut short or is not a page of Trilens.");
  Fields in(json, ErrorCode::invalid_argument);
  const std::int64_t version = in.integer("trilens", 1, std::int64_t{1} << 31);
  if (in.ok() && version != kSharedVersion) in.refuse("It was made by another version of Trilens (" + std::to_string(version) + ").");
  only(in, json, {"trilens", "text", "options", "tab", "language", "cursor", "seats", "leak", "one_by_one", "heads", "items", "space", "answer", "prefixes", "tokens", "cost", "machine_shade"});
  Shared out;
  out.document.text = utf8::repair(in.text("text"));
  if (out.document.text.size() > kMaxTextBytes) in.refuse("`text` is longer than the page reads.");
  if (in.has("options")) out.document.options = options_from(in, in.object("options"));
  if (in.has("tab")) out.tab = in.name("tab", tab_from_name, "the name of a tab");
  out.language = in.text_or("language", {});
  if (!out.language.empty() && !known_language(out.language)) out.language.clear();
  out.cursor = in.integer_or("cursor", 0, protocol::kMaxNewTokens, 0);
  if (in.has("prefixes")) {
    const Json& prefixes = in.array("prefixes");
    if (in.ok() && prefixes.size() != out.document.prefixes.size()) in.refuse("`prefixes` must have three entries.");
    for (std::size_t i = 0; in.ok() && i < prefixes.size(); ++i) out.document.prefixes[i] = prefix_from(in, prefixes[i]);
  }
  if (in.has("one_by_one")) out.document.one_by_one = in.boolean("one_by_one");
  part(in, "leak", {"begin", "replacement"}, [&](Fields& f, const Json&) {
    if (f.has("begin")) out.leak.begin = static_cast<std::size_t>(f.integer("begin", 0, static_cast<std::int64_t>(kMaxTextBytes)));
    out.leak.replacement = f.text_or("replacement", {});
    if (out.leak.replacement.size() > kMaxNameBytes) f.refuse("`replacement` is too long for a word.");
  });
  part(in, "heads", {"order", "hide_special", "threshold"}, [&](Fields& f, const Json&) { out.heads = heads_choice_from(f, {}); });
  if (in.has("items")) out.items = items_from(in);
  part(in, "space", {"pooling", "layer", "projection", "perplexity", "seed", "question"}, [&](Fields& f, const Json& object) {
    out.space = space_choice_from(f, object, {});
  });
  part(in, "tokens", {"word", "bytes"}, [&](Fields& f, const Json&) { out.tokens = tokens_choice_from(f, {}, out.document.text.size()); });
  part(in, "cost", {"quantity", "logarithmic"}, [&](Fields& f, const Json&) { out.cost = cost_choice_from(f, {}); });
  if (in.has("machine_shade")) out.shade = in.name("machine_shade", machine_shade_from_name, "none, norms or similarity");
  part(in, "answer", {"question", "blank", "labels", "sentences"}, [&](Fields& f, const Json&) { out.answer = answer_needs_from(f); });
  if (in.has("seats")) {
    const Json& seats = in.array("seats");
    if (in.ok() && seats.size() != out.seats.size()) in.refuse("`seats` must have three entries.");
    for (std::size_t i = 0; in.ok() && i < seats.size(); ++i) out.seats[i] = seat_from(in, seats[i], out.heads.kind[i]);
  }
  if (!in.ok()) return in.error();
  return out;
}

}  // namespace trilens::state
