#include "lab/engine.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "lab/world.hpp"

using namespace trilens;
using namespace trilens::lab::testing;
using infer::Operation;
using protocol::Generated;
using protocol::Loaded;

namespace {

constexpr const char* kLoad = R"({"id":1,"type":"load","family":"decoder","model":"counter","provider":"wasm"})";
constexpr const char* kGenerate = R"({"id":2,"type":"generate","family":"decoder","text":"one two","options":{"max_new_tokens":4}})";

std::string ask(int id, const std::string& text, const std::string& options = {}) {
  return R"({"id":)" + std::to_string(id) + R"(,"type":"generate","family":"decoder","text":")" + text + R"(","options":{)" + options + "}}";
}

}  // namespace

TEST_CASE("a request before its model is loaded is refused, and says what to do") {
  World world;
  world.send(kGenerate);
  CHECK(world.error(2) == ErrorCode::not_loaded);
}

TEST_CASE("loading tells its bytes, then what was loaded") {
  World world;
  world.send(kLoad);
  const Loaded* loaded = world.result<Loaded>(1);
  REQUIRE(loaded != nullptr);
  CHECK(loaded->provider == "wasm");
  CHECK(loaded->vocabulary == 10);
  std::int64_t total = 0;
  for (const auto& [path, content] : world.files.files) total += static_cast<std::int64_t>(content.size());
  CHECK(loaded->bytes == total);
  std::int64_t last = 0;
  for (const protocol::ReplyMessage& reply : world.replies) {
    const auto* progress = std::get_if<protocol::Progress>(&reply.body);
    if (progress == nullptr) continue;
    CHECK(progress->loaded_bytes >= last);
    CHECK(progress->total_bytes == total);
    last = progress->loaded_bytes;
  }
  CHECK(last == total);
}

TEST_CASE("a generation counts on until its end token, and keeps nothing") {
  World world;
  world.send(kLoad);
  const std::size_t tensors = world.runtime.live_tensors();
  world.send(ask(2, "six"));
  const Generated* made = world.result<Generated>(2);
  REQUIRE(made != nullptr);
  CHECK(made->ids == std::vector<std::int32_t>{7, 8, 9, 0});
  CHECK(made->stop_reason == "eos");
  CHECK(made->steps.size() == 4);
  CHECK(world.runtime.live_tensors() == tensors);
}

TEST_CASE("step by step gives what one go gives, for greedy, beam and sampling") {
  for (const std::string options : {R"("strategy":"greedy")", R"("strategy":"beam","num_beams":3)", R"("strategy":"sample","seed":5,"top_k":3)"}) {
    CAPTURE(options);
    World world;
    world.send(kLoad);
    world.send(ask(2, "one", options + R"(,"max_new_tokens":6)"));
    world.send(R"({"id":3,"type":"begin_generation","family":"decoder","text":"one","options":{)" + options + R"(,"max_new_tokens":6}})");
    std::int64_t id = 10;
    while (world.result<Generated>(id - 1) == nullptr || !world.result<Generated>(id - 1)->finished) {
      world.send(R"({"id":)" + std::to_string(id) + R"(,"type":"advance","family":"decoder"})");
      REQUIRE(world.result<Generated>(id) != nullptr);
      REQUIRE(id < 30);
      ++id;
    }
    CHECK(world.result<Generated>(id - 1)->ids == world.result<Generated>(2)->ids);
    CHECK(world.result<Generated>(id - 1)->text == world.result<Generated>(2)->text);
  }
}

TEST_CASE("a cancelled generation stops between tokens and the next request runs") {
  World world;
  world.send(kLoad);
  world.runtime.hold_runs();
  world.send(kGenerate);
  world.send(ask(3, "five", R"("max_new_tokens":1)"));
  REQUIRE(world.runtime.held_runs() == 1);
  world.send(R"({"id":9,"type":"cancel","request":2})");
  world.runtime.release_runs();
  CHECK(world.error(2) == ErrorCode::cancelled);
  REQUIRE(world.result<Generated>(3) != nullptr);
  CHECK(world.result<Generated>(3)->ids == std::vector<std::int32_t>{6});
}

