#include "protocol/shelf.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include "protocol/shelf_json.hpp"

namespace trilens::protocol {
namespace {

constexpr std::int64_t kMaxPlan = std::int64_t{1} << 52;
constexpr std::size_t kMaxTextBytes = 2048;  // of a name, an address, a key; what is longer was never meant as one

std::string short_text(Fields& in, const char* name) {
  std::string text = in.text(name);
  if (text.size() > kMaxTextBytes) in.refuse("`" + std::string(name) + "` is longer than " + std::to_string(kMaxTextBytes) + " bytes.");
  return text;
}

std::string short_text_or_none(Fields& in, const char* name) { return in.has(name) ? short_text(in, name) : std::string(); }

template <class IO>
void fields(IO& io, VariantView& v) {
  io("variant", v.variant);
  io("provider", v.provider);
  io("usable", v.usable);
  io("why", v.why);
  io("bytes", v.bytes);
}

template <class IO>
void fields(IO& io, ModelCard& c) {
  io("license", c.license);
  io("languages", c.languages);
  io("task", c.task);
  io("base_model", c.base_model);
  io("summary", c.summary);
  io("model_type", c.model_type);
  io("layers", c.layers);
  io("heads", c.heads);
  io("hidden", c.hidden);
  io("vocabulary", c.vocabulary);
}

template <class IO>
void fields(IO& io, ModelPlan& p) {
  io("plan", p.plan);
  io("name", p.name);
  io("repo", p.repo);
  io("revision", p.revision);
  io("commit", p.commit);
  io("host", p.host);
  std::string family(family_name(p.family));
  io("family", family);
  p.family = family_from_name(family).value_or(Family::encoder);
  io("variant", p.variant);
  io("provider", p.provider);
  io("reason", p.reason);
  io("total_bytes", p.total_bytes);
  io("missing_bytes", p.missing_bytes);
  io("unknown_lengths", p.unknown_lengths);
  io("memory_bytes", p.memory_bytes);
  io("memory_sentence", p.memory_sentence);
  io("variants", p.variants);
  io("card", p.card);
}

template <class IO>
void fields(IO& io, StoredModel& m) {
  io("key", m.key);
  io("name", m.name);
  io("repo", m.repo);
  io("revision", m.revision);
  io("commit", m.commit);
  io("host", m.host);
  io("variant", m.variant);
  io("provider", m.provider);
  std::optional<std::string> family;
  if (m.family) family = std::string(family_name(*m.family));
  io("family", family);
  m.family = family ? family_from_name(*family) : std::nullopt;
  io("bytes", m.bytes);
  io("complete", m.complete);
  io("damaged", m.damaged);
  io("persistent", m.persistent);
  io("saved_at", m.saved_at);
}

template <class IO>
void fields(IO& io, Shelf& s) {
  io("persistent", s.persistent);
  io("why", s.why);
  io("models_bytes", s.models_bytes);
  io("used_bytes", s.used_bytes);
  io("quota_bytes", s.quota_bytes);
  io("models", s.models);
}

template <class T>
Result<T> parsed(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return fail(ErrorCode::internal, "What the library answered is not JSON.");
  return read_back<T>(json);
}

}  // namespace

void describe(Writer& io, VariantView& view) { fields(io, view); }
void describe(Reader& io, VariantView& view) { fields(io, view); }
void describe(Writer& io, ModelCard& card) { fields(io, card); }
void describe(Reader& io, ModelCard& card) { fields(io, card); }
void describe(Writer& io, ModelPlan& plan) { fields(io, plan); }
void describe(Reader& io, ModelPlan& plan) { fields(io, plan); }
void describe(Writer& io, StoredModel& model) { fields(io, model); }
void describe(Reader& io, StoredModel& model) { fields(io, model); }
void describe(Writer& io, Shelf& shelf) { fields(io, shelf); }
void describe(Reader& io, Shelf& shelf) { fields(io, shelf); }

PlanModel read_plan_model(Fields& in) {
  return {.name = short_text(in, "name"), .base = short_text_or_none(in, "base"), .variant = short_text_or_none(in, "variant")};
}
FetchModel read_fetch_model(Fields& in) { return {.plan = in.integer("plan", 1, kMaxPlan)}; }
RemoveModel read_remove_model(Fields& in) { return {.key = short_text(in, "key")}; }

Json request_fields(const PlanModel& r) { return {{"name", r.name}, {"base", r.base}, {"variant", r.variant}}; }
Json request_fields(const FetchModel& r) { return {{"plan", r.plan}}; }
Json request_fields(const StoredModels&) { return Json::object(); }
Json request_fields(const RemoveModel& r) { return {{"key", r.key}}; }

Result<ModelPlan> parse_model_plan(std::string_view json) { return parsed<ModelPlan>(json); }
Result<StoredModel> parse_stored_model(std::string_view json) { return parsed<StoredModel>(json); }
Result<Shelf> parse_shelf(std::string_view json) { return parsed<Shelf>(json); }

}  // namespace trilens::protocol
