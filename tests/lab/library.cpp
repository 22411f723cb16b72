#include <catch2/catch_test_macros.hpp>

#include "lab/memory_estimate.hpp"
#include "lab/world.hpp"
#include "model/config.hpp"

using namespace trilens;
using namespace trilens::lab;
using namespace trilens::lab::testing;

namespace {

constexpr std::string_view kBert =
    R"({"model_type":"bert","num_hidden_layers":12,"num_attention_heads":12,"hidden_size":768,"vocab_size":30522,"max_position_embeddings":512})";

Library::Planned planned(std::string_view config) {
  protocol::ModelPlan plan;
  plan.plan = 3;
  plan.card.license = "mit";
  return {.plan = plan, .config = std::string(config), .generation = {}, .graph_bytes = 1'000'000};
}

const Error& error_of(const World& world, std::int64_t id) {
  REQUIRE(world.end_of(id) != nullptr);
  return std::get<Error>(world.end_of(id)->body);
}

}  // namespace

TEST_CASE("a plan comes back with its card's shape and the memory out of config.json, and the config stays in the engine") {
  World world;
  world.library.planned = planned(kBert);
  world.send(R"({"id":1,"type":"plan_model","name":"owner/name"})");
  const auto* plan = world.result<protocol::ModelPlan>(1);
  REQUIRE(plan != nullptr);
  CHECK(plan->plan == 3);
  CHECK(plan->card.license == "mit");
  CHECK(plan->card.model_type == "bert");
  CHECK(plan->card.layers == 12);
  CHECK(plan->card.vocabulary == 30522);
  CHECK(plan->memory_bytes > 2'000'000);
  CHECK(plan->memory_sentence.contains("512 tokens"));
  CHECK_FALSE(to_json(*world.end_of(1)).contains("num_hidden_layers"));
}

TEST_CASE("what cannot be opened is refused with the engine's own sentence, before what its files lack") {
  World world;
  world.library.planned = planned(R"({"model_type":"llama"})");
  world.library.planned->plan = fail(ErrorCode::model_missing, "owner/name lacks onnx/model.onnx.");
  world.send(R"({"id":1,"type":"plan_model","name":"owner/name"})");
  CHECK(world.error(1) == ErrorCode::model_unsupported);
  CHECK(error_of(world, 1).message.contains("\"llama\""));
  world.library.planned->config = R"({"model_type":"gpt2","n_layer":2,"n_head":2,"n_embd":4,"n_positions":8,"vocab_size":9,"add_cross_attention":true})";
  world.send(R"({"id":2,"type":"plan_model","name":"owner/name"})");
  CHECK(error_of(world, 2).message.contains("add_cross_attention"));
  world.library.planned->config = kBert;
  world.send(R"({"id":3,"type":"plan_model","name":"owner/name"})");
  CHECK(world.error(3) == ErrorCode::model_missing);
}

TEST_CASE("each request about the library is answered once, with progress before it") {
  World world;
  world.library.shelf = {.persistent = true, .why = {}, .models_bytes = 7, .used_bytes = {}, .quota_bytes = {}, .models = {}};
  world.send(R"({"id":1,"type":"fetch_model","plan":3})");
  world.send(R"({"id":2,"type":"stored_models"})");
  world.send(R"({"id":3,"type":"remove_model","key":"k"})");
  CHECK(world.library.asked == std::vector<std::string>{"fetch 3", "list", "remove k"});
  for (const std::int64_t id : {1, 2, 3}) CHECK(world.ends_of(id) == 1);
  const auto& progress = std::get<protocol::Progress>(world.replies.at(0).body);
  CHECK(world.replies.at(0).id == 1);
  CHECK(progress.bytes_per_second == 2);
  CHECK(progress.seconds_left == 2.5);
  CHECK(world.result<protocol::StoredModel>(1)->name == "owner/name@main");
  CHECK(world.result<protocol::Shelf>(2)->models_bytes == 7);
}

TEST_CASE("a fetch under way holds up no column, and is stopped by its number") {
  World world;
  world.library.hold = true;
  world.send(R"({"id":1,"type":"fetch_model","plan":3})");
  world.send(R"({"id":2,"type":"load","family":"decoder","model":"counter"})");
  CHECK(world.result<protocol::Loaded>(2) != nullptr);
  world.send(R"({"id":3,"type":"cancel","family":"decoder"})");
  CHECK(world.ends_of(1) == 0);
  world.send(R"({"id":4,"type":"cancel","request":1})");
  CHECK(world.error(1) == ErrorCode::cancelled);
  CHECK(world.ends_of(1) == 1);
}

TEST_CASE("loading asks the library for names that are not the catalog's, and fetches nothing where it has none") {
  World world;
  world.send(R"({"id":1,"type":"load","family":"decoder","model":"owner/name"})");
  CHECK(world.error(1) == ErrorCode::model_missing);
  CHECK(error_of(world, 1).message.contains("fetch it first"));
  CHECK(world.library.asked == std::vector<std::string>{"source owner/name"});
  CHECK(world.files.fetches == 0);
  world.send(R"({"id":2,"type":"load","family":"decoder","model":"nothing"})");
  CHECK(error_of(world, 2).message.contains("counter"));
  CHECK(world.library.asked.size() == 1);
}

TEST_CASE("the memory of a model is its graphs twice and what a text leaves behind") {
  // By hand, for one layer, one head of size 2, 4 positions, 10 words: states 2*4*2, maps 4*4, logits 4*10, of 4 bytes each.
  model::Config encoder;
  encoder.layers = encoder.heads = encoder.decoder_heads = 1;
  encoder.hidden = encoder.head_size = encoder.decoder_head_size = 2;
  encoder.vocabulary = 10;
  encoder.max_tokens = 4;
  CHECK(estimate_memory(encoder, 1000).bytes == 2000 + 4 * (16 + 16 + 40));
  // A decoder keeps keys and values too: 2*4*2.
  encoder.family = Family::decoder;
  CHECK(estimate_memory(encoder, 1000).bytes == 2000 + 4 * (16 + 16 + 40 + 16));
  // Two stacks: states of both, maps of the encoder, of the decoder and between them, keys and values of text and source.
  encoder.family = Family::encoder_decoder;
  encoder.decoder_layers = 1;
  CHECK(estimate_memory(encoder, 0).bytes == 4 * (32 + 48 + 40 + 32));
  // Never more tokens than 512, and no overflow where a config claims the moon.
  encoder.max_tokens = 1 << 24;
  encoder.layers = encoder.heads = encoder.vocabulary = 1 << 24;
  const MemoryEstimate huge = estimate_memory(encoder, INT64_MAX);
  CHECK(huge.bytes == 9'000'000'000'000'000);
  CHECK(huge.sentence.contains("512 tokens"));
}

TEST_CASE("bytes are told in the units in which hosts count") {
  CHECK(bytes_in_words(0) == "0 bytes");
  CHECK(bytes_in_words(999) == "999 bytes");
  CHECK(bytes_in_words(1000) == "1.0 kB");
  CHECK(bytes_in_words(99'949) == "99.9 kB");
  CHECK(bytes_in_words(999'499) == "999 kB");
  CHECK(bytes_in_words(1'392'000'000) == "1.4 GB");
}
