// The facts of hub folders (tests/fixtures/hub, made by scripts/models/tiny), and what cannot be opened told from its config alone.
#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <nlohmann/json.hpp>

#include "model/cache_layout.hpp"
#include "model/config.hpp"

namespace trilens::model {
namespace {

using Names = std::vector<std::string>;

// Empty where there is no such file.
std::string hub(const std::string& name, const std::string& file) {
  std::ifstream in(std::string(TRILENS_FIXTURES) + "/hub/" + name + "/" + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Config config_of(const std::string& name) {
  const std::string config = hub(name, "config.json"), generation = hub(name, "generation_config.json"), tokenizer = hub(name, "tokenizer_config.json");
  auto parsed = parse_config({.config = config, .generation = generation, .tokenizer = tokenizer});
  INFO(name << ": " << (parsed ? std::string() : parsed.error().message));
  REQUIRE(parsed.has_value());
  return std::move(*parsed);
}

// As scripts/models/tiny/families.py says.
struct Facts {
  std::string name, type;
  Family family;
  std::int64_t layers, decoder_layers, heads, head_size, decoder_heads, decoder_head_size, hidden, max_tokens;
  std::string mask;
};

const std::vector<Facts>& all_facts() {
  using enum Family;
  static const std::vector<Facts> all{
      {"bert", "bert", encoder, 2, 0, 2, 8, 2, 8, 16, 48, "[MASK]"},
      {"sentence", "bert", encoder, 2, 0, 4, 6, 4, 6, 24, 48, "[MASK]"},
      {"distilbert", "distilbert", encoder, 2, 0, 4, 4, 4, 4, 16, 48, "[MASK]"},
      {"roberta", "roberta", encoder, 2, 0, 2, 8, 2, 8, 16, 48, "<mask>"},
      {"gpt2", "gpt2", decoder, 2, 0, 2, 8, 2, 8, 16, 48, ""},
      {"distilgpt2", "gpt2", decoder, 2, 0, 4, 6, 4, 6, 24, 48, ""},
      {"gpt-neo", "gpt_neo", decoder, 2, 0, 2, 8, 2, 8, 16, 48, ""},
      {"t5", "t5", encoder_decoder, 2, 2, 2, 6, 2, 6, 16, 512, ""},
      {"flan-t5", "t5", encoder_decoder, 2, 3, 2, 12, 2, 12, 16, 512, ""},
      {"mt5", "mt5", encoder_decoder, 2, 2, 2, 10, 2, 10, 16, 512, ""},
      {"bart", "bart", encoder_decoder, 2, 2, 2, 8, 2, 8, 16, 48, "<mask>"},
      {"marian", "marian", encoder_decoder, 2, 2, 2, 8, 2, 8, 16, 48, ""},
  };
  return all;
}

TEST_CASE("the config of every hub folder gives the facts that its checkpoint was made from") {
  const Facts f = GENERATE(from_range(all_facts()));
  CAPTURE(f.name);
  const Config c = config_of(f.name);
  CHECK(c.model_type == f.type);
  CHECK(c.family == f.family);
  CHECK(c.layers == f.layers);
  CHECK(c.decoder_layers == f.decoder_layers);
  CHECK(c.heads == f.heads);
  CHECK(c.head_size == f.head_size);
  CHECK(c.decoder_heads == f.decoder_heads);
  CHECK(c.decoder_head_size == f.decoder_head_size);
  CHECK(c.hidden == f.hidden);
  CHECK(c.max_tokens == f.max_tokens);
  CHECK(c.mask_token == f.mask);
  CHECK(c.vocabulary == nlohmann::json::parse(hub(f.name, "config.json"))["vocab_size"].get<std::int64_t>());
  CHECK(c.vocabulary > 100);
}

TEST_CASE("a hub decoder starts from the token that the reference starts from, and can end") {
  for (const Facts& f : all_facts()) {
    if (f.family == Family::encoder) continue;
    CAPTURE(f.name);
    const Config c = config_of(f.name);
    CHECK(c.eos_ids.size() == 1);
    if (f.family != Family::encoder_decoder) continue;
    for (const auto& text : nlohmann::json::parse(hub(f.name, "oracle.json"))["texts"]) CHECK(text["greedy"][0] == c.decoder_start_id);
  }
}

Names strings(const nlohmann::json& list) { return list.get<Names>(); }

TEST_CASE("heads of the decoder unlike the encoder's shape the cache") {
  auto json = nlohmann::json::parse(hub("bart", "config.json"));
  json["decoder_attention_heads"] = 4;
  const std::string text = json.dump();
  const auto config = parse_config({.config = text, .generation = {}, .tokenizer = {}});
  REQUIRE(config.has_value());
  CHECK(config->heads == 2);
  CHECK(config->decoder_heads == 4);
  CHECK(config->decoder_head_size == 4);
  const auto layout = cache_layout({}, {}, *config);
  REQUIRE(layout.has_value());
  CHECK(layout->empty_shape({}, 1) == Shape{1, 4, 0, 4});
}

// inputs and outputs: files of one folder; the second may be another, which is run first.
Result<CacheLayout> layout_of(const std::string& name, const std::string& inputs, const std::string& outputs) {
  const auto ports = nlohmann::json::parse(hub(name, "oracle.json"))["ports"];
  return cache_layout(strings(ports[inputs]["inputs"]), strings(ports[outputs]["outputs"]), config_of(name));
}

TEST_CASE("the cache of every hub decoder is matched, with the shape of its own stack") {
  struct Expected {
    std::string name, inputs, outputs;
    std::size_t own, cross;
    Shape empty;
  };
  const std::string merged = "decoder_model_merged", later = "decoder_with_past_model", first = "decoder_model", single = "model";
  for (const Expected& e : {Expected{"gpt2", single, single, 4, 0, {1, 2, 0, 8}}, Expected{"gpt-neo", single, single, 4, 0, {1, 2, 0, 8}},
                            Expected{"distilgpt2", single, single, 0, 0, {1, 4, 0, 6}}, Expected{"gpt2", "model_fp16", "model_fp16", 4, 0, {1, 2, 0, 8}},
                            Expected{"t5", merged, merged, 4, 4, {1, 2, 0, 6}}, Expected{"mt5", merged, merged, 4, 4, {1, 2, 0, 10}},
                            Expected{"bart", merged, merged, 4, 4, {1, 2, 0, 8}}, Expected{"flan-t5", later, first, 6, 6, {1, 2, 0, 12}},
                            Expected{"marian", later, first, 4, 4, {1, 2, 0, 8}}, Expected{"marian", first, first, 0, 0, {1, 2, 0, 8}}}) {
    CAPTURE(e.name, e.inputs);
    const auto layout = layout_of(e.name, e.inputs, e.outputs);
    REQUIRE(layout.has_value());
    std::size_t cross = 0;
    for (const CacheEntry& entry : layout->entries) cross += entry.cross ? 1 : 0;
    CHECK(cross == e.cross);
    CHECK(layout->entries.size() == e.own + e.cross);
    CHECK(layout->empty_shape({}, 1) == e.empty);
  }
}

TEST_CASE("the second decoder file alone is refused, and the first is named") {
  const auto alone = layout_of("flan-t5", "decoder_with_past_model", "decoder_with_past_model");
  REQUIRE_FALSE(alone.has_value());
  CHECK(alone.error().code == ErrorCode::model_unsupported);
  CHECK(alone.error().message.find("decoder_model.onnx") != std::string::npos);
}

// What is said about a hub folder's config after a change.
Error refused(const std::string& name, const nlohmann::json& change, bool generation = true) {
  auto json = nlohmann::json::parse(hub(name, "config.json"));
  json.merge_patch(change);
  const std::string config = json.dump(), generations = generation ? hub(name, "generation_config.json") : std::string();
  const auto parsed = parse_config({.config = config, .generation = generations, .tokenizer = {}});
  REQUIRE_FALSE(parsed.has_value());
  return parsed.error();
}

TEST_CASE("a model that cannot be opened is named with the reason from its config alone") {
  struct Bad {
    std::string name;
    nlohmann::json change;
    std::string reason;
  };
  const auto saved = [](const char* architecture) { return nlohmann::json{{"architectures", {architecture}}}; };
  for (const Bad& b : {Bad{"gpt2", {{"model_type", "llama"}}, "\"llama\""}, Bad{"t5", {{"is_encoder_decoder", false}}, "`is_encoder_decoder` is false"},
                       Bad{"bart", {{"is_encoder_decoder", false}}, "`is_encoder_decoder` is false"}, Bad{"t5", saved("T5EncoderModel"), "T5EncoderModel"},
                       Bad{"mt5", saved("MT5EncoderModel"), "MT5EncoderModel"}, Bad{"bert", {{"is_decoder", true}}, "`is_decoder` is true"},
                       Bad{"bert", {{"is_encoder_decoder", true}}, "`is_encoder_decoder` is true"},
                       Bad{"gpt2", {{"add_cross_attention", true}}, "`add_cross_attention` is true"},
                       Bad{"gpt2", saved("GPT2ForSequenceClassification"), "GPT2ForSequenceClassification"},
                       Bad{"bart", saved("BartForSequenceClassification"), "BartForSequenceClassification"}}) {
    CAPTURE(b.name, b.reason);
    const Error error = refused(b.name, b.change);
    CHECK(error.code == ErrorCode::model_unsupported);
    CHECK(error.message.find(b.reason) != std::string::npos);
  }
}

TEST_CASE("a decoder without a start token starts from the beginning of a text, and is refused where there is none either") {
  const nlohmann::json none{{"decoder_start_token_id", nullptr}, {"bos_token_id", nullptr}};
  const Error error = refused("t5", none, false);
  CHECK(error.code == ErrorCode::model_unsupported);
  CHECK(error.message.find("decoder_start_token_id") != std::string::npos);
  auto json = nlohmann::json::parse(hub("t5", "config.json"));
  json.merge_patch({{"decoder_start_token_id", nullptr}, {"bos_token_id", 7}});
  const std::string config = json.dump();
  const auto parsed = parse_config({.config = config, .generation = {}, .tokenizer = {}});
  REQUIRE(parsed.has_value());
  CHECK(parsed->decoder_start_id == 7);
}

TEST_CASE("positions, forbidden tokens and pooling are read where a family has them") {
  for (const Facts& f : all_facts()) CHECK(config_of(f.name).first_position == (f.name == "roberta" ? *config_of(f.name).pad_id + 1 : 0));
  auto json = nlohmann::json::parse(hub("marian", "config.json"));
  json.merge_patch({{"bad_words_ids", {{9}, {7, 8}, {"x"}}}, {"forced_bos_token_id", 3}});
  const std::string config = json.dump();
  const auto read = [&](std::string_view pooling) { return parse_config({.config = config, .generation = {}, .tokenizer = {}, .pooling = pooling}); };
  REQUIRE(read({}).has_value());
  CHECK(read({})->banned_ids == std::vector<std::int32_t>{9});
  CHECK(read({})->forced_bos_id == 3);
  CHECK(read({})->pooling == Pooling::usual);
  CHECK(read(R"({"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false})")->pooling == Pooling::first_token);
  CHECK(read(R"({"pooling_mode_mean_tokens":true})")->pooling == Pooling::mean);
  CHECK(read(R"({"pooling_mode_lasttoken":true})")->pooling == Pooling::last_token);
  CHECK(read(R"({"pooling_mode_max_tokens":true})")->pooling == Pooling::other);
  CHECK(read(R"({"pooling_mode_mean_tokens":true,"pooling_mode_cls_token":true})")->pooling == Pooling::other);
  CHECK(read(R"({"pooling_mode_mean_tokens":7})").error().code == ErrorCode::model_malformed);
}

TEST_CASE("fields that decide whether a model can be opened must have their type") {
  for (const nlohmann::json& change : {nlohmann::json{{"is_encoder_decoder", "yes"}}, nlohmann::json{{"architectures", 7}}, nlohmann::json{{"add_cross_attention", 1}},
                                       nlohmann::json{{"decoder_attention_heads", 3}}, nlohmann::json{{"decoder_attention_heads", 0}}}) {
    CAPTURE(change.dump());
    CHECK(refused("bart", change).code == ErrorCode::model_malformed);
  }
}

}  // namespace
}  // namespace trilens::model
