// The logit lens in the small world: what is fetched and opened when, what comes back, windows, lost GPUs. That the numbers are transformers'
// own is tested in the browser (tests/browser/lens.test.mjs).
#include <algorithm>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "lab/world.hpp"
#include "onnx/head.hpp"
#include "onnx/standing.hpp"

using namespace trilens;
using namespace trilens::lab::testing;
using infer::NamedTensors;
using infer::Operation;
using infer::RecordedInputs;
using infer::RecordedModel;
using protocol::LensTable;

namespace {

constexpr const char* kLens = R"({"id":2,"type":"lens","family":"decoder","text":"one two","top_k":3})";

std::string load(const std::string& provider) {
  return R"({"id":1,"type":"load","family":"decoder","model":"counter","provider":")" + provider + "\"}";
}

// Word n, then n + 3 (two blocks long), then n again: a head that counts on is wrong first.
RecordedModel counter_with_states() {
  RecordedModel model = infer::table_decoder(counting_table());
  for (const char* name : {"hidden.2", "hidden.3", "hidden.4"}) model.outputs.emplace_back(name);
  const auto table = model.answer;
  model.answer = [table](const RecordedInputs& in) -> Result<NamedTensors> {
    auto out = table(in);
    if (!out) return out;
    for (int s = 0; s <= 4; ++s) {
      Tensor state = (*out)["hidden.0"].clone();
      if (s == 0) continue;
      for (float& x : state.data<float>()) x += s < 3 ? 3.0F : 0.0F;
      (*out)["hidden." + std::to_string(s)] = std::move(state);
    }
    return out;
  };
  return model;
}

// Says n + 1 with logit 2, and each word below it with a little more than the one before.
RecordedModel counting_head() {
  return {.inputs = {std::string(onnx::kHeadInput)}, .outputs = {std::string(onnx::kHeadLogits)}, .answer = [](const RecordedInputs& in) -> Result<NamedTensors> {
            const Tensor& hidden = *in.at(std::string(onnx::kHeadInput));
            Tensor logits = Tensor::f32({hidden.shape()[0], hidden.shape()[1], 10});
            for (std::size_t r = 0; r < hidden.size(); ++r) {
              for (std::size_t v = 0; v < 10; ++v) logits.data<float>()[r * 10 + v] = static_cast<float>(v) / 10;
              logits.data<float>()[r * 10 + (static_cast<std::size_t>(std::lround(hidden.data<float>()[r])) + 1) % 10] = 2;
            }
            NamedTensors out;
            out[std::string(onnx::kHeadLogits)] = std::move(logits);
            return out;
          }};
}

RecordedModel standing() {
  return {.inputs = {std::string(onnx::kStandingLogits), std::string(onnx::kStandingAnswer)},
          .outputs = {std::string(onnx::kStandingLogit), std::string(onnx::kStandingAbove)},
          .answer = [](const RecordedInputs& in) -> Result<NamedTensors> {
            const Tensor& logits = *in.at(std::string(onnx::kStandingLogits));
            const Tensor& answer = *in.at(std::string(onnx::kStandingAnswer));
            const auto width = static_cast<std::size_t>(logits.shape().back());
            Tensor own = Tensor::f32(answer.shape()), above = Tensor::f32(answer.shape());
            for (std::size_t r = 0; r < answer.size(); ++r) {
              const auto row = logits.data<float>().subspan(r * width, width);
              own.data<float>()[r] = row[static_cast<std::size_t>(answer.data<std::int32_t>()[r])];
              above.data<float>()[r] = static_cast<float>(std::ranges::count_if(row, [&](float x) { return x > own.data<float>()[r]; }));
            }
            NamedTensors out;
            out[std::string(onnx::kStandingLogit)] = std::move(own);
            out[std::string(onnx::kStandingAbove)] = std::move(above);
            return out;
          }};
}

infer::RecordedRuntime::Options with_heads(bool webgpu) {
  return {.open =
              [](std::span<const std::uint8_t> bytes, auto) -> Result<RecordedModel> {
            if (std::ranges::equal(bytes, onnx::standing_model())) return standing();
            const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            return text.contains("past_key_values") ? counter_with_states() : counting_head();
          },
          .webgpu = webgpu};
}

}  // namespace

