// Tokenizers of the families' real kinds (tests/fixtures/hub, scripts/models/tiny/vocabularies.py): the ids and tokens that the reference
// found in tests/oracles/hub_oracle.py.
#include <catch2/generators/catch_generators.hpp>

#include "tokenize/support.hpp"

namespace trilens::tokenize {
namespace {

std::string hub(const std::string& name, const std::string& file) {
  return read_file(std::string(TRILENS_FIXTURES) + "/hub/" + name + "/" + file);
}

TEST_CASE("the tokenizer of every hub folder gives the reference's ids and tokens") {
  const std::string name = GENERATE(as<std::string>{}, "bert", "sentence", "distilbert", "roberta", "gpt2", "distilgpt2", "gpt-neo", "t5", "flan-t5",
                                    "mt5", "bart", "marian");
  CAPTURE(name);
  const Tokenizer tokenizer = load(hub(name, "tokenizer.json"));
  const auto texts = nlohmann::json::parse(hub(name, "oracle.json"))["texts"];
  REQUIRE(texts.size() == 2);
  for (const auto& text : texts) {
    const Encoding encoding = tokenizer.encode(text["text"].get<std::string>());
    CHECK(nlohmann::json(encoding.ids()) == text["ids"]);
    nlohmann::json tokens = nlohmann::json::array();
    for (const Token& token : encoding.tokens) tokens.push_back(token.text);
    CHECK(tokens == text["tokens"]);
  }
}

}  // namespace
}  // namespace trilens::tokenize
