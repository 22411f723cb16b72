#include "lab/library.hpp"

#include <utility>
#include <variant>

#include "lab/memory_estimate.hpp"
#include "model/config.hpp"

namespace trilens::lab {
namespace {

using protocol::ResultValue;

template <class T>
Result<ResultValue> as_value(Result<T> result) {
  if (!result) return std::unexpected(std::move(result.error()));
  return ResultValue(std::move(*result));
}

// The plan with what config.json says; or why such a model cannot be opened, which comes before what its files lack.
Result<protocol::ModelPlan> finished(Library::Planned planned) {
  const auto config = model::parse_config({.config = planned.config, .generation = planned.generation, .tokenizer = {}});
  if (!config) return std::unexpected(config.error());
  if (!planned.plan) return std::unexpected(std::move(planned.plan.error()));
  protocol::ModelPlan plan = std::move(*planned.plan);
  plan.family = config->family;
  plan.card.model_type = config->model_type;
  plan.card.layers = config->layers;
  plan.card.heads = config->heads;
  plan.card.hidden = config->hidden;
  plan.card.vocabulary = config->vocabulary;
  MemoryEstimate memory = estimate_memory(*config, planned.graph_bytes);
  plan.memory_bytes = memory.bytes;
  plan.memory_sentence = std::move(memory.sentence);
  return plan;
}

}  // namespace

bool is_library_name(std::string_view name) { return name.find_first_of("/@") != std::string_view::npos; }

bool is_library_request(const protocol::Request& request) {
  return std::holds_alternative<protocol::PlanModel>(request) || std::holds_alternative<protocol::FetchModel>(request) ||
         std::holds_alternative<protocol::StoredModels>(request) || std::holds_alternative<protocol::RemoveModel>(request);
}

Task<Result<ResultValue>> serve_library(Library& library, const protocol::Request& request, Library::Hooks hooks) {
  if (const auto* r = std::get_if<protocol::PlanModel>(&request)) {
    auto planned = co_await library.plan(*r, hooks.cancel);
    if (!planned) co_return std::unexpected(std::move(planned.error()));
    co_return as_value(finished(std::move(*planned)));
  }
  if (const auto* r = std::get_if<protocol::FetchModel>(&request)) co_return as_value(co_await library.fetch(r->plan, std::move(hooks)));
  if (const auto* r = std::get_if<protocol::RemoveModel>(&request)) co_return as_value(co_await library.remove(r->key));
  co_return as_value(co_await library.list());
}

}  // namespace trilens::lab