TEST_CASE("the lens tells what the head says of each state, and from where on that is the answer") {
  World world(with_heads(false));
  world.send(load("wasm"));
  world.send(kLens);
  const LensTable* table = world.result<LensTable>(2);
  REQUIRE(table != nullptr);
  CHECK(table->side == "text");
  CHECK(table->next);
  CHECK(table->total == 2);
  CHECK(table->marked == 1);
  REQUIRE(table->positions.size() == 2);
  CHECK(table->positions[1].piece == "two");
  CHECK(table->positions[1].marked);
  CHECK_FALSE(table->positions[0].marked);
  CHECK(table->positions[1].answer.id == 3);
  CHECK(table->positions[1].settled == 3);  // it led in the embeddings too, and lost that
  REQUIRE(table->cells.size() == 5);
  CHECK(table->cells[0][1].rank == 1);
  const protocol::LensCell& away = table->cells[1][1];
  CHECK(away.top.size() == 3);
  CHECK(away.top.front().id == 6);
  CHECK(away.rank == 7);  // below 2, 0.9, 0.8, 0.7, 0.5, 0.4
  double sum = std::exp(2.0);
  for (int v = 0; v < 10; ++v) sum += v == 6 ? 0 : std::exp(v / 10.0);
  CHECK(away.probability == Catch::Approx(std::exp(0.3) / sum).epsilon(1e-5));
  CHECK(table->cells[4][1].top.front().logit == 5);  // the model's own, not the head's
  CHECK(table->cells[4][1].probability == table->cells[4][1].top.front().probability);
}

TEST_CASE("the head is fetched and opened once, and no vocabulary of logits comes back") {
  World world(with_heads(false));
  world.send(load("wasm"));
  const int fetches = world.files.fetches;
  const std::size_t sessions = world.runtime.count(Operation::create_session), tensors = world.runtime.live_tensors();
  world.send(kLens);
  CHECK(world.files.fetches == fetches + 1);
  CHECK(world.runtime.count(Operation::create_session) == sessions + 2);
  CHECK(world.runtime.live_tensors() == tensors);
  world.runtime.forget_calls();
  world.send(R"({"id":3,"type":"lens","family":"decoder","text":"four"})");
  REQUIRE(world.result<LensTable>(3) != nullptr);
  CHECK(world.files.fetches == fetches + 1);
  CHECK(world.runtime.count(Operation::create_session) == 0);
  CHECK(world.runtime.count(Operation::read) == 0);
}

TEST_CASE("a head that cannot be had is an error, and is tried again when asked again") {
  World world(with_heads(false));
  world.send(load("wasm"));
  auto& file = world.files.files["models/counter/onnx/model.onnx"];
  const auto whole = file;
  file = bytes("no model");
  world.send(kLens);
  CHECK(world.error(2).has_value());
  file = whole;
  world.send(R"({"id":3,"type":"lens","family":"decoder","text":"one two"})");
  CHECK(world.result<LensTable>(3) != nullptr);
}

TEST_CASE("a lost GPU takes the head with it, and both come back") {
  World world(with_heads(true));
  world.send(load("webgpu"));
  world.send(kLens);
  REQUIRE(world.result<LensTable>(2) != nullptr);
  world.runtime.lose_gpu();
  world.send(R"({"id":3,"type":"lens","family":"decoder","text":"one two"})");
  CHECK(world.result<LensTable>(3) != nullptr);
}

TEST_CASE("of a long text a window is answered: around the mark, or where it was asked for") {
  World world(with_heads(false));
  std::string config(kConfig);
  config.replace(config.find(":16"), 3, ":99");
  world.files.files["models/counter/config.json"] = bytes(config);
  world.send(load("wasm"));
  std::string text;
  for (int i = 0; i < 90; ++i) text += i % 2 == 0 ? "one " : "two ";
  const auto ask = [&](int id, const std::string& rest) {
    world.send(R"({"id":)" + std::to_string(id) + R"(,"type":"lens","family":"decoder","text":")" + text + "\"" + rest + "}");
    REQUIRE(world.result<LensTable>(id) != nullptr);
    return world.result<LensTable>(id);
  };
  const LensTable* end = ask(2, "");
  CHECK(end->total == 90);
  CHECK(end->positions.size() == 64);
  CHECK(end->positions.back().position == 89);
  CHECK(end->positions.back().marked);
  const LensTable* begin = ask(3, R"(,"first":3)");
  CHECK(begin->positions.front().position == 3);
  CHECK(begin->positions.back().position == 66);
  CHECK(begin->cells.front().size() == 64);
  CHECK(ask(4, R"(,"first":500)")->positions.front().position == 26);
}
