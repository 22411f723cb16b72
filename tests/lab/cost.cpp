// Cost against length: the formulas against what transformers multiplies (tests/oracles/cost_oracle.py), and what is run, counted and kept in
// the small world, whose clock goes one millisecond at each look.
#include "lab/cost.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "lab/world.hpp"

using namespace trilens;
using namespace trilens::lab::testing;
using nlohmann::json;
using protocol::CostTable;

namespace {

std::string cost(const std::string& rest) { return R"({"id":2,"type":"cost","family":"decoder","text":"one two three")" + rest + "}"; }

constexpr const char* kLoad = R"({"id":1,"type":"load","family":"decoder","model":"counter","provider":"wasm"})";

}  // namespace

TEST_CASE("flops and cache bytes are those of transformers, to the last one") {
  const auto bytes = bytes_of("tests/fixtures/models/cost.json");
  const json fixture = json::parse(bytes);
  std::size_t seen = 0;
  for (const json& model : fixture.at("models")) {
    const std::string text = model.at("config").dump();
    CAPTURE(text);
    const auto config = model::parse_config({.config = text, .generation = {}, .tokenizer = {}});
    REQUIRE(config);
    const bool both = config->family == Family::encoder_decoder;
    const analysis::ModelShape shape = lab::cost_shape(*config, true, 1);
    for (const json& one : model.at("cases")) {
      const std::int64_t n = one.at("tokens");
      CHECK(analysis::read_flops(shape, n).total() == one.at("read").get<std::int64_t>());
      ++seen;
      if (!one.contains("step")) continue;
      const std::int64_t past = both ? 1 : n;
      CHECK(analysis::step_flops(shape, past, both ? n : 0).total() == one.at("step").get<std::int64_t>());
      const analysis::CacheBytes held = analysis::cache_bytes(shape, past, n);
      CHECK(held.self + held.cross == one.at("cache_bytes").get<std::int64_t>());
    }
  }
  CHECK(seen == 36);
}

TEST_CASE("each length is read and written on, as far as there are positions, and the limit is told") {
  World world;
  world.send(kLoad);
  world.send(cost(R"(,"lengths":[1,4,8,12,32,64],"repetitions":3)"));
  REQUIRE(world.result<CostTable>(2) != nullptr);
  const CostTable& t = *world.result<CostTable>(2);
  REQUIRE(t.runs.size() == 1);
  CHECK(t.limit_tokens == 16);
  CHECK(t.cached);
  CHECK_FALSE(t.stopped);
  CHECK(t.runs[0].provider == "wasm");
  REQUIRE(t.runs[0].points.size() == 5);   // 16 is the last, once
  const std::vector<std::int64_t> tokens{1, 4, 8, 12, 16}, past{1, 4, 8, 8, 8};  // eight steps lead to the end where none fit behind it
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const protocol::CostPoint& p = t.runs[0].points[i];
    CHECK(p.tokens == tokens[i]);
    CHECK(p.past == past[i]);
    CHECK(p.passes == 1);
    CHECK(p.read.count == 3);
    CHECK(p.step.count == 3 * 8);
    CHECK(p.cache_bytes == p.tokens * 2 * 4);
    CHECK(p.self_bytes == p.cache_bytes);
    CHECK(p.cross_bytes == 0);
    CHECK(p.read_flops > 0);
    CHECK(p.read_fit_ms == Catch::Approx(static_cast<double>(p.read_flops) / t.runs[0].read_flops_per_second * 1000));
  }
}

TEST_CASE("the other provider is measured by a second copy, and the seat keeps its own") {
  infer::RecordedRuntime::Options options = World::default_options();
  options.webgpu = true;
  World world(std::move(options));
  world.send(kLoad);
  world.send(cost(R"(,"lengths":[2,4],"other_provider":true)"));
  REQUIRE(world.result<CostTable>(2) != nullptr);
  const CostTable& t = *world.result<CostTable>(2);
  REQUIRE(t.runs.size() == 2);
  CHECK(t.runs[0].provider == "wasm");
  CHECK(t.runs[1].provider == "webgpu");
  CHECK(t.runs[1].points.size() == 2);
  world.send(R"({"id":3,"type":"cost","family":"decoder","text":"one","lengths":[2]})");
  REQUIRE(world.result<CostTable>(3) != nullptr);
  CHECK(world.result<CostTable>(3)->runs[0].provider == "wasm");
}

TEST_CASE("where there is no other provider its place says so, and what was measured stands") {
  World world;
  world.send(kLoad);
  world.send(cost(R"(,"lengths":[2],"other_provider":true)"));
  REQUIRE(world.result<CostTable>(2) != nullptr);
  const CostTable& t = *world.result<CostTable>(2);
  REQUIRE(t.runs.size() == 2);
  CHECK(t.runs[0].points.size() == 1);
  CHECK(t.runs[1].points.empty());
  CHECK_FALSE(t.runs[1].trouble.empty());
}

TEST_CASE("lengths and repetitions that say nothing are refused by name") {
  World world;
  world.send(kLoad);
  for (const char* rest : {R"(,"lengths":[])", R"(,"lengths":[0])", R"(,"lengths":[4,2])", R"(,"lengths":["a"])", R"(,"lengths":[5000])", R"(,"repetitions":1)"}) {
    CAPTURE(rest);
    world.replies.clear();
    world.send(cost(rest));
    CHECK(world.error(2) == ErrorCode::invalid_argument);
  }
}

TEST_CASE("stopped, what was measured is the answer; before anything was, it is a refusal") {
  World world;
  world.send(kLoad);
  world.runtime.hold_runs();
  world.send(cost(R"(,"lengths":[2,4])"));
  world.send(R"({"id":9,"type":"cancel","request":2})");
  world.runtime.release_runs();
  CHECK(world.error(2) == ErrorCode::cancelled);

}

TEST_CASE("stopped after the first length, that one stands") {
  World world;
  lab::Engine* running = nullptr;
  std::vector<protocol::ReplyMessage> replies;
  lab::Engine engine({world.runtime, world.files, world.library, world.clock}, catalog_of(world.files.files), [&](const std::string& text) {
    auto reply = protocol::parse_reply(text);
    REQUIRE(reply);
    const auto* progress = std::get_if<protocol::Progress>(&reply->body);
    const bool second = progress != nullptr && progress->stage == "measure" && progress->loaded_bytes == 1;
    if (second) running->receive(R"({"id":9,"type":"cancel","request":2})");
    replies.push_back(std::move(*reply));
  });
  running = &engine;
  engine.receive(kLoad);
  engine.receive(cost(R"(,"lengths":[2,4])"));
  const auto* value = std::get_if<protocol::ResultValue>(&replies.back().body);
  REQUIRE(value != nullptr);
  const CostTable& t = std::get<CostTable>(*value);
  CHECK(t.stopped);
  REQUIRE(t.runs.size() == 1);
  CHECK(t.runs[0].points.size() == 1);
}
