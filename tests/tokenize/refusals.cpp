// What happens to files that are broken, hostile, or use what is not known.
#include <functional>
#include <vector>

#include "base/random.hpp"
#include "tokenize/support.hpp"

namespace trilens::tokenize {
namespace {

using nlohmann::json;

Error error_of(const std::string& file) {
  const auto tokenizer = Tokenizer::from_json(file);
  REQUIRE_FALSE(tokenizer.has_value());
  return tokenizer.error();
}

struct Broken {
  std::string where;  // what the sentence must name
  ErrorCode code;
  std::function<void(json&)> spoil;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a file cut short at any byte is refused with a reason") {
  const std::string whole = small_file().dump();
  REQUIRE(Tokenizer::from_json(whole).has_value());
  for (std::size_t n = 0; n < whole.size(); ++n) {
    INFO(n);
    const Error error = error_of(whole.substr(0, n));
    CHECK(error.code == ErrorCode::tokenizer_malformed);
    CHECK(contains(error.message, "cut short or damaged"));
  }
}

TEST_CASE("a bundled file cut short is refused with a reason") {
  for (const std::string model : {"trilens-bert", "trilens-gpt2", "trilens-t5"}) {
    const std::string whole = model_file(model);
    const std::size_t end = whole.find_last_of('}');
    for (std::size_t n = 1; n < end; n += whole.size() / 40) CHECK(error_of(whole.substr(0, n)).code == ErrorCode::tokenizer_malformed);
    CHECK(error_of(whole.substr(0, end)).code == ErrorCode::tokenizer_malformed);
  }
}

TEST_CASE("a file with any byte changed loads or is refused, and what loads can be used") {
  const std::string whole = small_file().dump();
  Random random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string file = whole;
    file[random.next() % file.size()] = static_cast<char>(random.next() % 256);
    const auto tokenizer = Tokenizer::from_json(file);
    if (!tokenizer) {
      CHECK_FALSE(tokenizer.error().message.empty());
      continue;
    }
    static_cast<void>(tokenizer->decode(tokenizer->encode("Hello, worlds  Café [CLS]").ids()));
  }
}

TEST_CASE("a file that lost any one member or element loads or is refused, and what loads can be used") {
  const json whole = small_file();
  const json flat = whole.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    for (const json& instead : {json(nullptr), json(-1), json(1e300), json("x"), json::array(), json::object(), json(true)}) {
      json file = whole;
      file[json::json_pointer(pointer)] = instead;
      const auto tokenizer = Tokenizer::from_json(file.dump());
      if (tokenizer) static_cast<void>(tokenizer->decode(tokenizer->encode("Hello, worlds").ids()));
    }
  }
}

TEST_CASE("a part that is not known is named, with its place and what to do") {
  const Broken cases[] = {
      {"normalizer \"Foo\" (at normalizer)", ErrorCode::tokenizer_unsupported, [](json& f) { f["normalizer"] = {{"type", "Foo"}}; }},
      {"normalizer \"Foo\" (at normalizer.normalizers[1])", ErrorCode::tokenizer_unsupported,
       [](json& f) { f["normalizer"]["normalizers"][1] = {{"type", "Foo"}}; }},
      {"pre-tokenizer \"Telepathy\" (at pre_tokenizer)", ErrorCode::tokenizer_unsupported,
       [](json& f) { f["pre_tokenizer"] = {{"type", "Telepathy"}}; }},
      {"model \"Transducer\"", ErrorCode::tokenizer_unsupported, [](json& f) { f["model"]["type"] = "Transducer"; }},
      {"post-processor \"Foo\"", ErrorCode::tokenizer_unsupported, [](json& f) { f["post_processor"]["type"] = "Foo"; }},
      {"decoder \"Foo\"", ErrorCode::tokenizer_unsupported, [](json& f) { f["decoder"]["type"] = "Foo"; }},
      {"regular expression (a|b)+c", ErrorCode::tokenizer_unsupported,
       [](json& f) { f["normalizer"]["normalizers"][1]["pattern"]["Regex"] = "(a|b)+c"; }},
      {"split behavior \"Sideways\"", ErrorCode::tokenizer_unsupported,
       [](json& f) { f["pre_tokenizer"]["pretokenizers"][1]["behavior"] = "Sideways"; }},
      {"format version", ErrorCode::tokenizer_unsupported, [](json& f) { f["version"] = "2.0"; }},
  };
  for (const Broken& broken : cases) {
    json file = small_file();
    broken.spoil(file);
    const Error error = error_of(file.dump());
    INFO(error.message);
    CHECK(error.code == broken.code);
    CHECK(contains(error.message, broken.where));
    CHECK(contains(error.message, "choose another model"));
  }
}

