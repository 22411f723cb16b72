// The JSON of shelf.hpp, for requests.cpp, results.cpp and shelf.cpp, and for nobody else.
#pragma once

#include "protocol/archive.hpp"
#include "protocol/fields.hpp"
#include "protocol/shelf.hpp"

namespace trilens::protocol {

// Answers: both directions of one description (archive.hpp).
void describe(Writer& io, VariantView& view);
void describe(Reader& io, VariantView& view);
void describe(Writer& io, ModelCard& card);
void describe(Reader& io, ModelCard& card);
void describe(Writer& io, ModelPlan& plan);
void describe(Reader& io, ModelPlan& plan);
void describe(Writer& io, StoredModel& model);
void describe(Reader& io, StoredModel& model);
void describe(Writer& io, Shelf& shelf);
void describe(Reader& io, Shelf& shelf);

// Requests: `in` keeps what is wrong.
[[nodiscard]] PlanModel read_plan_model(Fields& in);
[[nodiscard]] FetchModel read_fetch_model(Fields& in);
[[nodiscard]] RemoveModel read_remove_model(Fields& in);

[[nodiscard]] Json request_fields(const PlanModel& request);
[[nodiscard]] Json request_fields(const FetchModel& request);
[[nodiscard]] Json request_fields(const StoredModels& request);
[[nodiscard]] Json request_fields(const RemoveModel& request);

}  // namespace trilens::protocol
