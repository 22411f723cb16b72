#include "state/share.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/utf8.hpp"
#include "protocol/fields.hpp"
#include "state/options.hpp"
#include "state/script.hpp"

namespace trilens::state {
namespace {

using protocol::Fields;
using protocol::Json;

constexpr std::size_t kMaxNameBytes = 400;
constexpr std::int64_t kMaxLayers = 4096;

// Every field of an object that is not among these is refused by its name.
void only(Fields& in, const Json& object, std::initializer_list<std::string_view> known) {
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, name) == known.end()) in.refuse("`" + name.substr(0, 40) + "` is not known to this page; it may be of a newer one.");
  }
}

Json seat_json(const ColumnState& column) {
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
  return {{"model", from_disk ? std::string() : column.model}, {"provider", protocol::provider_choice_name(column.provider)}, {"maps", std::move(maps)}};
}

SharedSeat seat_from(Fields& outer, const Json& object) {
  SharedSeat out;
  Fields in(object, ErrorCode::invalid_argument);
  only(in, object, {"model", "provider", "maps"});
  out.model = in.text_or("model", {});
  if (out.model.size() > kMaxNameBytes) in.refuse("`model` is too long for a name.");
  if (in.has("provider")) out.provider = provider_from(in);
  if (in.has("maps")) {
    const Json& maps = in.array("maps");
    if (in.ok() && maps.size() > 3) in.refuse("`maps` has more than three entries.");
    for (std::size_t i = 0; in.ok() && i < maps.size(); ++i) {
      Fields map(maps[i], ErrorCode::invalid_argument);
      only(map, maps[i], {"kind", "layer", "head", "rollout"});
      SharedMap one;
      one.kind = kind_from(map);
      if (map.has("layer")) one.choice.layer = map.integer("layer", 0, kMaxLayers);
      if (map.has("head")) one.choice.head = map.integer("head", 0, kMaxLayers);
      one.choice.rollout = map.has("rollout") && map.boolean("rollout");
      if (!map.ok()) in.refuse(map.error().error().message);
      out.maps.push_back(one);
    }
  }
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
  for (const ColumnState& column : state.columns) seats.push_back(seat_json(column));
  Json out{{"trilens", kSharedVersion}, {"text", state.document.text}, {"options", options_json(state.document.options)}, {"tab", tab_name(state.tab)},
           {"language", state.language}, {"cursor", state.clock.cursor}, {"seats", std::move(seats)}};
  if (state.document.prefixes != std::array<Prefix, 3>{}) out["prefixes"] = prefixes_json(state.document);
  if (state.leak != LeakChoice{}) {
    out["leak"] = {{"replacement", state.leak.replacement}};
    if (state.leak.begin) out["leak"]["begin"] = *state.leak.begin;
  }
  return dumped(out);
}

Result<Shared> parse_shared(std::string_view text) {
  if (text.size() > kMaxSharedBytes) return fail(ErrorCode::invalid_argument, "It is longer than a shared page can be.");
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return fail(ErrorCode::invalid_argument, "It is cut short or is not a page of Trilens.");
  Fields in(json, ErrorCode::invalid_argument);
  const std::int64_t version = in.integer("trilens", 1, std::int64_t{1} << 31);
  if (in.ok() && version != kSharedVersion) in.refuse("It was made by another version of Trilens (" + std::to_string(version) + ").");
  only(in, json, {"trilens", "text", "options", "tab", "language", "cursor", "seats", "leak", "prefixes"});
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
  if (in.has("leak")) {
    const Json& object = in.object("leak");
    Fields leak(object, ErrorCode::invalid_argument);
    only(leak, object, {"begin", "replacement"});
    if (leak.has("begin")) out.leak.begin = static_cast<std::size_t>(leak.integer("begin", 0, static_cast<std::int64_t>(kMaxTextBytes)));
    out.leak.replacement = leak.text_or("replacement", {});
    if (out.leak.replacement.size() > kMaxNameBytes) leak.refuse("`replacement` is too long for a word.");
    if (!leak.ok()) in.refuse(leak.error().error().message);
  }
  if (in.has("seats")) {
    const Json& seats = in.array("seats");
    if (in.ok() && seats.size() != out.seats.size()) in.refuse("`seats` must have three entries.");
    for (std::size_t i = 0; in.ok() && i < seats.size(); ++i) out.seats[i] = seat_from(in, seats[i]);
  }
  if (!in.ok()) return in.error();
  return out;
}

}  // namespace trilens::state
