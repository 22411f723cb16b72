#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "protocol/requests.hpp"
#include "protocol/results.hpp"
#include "protocol/shelf.hpp"

using namespace trilens;
using namespace trilens::protocol;

namespace {

// Every field another value than its default, so that one that gets lost shows.
ModelPlan full_plan() {
  return {.plan = 7,
          .name = "owner/name@v1",
          .repo = "owner/name",
          .revision = "v1",
          .commit = "5f2a",
          .host = "models.example.org",
          .family = Family::encoder_decoder,
          .variant = "q8",
          .provider = "wasm",
          .reason = "the smallest",
          .total_bytes = 5'000'000'000,
          .missing_bytes = 4'999'999'999,
          .unknown_lengths = {"onnx/model.onnx"},
          .memory_bytes = 9'007'199'254'740'991,
          .memory_sentence = "as follows",
          .variants = {{.variant = "fp16", .provider = "webgpu", .usable = true, .why = "it fits", .bytes = 12}},
          .card = {.license = "mit", .languages = {"en", "nb"}, .task = "fill-mask", .base_model = "owner/base", .summary = "Ærlig talt.",
                   .model_type = "bert", .layers = 12, .heads = 11, .hidden = 768, .vocabulary = 30522}};
}

StoredModel full_model() {
  return {.key = "k", .name = "owner/name@v1", .repo = "owner/name", .revision = "v1", .commit = "5f2a", .host = "h", .variant = "fp32", .provider = "webgpu",
          .family = Family::decoder, .bytes = 3, .complete = true, .damaged = true, .persistent = false, .saved_at = 1'764'000'000'123.5};
}

nlohmann::json body_of(const ResultValue& value) { return nlohmann::json::parse(to_json(ReplyMessage{1, value})); }

template <class T>
T back(const T& value) {
  const auto reply = parse_reply(to_json(ReplyMessage{1, ResultValue(value)}));
  REQUIRE(reply.has_value());
  return std::get<T>(std::get<ResultValue>(reply->body));
}

}  // namespace

TEST_CASE("a plan, a stored model and the shelf are written under the names that docs/automation.md gives") {
  const auto plan = body_of(full_plan());
  CHECK(plan["kind"] == "model_plan");
  CHECK(plan["result"]["family"] == "encoder_decoder");
  CHECK(plan["result"]["memory_bytes"] == 9'007'199'254'740'991);
  CHECK(plan["result"]["variants"][0]["why"] == "it fits");
  CHECK(plan["result"]["card"]["base_model"] == "owner/base");
  const auto stored = body_of(full_model());
  CHECK(stored["kind"] == "stored_model");
  CHECK(stored["result"]["family"] == "decoder");
  const auto shelf = body_of(Shelf{.persistent = true, .why = {}, .models_bytes = 3, .used_bytes = 4, .quota_bytes = std::nullopt, .models = {full_model()}});
  CHECK(shelf["kind"] == "shelf");
  CHECK(shelf["result"]["used_bytes"] == 4);
  CHECK_FALSE(shelf["result"].contains("quota_bytes"));
}

TEST_CASE("no field of the library's answers is lost on the way") {
  CHECK(back(full_plan()) == full_plan());
  CHECK(back(full_model()) == full_model());
  CHECK(back(ModelPlan{}) == ModelPlan{});
  CHECK(back(StoredModel{}) == StoredModel{});
  const auto given = body_of(full_plan())["result"];
  const auto empty = body_of(ModelPlan{})["result"];
  for (const auto& [name, value] : empty.items()) {
    CAPTURE(name);
    CHECK(given[name] != value);  // or else the first check proves nothing of it
  }
  const Shelf known{.persistent = true, .why = "w", .models_bytes = 1, .used_bytes = 7, .quota_bytes = 8, .models = {full_model(), {}}};
  CHECK(back(known) == known);
  CHECK(back(Shelf{}) == Shelf{});
}

TEST_CASE("the library's requests name the field that is wrong") {
  const auto message_of = [](const std::string& json) {
    const auto refused = parse_request(json);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    return refused.error().message;
  };
  CHECK(message_of(R"({"type":"plan_model"})").contains("`name`"));
  CHECK(message_of(R"({"type":"plan_model","name":"a/b","base":5})").contains("`base`"));
  CHECK(message_of(R"({"type":"plan_model","name":")" + std::string(2049, 'a') + R"("})").contains("2048"));
  CHECK(message_of(R"({"type":"fetch_model"})").contains("`plan`"));
  CHECK(message_of(R"({"type":"fetch_model","plan":0})").contains("`plan`"));
  CHECK(message_of(R"({"type":"remove_model","key":3})").contains("`key`"));
}

TEST_CASE("progress says how fast and how long still, where that is known") {
  const auto back_of = [](const Progress& progress) { return std::get<Progress>(parse_reply(to_json({2, progress}))->body); };
  const Progress known = back_of({.stage = "fetch", .file = "a", .loaded_bytes = 1, .total_bytes = 2, .bytes_per_second = 1234.5, .seconds_left = 0.25});
  CHECK(known.bytes_per_second == 1234.5);
  CHECK(known.seconds_left == 0.25);
  const Progress unknown = back_of({.stage = "open", .file = {}, .loaded_bytes = 0, .total_bytes = 0});
  CHECK(unknown.bytes_per_second == 0);
  CHECK_FALSE(unknown.seconds_left.has_value());
}

TEST_CASE("what a library hands in is read as it is written, and refused when it is cut or twisted") {
  const auto written = [](const ResultValue& value) { return result_json(value); };
  const std::string plan = written(full_plan());
  REQUIRE(parse_model_plan(plan).has_value());
  CHECK(written(*parse_model_plan(plan)) == plan);
  for (std::size_t n = 0; n < plan.size(); ++n) CHECK_FALSE(parse_model_plan(plan.substr(0, n)).has_value());
  CHECK(parse_stored_model(written(full_model())).has_value());
  CHECK(parse_shelf(written(Shelf{})).has_value());
  CHECK_FALSE(parse_shelf(R"({"persistent":true})").has_value());
  CHECK_FALSE(parse_stored_model("[]").has_value());
}