TEST_CASE("a begun generation goes on after a cancelled advance where it stood") {
  World world;
  world.send(kLoad);
  world.send(R"({"id":3,"type":"begin_generation","family":"decoder","text":"one"})");
  world.send(R"({"id":4,"type":"advance","family":"decoder","tokens":2})");
  world.runtime.hold_runs();
  world.send(R"({"id":5,"type":"advance","family":"decoder","tokens":3})");
  world.send(R"({"id":9,"type":"cancel","family":"decoder"})");
  world.runtime.release_runs();
  CHECK(world.error(5) == ErrorCode::cancelled);
  world.send(R"({"id":6,"type":"advance","family":"decoder","tokens":9})");
  CHECK(world.result<Generated>(6)->ids == std::vector<std::int32_t>{2, 3, 4, 5, 6, 7, 8, 9, 0});
}

TEST_CASE("two requests of one family run one after another, each answered once") {
  World world;
  world.send(kLoad);
  world.runtime.hold_runs();
  world.send(ask(2, "one", R"("max_new_tokens":3)"));
  world.send(ask(3, "five", R"("max_new_tokens":3)"));
  CHECK(world.runtime.held_runs() == 1);
  world.runtime.release_runs();
  CHECK(world.result<Generated>(2)->ids == std::vector<std::int32_t>{2, 3, 4});
  CHECK(world.result<Generated>(3)->ids == std::vector<std::int32_t>{6, 7, 8});
  CHECK(world.ends_of(2) == 1);
  CHECK(world.ends_of(3) == 1);
}

TEST_CASE("a failed run is an error of its own request only") {
  World world;
  world.send(kLoad);
  const std::size_t tensors = world.runtime.live_tensors();
  world.runtime.fail_next(Operation::run, {ErrorCode::runtime_failed, "No.", {}});
  world.send(kGenerate);
  CHECK(world.error(2) == ErrorCode::runtime_failed);
  CHECK(world.runtime.live_tensors() == tensors);
  world.send(ask(3, "one two", R"("max_new_tokens":2)"));
  CHECK(world.result<Generated>(3)->ids == std::vector<std::int32_t>{3, 4});
}

TEST_CASE("a begun generation survives a failed run") {
  World world;
  world.send(kLoad);
  world.send(R"({"id":3,"type":"begin_generation","family":"decoder","text":"one"})");
  world.send(R"({"id":4,"type":"advance","family":"decoder","tokens":2})");
  world.runtime.fail_next(Operation::run, {ErrorCode::out_of_memory, "No.", {}});
  world.send(R"({"id":5,"type":"advance","family":"decoder"})");
  CHECK(world.error(5) == ErrorCode::out_of_memory);
  world.send(R"({"id":6,"type":"advance","family":"decoder"})");
  CHECK(world.result<Generated>(6)->ids == std::vector<std::int32_t>{2, 3, 4});
}

TEST_CASE("when the GPU is lost the request runs again on a new one, the search included") {
  auto options = World::default_options();
  options.webgpu = true;
  World world(options);
  world.send(R"({"id":1,"type":"load","family":"decoder","model":"counter","provider":"webgpu"})");
  REQUIRE(world.result<Loaded>(1)->provider == "webgpu");
  world.send(R"({"id":3,"type":"begin_generation","family":"decoder","text":"one"})");
  world.send(R"({"id":4,"type":"advance","family":"decoder","tokens":2})");
  world.runtime.lose_gpu();
  world.send(R"({"id":5,"type":"advance","family":"decoder","tokens":2})");
  REQUIRE(world.result<Generated>(5) != nullptr);
  CHECK(world.result<Generated>(5)->ids == std::vector<std::int32_t>{2, 3, 4, 5});
}

