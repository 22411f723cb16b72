#include "protocol/request_fields.hpp"

#include <utility>

#include "protocol/shelf_json.hpp"
#include "protocol/switches_json.hpp"

namespace trilens::protocol {
namespace {

Json options_json(const GenerateOptions& o) {
  return {{"strategy", strategy_name(o.strategy)},
          {"max_new_tokens", o.max_new_tokens},
          {"min_new_tokens", o.min_new_tokens},
          {"temperature", o.temperature},
          {"top_k", o.top_k},
          {"top_p", o.top_p},
          {"num_beams", o.num_beams},
          {"length_penalty", o.length_penalty},
          {"early_stopping", o.early_stopping},
          {"repetition_penalty", o.repetition_penalty},
          {"no_repeat_ngram_size", o.no_repeat_ngram_size},
          {"alternatives", o.alternatives},
          {"seed", o.seed}};
}

template <class T>
void put(Json& out, const char* name, const std::optional<T>& value) {
  if (value) out[name] = *value;
}

struct Write {
  Json operator()(const Load& r) const {
    Json out{{"seat", seat_name(r.seat)}, {"model", r.model}, {"provider", provider_choice_name(r.provider)}};
    if (r.family) out["family"] = family_name(*r.family);
    return out;
  }
  Json operator()(const Tokenize& r) const { return {{"seat", seat_name(r.seat)}, {"text", r.text}}; }
  Json operator()(const FillMask& r) const { return {{"seat", seat_name(r.seat)}, {"text", r.text}, {"top_k", r.top_k}}; }
  Json operator()(const NextToken& r) const {
    return {{"seat", seat_name(r.seat)}, {"text", r.text}, {"target", r.target}, {"top_k", r.top_k}};
  }
  Json operator()(const Generate& r) const {
    return {{"seat", seat_name(r.seat)}, {"text", r.text}, {"options", options_json(r.options)}, {"as_read", r.as_read}, {"prefix", r.prefix}, {"prefix_ids", r.prefix_ids}};
  }
  Json operator()(const BeginGeneration& r) const {
    return {{"seat", seat_name(r.seat)}, {"text", r.text}, {"options", options_json(r.options)}, {"as_read", r.as_read}, {"prefix", r.prefix},
            {"prefix_ids", r.prefix_ids}, {"serial", r.serial}, {"watch", r.watch}};
  }
  Json operator()(const Reshape& r) const {
    return {{"seat", seat_name(r.seat)}, {"step", r.step}, {"options", options_json(r.options)}, {"top", r.top}, {"serial", r.serial}};
  }
  Json operator()(const Beams& r) const { return {{"seat", seat_name(r.seat)}, {"serial", r.serial}, {"steps", r.steps}}; }
  Json operator()(const Advance& r) const { return {{"seat", seat_name(r.seat)}, {"tokens", r.tokens}}; }
  Json operator()(const Attention& r) const {
    Json out{{"seat", seat_name(r.seat)}, {"kind", attention_kind_name(r.kind)}, {"text", r.text}, {"as_read", r.as_read}};
    put(out, "layer", r.layer);
    put(out, "head", r.head);
    put(out, "target", r.target);
    if (r.rollout) out["rollout"] = true;
    return out;
  }
  Json operator()(const Heads& r) const {
    Json out{{"seat", seat_name(r.seat)}, {"kind", attention_kind_name(r.kind)}, {"text", r.text}, {"hide_special", r.hide_special}};
    put(out, "target", r.target);
    return out;
  }
  Json operator()(const Embed& r) const { return {{"seat", seat_name(r.seat)}, {"text", r.text}}; }
  Json operator()(const Read& r) const {
    Json out{{"seat", seat_name(r.seat)}, {"text", r.text}, {"top_k", r.top_k}};
    put(out, "token", r.token);
    return out;
  }
  Json operator()(const Tap& r) const {
    Json out{{"seat", seat_name(r.seat)}, {"tap", r.tap}, {"text", r.text}};
    put(out, "target", r.target);
    return out;
  }
  Json operator()(const Lens& r) const {
    Json out{{"seat", seat_name(r.seat)}, {"text", r.text}, {"top_k", r.top_k}};
    put(out, "token", r.token);
    put(out, "first", r.first);
    return out;
  }
  Json operator()(const ExplainAttention& r) const {
    Json out{{"seat", seat_name(r.seat)}, {"kind", attention_kind_name(r.kind)}, {"layer", r.layer}, {"head", r.head}, {"text", r.text}};
    put(out, "target", r.target);
    put(out, "query", r.query);
    put(out, "key", r.key);
    return out;
  }
  Json operator()(const ExplainPrediction& r) const {
    Json out{{"seat", seat_name(r.seat)}, {"text", r.text}, {"place", r.place}};
    put(out, "token", r.token);
    put(out, "candidate", r.candidate);
    return out;
  }
  Json operator()(const Answer& r) const {
    return {{"seat", seat_name(r.seat)}, {"task", answer_task_name(r.task)}, {"text", r.text}, {"blank", r.blank},
            {"labels", r.labels}, {"sentences", r.sentences}, {"question", r.question}};
  }
  Json operator()(const Cost& r) const {
    return {{"seat", seat_name(r.seat)}, {"text", r.text}, {"lengths", r.lengths}, {"repetitions", r.repetitions}, {"other_provider", r.other_provider}};
  }
  Json operator()(const Norms& r) const { return {{"seat", seat_name(r.seat)}, {"text", r.text}, {"written", r.written}}; }
  Json operator()(const Probe& r) const { return {{"seat", seat_name(r.seat)}, {"phenomenon", r.phenomenon}, {"items", r.items}}; }
  Json operator()(const ExplainTokens& r) const { return {{"seat", seat_name(r.seat)}, {"text", r.text}, {"begin", r.begin}, {"end", r.end}}; }
  Json operator()(const Leak& r) const { return {{"seat", seat_name(r.seat)}, {"text", r.text}, {"changed", r.changed}}; }
  Json operator()(const Space& r) const {
    Json out{{"seat", seat_name(r.seat)}, {"items", r.items}, {"question", r.question}, {"pooling", pooling_name(r.pooling)},
             {"projection", projection_name(r.projection)}, {"perplexity", r.perplexity}, {"seed", r.seed}};
    put(out, "layer", r.layer);
    return out;
  }
  Json operator()(const Cancel& r) const {
    Json out = Json::object();
    put(out, "request", r.request);
    if (r.seat) out["seat"] = seat_name(*r.seat);
    return out;
  }
  Json operator()(const PlanModel& r) const { return request_fields(r); }
  Json operator()(const FetchModel& r) const { return request_fields(r); }
  Json operator()(const StoredModels& r) const { return request_fields(r); }
  Json operator()(const RemoveModel& r) const { return request_fields(r); }
  Json operator()(const SetSwitches& r) const { return request_fields(r); }
  Json operator()(const CompareSwitches& r) const { return request_fields(r); }
};

}  // namespace

Json request_fields_of(const Request& request) { return std::visit(Write{}, request); }

}  // namespace trilens::protocol
