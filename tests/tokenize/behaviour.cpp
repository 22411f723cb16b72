// What the fixtures do not say: ill-formed input, display, truncation, time.
#include <catch2/generators/catch_generators.hpp>
#include <ctime>

#include "base/random.hpp"
#include "base/utf8.hpp"
#include "tokenize/support.hpp"

namespace trilens::tokenize {
namespace {

constexpr const char* kModels[] = {"trilens-bert", "trilens-gpt2", "trilens-t5"};

// Of the processor, not of the wall clock: the machine may be busy with something else.
double seconds_to_encode(const Tokenizer& tokenizer, const std::string& text) {
  const std::clock_t start = std::clock();
  static_cast<void>(tokenizer.encode(text));
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("any bytes can be encoded, and offsets stay within them and in order") {
  const std::string model = GENERATE("trilens-bert", "trilens-gpt2", "trilens-t5");
  const Tokenizer tokenizer = load(model_file(model));
  Random random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random.next() % 60, '\0');
    for (char& byte : text) byte = static_cast<char>(random.next() % 3 == 0 ? random.next() % 128 : random.next() % 256);
    const Encoding encoding = tokenizer.encode(text, {.add_special_tokens = false});
    std::size_t before = 0;
    for (const Token& token : encoding.tokens) {
      REQUIRE(token.begin <= token.end);
      REQUIRE(token.end <= text.size());
      REQUIRE(before <= token.begin);
      REQUIRE_FALSE(token.text.empty());
      before = token.begin;
    }
    REQUIRE(utf8::valid(tokenizer.decode(encoding.ids())));
  }
}

TEST_CASE("ill-formed bytes read like U+FFFD, with the offsets of the bytes as they are") {
  const Tokenizer tokenizer = load(model_file("trilens-gpt2"));
  const std::string broken = "a\xFFz\xE2\x82!";  // one lone byte, one character cut short
  const std::string repaired = "a\uFFFDz\uFFFD!";
  const Encoding encoding = tokenizer.encode(broken);
  CHECK(encoding.ids() == tokenizer.encode(repaired).ids());
  CHECK(encoding.tokens.front().begin == 0);
  CHECK(encoding.tokens.back().begin == 5);
  CHECK(encoding.tokens.back().end == 6);
  for (const Token& token : encoding.tokens) {
    const bool whole = token.end - token.begin == 1 || (token.begin == 3 && token.end == 5);
    CHECK(whole);
  }
}

TEST_CASE("unknown ids are skipped when decoding, and have no text") {
  const Tokenizer tokenizer = load(small_file().dump());
  const std::int32_t ids[] = {2, -1, 99, 2147483647, -2147483647 - 1, 3};
  CHECK(tokenizer.decode(ids) == "hellos");
  CHECK(tokenizer.token(-1).empty());
  CHECK(tokenizer.token(99).empty());
  CHECK(tokenizer.display(99).empty());
  CHECK_FALSE(tokenizer.is_special(99));
}

TEST_CASE("tokens are found by name and by id") {
  const Tokenizer tokenizer = load(small_file().dump());
  CHECK(tokenizer.id_of("##s") == 3);
  CHECK(tokenizer.id_of("[CLS]") == 1);
  CHECK_FALSE(tokenizer.id_of("nothing").has_value());
  CHECK(tokenizer.token(5) == "world");
  CHECK(tokenizer.is_special(1));
  CHECK_FALSE(tokenizer.is_special(2));
  CHECK(tokenizer.vocabulary_size() == 8);
}

TEST_CASE("no token of any bundled vocabulary is displayed with U+FFFD") {
  for (const char* model : kModels) {
    const Tokenizer tokenizer = load(model_file(model));
    for (std::int32_t id = 0; id < static_cast<std::int32_t>(tokenizer.vocabulary_size()); ++id) {
      const std::string text = tokenizer.display(id);
      INFO(model << " " << id << " " << text);
      REQUIRE_FALSE(text.empty());
      REQUIRE(utf8::valid(text));
      REQUIRE(text.find("\uFFFD") == std::string::npos);
    }
  }
}

TEST_CASE("a part of a character is displayed as its bytes, a word with its space") {
  const Tokenizer gpt2 = load(model_file("trilens-gpt2"));
  const Encoding euro = gpt2.encode("\u20AC");
  std::string shown;
  for (const Token& token : euro.tokens) {
    shown += gpt2.display(token.id);
    CHECK(token.begin == 0);
    CHECK(token.end == 3);
  }
  CHECK((shown == "⟨E2⟩⟨82⟩⟨AC⟩" || shown == "⟨E2 82⟩⟨AC⟩" || shown == "⟨E2⟩⟨82 AC⟩" || shown == "€"));
  CHECK(gpt2.display(gpt2.encode("a the").tokens[1].id) == " the");
  const Tokenizer t5 = load(model_file("trilens-t5"));
  CHECK(t5.display(t5.encode("the").tokens[0].id) == " the");
  const Tokenizer bert = load(model_file("trilens-bert"));
  CHECK(bert.display(*bert.id_of("[MASK]")) == "[MASK]");
}

TEST_CASE("truncation keeps the special tokens and says where the text is cut") {
  const Tokenizer tokenizer = load(model_file("trilens-bert"));
  const Encoding whole = tokenizer.encode("one two three");
  const std::size_t size = whole.tokens.size();
  CHECK_FALSE(truncate(whole, size).cut_byte.has_value());
  CHECK(truncate(whole, size).encoding.ids() == whole.ids());

  const Truncated cut = truncate(whole, 4);
  REQUIRE(cut.encoding.tokens.size() == 4);
  CHECK(cut.encoding.tokens.front().text == "[CLS]");
  CHECK(cut.encoding.tokens.back().text == "[SEP]");
  CHECK(cut.cut_byte == whole.tokens[3].begin);
  CHECK(truncate(whole, 0).encoding.tokens.size() == 2);
  CHECK(truncate(whole, 0).cut_byte == 0u);
}

TEST_CASE("a megabyte without a break takes well under a second") {
  const std::string model = GENERATE("trilens-bert", "trilens-gpt2", "trilens-t5");
  const Tokenizer tokenizer = load(model_file(model));
  constexpr std::size_t kMegabyte = 1'000'000;
  std::string word;
  while (word.size() < kMegabyte) word += "supercalifragilistic";
  std::string marks;
  while (marks.size() < kMegabyte) marks += "\u0301\u0323";
  std::string spaces(kMegabyte, ' ');
  for (const std::string& text : {std::string(kMegabyte, '^'), std::string(kMegabyte, 'a'), word, marks, spaces}) {
    const double seconds = seconds_to_encode(tokenizer, text);
    INFO(model << " " << text.substr(0, 8) << " " << seconds << " s");
    CHECK(seconds < 5.0);  // generous, since tests run sanitized and as WASM as well; an optimized build takes some 0.2 s
  }
}

TEST_CASE("time grows with the text, not with its square") {
  const std::string model = GENERATE("trilens-bert", "trilens-gpt2", "trilens-t5");
  const Tokenizer tokenizer = load(model_file(model));
  const std::string whole(1'000'000, '^');
  const double tenth = seconds_to_encode(tokenizer, whole.substr(0, 100'000));
  CHECK(seconds_to_encode(tokenizer, whole) < 40 * tenth + 0.2);  // a square would be 100 times
}

}  // namespace trilens::tokenize
