#include "protocol/switches.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/archive.hpp"
#include "protocol/requests.hpp"
#include "protocol/switches_json.hpp"

namespace trilens::protocol {
namespace {

constexpr std::array kMasks{MaskChoice::native, MaskChoice::causal, MaskChoice::bidirectional, MaskChoice::window};
constexpr std::int64_t kMaxWindow = 1'000'000;

std::vector<std::vector<float>> heads_from(Fields& in) {
  std::vector<std::vector<float>> out;
  for (const Json& layer : in.array("heads")) {
    std::vector<float>& row = out.emplace_back();
    const bool numbers = layer.is_array() && std::ranges::all_of(layer, [](const Json& f) { return f.is_number(); });
    if (!numbers) in.refuse("`heads` must be factors as [layer][head].");
    else for (const Json& factor : layer) row.push_back(factor.get<float>());
  }
  return out;
}

KindSwitches kind_from(Fields& outer, const char* name) {
  KindSwitches out;
  if (!outer.has(name)) return out;
  Fields in(outer.object(name), ErrorCode::invalid_argument);
  if (in.has("mask")) out.mask = in.name("mask", mask_from_name, "native, causal, bidirectional or window");
  if (out.mask == MaskChoice::window) out.window = in.integer("window", 1, kMaxWindow);
  if (in.has("heads")) out.heads = heads_from(in);
  if (!in.ok()) outer.refuse("`" + std::string(name) + "`: " + in.error().error().message);
  return out;
}

}  // namespace

std::string_view mask_name(MaskChoice mask) {
  switch (mask) {
    case MaskChoice::native: return "native";
    case MaskChoice::causal: return "causal";
    case MaskChoice::bidirectional: return "bidirectional";
    case MaskChoice::window: return "window";
  }
  return "";
}

std::optional<MaskChoice> mask_from_name(std::string_view name) {
  for (const MaskChoice mask : kMasks) {
    if (mask_name(mask) == name) return mask;
  }
  return std::nullopt;
}

Switches switches_from(Fields& in) {
  Switches out{kind_from(in, "self"), kind_from(in, "decoder_self"), kind_from(in, "cross"), 1};
  out.connection = in.number_or("connection", 1);
  return out;
}

SetSwitches read_set_switches(Fields& in) {
  const Seat seat = seat_of(in);
  return {seat, switches_from(in)};
}

CompareSwitches read_compare_switches(Fields& in) {
  CompareSwitches r;
  r.seat = seat_of(in);
  r.text = in.text("text");
  if (in.has("token")) r.token = in.integer("token", 0, std::int64_t{1} << 32);
  r.top_k = in.integer_or("top_k", 1, kMaxTopK, r.top_k);
  r.switches = switches_from(in);
  return r;
}

Json request_fields(const SetSwitches& r) {
  Json out = written(r.switches);
  out["seat"] = seat_name(r.seat);
  return out;
}

Json request_fields(const CompareSwitches& r) {
  Json out = written(r.switches);
  out["seat"] = seat_name(r.seat);
  out["text"] = r.text;
  out["top_k"] = r.top_k;
  if (r.token) out["token"] = *r.token;
  return out;
}

}  // namespace trilens::protocol