TEST_CASE("what contradicts itself or points nowhere is refused, with its place") {
  const json around = {{"type", "BertProcessing"}, {"cls", {"[CLS]", 1}}, {"sep", {"[SEP]", 99}}};
  const Broken cases[] = {
      {"model", ErrorCode::tokenizer_malformed, [](json& f) { f.erase("model"); }},
      {"model.vocab", ErrorCode::tokenizer_malformed, [](json& f) { f["model"]["vocab"]["hello"] = -1; }},
      {"model.vocab", ErrorCode::tokenizer_malformed, [](json& f) { f["model"]["vocab"]["hello"] = 4294967295u; }},
      {"model.vocab", ErrorCode::tokenizer_malformed, [](json& f) { f["model"]["vocab"]["hello"] = 1.5; }},
      {"unk_token \"<none>\"", ErrorCode::tokenizer_malformed, [](json& f) { f["model"]["unk_token"] = "<none>"; }},
      {"model.max_input_chars_per_word", ErrorCode::tokenizer_malformed, [](json& f) { f["model"]["max_input_chars_per_word"] = -5; }},
      {"added_tokens[1]", ErrorCode::tokenizer_malformed, [](json& f) { f["added_tokens"][1]["id"] = 5; }},
      {"added_tokens[0].id", ErrorCode::tokenizer_malformed, [](json& f) { f["added_tokens"][0]["id"] = 1e12; }},
      {"post_processor.special_tokens.[CLS].ids[0]", ErrorCode::tokenizer_malformed,
       [](json& f) { f["post_processor"]["special_tokens"]["[CLS]"]["ids"][0] = 99; }},
      {"post_processor.sep[1]", ErrorCode::tokenizer_malformed, [&](json& f) { f["post_processor"] = around; }},
      {"\"B\"", ErrorCode::tokenizer_malformed, [](json& f) { f["post_processor"]["single"][1]["Sequence"]["id"] = "B"; }},
      {"lowercase", ErrorCode::tokenizer_malformed, [](json& f) { f["normalizer"]["normalizers"][0].erase("lowercase"); }},
      {"precompiled_charsmap", ErrorCode::tokenizer_malformed,
       [](json& f) { f["normalizer"] = {{"type", "Precompiled"}, {"precompiled_charsmap", "AAAA"}}; }},
      {"merges[0]", ErrorCode::tokenizer_malformed, [](json& f) { f["model"] = {{"type", "BPE"}, {"vocab", {{"a", 0}}}, {"merges", {"a b"}}}; }},
      {"model.vocab[0]", ErrorCode::tokenizer_malformed,
       [](json& f) { f["model"] = {{"type", "Unigram"}, {"unk_id", 0}, {"vocab", json::array({json::array({"a"})})}}; }},
      {"model.unk_id", ErrorCode::tokenizer_malformed,
       [](json& f) { f["model"] = {{"type", "Unigram"}, {"unk_id", 1}, {"vocab", json::array({json::array({"a", 0.0})})}}; }},
  };
  for (const Broken& broken : cases) {
    json file = small_file();
    broken.spoil(file);
    const Error error = error_of(file.dump());
    INFO(error.message << " should name " << broken.where);
    CHECK(error.code == broken.code);
    CHECK(contains(error.message, broken.where));
  }
}

TEST_CASE("a model without a type is told by what it has, as old files are") {
  const json parts = read_fixture("parts.json");
  for (const auto& row : parts["tokenizers"]) {
    const std::string name = row["name"];
    if (name != "model: bpe" && name != "model: word piece" && name != "model: unigram" && name != "pre-tokenizer: bert") continue;
    INFO(name);
    json file = row["tokenizer"];
    const Tokenizer typed = load(file.dump());
    file["model"].erase("type");
    CHECK(load(file.dump()).encode("the words").ids() == typed.encode("the words").ids());
  }
}

TEST_CASE("parts nested without end are refused, however deep the file") {
  json file = small_file();
  file["normalizer"] = "here";
  const std::string before = file.dump();
  const std::string place = "\"here\"";
  for (const std::size_t depth : {20, 10'000, 100'000}) {
    std::string nested;
    for (std::size_t i = 0; i < depth; ++i) nested += R"({"type":"Sequence","normalizers":[)";
    nested += R"({"type":"Lowercase"})";
    for (std::size_t i = 0; i < depth; ++i) nested += "]}";
    std::string text = before;
    text.replace(text.find(place), place.size(), nested);
    CHECK(contains(error_of(text).message, "nests too deeply"));
  }
}

TEST_CASE("nesting in a place where nothing nests is refused or ignored") {
  const std::string nested = std::string(100'000, '[') + std::string(100'000, ']');
  const json whole = small_file();
  const json flat = whole.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    json file = whole;
    file[json::json_pointer(pointer)] = "here";
    std::string text = file.dump();
    const std::string place = "\"here\"";
    text.replace(text.find(place), place.size(), nested);
    static_cast<void>(Tokenizer::from_json(text));
  }
}

TEST_CASE("a damaged character map does nothing worse than match less") {
  const json parts = read_fixture("parts.json");
  for (const auto& row : parts["tokenizers"]) {
    if (row["name"] != "normalizer: precompiled") continue;
    json file = row["tokenizer"];
    std::string& map = file["normalizer"]["normalizers"][0]["precompiled_charsmap"].get_ref<std::string&>();
    const std::string whole = map;
    Random random(11);
    for (int round = 0; round < 300; ++round) {
      map = whole;
      for (int i = 0; i < 20; ++i) map[random.next() % map.size()] = "ABCDEFabcdef0123+/"[random.next() % 18];
      if (const auto tokenizer = Tokenizer::from_json(file.dump())) {
        for (const auto& c : row["cases"]) static_cast<void>(tokenizer->encode(c[0].get<std::string>()));
      }
    }
  }
}

}  // namespace trilens::tokenize
