// Forced prefixes, and looks at a generation that run no model.
#include "lab/generation.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <cmath>

#include "lab/world.hpp"

using namespace trilens;
using namespace trilens::lab::testing;
using infer::Operation;
using protocol::Generated;
using protocol::Reshaped;

namespace {

constexpr const char* kLoad = R"({"id":1,"type":"load","family":"decoder","model":"counter","provider":"wasm"})";

std::string begin(int id, const std::string& more, const std::string& options = {}) {
  return R"({"id":)" + std::to_string(id) + R"(,"type":"begin_generation","family":"decoder","text":"one")" + more + R"(,"options":{)" + options + "}}";
}
std::string advance(int id, int tokens) {
  return R"({"id":)" + std::to_string(id) + R"(,"type":"advance","family":"decoder","tokens":)" + std::to_string(tokens) + "}";
}
std::string look(int id, int step, const std::string& options = {}, int serial = 0) {
  return R"({"id":)" + std::to_string(id) + R"(,"type":"reshape","family":"decoder","step":)" + std::to_string(step) + R"(,"serial":)" + std::to_string(serial) +
         R"(,"options":{)" + options + "}}";
}

}  // namespace

TEST_CASE("a forced prefix is taken as it is, with what the model gave it, and written on from") {
  World world;
  world.send(kLoad);
  for (const std::string& prefix : {std::string(R"(,"prefix":"five six")"), std::string(R"(,"prefix_ids":[5,6])")}) {
    world.replies.clear();
    world.send(begin(2, prefix));
    world.send(advance(3, 1));
    const auto* made = world.result<Generated>(3);
    REQUIRE(made != nullptr);
    CHECK(made->ids == std::vector<std::int32_t>{5, 6, 7});  // one pass tells of all three
    REQUIRE(made->steps.size() == 3);
    CHECK(made->depth == 3);
    CHECK(made->steps[0].forced);
    CHECK(made->steps[1].forced);
    CHECK_FALSE(made->steps[2].forced);
    const double all = 9 + std::exp(5.0);
    CHECK_THAT(made->steps[0].probability, Catch::Matchers::WithinRel(1 / all, 1e-5));             // after "one" comes "two"
    CHECK_THAT(made->steps[1].probability, Catch::Matchers::WithinRel(std::exp(5.0) / all, 1e-5));  // after "five" comes "six"
    CHECK(made->steps[0].top.front().id == 2);
    CHECK(made->forced_texts.size() == 2);
    CHECK(made->text == "five six seven");
    world.send(advance(4, 1));
    CHECK(world.result<Generated>(4)->ids == std::vector<std::int32_t>{5, 6, 7, 8});
  }
  CHECK(world.error(2) == std::nullopt);
  world.send(begin(5, R"(,"prefix_ids":[99])"));
  CHECK(world.error(5) == ErrorCode::invalid_argument);
}

TEST_CASE("a prefix that holds the end already is all there is") {
  World world;
  world.send(kLoad);
  world.send(begin(2, R"(,"prefix_ids":[5,0])"));
  world.send(advance(3, 4));
  const auto* made = world.result<Generated>(3);
  REQUIRE(made != nullptr);
  CHECK(made->ids == std::vector<std::int32_t>{5, 0});
  CHECK(made->finished);
  CHECK(made->stop_reason == "eos");
}