TEST_CASE("when no GPU can be had again the model moves to WASM") {
  bool gone = false;
  auto options = World::default_options();
  options.webgpu = true;
  options.open = [&gone](auto, infer::Provider provider) -> Result<infer::RecordedModel> {
    if (gone && provider == infer::Provider::webgpu) return fail(ErrorCode::webgpu_unavailable, "None.");
    return infer::table_decoder(counting_table());
  };
  World world(options);
  world.send(R"({"id":1,"type":"load","family":"decoder","model":"counter","provider":"webgpu"})");
  REQUIRE(world.result<Loaded>(1) != nullptr);
  gone = true;
  world.runtime.lose_gpu();
  world.send(kGenerate);
  CHECK(world.result<Generated>(2)->ids == std::vector<std::int32_t>{3, 4, 5, 6});
}

TEST_CASE("a GPU that computes wrong numbers is found out") {
  auto options = World::default_options();
  options.webgpu = true;
  options.open = [](auto, infer::Provider provider) -> Result<infer::RecordedModel> {
    infer::LogitTable table = counting_table();
    if (provider == infer::Provider::webgpu) table.values[105] += 0.1F;
    if (provider == infer::Provider::webgpu) std::ranges::for_each(table.values, [](float& v) { v += 0.02F; });
    return infer::table_decoder(table);
  };
  World world(options);
  world.send(R"({"id":1,"type":"load","family":"decoder","model":"counter","provider":"webgpu"})");
  CHECK(world.error(1) == ErrorCode::gpu_wrong);
  world.send(R"({"id":2,"type":"load","family":"decoder","model":"counter","provider":"auto"})");
  REQUIRE(world.result<Loaded>(2) != nullptr);
  CHECK(world.result<Loaded>(2)->provider == "wasm");
  CHECK(world.result<Loaded>(2)->report.max_difference > 0.01);
}

TEST_CASE("without WebGPU, auto takes WASM and says why; WebGPU cannot be had by force") {
  World world;
  world.send(R"({"id":1,"type":"load","family":"decoder","provider":"auto"})");
  CHECK(world.result<Loaded>(1)->provider == "wasm");
  CHECK(world.result<Loaded>(1)->report.reason.contains("no WebGPU"));
  world.send(R"({"id":2,"type":"load","family":"decoder","provider":"webgpu"})");
  CHECK(world.error(2) == ErrorCode::webgpu_unavailable);
}

TEST_CASE("a load that fails or is cancelled leaves the loaded model as it was") {
  World world;
  world.send(kLoad);
  world.send(R"({"id":2,"type":"load","family":"decoder","model":"lost"})");
  CHECK(world.error(2) == ErrorCode::model_missing);
  world.send(R"({"id":3,"type":"load","family":"decoder","model":"nobody"})");
  CHECK(world.error(3) == ErrorCode::model_missing);
  world.send(R"({"id":4,"type":"load","family":"encoder","model":"counter"})");
  CHECK(world.error(4) == ErrorCode::model_unsupported);
  world.files.hold = true;
  world.send(R"({"id":5,"type":"load","family":"decoder"})");
  CHECK(world.end_of(5) == nullptr);
  world.send(R"({"id":6,"type":"cancel","request":5})");
  CHECK(world.error(5) == ErrorCode::cancelled);
  world.send(ask(7, "one", R"("max_new_tokens":1)"));
  CHECK(world.result<Generated>(7)->ids == std::vector<std::int32_t>{2});
}

TEST_CASE("files that are cut short or changed are refused with the file's name") {
  for (const std::string name : {"config.json", "tokenizer.json", "onnx/model.onnx"}) {
    CAPTURE(name);
    World cut;
    cut.files.files["models/counter/" + name].resize(100);
    cut.send(kLoad);
    CHECK(cut.error(1) == ErrorCode::model_malformed);
    CHECK(std::get<Error>(cut.end_of(1)->body).message.contains(name));
    World changed;
    std::vector<std::uint8_t>& content = changed.files.files["models/counter/" + name];
    std::fill(content.begin() + 10, content.begin() + 60, std::uint8_t{0xFF});
    changed.send(kLoad);
    REQUIRE(changed.error(1).has_value());
    CHECK((changed.error(1) == ErrorCode::model_malformed || changed.error(1) == ErrorCode::tokenizer_malformed));
  }
}

