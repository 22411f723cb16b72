// Id for id and byte for byte what the reference makes of the fixtures' texts (tests/oracles/tokenizers_oracle.py, tokenizer_parts.py).
#include <catch2/generators/catch_generators.hpp>

#include "tokenize/support.hpp"

namespace trilens::tokenize {
namespace {

nlohmann::json offsets_of(const Encoding& encoding) {
  nlohmann::json out = nlohmann::json::array();
  for (const Token& token : encoding.tokens) out.push_back({token.begin, token.end});
  return out;
}

template <class Field>
nlohmann::json list_of(const Encoding& encoding, Field field) {
  nlohmann::json out = nlohmann::json::array();
  for (const Token& token : encoding.tokens) out.push_back(field(token));
  return out;
}

nlohmann::json specials_of(const Encoding& encoding) {
  return list_of(encoding, [](const Token& t) { return t.special ? 1 : 0; });
}

}  // namespace

TEST_CASE("the bundled tokenizers give the reference's ids, tokens, offsets and decoded text") {
  const std::string model = GENERATE("trilens-bert", "trilens-gpt2", "trilens-t5");
  const Tokenizer tokenizer = load(model_file(model));
  const nlohmann::json fixture = read_fixture(model + ".json");
  CHECK(tokenizer.vocabulary_size() == fixture["vocabulary"].get<std::size_t>());
  REQUIRE(fixture["cases"].size() > 100);
  for (const auto& c : fixture["cases"]) {
    const std::string text = c["text"];
    INFO(model << ": " << text);
    const Encoding encoding = tokenizer.encode(text);
    REQUIRE(nlohmann::json(encoding.ids()) == c["ids"]);
    CHECK(list_of(encoding, [](const Token& t) { return t.text; }) == c["tokens"]);
    CHECK(offsets_of(encoding) == c["offsets"]);
    CHECK(specials_of(encoding) == c["special_tokens_mask"]);
    CHECK(tokenizer.decode(encoding.ids()) == c["decoded"].get<std::string>());
    CHECK(tokenizer.decode(encoding.ids(), {.skip_special_tokens = true}) == c["decoded_skip_special"].get<std::string>());
  }
}

TEST_CASE("every part does what the reference does") {
  const nlohmann::json fixture = read_fixture("parts.json");
  REQUIRE(fixture["tokenizers"].size() > 80);
  for (const auto& row : fixture["tokenizers"]) {
    INFO(row["name"].get<std::string>());
    const Tokenizer tokenizer = load(row["tokenizer"].dump());
    for (const auto& c : row["cases"]) {  // text, ids, offsets, type ids, special, decoded, decoded without specials, plain ids
      const std::string text = c[0];
      INFO(text);
      const Encoding encoding = tokenizer.encode(text);
      REQUIRE(nlohmann::json(encoding.ids()) == c[1]);
      CHECK(offsets_of(encoding) == c[2]);
      CHECK(nlohmann::json(encoding.type_ids()) == c[3]);
      CHECK(specials_of(encoding) == c[4]);
      CHECK(tokenizer.decode(encoding.ids()) == c[5].get<std::string>());
      CHECK(tokenizer.decode(encoding.ids(), {.skip_special_tokens = true}) == c[6].get<std::string>());
      CHECK(nlohmann::json(tokenizer.encode(text, {.add_special_tokens = false}).ids()) == c[7]);
    }
  }
}

}  // namespace trilens::tokenize
