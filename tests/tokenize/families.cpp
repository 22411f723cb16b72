// Each family's kind of tokenizer against the reference on 24,000 strings of its own (tests/oracles/tokenizer_digests.py), and
// the work that hard texts take.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <cstdio>
#include <filesystem>

#include "tokenize/stream.hpp"
#include "tokenize/support.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

constexpr const char* kFamilies[] = {"bert-uncased", "bert-cased", "labse", "distilbert", "roberta", "bart", "gpt2", "gpt-neo", "llama3", "qwen2",
                                     "gpt-4o", "t5", "mt5", "umt5", "marian", "llama", "llama-not-legacy", "xlm-roberta"};

// The file, with SentencePiece's character map in its place.
Tokenizer load_family(const std::string& family) {
  nlohmann::json file = read_fixture("families/" + family + ".json");
  const std::string name = "nmt_nfkc";
  const auto fill = [&](nlohmann::json& part) {
    if (!part.is_object() || part.value("precompiled_charsmap", "") != name) return;
    part = nlohmann::json::parse(model_file("trilens-t5"))["normalizer"];
  };
  if (file["normalizer"].contains("normalizers")) {
    for (auto& part : file["normalizer"]["normalizers"]) fill(part);
  }
  fill(file["normalizer"]);
  return load(file.dump());
}

void add_part(Digest& digest, std::string_view text) {
  digest.add(text);
  digest.add(std::string_view("", 1));
}

// A string's record, as the digests are computed over it.
void add_record(Digest& digest, const Tokenizer& tokenizer, const std::string& text) {
  const Encoding encoding = tokenizer.encode(text);
  for (const Token& token : encoding.tokens) {
    for (const std::size_t number : {static_cast<std::size_t>(token.id), token.begin, token.end}) digest.add(number);
    digest.add(token.special ? std::string_view("\1", 1) : std::string_view("", 1));
    add_part(digest, token.text);
  }
  const std::vector<std::int32_t> ids = encoding.ids();
  add_part(digest, tokenizer.decode(ids));
  add_part(digest, tokenizer.decode(ids, {.skip_special_tokens = true}));
}

// For tests/oracles/tokenizer_difference.py.
std::string leave(const std::string& family, const std::string& block, const Tokenizer& tokenizer, const std::vector<std::string>& texts) {
  nlohmann::json rows = nlohmann::json::array();
  for (const std::string& text : texts) {
    const Encoding encoding = tokenizer.encode(text);
    nlohmann::json tokens = nlohmann::json::array();
    for (const Token& t : encoding.tokens) tokens.push_back({t.id, t.begin, t.end, t.special ? 1 : 0, t.text});
    rows.push_back({tokens, tokenizer.decode(encoding.ids()), tokenizer.decode(encoding.ids(), {.skip_special_tokens = true})});
  }
  const std::string folder = std::string(TRILENS_SOURCE_DIR) + "/build/tokenizer-differences";
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  const std::string path = folder + "/" + family + "-" + block + ".json";
  std::ofstream(path, std::ios::binary) << nlohmann::json{{"family", family}, {"texts", texts}, {"rows", rows}}.dump();
  return path;
}

void compare_block(const std::string& family, const std::string& block, const Tokenizer& tokenizer, const std::vector<std::string>& texts,
                   const std::string& expected) {
  Digest digest;
  for (const std::string& text : texts) add_record(digest, tokenizer, text);
  if (digest.hex() == expected) return;
  FAIL_CHECK(family << ", block " << block << " differs from the reference; to see the string: python tests/oracles/tokenizer_difference.py "
                    << leave(family, block, tokenizer, texts));
}

// How many steps a text takes for each of its bytes.
double steps_per_byte(const Tokenizer& tokenizer, std::string_view part, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += part;
  work::restart();
  static_cast<void>(tokenizer.encode(text));
  return static_cast<double>(work::count()) / static_cast<double>(text.size());
}

}  // namespace

TEST_CASE("every family's tokenizer gives the reference's ids, tokens, offsets and text on 24,000 strings") {
  const std::string family = GENERATE(from_range(kFamilies));
  const Tokenizer tokenizer = load_family(family);
  const nlohmann::json file = read_fixture("families/digests.json");
  const nlohmann::json expected = file["families"][family];
  const auto size = file["strings_in_a_block"].get<std::size_t>();
  REQUIRE(size * expected["blocks"].size() >= 24'000);
  Stream stream(std::stoull(expected["seed"].get<std::string>()));
  for (std::size_t block = 0; block < expected["blocks"].size(); ++block) {
    std::vector<std::string> texts(size);
    for (std::string& text : texts) text = stream.next();
    compare_block(family, "stream-" + std::to_string(block), tokenizer, texts, expected["blocks"][block]);
  }
  SUCCEED(family);
}

TEST_CASE("every family's tokenizer reads the Big List of Naughty Strings as the reference does") {
  const std::string path = std::string(TRILENS_SOURCE_DIR) + "/node_modules/big-list-of-naughty-strings/blns.json";
  if (!std::filesystem::exists(path)) SKIP("npm's big-list-of-naughty-strings is not installed: run scripts/bootstrap");
  const nlohmann::json list = nlohmann::json::parse(read_file(path));
  const nlohmann::json file = read_fixture("families/digests.json");
  const auto size = file["strings_in_a_block"].get<std::size_t>();
  const std::string family = GENERATE(from_range(kFamilies));
  const Tokenizer tokenizer = load_family(family);
  const nlohmann::json expected = file["families"][family]["naughty"];
  REQUIRE(expected.size() == (list.size() + size - 1) / size);
  for (std::size_t begin = 0; begin < list.size(); begin += size) {
    std::vector<std::string> texts;
    for (std::size_t i = begin; i < std::min(begin + size, list.size()); ++i) texts.push_back(list[i]);
    compare_block(family, "naughty-" + std::to_string(begin / size), tokenizer, texts, expected[begin / size]);
  }
}

TEST_CASE("work grows with the text and not with its square, for every family") {
  const std::string family = GENERATE(from_range(kFamilies));
  const Tokenizer tokenizer = load_family(family);
  for (const std::string_view part : {"^", "a", "supercalifragilistic", " ", "\U0001F469\u200d\U0001F467", "\u0301\u0323", "\n", "A", "1", "\u4e2d",
                                      "a ", "x^", " \n", "<mask>", "  <mask", "'s", "\u1161", "[", "\u0085"}) {
    const double few = steps_per_byte(tokenizer, part, 4'000);
    const double many = steps_per_byte(tokenizer, part, 64'000);
    INFO(family << ", '" << part << "' again and again: " << few << " steps a byte in 4 KB, " << many << " in 64 KB");
    CHECK(many < 1.5 * few + 1);  // sorting and queues may grow with the logarithm; a square would be sixteen times
    CHECK(many < 300);
  }
}

}  // namespace trilens::tokenize