TEST_CASE("moving the sliders runs nothing") {
  World world;
  world.send(kLoad);
  world.runtime.forget_calls();
  world.send(begin(2, R"(,"prefix_ids":[5],"serial":4)"));
  world.send(advance(3, 4));
  const std::size_t passes = world.runtime.count(Operation::run);
  REQUIRE(passes == 3);  // the first one tells of the forced token and of the one behind it
  int id = 10;
  for (const std::string& options : {std::string(R"("temperature":0.5)"), std::string(R"("top_k":1)"), std::string(R"("top_p":0.9)"), std::string()}) {
    for (int step = 1; step <= 4; ++step) {
      world.send(look(++id, step, options, 4));
      const auto* r = world.result<Reshaped>(id);
      REQUIRE(r != nullptr);
      CHECK(r->step == step);
      CHECK(r->forced == (step == 1));
      CHECK(r->vocabulary == 10);
      const double t = options.starts_with("\"temp") ? 0.5 : 1.0, all = 9 + std::exp(5.0 / t);
      const bool one = options.starts_with("\"top");  // the best has 0.94
      CHECK_THAT(r->tokens.front().before, Catch::Matchers::WithinRel(std::exp(5.0) / (9 + std::exp(5.0)), 1e-5));
      CHECK_THAT(r->tokens.front().after, Catch::Matchers::WithinRel(one ? 1.0 : std::exp(5.0 / t) / all, 1e-5));
      CHECK(r->left == (one ? 1 : 10));
    }
  }
  CHECK(world.runtime.count(Operation::run) == passes);
  world.send(look(50, 5));
  CHECK(world.error(50) == ErrorCode::invalid_argument);
  world.send(look(51, 1, {}, 3));
  CHECK(world.error(51) == ErrorCode::invalid_argument);  // of another generation
  world.send(advance(52, 1));
  CHECK(world.result<Generated>(52)->ids == std::vector<std::int32_t>{5, 6, 7, 8, 9});  // and it goes on where it stood
}

TEST_CASE("penalties see what stood before the step") {
  World world;
  world.send(kLoad);
  world.send(begin(2, {}));
  world.send(advance(3, 3));
  world.send(look(4, 2, R"("no_repeat_ngram_size":1)"));
  const auto* r = world.result<Reshaped>(4);
  REQUIRE(r != nullptr);
  CHECK(r->forbidden == 2);  // "one" of the prompt and "two" of the first step; "three" is this step's own
  CHECK(r->chosen == 3);
}

TEST_CASE("a beam search shows its tree, and keeps no row of a step") {
  World world;
  world.send(kLoad);
  world.send(begin(2, {}, R"("strategy":"beam","num_beams":2,"max_new_tokens":3)"));
  world.send(advance(3, 3));
  const auto* made = world.result<Generated>(3);
  REQUIRE(made != nullptr);
  world.send(R"({"id":4,"type":"beams","family":"decoder"})");
  const auto* tree = world.result<protocol::BeamTree>(4);
  REQUIRE(tree != nullptr);
  CHECK(tree->done);
  REQUIRE_FALSE(tree->best.empty());
  std::vector<std::int32_t> path;
  for (std::int64_t at = tree->best.front(); at >= 0; at = tree->nodes[static_cast<std::size_t>(at)].parent) path.insert(path.begin(), tree->nodes[static_cast<std::size_t>(at)].id);
  CHECK(path == made->ids);
  double sum = 0;
  for (const protocol::Step& step : made->steps) sum += std::log(step.probability);
  CHECK_THAT(tree->nodes[static_cast<std::size_t>(tree->best.front())].final_score, Catch::Matchers::WithinAbs(sum / 3, 1e-5));
  world.send(look(5, 1));
  CHECK(world.error(5) == ErrorCode::unsupported_task);
}

TEST_CASE("the same seed draws the same text, and another one need not") {
  World world;
  world.send(kLoad);
  const std::string options = R"("strategy":"sample","temperature":3,"max_new_tokens":8,"seed":)";
  std::vector<std::vector<std::int32_t>> texts;
  int id = 1;
  for (const char* seed : {"7", "7", "8", "9"}) {
    world.send(begin(++id, {}, options + seed));
    world.send(advance(++id, 8));
    texts.push_back(world.result<Generated>(id)->ids);
  }
  CHECK(texts[0] == texts[1]);
  CHECK((texts[0] != texts[2] || texts[0] != texts[3]));
}