TEST_CASE("a text that is too long is cut, and the answer says where") {
  World world;
  world.send(kLoad);
  std::string text;
  while (text.size() < 20'000) text += "one two three ";
  world.send(R"({"id":2,"type":"tokenize","family":"decoder","text":")" + text + "\"}");
  const auto* made = world.result<protocol::Tokenized>(2);
  REQUIRE(made != nullptr);
  CHECK(made->ids.size() == 16);
  REQUIRE(made->cut.has_value());
  CHECK(made->cut->limit_tokens == 16);
  CHECK(text.substr(static_cast<std::size_t>(made->cut->byte), 4) == "two ");
}

TEST_CASE("a decoder stops where its positions end") {
  World world;
  world.send(kLoad);
  world.send(ask(2, "one one one one one one one one one", R"("max_new_tokens":100,"strategy":"sample","seed":3)"));
  const Generated* made = world.result<Generated>(2);
  REQUIRE(made != nullptr);
  CHECK(made->ids.size() <= 9);
  CHECK((made->stop_reason == "context" || made->stop_reason == "eos"));
}

TEST_CASE("what a family cannot do is refused with the reason") {
  World world;
  world.send(kLoad);
  world.send(R"({"id":2,"type":"fill_mask","family":"decoder","text":"one ___"})");
  CHECK(world.error(2) == ErrorCode::unsupported_task);
  world.send(R"({"id":3,"type":"attention","family":"decoder","kind":"cross","text":"one"})");
  CHECK(world.error(3) == ErrorCode::unsupported_task);
  world.send(R"({"id":4,"type":"attention","family":"decoder","layer":99,"text":"one"})");
  CHECK(world.error(4) == ErrorCode::invalid_argument);
  world.send(R"({"id":5,"type":"next_token","family":"decoder","text":"  "})");
  CHECK(world.error(5) == ErrorCode::empty_input);
  world.send(R"({"id":6,"type":"advance","family":"decoder"})");
  CHECK(world.error(6) == ErrorCode::invalid_argument);
  world.send(R"({"id":7,"type":"tap","family":"decoder","tap":"self.0.soul","text":"one"})");
  CHECK(world.error(7) == ErrorCode::invalid_argument);
}

TEST_CASE("one head of one layer of attention, with its pieces") {
  World world;
  world.send(kLoad);
  world.send(R"({"id":2,"type":"attention","family":"decoder","layer":0,"head":0,"text":"one two three"})");
  const auto* map = world.result<protocol::AttentionMap>(2);
  REQUIRE(map != nullptr);
  CHECK(map->rows == std::vector<std::string>{"one", "two", "three"});
  CHECK(map->values[1] == std::vector<float>{0.5F, 0.5F, 0.0F});
  CHECK(map->row_pieces[2].start == 8);
  CHECK(map->row_pieces[2].end == 13);
}

TEST_CASE("reading stops at the blank and says what comes next") {
  World world;
  world.send(kLoad);
  world.send(R"({"id":2,"type":"read","family":"decoder","text":"four ___ six","top_k":3})");
  const auto* reading = world.result<protocol::Reading>(2);
  REQUIRE(reading != nullptr);
  CHECK(reading->task == "continue");
  CHECK(reading->prompt == "four");
  CHECK(reading->answer == "five");
  CHECK(reading->predictions[0].top.size() == 3);
  world.send(R"({"id":3,"type":"read","family":"decoder","text":"___ two"})");
  REQUIRE(world.result<protocol::Reading>(3) != nullptr);
  CHECK(world.result<protocol::Reading>(3)->answer == "one");
}

TEST_CASE("messages that are no requests are refused under the id that they carry") {
  World world;
  world.send("{");
  CHECK(world.error(0) == ErrorCode::invalid_argument);
  world.send(R"({"id":7,"type":"fly"})");
  CHECK(world.error(7) == ErrorCode::unknown_command);
}
