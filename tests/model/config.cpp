#include "model/config.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <catch2/catch_test_macros.hpp>

namespace trilens::model {
namespace {

std::string file(const std::string& path) {
  std::ifstream in(std::string(TRILENS_SOURCE_DIR) + "/assets/models/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

constexpr std::string_view kBert =
    R"({"model_type":"bert","num_hidden_layers":2,"num_attention_heads":4,"hidden_size":16,"vocab_size":50,"max_position_embeddings":32})";
constexpr std::string_view kT5 =
    R"({"model_type":"t5","num_layers":3,"num_heads":4,"d_model":16,"d_kv":6,"vocab_size":50,"decoder_start_token_id":0,"eos_token_id":1})";

Result<Config> parse(std::string_view config, std::string_view generation = {}, std::string_view tokenizer = {}) {
  return parse_config({.config = config, .generation = generation, .tokenizer = tokenizer});
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const std::size_t at = out.find(from);
  REQUIRE(at != std::string::npos);
  return out.replace(at, from.size(), to);
}

Error refused(std::string_view config, std::string_view generation = {}, std::string_view tokenizer = {}) {
  const auto parsed = parse(config, generation, tokenizer);
  REQUIRE_FALSE(parsed.has_value());
  return parsed.error();
}

TEST_CASE("the bundled models are read as their cards say") {
  struct Expected {
    std::string id;
    Family family;
    std::int64_t layers, decoder_layers, heads, hidden, head_size, vocabulary, max_tokens;
  };
  for (const Expected& e : {Expected{"trilens-bert", Family::encoder, 4, 0, 4, 256, 64, 6144, 192},
                            Expected{"trilens-gpt2", Family::decoder, 4, 0, 4, 256, 64, 6144, 192},
                            Expected{"trilens-t5", Family::encoder_decoder, 3, 3, 4, 256, 48, 6144, 192}}) {
    CAPTURE(e.id);
    const auto config = parse(file(e.id + "/config.json"), file(e.id + "/generation_config.json"), file(e.id + "/tokenizer_config.json"));
    REQUIRE(config.has_value());
    CHECK(config->family == e.family);
    CHECK(config->layers == e.layers);
    CHECK(config->decoder_layers == e.decoder_layers);
    CHECK(config->heads == e.heads);
    CHECK(config->hidden == e.hidden);
    CHECK(config->head_size == e.head_size);
    CHECK(config->vocabulary == e.vocabulary);
    CHECK(config->max_tokens == e.max_tokens);
    CHECK(config->mask_token == (e.family == Family::encoder ? "[MASK]" : ""));
    CHECK(config->eos_ids.empty() == (e.family == Family::encoder));
    const auto& prefixes = config->task_prefixes;
    CHECK(prefixes.empty() == (e.family != Family::encoder_decoder));
    if (prefixes.empty()) continue;
    CHECK(prefixes.front() == "translate English to French: ");
    for (const char* other : {"translate French to English: ", "summarize: ", "question: ", "correct: ", "sentiment: "}) {
      CHECK(std::ranges::find(prefixes, other) != prefixes.end());
    }
  }
}

TEST_CASE("a T5 without positions is given 512, without decoder layers as many as its encoder has, and its own head size") {
  const auto config = parse(kT5);
  REQUIRE(config.has_value());
  CHECK(config->max_tokens == 512);
  CHECK(config->decoder_layers == 3);
  CHECK(config->head_size == 6);
  CHECK(config->eos_ids == std::vector<std::int32_t>{1});
}

TEST_CASE("rows of the position table that no token gets are taken off") {
  const auto roberta = parse(replaced(kBert, "\"bert\"", "\"roberta\""));
  REQUIRE(roberta.has_value());
  CHECK(roberta->max_tokens == 30);
}

TEST_CASE("a model type that cannot be opened is named with those that can") {
  const Error error = refused(R"({"model_type":"mamba"})");
  CHECK(error.code == ErrorCode::model_unsupported);
  CHECK(error.message.find("mamba") != std::string::npos);
  for (const std::string_view type : {"bert", "distilbert", "roberta", "gpt2", "gpt_neo", "t5", "mt5", "bart", "marian"}) {
    CHECK(error.message.find(type) != std::string::npos);
  }
}

TEST_CASE("a field that is missing or of the wrong type is named with its file") {
  for (const std::string_view field : {"num_hidden_layers", "num_attention_heads", "hidden_size", "vocab_size", "max_position_embeddings"}) {
    for (const std::string_view value : {"\"two\"", "null", "2.5", "-1", "0", "[2]", "1e30", "99999999999999999999", "9223372036854775808"}) {
      CAPTURE(field, value);
      std::string config(kBert);
      const std::size_t key = config.find(field);
      const std::size_t begin = config.find(':', key) + 1;
      config.replace(begin, config.find_first_of(",}", begin) - begin, value);
      const Error error = refused(config);
      CHECK(error.code == ErrorCode::model_malformed);
      CHECK(error.message.find("config.json") != std::string::npos);
      CHECK(error.message.find(field) != std::string::npos);
    }
  }
}

TEST_CASE("heads that do not divide the width are refused where the head size follows from both") {
  CHECK(refused(replaced(kBert, "\"hidden_size\":16", "\"hidden_size\":18")).code == ErrorCode::model_malformed);
  CHECK(parse(replaced(kT5, "\"d_model\":16", "\"d_model\":18")).has_value());
}

TEST_CASE("generation_config.json goes before config.json, and an end may be a list") {
  const auto config = parse(kT5, R"({"eos_token_id":[1,7],"decoder_start_token_id":3})");
  REQUIRE(config.has_value());
  CHECK(config->eos_ids == std::vector<std::int32_t>{1, 7});
  CHECK(config->decoder_start_id == 3);
  for (const std::string_view bad : {R"({"eos_token_id":[1,"x"]})", R"({"eos_token_id":[1,99999999999]})", R"({"eos_token_id":[-1]})", R"({"eos_token_id":"x"})",
                                     R"({"decoder_start_token_id":-2})"}) {
    CAPTURE(bad);
    const Error error = refused(kT5, bad);
    CHECK(error.code == ErrorCode::model_malformed);
    CHECK(error.message.find("generation_config.json") != std::string::npos);
  }
}

TEST_CASE("the mask token is a string or an object with its content") {
  CHECK(parse(kBert, {}, R"({"mask_token":"<mask>"})")->mask_token == "<mask>");
  CHECK(parse(kBert, {}, R"({"mask_token":{"content":"[MASK]","lstrip":true}})")->mask_token == "[MASK]");
  CHECK(parse(kBert, {}, "{}")->mask_token.empty());
  CHECK(refused(kBert, {}, R"({"mask_token":7})").message.find("tokenizer_config.json") != std::string::npos);
}

TEST_CASE("files that are not JSON objects are refused by name") {
  for (const std::string_view bad : {"", "{", "[]", "7", "\"text\"", "<!DOCTYPE html>", "{\"model_type\":\"\xFF\"}", "{\"model_type\":7}"}) {
    CAPTURE(bad);
    CHECK(refused(bad).code == ErrorCode::model_malformed);
  }
  CHECK(refused(kBert, "[]").message.find("generation_config.json") != std::string::npos);
  CHECK(refused(kBert, {}, "nonsense").message.find("tokenizer_config.json") != std::string::npos);
  CHECK(refused(std::string(200'000, '[')).code == ErrorCode::model_malformed);
}

TEST_CASE("a config cut short at any byte is refused") {
  for (std::size_t n = 0; n < kT5.size(); ++n) CHECK(refused(kT5.substr(0, n)).code == ErrorCode::model_malformed);
}

TEST_CASE("all prefixes of the task parameters are read, a translation's before the others") {
  using Prefixes = std::vector<std::string>;
  const auto with = [](std::string_view params) { return parse(replaced(kT5, "}", ",\"task_specific_params\":" + std::string(params) + "}")); };
  CHECK(with(R"({"a":{"prefix":"summarize: "}})")->task_prefixes == Prefixes{"summarize: "});
  CHECK(with(R"({"a":{"num_beams":4},"b":{"prefix":"x: "}})")->task_prefixes == Prefixes{"x: "});
  CHECK(with(R"({"a":{"prefix":"summarize: "},"b":{"prefix":"translate English to German: "},"c":{"prefix":"translate English to French: "}})")
            ->task_prefixes == Prefixes{"translate English to German: ", "translate English to French: ", "summarize: "});
  CHECK(with(R"({"a":{"prefix":""}})")->task_prefixes.empty());
  CHECK(with(R"({"a":7,"b":{"prefix":7}})")->task_prefixes.empty());
  CHECK(with("null")->task_prefixes.empty());
  CHECK_FALSE(with("[]").has_value());
}

}  // namespace
}  // namespace trilens::model
